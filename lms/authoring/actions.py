"""Publish: immutable versions, all or nothing; after the first time only with a second person's approval."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import insert
from sqlalchemy.orm import Session

from lms.approvals import actions as approvals
from lms.approvals.models import Approval
from lms.approvals.rules import Approved
from lms.audit.events import record
from lms.authoring.models import ContentDraft
from lms.authoring.publishing import DUE, NewVersion, Sorting, manifest, plan
from lms.authoring.queries import APPROVAL_KIND, current_versions, draft, locked_publication
from lms.authoring.rules import Checked
from lms.authoring.supplements import Supplement, due_from, supplements
from lms.core.access import Action, Actor, may_ever
from lms.core.canonical import canonical_json
from lms.core.db import insert_new
from lms.core.errors import Conflict, Invalid, NotAllowed, message
from lms.core.versions import (
    NEWEST,
    UNFINISHED,
    Change,
    ContentMedia,
    ContentPublished,
    ContentSupplement,
    ContentVersion,
    Publication,
    newest_publication,
)
from lms.people.queries import firm_day


@dataclass(frozen=True)
class Published:
    """What came of it: `publication` is 0 when nothing differed."""

    publication: int
    versions: tuple[NewVersion, ...]


def planned(session: Session, checked: Checked, sorting: Sorting) -> tuple[NewVersion, ...]:
    """Return what publishing would change, and change nothing.

    Raises Invalid when the texts have errors or a change is not sorted.
    """
    if checked.errors:
        raise Invalid({"content": message("The texts have errors: %(count)s.", count=len(checked.errors))})
    return plan(current_versions(session), checked.documents, sorting)


def publish(
    session: Session,
    checked: Checked,
    at: datetime,
    material: Iterable[str] = (),
    editorial: Iterable[str] = (),
) -> Published:
    """Publish into an empty database; every later publication is asked for by `ask_publication`.

    Raises Invalid as `planned` does, NotAllowed when something is published already and there are changes.
    """
    versions = planned(session, checked, Sorting(tuple(material), tuple(editorial)))
    if not versions:
        return Published(0, ())
    if locked_publication(session):
        raise NotAllowed(message("A second person must approve a publication: ask for it."))
    _keep_media(session, checked)
    return _store(session, versions, at)


def ask_publication(
    session: Session, actor: Actor, checked: Checked, sorting: Sorting, reason: str, at: datetime
) -> Approval | None:
    """Ask a second person to publish; None when nothing differs.

    Raises Invalid as `planned` does and without a reason, NotAllowed for those who may not publish.
    """
    due = due_from(sorting.due)
    if not may_ever(actor, Action.PUBLISH_CONTENT):
        raise NotAllowed
    versions = planned(session, checked, sorting)
    if not versions:
        return None
    name = manifest(versions, due)
    _keep_media(session, checked)
    text = canonical_json([_row(each) for each in versions]).decode()
    values = {"manifest": name, "versions": text, "due": due, "kept_at": at}
    insert_new(session, ContentDraft, values, ("manifest",))
    payload = {"manifest": name, "texts": len(versions), "published": newest_publication(session)}
    request = approvals.Request(APPROVAL_KIND, f"content:{name[:16]}", payload, reason)
    return approvals.ask(session, actor.person_id, request, at)


def publish_approved(session: Session, approved: Approved) -> None:
    """Publish what a second person has approved; other kinds of request are left alone.

    Raises Conflict when something else was published since it was asked.
    """
    if approved.approval_kind != APPROVAL_KIND:
        return
    if locked_publication(session) != approved.arguments["published"]:
        raise Conflict(
            message("Something else was published in the meantime. Refuse this and have it asked again.")
        )
    found = draft(session, approved.arguments["manifest"])
    _store(session, found.versions, approved.occurred_at, (approved.approval_id, found.due))


def _store(
    session: Session,
    versions: tuple[NewVersion, ...],
    at: datetime,
    approved: tuple[UUID | None, str | None] = (None, None),
) -> Published:
    """Store new versions and what they open; `approved` is the approval and how long supplements may take."""
    approval_id, due = approved
    event_id, on = uuid4(), firm_day(session, at)
    opened = supplements(current_versions(session), versions, due or DUE)
    publication = Publication(published_at=at, published_on=on, event_id=event_id)
    session.add(publication)
    session.flush()
    session.info[UNFINISHED] = session.info[NEWEST] = publication.id
    rows = [
        {
            "kind": each.kind, "content_id": each.id, "number": each.number, "sha256": each.sha256,
            "change": each.change, "effective_on": on, "body": canonical_json(each.body).decode(),
            "publication_id": publication.id,
        }
        for each in versions
    ]  # fmt: skip
    session.execute(insert(ContentVersion), rows)
    if opened:
        session.execute(insert(ContentSupplement), [_supplement_row(publication.id, each) for each in opened])
    happened = ContentPublished(
        subject=f"publication:{publication.id}", occurred_at=at, approval_id=approval_id,
        publication=publication.id, manifest=manifest(versions, due), texts=len(versions),
        material=tuple(each.name for each in versions if each.change is Change.MATERIAL),
        changes=tuple((each.kind, each.id, each.change) for each in versions),
    )  # fmt: skip
    record(session, happened, event_id)
    return Published(publication.id, versions)


def _supplement_row(publication: int, opened: Supplement) -> dict[str, object]:
    return {
        "publication_id": publication, "kind": opened.kind, "content_id": opened.id, "due": opened.due,
        "lessons": json.dumps(opened.lessons), "items": json.dumps(opened.items),
    }  # fmt: skip


def _keep_media(session: Session, checked: Checked) -> None:
    for each in checked.documents:
        if each.kind == "media":
            kept = {
                "sha256": each.body["sha256"],
                "content_type": each.body["content_type"],
                "data": each.data,
            }
            insert_new(session, ContentMedia, kept, ("sha256",))


def _row(version: NewVersion) -> dict[str, object]:
    return {
        "kind": version.kind, "id": version.id, "number": version.number, "change": version.change.value,
        "sha256": version.sha256, "body": version.body,
    }  # fmt: skip
