"""Hand in, score, close what has expired, void. A step is one guarded UPDATE: the loser reads the result."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import and_, bindparam, case, or_, select, update
from sqlalchemy.orm import Session

from lms.audit.events import record
from lms.core.access import Actor
from lms.core.db import UtcDateTime, changed
from lms.core.errors import Conflict, Invalid, NotAllowed, NotFound, message
from lms.quizzes.actions.regrading import regrade_on_scoring
from lms.quizzes.documents import digest_of, fraction_text, topics_text
from lms.quizzes.models import Attempt, ResponseBatch
from lms.quizzes.queries import (
    attempt_for,
    attempt_to_score,
    attempt_with_batches,
    due_for_closing,
    items_of,
    plain_items,
    quiz_at,
    readings_of,
    stored_paper,
)  # fmt: skip
from lms.quizzes.rules import (
    ANSWER_GRACE,
    AttemptAbandoned,
    AttemptScored,
    AttemptState,
    AttemptSubmitted,
    AttemptVoided,
    QuizKind,
    closing_state,
    credited_on,
)  # fmt: skip
from lms.quizzes.rules_answers import NOTHING
from lms.quizzes.scoring import PaperScore, mark_paper, score_paper

OPEN = (
    select(Attempt)
    .where(Attempt.id == bindparam("of"), Attempt.state == AttemptState.IN_PROGRESS.value)
    .execution_options(populate_existing=True)
)
BATCHES = (
    select(ResponseBatch).where(ResponseBatch.attempt_id == bindparam("of")).order_by(ResponseBatch.number)
)


def submit_attempt(session: Session, actor: Actor, attempt_id: UUID, at: datetime) -> Attempt:
    """Hand an attempt in; a second time changes nothing. Past deadline + 60 s it ends as the worker would end it.

    Raises NotFound for another's attempt.
    """
    mine = {"of": attempt_id, "whose": actor.person_id}
    if handed_in := _hand_in(session, mine, at):
        return handed_in
    attempt = attempt_for(session, actor, attempt_id)
    if attempt.state == AttemptState.IN_PROGRESS:
        close_attempt(session, attempt_id, at)
    return attempt


def close_attempt(session: Session, attempt_id: UUID, at: datetime) -> bool:
    """Hand in an attempt whose time is over, as of its deadline; return whether this call ended it.

    One without a single answer is abandoned instead: there is nothing to score.
    """
    attempt = session.scalar(OPEN.with_for_update(), {"of": attempt_id})
    if attempt is None:
        return False
    state = closing_state(attempt.saves, attempt.deadline_at, at)
    if state is AttemptState.ABANDONED:
        return _abandon(session, attempt)
    return state is AttemptState.SUBMITTED and _hand_in(session, {"of": attempt_id}, at) is not None


def _abandon(session: Session, attempt: Attempt) -> bool:
    """Leave an attempt, already locked, as abandoned at its deadline; it earned nothing on that day."""
    zone: ZoneInfo = session.info["zone"]
    attempt.state, attempt.passed, attempt.score = AttemptState.ABANDONED, False, fraction_text(NOTHING)
    attempt.credited_on = credited_on(attempt.deadline_at, attempt.deadline_at, zone)
    session.flush()
    event = AttemptAbandoned(
        subject=f"attempt:{attempt.id}", occurred_at=attempt.deadline_at, person_id=attempt.person_id,
        version=str(attempt.version_id), attempt_id=attempt.id, quiz_kind=QuizKind(attempt.quiz_kind),
        quiz_id=attempt.quiz_id, run_id=attempt.run_id,
    )  # fmt: skip
    record(session, event)
    return True


def close_expired(session: Session, at: datetime) -> list[UUID]:
    """Hand in every attempt whose deadline passed more than 60 s ago; return which, for scoring."""
    due = due_for_closing(session, at - ANSWER_GRACE)
    return [attempt_id for attempt_id in due if close_attempt(session, attempt_id, at)]


def _hand_in(session: Session, which: Mapping[str, UUID], at: datetime) -> Attempt | None:
    """Hand in an attempt of the person told, or whoever's it is where its time is over."""
    event_id = uuid4()
    found = {**which, "now": at, "out_of_time": at - ANSWER_GRACE, "event": event_id}
    attempt: Attempt | None = session.scalar(_handing_in(own="whose" in which), found)
    if attempt is None or attempt.submitted_at is None:
        return None
    event = AttemptSubmitted(
        subject=f"attempt:{attempt.id}", occurred_at=attempt.submitted_at, person_id=attempt.person_id,
        version=str(attempt.version_id), quiz_kind=QuizKind(attempt.quiz_kind), quiz_id=attempt.quiz_id,
        run_id=attempt.run_id, digest=digest_of(session.scalars(BATCHES, {"of": attempt.id})),
        timed_out=at > attempt.deadline_at + ANSWER_GRACE,
    )  # fmt: skip
    record(session, event, event_id)
    return attempt


@cache
def _handing_in(*, own: bool) -> Any:
    over = Attempt.deadline_at < bindparam("out_of_time", type_=UtcDateTime())
    worth_scoring = or_(~over, Attempt.saves > 0)  # the rest is abandoned: `closing_state` says when
    return (
        update(Attempt)
        .where(
            Attempt.id == bindparam("of"),
            and_(Attempt.person_id == bindparam("whose"), worth_scoring) if own else over,
            Attempt.state == AttemptState.IN_PROGRESS.value,
        )
        .values(
            state=AttemptState.SUBMITTED,
            submitted_at=case((over, Attempt.deadline_at), else_=bindparam("now", type_=UtcDateTime())),
            submitted_event_id=bindparam("event"),
        )
        .returning(Attempt)
        .execution_options(synchronize_session=False, populate_existing=True)
    )


def score_attempt(session: Session, attempt_id: UUID, at: datetime) -> Attempt:
    """Score a handed-in attempt; one that is scored already, or voided, is returned as it is.

    Raises NotFound.
    """
    attempt, batches, remedied = attempt_to_score(session, attempt_id)
    if attempt.state != AttemptState.SUBMITTED or attempt.submitted_at is None:
        return attempt
    score = _score(session, attempt, batches)
    zone: ZoneInfo = session.info["zone"]
    day, event_id = credited_on(attempt.submitted_at, attempt.deadline_at, zone), uuid4()
    values = {
        "state": AttemptState.SCORED, "scored_at": at, "score": fraction_text(score.share),
        "topics": topics_text(score), "passed": score.passed, "credited_on": day, "scored_event_id": event_id,
    }  # fmt: skip
    guarded = update(Attempt).where(Attempt.id == attempt_id, Attempt.state == AttemptState.SUBMITTED.value)
    if not changed(
        session.execute(guarded.values(values), execution_options={"synchronize_session": "fetch"})
    ):
        return attempt_with_batches(session, attempt_id)[0]
    event = AttemptScored(
        subject=f"attempt:{attempt_id}", occurred_at=attempt.submitted_at, person_id=attempt.person_id,
        version=str(attempt.version_id), attempt_id=attempt_id, quiz_kind=QuizKind(attempt.quiz_kind),
        quiz_id=attempt.quiz_id, run_id=attempt.run_id, passed=score.passed, score=fraction_text(score.share),
        credited_on=day, version_id=attempt.version_id,
    )  # fmt: skip
    record(session, event, event_id)
    if remedied:
        regrade_on_scoring(session, attempt)
    return attempt


def _score(session: Session, attempt: Attempt, batches: list[ResponseBatch]) -> PaperScore:
    stored = stored_paper(attempt)
    items = plain_items(items_of(session, stored))
    marks = mark_paper(stored.paper, items, readings_of(attempt, stored, items, batches))
    return score_paper(stored.paper, marks, quiz_at(session, attempt).blueprint.cut_score)


def void_attempt(session: Session, actor: Actor, attempt_id: UUID, reason: str, at: datetime) -> Attempt:
    """Declare that an attempt does not count: it neither uses up an attempt nor causes a wait.

    Raises NotFound, NotAllowed for one's own, Invalid without a reason, Conflict when it is voided already.
    """
    if not reason.strip():
        raise Invalid({"reason": message("Say why: the reason is kept with the record.")})
    attempt = session.scalar(select(Attempt).where(Attempt.id == attempt_id).with_for_update())
    if attempt is None:
        raise NotFound
    if attempt.person_id == actor.person_id:
        raise NotAllowed(message("This is your own attempt: somebody else must do this."))
    if attempt.state == AttemptState.VOIDED:
        raise Conflict(message("This attempt has been voided already."))
    attempt.state, attempt.voided_event_id = AttemptState.VOIDED, uuid4()
    session.flush()
    event = AttemptVoided(
        subject=f"attempt:{attempt.id}", occurred_at=at, person_id=attempt.person_id, reason=reason.strip(),
        attempt_id=attempt.id, quiz_kind=QuizKind(attempt.quiz_kind), quiz_id=attempt.quiz_id,
        run_id=attempt.run_id, was_passed=bool(attempt.passed),
    )  # fmt: skip
    record(session, event, attempt.voided_event_id)
    return attempt
