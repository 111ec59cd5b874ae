"""Digests: lines gathered into one mail a reader and day, or week. A repeated delivery is the same to the byte."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import Session

from lms.audit.events import record
from lms.core import clock
from lms.core.db import insert_new
from lms.core.i18n import translate
from lms.notices import wording
from lms.notices.actions import enqueue
from lms.notices.delivery import Outside, Surroundings
from lms.notices.mailing import Letter, compose, hand_over, note_sent
from lms.notices.models import Digest, DigestLine
from lms.notices.rules import DigestKind, DigestMade, Gathered, Line
from lms.people.queries import addressee, firm_day, present

DIGEST = "digest"


def put_line(session: Session, line: Line, at: datetime) -> bool:
    """Add a line to its reader's next mail of the day; return False if it was there before."""
    notice = line.notice
    values = {
        "id": uuid4(), "reader_id": notice.person_id, "about_id": line.about_id, "topic": line.topic,
        "step": line.step, "target_on": line.target_on, "code": notice.code, "link": notice.link,
        "params": json.dumps(notice.params, ensure_ascii=False, sort_keys=True), "created_at": at,
    }  # fmt: skip
    return insert_new(session, DigestLine, values, ("reader_id", "about_id", "topic", "step", "target_on"))


def readers_waiting(session: Session, day: Any, settled_before: datetime) -> list[UUID]:
    """Return who has lines waiting, none put after `settled_before`, and has had no daily digest that day."""
    had = exists().where(
        Digest.person_id == DigestLine.reader_id, Digest.kind == DigestKind.DAILY, Digest.day == day
    )
    query = select(DigestLine.reader_id).where(DigestLine.settled_at.is_(None), ~had)
    query = query.group_by(DigestLine.reader_id).having(func.max(DigestLine.created_at) <= settled_before)
    return list(session.scalars(query.order_by(DigestLine.reader_id)))


def waiting_lines(session: Session, reader_id: UUID) -> list[DigestLine]:
    """Return a reader's waiting lines, locked, in the order in which they were put."""
    query = select(DigestLine).where(DigestLine.reader_id == reader_id, DigestLine.settled_at.is_(None))
    return list(session.scalars(query.order_by(DigestLine.created_at, DigestLine.id).with_for_update()))


def settle(
    session: Session, lines: Sequence[DigestLine], at: datetime, digest_id: UUID | None = None
) -> None:
    """Note that lines wait no longer."""
    for line in lines:
        line.settled_at, line.digest_id = at, digest_id
    session.flush()


def settle_all(session: Session, before: datetime, at: datetime) -> None:
    """Note that no line put by then waits, where no mail is sent at all."""
    waits = update(DigestLine).where(DigestLine.settled_at.is_(None), DigestLine.created_at <= before)
    session.execute(waits.values(settled_at=at), execution_options={"synchronize_session": False})


def make_digest(session: Session, gathered: Gathered, at: datetime) -> UUID | None:
    """Keep a digest and enqueue its mail; return None if this reader has had that one."""
    digest_id, event_id = uuid4(), uuid4()
    lines = [{"code": code, "params": params} for code, params in gathered.lines]
    values = {
        "id": digest_id, "person_id": gathered.person_id, "kind": gathered.kind, "day": gathered.day,
        "lines": json.dumps(lines, ensure_ascii=False, sort_keys=True), "link": gathered.link,
        "created_at": at, "event_id": event_id,
    }  # fmt: skip
    if not insert_new(session, Digest, values, ("person_id", "kind", "day")):
        return None
    made = DigestMade(
        subject=f"digest:{digest_id}", occurred_at=at, person_id=gathered.person_id,
        digest_kind=gathered.kind, day=gathered.day, count=len(gathered.lines),
    )  # fmt: skip
    record(session, made, event_id)
    enqueue(session, DIGEST, {"digest": str(digest_id)}, at, key=f"{DIGEST}:{digest_id}")
    return digest_id


def digest_text(found: Digest, language: str, base_url: str) -> tuple[str, str]:
    """Return a digest's title and text in a language, with its one link."""
    lines = json.loads(found.lines)
    heading, opening = (
        translate(each, language) for each in wording.digest(DigestKind(found.kind), found.day)
    )
    said = [translate(wording.sentence(each["code"], each["params"]), language) for each in lines]
    if found.kind == DigestKind.DAILY and len(lines) == 1:
        heading = translate(wording.title(lines[0]["code"], lines[0]["params"]), language)
        body = said[0]
    else:
        body = "\n".join([opening, "", *(f"- {each}" for each in said)])
    return heading, f"{body}\n\n{base_url}{found.link}\n"


def digest_letter(session: Session, payload: Mapping[str, Any], around: Surroundings) -> Letter | None:
    """Write a digest in its reader's language; nobody who has left or is on leave is written to."""
    found = session.get(Digest, UUID(payload["digest"]))
    if found is None or not around.settings.smtp_url:
        return None
    to = addressee(session, found.person_id)
    if not to.mail or not present(session, [found.person_id], firm_day(session, clock.now())):
        return None
    title, text = digest_text(found, to.language or around.settings.language, around.settings.base_url)
    mail = compose(around.settings, to.mail, title, text, str(found.id), found.created_at)
    return Letter(mail, f"digest:{found.id}", found.person_id)


DIGEST_DELIVERY = Outside(digest_letter, hand_over, note_sent)
