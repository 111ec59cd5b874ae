"""Start an attempt: decide, draw the paper, keep it."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import Table
from sqlalchemy.orm import Session

from lms.audit.events import record
from lms.core import versions
from lms.core.db import insert_for, insert_new
from lms.core.errors import Conflict, Message, message
from lms.core.versions import Snapshot
from lms.quizzes.actions.closing import close_attempt, score_attempt
from lms.quizzes.documents import PublishedItem, paper_text
from lms.quizzes.models import Attempt, ItemExposure
from lms.quizzes.paper import SEED_BYTES, TooFewItems, draw, paper_hash, paper_of
from lms.quizzes.queries import Quiz, QuizRef, Situation, candidates, exposure_of, quiz_of, situation_of
from lms.quizzes.rules import (
    ANSWER_GRACE,
    AttemptStarted,
    AttemptState,
    Paper,
    Refusal,
    RefusalReason,
    deadline,
    in_utc,
)  # fmt: skip

ROUNDS = 4
REFUSALS: Mapping[RefusalReason, Message] = {
    RefusalReason.ALREADY_PASSED: message("You have passed this already: no further attempt is needed."),
    RefusalReason.ATTEMPT_OPEN: message("An attempt is open: go on with it."),
    RefusalReason.AWAITING_SCORE: message("Your last paper is still being scored. Try again in a minute."),
    RefusalReason.NO_ATTEMPTS_LEFT: message("No attempt is left. HR can grant another one."),
    RefusalReason.WAIT: message("The next attempt may not start yet."),
}


@dataclass(frozen=True)
class Start:
    """What to start; `run_id` None takes the newest open run, `seed` None a random one;
    `language` is that of the page it is started from."""

    quiz: QuizRef
    run_id: str | None = None
    publication: int | None = None
    seed: bytes | None = None
    language: str | None = None


def start_attempt(session: Session, person_id: UUID, start: Start, at: datetime) -> Attempt:
    """Start an attempt, or return the one that is open.

    Two that start at once get one attempt: the unique indexes decide, the loser reads again. An open
    attempt whose time has run out is handed in and scored first.
    Raises NotFound for no such quiz, Conflict where no attempt may start.
    """
    snapshot = versions.snapshot(session, start.publication)
    quiz = quiz_of(snapshot, start.quiz)
    for _ in range(ROUNDS):
        situation = situation_of(session, person_id, quiz.ref, start.run_id)
        if situation.open is not None and at <= situation.open.deadline_at + ANSWER_GRACE:
            return situation.open
        if situation.open is not None:
            close_attempt(session, situation.open.id, at)
            score_attempt(session, situation.open.id, at)
            continue
        decision = situation.decision(quiz.blueprint, at)
        if isinstance(decision, Refusal):
            raise Conflict(REFUSALS[decision.reason])
        attempt = _new(session, person_id, _Drawn(snapshot, quiz, situation, start), at)
        if attempt is not None:
            return attempt
    raise Conflict(message("Another window is starting this quiz. Reload the page."))


@dataclass(frozen=True)
class _Drawn:
    """What a paper is drawn from."""

    snapshot: Snapshot
    quiz: Quiz
    situation: Situation
    start: Start


def _new(session: Session, person_id: UUID, drawn: _Drawn, at: datetime) -> Attempt | None:
    quiz, situation = drawn.quiz, drawn.situation
    paper, held = _paper(session, person_id, drawn, at)
    extra = situation.extra_minutes
    values = {
        "id": uuid4(), "person_id": person_id, "quiz_kind": quiz.ref.kind, "quiz_id": quiz.ref.id,
        "run_id": situation.run_id,
        "number": max((each.number for each in situation.attempts), default=0) + 1,
        "version_id": quiz.version_id, "seed": paper.seed, "paper": paper_text(paper, held),
        "items": len(paper.slots), "started_at": in_utc(at), "extra_minutes": extra,
        "deadline_at": deadline(at, quiz.blueprint.minutes, extra, None), "state": AttemptState.IN_PROGRESS,
        "language": drawn.start.language,
        "saves": 0, "last_seq": 0, "device": "", "other_device": "", "started_event_id": uuid4(),
    }  # fmt: skip
    if not insert_new(session, Attempt, values):
        return None
    attempt = Attempt(**values)
    _count_exposure(session, attempt, paper, at)
    event = AttemptStarted(
        subject=f"attempt:{attempt.id}", occurred_at=at, person_id=person_id, version=str(quiz.version_id),
        quiz_kind=quiz.ref.kind, quiz_id=quiz.ref.id, run_id=attempt.run_id, number=attempt.number,
        paper_hash=paper_hash(paper), deadline_at=attempt.deadline_at,
    )  # fmt: skip
    record(session, event, attempt.started_event_id)
    return attempt


def _paper(session: Session, person_id: UUID, drawn: _Drawn, at: datetime) -> tuple[Paper, dict[str, int]]:
    items = candidates(drawn.snapshot, drawn.quiz.blueprint)
    if drawn.situation.only:
        return _named_paper(drawn, items)
    exposure = exposure_of(session, person_id, items, at)
    allowed = [each.item for key, each in items.items() if key not in exposure.opened]
    seed = drawn.start.seed or secrets.token_bytes(SEED_BYTES)
    try:
        paper = draw(drawn.quiz.blueprint, allowed, seed, exposure.times.keys(), exposure.times)
    except TooFewItems as error:
        reason = message(
            "There are too few questions that you may be given. Ask HR for an oral test by two people."
        )
        raise Conflict(reason) from error
    return paper, {slot.item: items[slot.item].version_id for slot in paper.slots}


def _named_paper(drawn: _Drawn, items: Mapping[str, PublishedItem]) -> tuple[Paper, dict[str, int]]:
    """Build the paper of the items that the run names, as they are published now: all, whoever saw them."""
    named = [items[each] for each in drawn.situation.only if each in items]
    if not named:
        raise Conflict(message("The questions of this quiz were withdrawn: there is nothing to answer."))
    seed = drawn.start.seed or secrets.token_bytes(SEED_BYTES)
    paper = paper_of(drawn.quiz.blueprint, [each.item for each in named], seed)
    return paper, {each.item.id: each.version_id for each in named}


def _count_exposure(session: Session, attempt: Attempt, paper: Paper, at: datetime) -> None:
    rows = [
        {"person_id": attempt.person_id, "item_id": slot.item, "times": 1, "last_at": at}
        for slot in sorted(paper.slots, key=lambda slot: slot.item)
    ]
    session.connection().execute(_counting(session.get_bind().dialect.name), rows)


@cache
def _counting(dialect: str) -> Any:
    table = cast(Table, ItemExposure.__table__)
    statement = insert_for(dialect, table)
    counted = {"times": table.c.times + 1, "last_at": statement.excluded.last_at}
    return statement.on_conflict_do_update(index_elements=["person_id", "item_id"], set_=counted)
