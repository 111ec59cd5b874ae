"""What surrounds attempts: the runs they count in, attempts granted, extra time, keys that were opened."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from lms.audit.events import record, recorded_at
from lms.core.access import Actor
from lms.core.db import insert_new
from lms.core.errors import Invalid, NotAllowed, message
from lms.people.models import Person
from lms.quizzes.models import Accommodation, AttemptGrant, KeyOpening, QuizRun
from lms.quizzes.queries import QuizRef, situation_of
from lms.quizzes.rules import AccommodationRecorded, AttemptsGranted, KeysOpened

MOST_GRANTED = 10
MOST_EXTRA_MINUTES = 240


@dataclass(frozen=True)
class Grant:
    """Attempts that HR adds for somebody; `run_id` None means the run that counts now."""

    person_id: UUID
    quiz: QuizRef
    attempts: int
    reason: str
    run_id: str | None = None


def open_run(
    session: Session, person_id: UUID, quiz: QuizRef, run_id: str, at: datetime, only: Collection[str] = ()
) -> bool:
    """Let attempts started from now on count in this run; return False if it was known already.

    With `only`, its papers consist of exactly these items.
    """
    values = {
        "person_id": person_id, "quiz_kind": quiz.kind, "quiz_id": quiz.id, "run_id": run_id,
        "opened_at": at, "closed_at": None, "only": json.dumps(sorted(only)) if only else None,
    }  # fmt: skip
    return insert_new(session, QuizRun, values, ("person_id", "quiz_kind", "quiz_id", "run_id"))


def close_run(session: Session, person_id: UUID, quiz: QuizRef, run_id: str, at: datetime) -> None:
    """Let no further attempt count in this run; an open one still does."""
    which = {"whose": person_id, "of_kind": quiz.kind.value, "of_quiz": quiz.id, "run": run_id, "now": at}
    session.execute(_closing(), which)


@cache
def _closing() -> Any:
    r = QuizRun
    of_run = (
        r.person_id == bindparam("whose"),
        r.quiz_kind == bindparam("of_kind"),
        r.quiz_id == bindparam("of_quiz"),
        r.run_id == bindparam("run"),
    )
    closing = update(r).where(*of_run, r.closed_at.is_(None)).values(closed_at=bindparam("now"))
    # Runs are never kept as objects in a session.
    return closing.execution_options(synchronize_session=False)


def grant_attempts(session: Session, actor: Actor, grant: Grant, at: datetime) -> AttemptGrant:
    """Add attempts to a run.

    Raises NotAllowed for oneself, Invalid without a reason or for more than ten.
    """
    if grant.person_id == actor.person_id:
        raise NotAllowed(message("This concerns yourself: somebody else must do this."))
    _need_reason(grant.reason)
    if not 1 <= grant.attempts <= MOST_GRANTED:
        most = message("Between 1 and %(most)s attempts can be granted.", most=MOST_GRANTED)
        raise Invalid({"attempts": most})
    run_id = situation_of(session, grant.person_id, grant.quiz, grant.run_id).run_id
    row = AttemptGrant(
        id=uuid4(), person_id=grant.person_id, quiz_kind=grant.quiz.kind, quiz_id=grant.quiz.id,
        run_id=run_id, attempts=grant.attempts, reason=grant.reason.strip(), recorded_at=recorded_at(session),
    )  # fmt: skip
    event = AttemptsGranted(
        subject=f"attempt-grant:{row.id}", occurred_at=at, person_id=grant.person_id, reason=row.reason,
        quiz_kind=grant.quiz.kind, quiz_id=grant.quiz.id, run_id=run_id, attempts=grant.attempts,
    )  # fmt: skip
    row.event_id = record(session, event)
    session.add(row)
    session.flush()
    return row


def accommodate(
    session: Session, actor: Actor, person_id: UUID, extra: tuple[int, str], at: datetime
) -> Accommodation:
    """Give a person (extra minutes, reason) in every attempt started from now on; 0 minutes ends it.

    Raises NotAllowed for oneself, Invalid without a reason or for more than four hours.
    """
    minutes, reason = extra
    if person_id == actor.person_id:
        raise NotAllowed(message("This concerns yourself: somebody else must do this."))
    _need_reason(reason)
    if not 0 <= minutes <= MOST_EXTRA_MINUTES:
        most = message("Between 0 and %(most)s extra minutes can be given.", most=MOST_EXTRA_MINUTES)
        raise Invalid({"extra_minutes": most})
    session.execute(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True))
    a = Accommodation
    last = session.scalar(select(func.max(a.number)).where(a.person_id == person_id)) or 0
    row = Accommodation(
        id=uuid4(), person_id=person_id, number=last + 1, extra_minutes=minutes, reason=reason.strip(),
        recorded_at=recorded_at(session),
    )  # fmt: skip
    event = AccommodationRecorded(
        subject=f"accommodation:{row.id}",
        occurred_at=at,
        person_id=person_id,
        reason=row.reason,
        extra_minutes=minutes,
    )
    row.event_id = record(session, event)
    session.add(row)
    session.flush()
    return row


def note_keys_opened(session: Session, person_id: UUID, items: Collection[str], at: datetime) -> None:
    """Record that a person saw the keys of items: they are not given these for 12 months."""
    event = KeysOpened(
        subject=f"person:{person_id}", occurred_at=at, person_id=person_id, items=tuple(sorted(items))
    )
    event_id = record(session, event)
    session.add_all(
        KeyOpening(person_id=person_id, item_id=item, opened_at=at, event_id=event_id) for item in event.items
    )
    session.flush()


def _need_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid({"reason": message("Say why: the reason is kept with the record.")})
