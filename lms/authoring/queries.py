"""Reads for publishing: what is published, what a draft holds, whom its changes meet."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.agreements.queries import signature_counts
from lms.approvals.rules import Kind, Preview
from lms.authoring.models import ContentDraft
from lms.authoring.publishing import DUE, NewVersion
from lms.authoring.supplements import Supplement, supplements
from lms.core.canonical import canonical_json, sha256_hex
from lms.core.errors import Message, NotFound, message
from lms.core.versions import Change, Publication, Version, newest_publication, snapshot
from lms.courses.queries import unfinished_counts

APPROVAL_KIND = "content"


def locked_publication(session: Session) -> int:
    """Return the number of the newest publication, locked until the transaction ends; 0 before the first."""
    query = select(Publication.id).order_by(Publication.id.desc()).limit(1)
    return session.scalar(query.with_for_update()) or 0


def current_versions(session: Session) -> Mapping[tuple[str, str], Version]:
    """Return the newest version of every text ever published, the retired ones included."""
    return snapshot(session).versions


@dataclass(frozen=True)
class Draft:
    """What a draft holds; `due` absent: it was asked for before supplements could say how long they take."""

    versions: tuple[NewVersion, ...]
    due: str | None


def draft(session: Session, manifest: str) -> Draft:
    """Return the draft of a manifest.

    Raises NotFound.
    """
    row = session.get(ContentDraft, manifest)
    if row is None:
        raise NotFound
    versions = tuple(
        NewVersion(
            each["kind"], each["id"], each["number"], Change(each["change"]), each["sha256"], each["body"]
        )
        for each in json.loads(row.versions)
    )
    return Draft(versions, row.due)


def consequences(
    session: Session, versions: Iterable[NewVersion], due: str | None = None
) -> tuple[Message, ...]:
    """Say what a publication changes, whom it meets and what it opens for them, in sentences."""
    listed = tuple(versions)
    opened = supplements(current_versions(session), listed, due or DUE)
    return (*(_line(each) for each in listed), *_met(session, listed), *(_opens(each) for each in opened))


def _opens(opened: Supplement) -> Message:
    if opened.is_whole:
        return message(
            "Whoever holds the older %(name)s does the whole of it again within %(due)s.",
            name=f"{opened.kind}/{opened.id}", due=opened.due,
        )  # fmt: skip
    return message(
        "Whoever holds the older %(name)s does these again within %(due)s: %(parts)s.",
        name=f"{opened.kind}/{opened.id}", due=opened.due,
        parts=", ".join(opened.names),
    )  # fmt: skip


def _line(version: NewVersion) -> Message:
    sentences = {
        Change.FIRST: message("New: %(name)s", name=version.name),
        Change.MATERIAL: message("Changed materially: %(name)s", name=version.name),
        Change.EDITORIAL: message("Changed editorially: %(name)s", name=version.name),
        Change.RETIRED: message("Retired: %(name)s", name=version.name),
    }
    return sentences[version.change]


def _met(session: Session, versions: tuple[NewVersion, ...]) -> list[Message]:
    changed = {each.id.partition("/")[0] for each in versions if each.kind in {"course", "lesson"}}
    running = unfinished_counts(session, changed) if changed else {}
    found = [
        message(
            "%(count)s people are in the middle of the course %(course)s; what they finished stays finished.",
            count=count, course=course,
        )
        for course, count in running.items()
    ]  # fmt: skip
    rewritten = {each.id for each in versions if each.kind == "agreement" and each.change == Change.MATERIAL}
    signed = signature_counts(session, rewritten) if rewritten else {}
    return found + [
        message(
            "%(count)s people have signed %(agreement)s and will owe a new signature.",
            count=count, agreement=agreement,
        )
        for agreement, count in signed.items()
    ]  # fmt: skip


def _describe(_session: Session, payload: Mapping[str, Any]) -> Message:
    return message("Publish %(count)s new versions of texts.", count=payload["texts"])


def _preview(session: Session, payload: Mapping[str, Any]) -> Preview:
    found = draft(session, payload["manifest"])
    lines = consequences(session, found.versions, found.due)
    rests_on = {"manifest": payload["manifest"], "published": newest_publication(session)}
    return Preview(sha256_hex(canonical_json(rests_on)), lines)


CONTENT_KIND = Kind(title=message("Publication of texts"), describe=_describe, preview=_preview)
