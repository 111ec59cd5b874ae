"""Attempts: one for the person whose it is, with its answers; its result and what of it may be shown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from lms.core.access import Actor
from lms.core.errors import NotFound
from lms.quizzes.documents import StoredPaper, given_responses
from lms.quizzes.models import Attempt, AttemptGrant, ItemRemedy, QuizRun, ResponseBatch
from lms.quizzes.queries.situations import Situation, extra_minutes_of, in_progress, to_situation
from lms.quizzes.rules import Allowed, AttemptState, Blueprint, Disclosure, Item
from lms.quizzes.scoring import Reading, latest_responses


@dataclass(frozen=True)
class Result:
    """An attempt with its answers and whether another attempt at its quiz is possible."""

    attempt: Attempt
    batches: tuple[ResponseBatch, ...]
    situation: Situation
    sat_elsewhere: bool


def attempt_for(session: Session, actor: Actor, attempt_id: UUID) -> Attempt:
    """Load an attempt for the person whose it is.

    Raises NotFound for everybody else.
    """
    return attempt_of(session, actor.person_id, attempt_id)


def attempt_of(session: Session, person_id: UUID, attempt_id: UUID) -> Attempt:
    """Return an attempt of this person.

    Raises NotFound, also for another person's attempt.
    """
    found = session.get(Attempt, attempt_id)
    if found is None or found.person_id != person_id:
        raise NotFound
    return found


def attempt_with_batches(
    session: Session, attempt_id: UUID, person_id: UUID | None = None
) -> tuple[Attempt, list[ResponseBatch]]:
    """Return an attempt and its answers, oldest first, in one statement; of `person_id` alone where given.

    Raises NotFound.
    """
    which: dict[str, Any] = {"wanted": attempt_id}
    if person_id is not None:
        which["whose"] = person_id
    rows = session.execute(_with_batches(own=person_id is not None), which).all()
    if not rows:
        raise NotFound
    return rows[0][0], [batch for _, batch in rows if batch is not None]


def attempt_to_score(session: Session, attempt_id: UUID) -> tuple[Attempt, list[ResponseBatch], bool]:
    """Return an attempt with its answers, and whether any item has a remedy at all: one statement.

    Raises NotFound.
    """
    rows = session.execute(_to_score(), {"wanted": attempt_id}).all()
    if not rows:
        raise NotFound
    return rows[0][0], [row[1] for row in rows if row[1] is not None], bool(rows[0][2])


@cache
def _to_score() -> Any:
    return _with_batches(own=False).add_columns(exists(select(ItemRemedy.id)))


@cache
def _with_batches(*, own: bool) -> Any:
    query = (
        select(Attempt, ResponseBatch)
        .outerjoin(ResponseBatch, ResponseBatch.attempt_id == Attempt.id)
        .where(Attempt.id == bindparam("wanted"))
        .order_by(ResponseBatch.number)
        .execution_options(populate_existing=True)
    )
    return query.where(Attempt.person_id == bindparam("whose")) if own else query


def result_for(session: Session, actor: Actor, attempt_id: UUID) -> Result:
    """Load an attempt with its answers, its run and whether its quiz is owed in another run: one statement.

    Raises NotFound for anybody but the person whose attempt it is.
    """
    rows = session.execute(_result(), {"wanted": attempt_id, "mine": actor.person_id}).all()
    if not rows:
        raise NotFound
    attempt = next(row[0] for row in rows if row[0].id == attempt_id)
    return Result(
        attempt, tuple(row[4] for row in rows if row[4] is not None), to_situation(rows), bool(rows[0][5])
    )


@cache
def _result() -> Any:
    target, mine = aliased(Attempt, name="target"), bindparam("mine", type_=Uuid)
    of_target = and_(
        Attempt.person_id == target.person_id, Attempt.quiz_kind == target.quiz_kind,
        Attempt.quiz_id == target.quiz_id, or_(Attempt.run_id == target.run_id, in_progress(Attempt)),
    )  # fmt: skip
    return (
        select(
            Attempt,
            target.run_id,
            _granted_of(target),
            extra_minutes_of(mine),
            ResponseBatch,
            _owed_elsewhere(target),
        )
        .select_from(target)
        .join(Attempt, of_target)
        .outerjoin(ResponseBatch, and_(ResponseBatch.attempt_id == Attempt.id, Attempt.id == target.id))
        .where(target.id == bindparam("wanted"), target.person_id == mine)
        .order_by(Attempt.number, ResponseBatch.number)
    )


def _granted_of(target: Any) -> Any:
    g = AttemptGrant
    same = (g.person_id == target.person_id, g.quiz_kind == target.quiz_kind, g.quiz_id == target.quiz_id)
    return (
        select(func.coalesce(func.sum(g.attempts), 0))
        .where(*same, g.run_id == target.run_id)
        .scalar_subquery()
    )


def _owed_elsewhere(target: Any) -> Any:
    run, done = QuizRun, aliased(Attempt, name="done")
    passed = exists().where(
        done.person_id == run.person_id, done.quiz_kind == run.quiz_kind, done.quiz_id == run.quiz_id,
        done.run_id == run.run_id, done.passed.is_(True), done.state == AttemptState.SCORED.value,
    )  # fmt: skip
    same = (
        run.person_id == target.person_id,
        run.quiz_kind == target.quiz_kind,
        run.quiz_id == target.quiz_id,
    )
    return exists().where(*same, run.run_id != target.run_id, run.closed_at.is_(None), ~passed)


def disclosed(result: Result, blueprint: Blueprint, now: datetime) -> Disclosure:
    """Say what of a scored attempt its person may see now: feedback never while an attempt is possible."""
    attempt, show = result.attempt, blueprint.show
    if attempt.state != AttemptState.SCORED:
        return Disclosure.NOTHING
    wanted = show.after_pass if attempt.passed else show.after_submit
    if wanted is Disclosure.FEEDBACK and attempt_possible(result, blueprint, now):
        return (
            show.after_submit if show.after_submit is not Disclosure.FEEDBACK else Disclosure.SCORE_AND_TOPICS
        )
    return wanted


def attempt_possible(result: Result, blueprint: Blueprint, now: datetime) -> bool:
    """Say whether the person may still be given these items in this quiz: now, later, or in another run."""
    if result.situation.open is not None or result.sat_elsewhere:
        return True
    decision = result.situation.decision(blueprint, now)
    return isinstance(decision, Allowed) or decision.when is not None


def readings_of(
    attempt: Attempt, stored: StoredPaper, items: Mapping[str, Item], batches: Iterable[ResponseBatch]
) -> dict[int, Reading]:
    """Return what counts for each slot now."""
    return latest_responses(given_responses(stored, items, batches), attempt.deadline_at)


def due_for_closing(session: Session, before: datetime, limit: int = 200) -> list[UUID]:
    """Return open attempts whose deadline lies before an instant, the oldest first."""
    query = select(Attempt.id).where(in_progress(Attempt), Attempt.deadline_at < before)
    return list(session.scalars(query.order_by(Attempt.deadline_at).limit(limit)))


def unscored(session: Session, limit: int = 200) -> list[UUID]:
    """Return attempts that wait for their score, the oldest first."""
    query = select(Attempt.id).where(Attempt.state == AttemptState.SUBMITTED.value)
    return list(session.scalars(query.order_by(Attempt.submitted_at).limit(limit)))


def attempts_of(session: Session, person_id: UUID, limit: int = 200) -> list[Attempt]:
    """Return a person's attempts, the newest first."""
    query = select(Attempt).where(Attempt.person_id == person_id)
    return list(session.scalars(query.order_by(Attempt.started_at.desc(), Attempt.id).limit(limit)))
