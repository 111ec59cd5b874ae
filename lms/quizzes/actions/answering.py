"""Save answers as they are given. What was acknowledged is committed; nothing that arrives is dropped."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Integer, String, Table, bindparam, case, select, update
from sqlalchemy.orm import Session

from lms.core.access import Actor
from lms.core.canonical import sha256_hex
from lms.core.db import insert_new
from lms.core.errors import Invalid, NotFound, message
from lms.quizzes.documents import Answer, answers_text
from lms.quizzes.models import Attempt, ResponseBatch
from lms.quizzes.queries import attempt_with_batches, items_of, plain_items, readings_of, stored_paper
from lms.quizzes.responses import Fields, response_from_fields
from lms.quizzes.rules import AttemptState, counts
from lms.quizzes.scoring import read_response

MOST_SAVES = 3_000
MOST_BYTES = 100_000


@dataclass(frozen=True)
class Sent:
    """What one request brought, from which window or device."""

    device: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class Saved:
    """The acknowledgement: `saved` is the highest sequence number held; `closed`, that it is kept as late."""

    saved: int
    deadline_at: datetime
    elsewhere: bool
    closed: bool


def save_responses(session: Session, actor: Actor, attempt_id: UUID, sent: Sent, at: datetime) -> Saved:
    """Keep answers; the same delivery twice is kept once. Up to 60 s after the deadline they count.

    Raises NotFound for another's attempt, Invalid for a slot the paper does not have or too much text.
    """
    if not sent.answers:
        return _asked(session, actor, attempt_id, sent.device, at)
    text = answers_text(sent.answers)
    row = _numbered(session, actor, attempt_id, sent)
    _check(sent, text, row)
    late = row.state != AttemptState.IN_PROGRESS or not counts(at, row.deadline_at)
    values = {
        "attempt_id": attempt_id, "number": row.saves, "device": sent.device, "received_at": at, "late": late,
        "content_hash": sha256_hex(text.encode()), "body": text,
    }  # fmt: skip
    insert_new(session, ResponseBatch, values, ("attempt_id", "device", "content_hash"))
    return Saved(row.last_seq, row.deadline_at, _elsewhere(row.other_device, sent.device), late)


def _numbered(session: Session, actor: Actor, attempt_id: UUID, sent: Sent) -> Any:
    """Lock the attempt and number the batch, in one statement: no answer slips in beside a hand-in."""
    top = max(answer.seq for answer in sent.answers)
    which = {"of": attempt_id, "whose": actor.person_id, "top": top, "here": sent.device}
    row = session.execute(NUMBERED, which).one_or_none()
    if row is None:
        raise NotFound
    return row


def _number() -> Any:
    table = cast(Table, Attempt.__table__)
    top, here = bindparam("top", type_=Integer), bindparam("here", type_=String)
    a = table.c
    return (
        update(table)
        .where(a.id == bindparam("of"), a.person_id == bindparam("whose"))
        .values(
            saves=a.saves + 1,
            last_seq=case((a.last_seq < top, top), else_=a.last_seq),
            other_device=case((a.device != here, a.device), else_=a.other_device),
            device=here,
        )
        .returning(a.state, a.deadline_at, a.saves, a.last_seq, a["items"], a.other_device)
    )


NUMBERED = _number()  # built once: every batch of answers runs it


def _check(sent: Sent, text: str, row: Any) -> None:
    if any(not 1 <= answer.slot <= row.items for answer in sent.answers):
        raise Invalid({"slot": message("The paper has no such question.")})
    if len(text.encode()) > MOST_BYTES or row.saves > MOST_SAVES:
        raise Invalid({"response": message("This is more than an attempt can hold.")})


def _asked(session: Session, actor: Actor, attempt_id: UUID, device: str, at: datetime) -> Saved:
    a = Attempt
    query = select(a.state, a.deadline_at, a.last_seq, a.device, a.other_device)
    row = session.execute(query.where(a.id == attempt_id, a.person_id == actor.person_id)).one_or_none()
    if row is None:
        raise NotFound
    other = row.device if row.device != device else row.other_device
    closed = row.state != AttemptState.IN_PROGRESS or not counts(at, row.deadline_at)
    return Saved(row.last_seq, row.deadline_at, _elsewhere(other, device), closed)


def _elsewhere(other: str, device: str) -> bool:
    return bool(other) and other != device


@dataclass(frozen=True)
class FormAnswers:
    """A form posted without JavaScript: the fields of each slot; `as_of` is the last batch that it showed."""

    device: str
    as_of: int
    fields: Mapping[int, Fields]


def save_form(session: Session, actor: Actor, attempt_id: UUID, form: FormAnswers, at: datetime) -> Saved:
    """Keep what was changed in a form since it was shown: what it merely repeats overwrites nothing newer.

    Raises as `save_responses` does.
    """
    attempt, batches = attempt_with_batches(session, attempt_id, actor.person_id)
    stored = stored_paper(attempt)
    items = plain_items(items_of(session, stored))
    shown = readings_of(attempt, stored, items, [each for each in batches if each.number <= form.as_of])
    sent = {
        slot.number: response_from_fields(items[slot.item], form.fields.get(slot.number, {}))
        for slot in stored.paper.slots
    }
    changed = tuple(
        Answer(slot.number, attempt.last_seq + 1, sent[slot.number])
        for slot in stored.paper.slots
        if read_response(items[slot.item], sent[slot.number]) != shown.get(slot.number)
    )
    return save_responses(session, actor, attempt_id, Sent(form.device, changed), at)
