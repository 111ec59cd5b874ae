"""Where a person stands with a quiz: the run that counts, its attempts, what they have seen."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, String, Uuid, and_, bindparam, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from lms.quizzes.models import Accommodation, Attempt, AttemptGrant, ItemExposure, KeyOpening, QuizRun
from lms.quizzes.queries.published import QuizRef
from lms.quizzes.rules import Allowed, AttemptState, Blueprint, PastAttempt, Refusal, may_start

KEY_BAR = timedelta(days=366)  # 12 months since a person opened an item's key, on the safe side


@dataclass(frozen=True)
class Situation:
    """Where a person stands with a quiz: the run that counts now and its attempts, oldest first.

    `open` is the attempt in progress, of whichever run. `run_id` is empty for practice. `only` names the items
    a paper of this run consists of; empty: papers are drawn.
    """

    run_id: str
    attempts: tuple[Attempt, ...]
    open: Attempt | None
    granted: int
    extra_minutes: int
    only: tuple[str, ...] = ()

    def decision(self, blueprint: Blueprint, now: datetime) -> Allowed | Refusal:
        """Say whether the next attempt may start now."""
        return may_start([past(each) for each in self.attempts], blueprint, now, self.granted)


@dataclass(frozen=True)
class Exposure:
    """What of the items of a quiz a person has been given, how often, and whose keys they have opened."""

    times: Mapping[str, int]
    opened: frozenset[str]


def past(attempt: Attempt) -> PastAttempt:
    """Return an attempt as the rules of starting read it."""
    state = AttemptState(attempt.state)
    submitted_at = attempt.deadline_at if state is AttemptState.ABANDONED else attempt.submitted_at
    ended_at = submitted_at and min(submitted_at, attempt.deadline_at)
    return PastAttempt(state, ended_at, bool(attempt.passed) and state is AttemptState.SCORED)


def situation_of(session: Session, person_id: UUID, ref: QuizRef, run_id: str | None = None) -> Situation:
    """Return where a person stands with a quiz, in one statement: in `run_id`, or in the newest open run.

    A run of a whole comes before one of named items.
    """
    which = {"whose": person_id, "of_kind": ref.kind.value, "of_quiz": ref.id}
    if run_id is not None:
        return to_situation(session.execute(_situation(named=True), {**which, "in_run": run_id}).all())
    return to_situation(session.execute(_situation(named=False), which).all())


@cache
def _situation(*, named: bool) -> Any:
    run = select((bindparam("in_run", type_=String) if named else _newest_run()).label("run_id")).cte("run")
    joined = and_(_of(Attempt), or_(Attempt.run_id == run.c.run_id, in_progress(Attempt)))
    return (
        select(
            Attempt,
            run.c.run_id,
            _granted(run.c.run_id),
            extra_minutes_of(bindparam("whose", type_=Uuid)),
            _only(run.c.run_id).label("only"),
        )
        .select_from(run)
        .outerjoin(Attempt, joined)
        .order_by(Attempt.number)
        .execution_options(populate_existing=True)
    )


def to_situation(rows: Sequence[Any]) -> Situation:
    """Read rows of (attempt or none, run, attempts granted, extra minutes, …), `only` where it was asked for."""
    attempts = list({row[0].id: row[0] for row in rows if row[0] is not None}.values())
    run_id, granted, extra = rows[0][1:4]
    opened = next((each for each in attempts if each.state == AttemptState.IN_PROGRESS), None)
    own = tuple(each for each in attempts if each.run_id == run_id)
    only = json.loads(getattr(rows[0], "only", None) or "[]")
    return Situation(run_id, own, opened, int(granted), int(extra), tuple(only))


def _newest_run() -> Any:
    newest = (
        select(QuizRun.run_id)
        .where(_of(QuizRun), QuizRun.closed_at.is_(None))
        .order_by(QuizRun.only.isnot(None), QuizRun.opened_at.desc(), QuizRun.run_id.desc())
        .limit(1)
    )
    return func.coalesce(newest.scalar_subquery(), "")


def _only(run_id: Any) -> Any:
    return select(QuizRun.only).where(_of(QuizRun), QuizRun.run_id == run_id).scalar_subquery()


def _of(table: Any) -> Any:
    return and_(
        table.person_id == bindparam("whose", type_=Uuid),
        table.quiz_kind == bindparam("of_kind", type_=String),
        table.quiz_id == bindparam("of_quiz", type_=String),
    )


def in_progress(table: Any) -> Any:
    """Return the condition that an attempt is open."""
    return table.state == AttemptState.IN_PROGRESS.value


def _granted(run_id: Any) -> Any:
    total = func.coalesce(func.sum(AttemptGrant.attempts), 0)
    return select(total).where(_of(AttemptGrant), AttemptGrant.run_id == run_id).scalar_subquery()


def extra_minutes_of(person_id: Any) -> Any:
    """Return the subquery of the extra minutes a person gets now."""
    a = Accommodation
    newest = select(a.extra_minutes).where(a.person_id == person_id).order_by(a.number.desc()).limit(1)
    return func.coalesce(newest.scalar_subquery(), 0)


def extra_minutes(session: Session, person_id: UUID) -> int:
    """Return the extra minutes a person gets in attempts started now."""
    return int(session.scalar(select(extra_minutes_of(person_id))) or 0)


def exposure_of(session: Session, person_id: UUID, items: Iterable[str], at: datetime) -> Exposure:
    """Return what a person has seen of these items, in one statement."""
    which = {"whose": person_id, "among": sorted(items), "after": at - KEY_BAR}
    rows = session.execute(EXPOSURE, which).all()
    times = {item: int(count) for kind, item, count in rows if kind == "given"}
    return Exposure(times, frozenset(item for kind, item, _ in rows if kind == "opened"))


def _exposure() -> Any:
    given, opened = ItemExposure, KeyOpening
    among: BindParameter[Any] = bindparam("among", expanding=True)
    whose = bindparam("whose", type_=Uuid)
    return union_all(
        select(literal("given"), given.item_id, given.times).where(
            given.person_id == whose, given.item_id.in_(among)
        ),
        select(literal("opened"), opened.item_id, literal(1)).where(
            opened.person_id == whose, opened.item_id.in_(among), opened.opened_at > bindparam("after")
        ),
    )


EXPOSURE = _exposure()
