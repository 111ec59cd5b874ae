"""Find duties that became allowed or denied, and tell other systems: each flip once.

Whoever assesses a person holds the lock on them, so two workers cannot find the same flip. The flip, its
event, the messages and their jobs commit together.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.audit.events import record, recorded_at
from lms.certification.clearances.models import AnswerRow
from lms.certification.clearances.queries import Asked, duty_facts
from lms.certification.clearances.reading import duties_in, facts_read
from lms.certification.clearances.rules import Clearance, Duty, DutyFacts, DutyFlipped, clearance, withdrawn
from lms.certification.queries.facts import Dossier
from lms.certification.rules import Facts, Span
from lms.certification.texts import History
from lms.core.canonical import canonical_json
from lms.core.dates import day_after
from lms.core.db import By, Database, insert_into
from lms.core.log import logger
from lms.core.versions import snapshot
from lms.notices.webhooks.actions import publish
from lms.notices.webhooks.rules import CLEARANCE_CHANGED, Outgoing
from lms.people.models import Person
from lms.people.queries import firm_day

log = logger("clearances")
BATCH = 200


def announce(
    session: Session,
    dossiers: Mapping[UUID, Dossier],
    read: Mapping[UUID, Mapping[str, tuple[Facts, tuple[Span, ...]]]],
    history: History,
    at: tuple[date, datetime],
) -> None:
    """Tell what has flipped for people just assessed and locked, from the facts already loaded."""
    texts = snapshot(session)
    if ("policy", "clearances") not in texts.versions:
        return
    duties = duties_in(texts)
    facts = {
        person_id: facts_read(dossiers[person_id], found, history, duties.values())
        for person_id, found in read.items()
    }
    _compare(session, duties, facts, *at)


def reconsider(session: Session, people: Collection[UUID], on: date, at: datetime) -> None:
    """Tell what has flipped for people, whom the caller has locked, from the facts."""
    duties = duties_in(snapshot(session))
    facts = (
        duty_facts(session, people, duties.values(), Asked(at))
        if duties
        else dict.fromkeys(people, DutyFacts())
    )
    _compare(session, duties, facts, on, at)


def _compare(
    session: Session, duties: Mapping[str, Duty], facts: Mapping[UUID, DutyFacts], on: date, at: datetime
) -> None:
    query = select(
        AnswerRow.person_id, AnswerRow.duty, AnswerRow.allowed, AnswerRow.number, AnswerRow.wake_on
    )
    told = {
        (row.person_id, row.duty): row for row in session.execute(query.where(AnswerRow.person_id.in_(facts)))
    }
    rows: list[dict[str, Any]] = []
    flips: list[DutyFlipped] = []
    for person_id, found in facts.items():
        answers = [clearance(duty, found, on) for duty in duties.values()]
        gone = [name for whose, name in told if whose == person_id and name not in duties]
        for answer in (*answers, *map(withdrawn, gone)):
            row = told.get((person_id, answer.duty))
            _note(rows, flips, (person_id, answer, row), (on, at))
    updated_at = recorded_at(session)
    _save(session, [{**each, "updated_at": updated_at} for each in rows])
    for flip in flips:
        record(session, flip)
    publish(session, [_message(flip) for flip in flips], at)


def _note(
    rows: list[dict[str, Any]],
    flips: list[DutyFlipped],
    found: tuple[UUID, Clearance, Any],
    when: tuple[date, datetime],
) -> None:
    (person_id, answer, row), (on, at) = found, when
    wake_on = day_after(answer.until) if answer.until else None
    before, number = (row.allowed, row.number) if row else (False, 0)
    if answer.allowed != before:
        number += 1
        flips.append(
            DutyFlipped(
                subject=f"clearance:{person_id}:{answer.duty}",
                occurred_at=at,
                person_id=person_id,
                duty=answer.duty,
                allowed=answer.allowed,
                code=answer.reason,
                number=number,
                changed_on=on,
            )
        )
    elif (row.wake_on if row else None) == wake_on:
        return
    rows.append(
        {
            "person_id": person_id,
            "duty": answer.duty,
            "allowed": answer.allowed,
            "number": number,
            "wake_on": wake_on,
        }
    )


def _save(session: Session, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    statement = insert_into(session, AnswerRow)
    key = ("person_id", "duty")
    others = {name: getattr(statement.excluded, name) for name in rows[0] if name not in key}
    session.execute(statement.on_conflict_do_update(index_elements=list(key), set_=others), rows)


def _message(flip: DutyFlipped) -> Outgoing:
    data = {
        "person": str(flip.person_id),
        "duty": flip.duty,
        "allowed": flip.allowed,
        "reason": flip.code.value,
        "number": flip.number,
        "changed_on": flip.changed_on.isoformat(),
    }
    body = {"type": CLEARANCE_CHANGED, "timestamp": flip.occurred_at.isoformat(), "data": data}
    key = f"{CLEARANCE_CHANGED}:{flip.person_id}:{flip.duty}:{flip.number}"
    return Outgoing(CLEARANCE_CHANGED, key, canonical_json(body).decode())


def due_people(
    session: Session, on: date, leave_out: Collection[UUID] = (), batch: int = BATCH
) -> list[UUID]:
    """Return people with an answer that flips by itself by a day."""
    query = select(AnswerRow.person_id).where(AnswerRow.wake_on <= on).distinct()
    if leave_out:
        query = query.where(AnswerRow.person_id.not_in(leave_out))
    return list(session.scalars(query.order_by(AnswerRow.person_id).limit(batch)))


def flip_due(session: Session, on: date, at: datetime, leave_out: Collection[UUID] = ()) -> int:
    """Reconsider one batch of those whose day has come; return how many. Others' people are left to them."""
    wanted = select(Person.id).where(Person.id.in_(due_people(session, on, leave_out))).order_by(Person.id)
    people = list(session.scalars(wanted.with_for_update(key_share=True, skip_locked=True)))
    if people:
        reconsider(session, people, on, at)
    return len(people)


def flip_all(database: Database, at: datetime) -> int:
    """Reconsider until nothing is due, a transaction a batch; a batch that fails is tried again next time."""
    done = 0
    while True:
        with database.reading() as session:
            on = firm_day(session, at)
            if not due_people(session, on, batch=1):
                return done
        with database.transaction(By("worker"), now=at) as session:
            found = flip_due(session, on, at)
        done += found
        if not found:
            return done
