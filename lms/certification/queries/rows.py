"""The rows that facts are made of: one statement a kind, for any number of people, as known or live."""

from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, and_, bindparam, func, literal, select, union_all
from sqlalchemy.orm import Session

from lms.agreements.models import Signature
from lms.cases.models import Play
from lms.certification.models import (
    AssignmentEnd,
    AssignmentRow,
    Certificate,
    CreditOfCase,
    CreditRow,
    CreditVoid,
    DecisionRow,
    PeriodRow,
    WithdrawalRow,
)
from lms.certification.queries.history import Known, sealed_in
from lms.certification.rules_words import Need
from lms.courses.models import CourseRun, LessonProgress
from lms.people.models import EmploymentFact
from lms.people.rules import Employment, EmploymentKind, Fact, fold
from lms.quizzes.models import Attempt

People = Collection[UUID]
Rows = Iterable[Any]
PEOPLE: BindParameter[Any] = bindparam("people", expanding=True)
# Statements are built once for live answers and for each of the newest positions asked about.
KEPT = 32


def employment(session: Session, people: People, known: Known | None) -> Iterator[tuple[UUID, Employment]]:
    """Yield each person's employment, folded from the facts in the order they were recorded."""
    found: dict[UUID, list[Fact]] = {}
    for row in session.execute(_employment(known), {"people": list(people)}):
        fact = Fact(row.id, EmploymentKind(row.kind), row.from_on, row.until_on, row.unit_id, row.voids_id)
        found.setdefault(row.person_id, []).append(fact)
    for person_id, facts in found.items():
        yield person_id, fold(tuple(facts))


@lru_cache(KEPT)
def _employment(known: Known | None) -> Any:
    f = EmploymentFact
    return (
        select(f.person_id, f.id, f.kind, f.from_on, f.until_on, f.unit_id, f.voids_id)
        .where(f.person_id.in_(PEOPLE), sealed_in(f.event_id, known))
        .order_by(f.person_id, f.number)
    )


def assignments(session: Session, people: People, known: Known | None) -> Rows:
    """Return assignments with what was entered about their ends, one line for each entry."""
    return session.execute(_assignments(known), {"people": list(people)})


@lru_cache(KEPT)
def _assignments(known: Known | None) -> Any:
    a, e = AssignmentRow, AssignmentEnd
    return (
        select(
            a.id, a.person_id, a.programme, a.source, a.source_key, a.from_on, a.due, a.recorded_at,
            e.number, e.until_on, e.is_void,
        )
        .outerjoin(e, and_(e.assignment_id == a.id, sealed_in(e.event_id, known)))
        .where(a.person_id.in_(PEOPLE), sealed_in(a.event_id, known))
        .order_by(a.person_id, a.from_on, a.id, e.number)
    )  # fmt: skip


def credited(session: Session, people: People, known: Known | None) -> Rows:
    """Return the credits that were not voided."""
    return session.execute(_credited(known), {"people": list(people)})


@lru_cache(KEPT)
def _credited(known: Known | None) -> Any:
    c, v, k = CreditRow, CreditVoid, CreditOfCase
    return (
        select(
            c.id,
            c.person_id,
            c.need,
            c.target,
            c.occurred_on,
            c.version,
            c.supplement,
            c.recorded_at,
            k.pools,
            k.repeat,
        )
        .outerjoin(k, k.credit_id == c.id)
        .outerjoin(v, and_(v.credit_id == c.id, sealed_in(v.event_id, known)))
        .where(c.person_id.in_(PEOPLE), sealed_in(c.event_id, known), v.credit_id.is_(None))
        .order_by(c.person_id, c.occurred_on, c.id)
    )


def signatures(session: Session, people: People, known: Known | None) -> Rows:
    """Return the signatures under agreements."""
    return session.execute(_signatures(known), {"people": list(people)})


@lru_cache(KEPT)
def _signatures(known: Known | None) -> Any:
    s = Signature
    return (
        select(s.id, s.person_id, s.agreement_id, s.version_id, s.signed_on, s.recorded_at)
        .where(s.person_id.in_(PEOPLE), sealed_in(s.event_id, known))
        .order_by(s.person_id, s.signed_on, s.id)
    )


def begun(session: Session, people: People, known: Known | None) -> Rows:
    """Return the first step in each run: a lesson finished, an attempt at a quiz or examination, a case begun."""
    return session.execute(_begun(known), {"people": list(people)})


@lru_cache(KEPT)
def _begun(known: Known | None) -> Any:
    r, step, a, p = CourseRun, LessonProgress, Attempt, Play
    lessons = (
        select(r.person_id, r.kind, r.target, func.min(step.finished_at).label("at"))
        .join(step, step.run_id == r.id)
        .where(r.person_id.in_(PEOPLE), r.supplement.is_(None), sealed_in(step.event_id, known))
        .group_by(r.id, r.person_id, r.kind, r.target)
    )
    attempts = (
        select(a.person_id, a.quiz_kind, a.quiz_id, func.min(a.started_at).label("at"))
        .where(a.person_id.in_(PEOPLE), sealed_in(a.started_event_id, known))
        .group_by(a.person_id, a.quiz_kind, a.quiz_id, a.run_id)
    )
    plays = (
        select(p.person_id, literal(Need.CASE.value), p.case_id, func.min(p.started_at).label("at"))
        .where(p.person_id.in_(PEOPLE), sealed_in(p.started_event_id, known))
        .group_by(p.person_id, p.case_id)
    )
    every = union_all(lessons, attempts, plays).subquery()
    return select(every.c.person_id, every.c.kind, every.c.target, every.c.at).order_by(
        every.c.at, every.c.target
    )


def decisions(session: Session, people: People, known: Known | None) -> Rows:
    """Return decisions with the day of their withdrawal, if any."""
    return session.execute(_decisions(known), {"people": list(people)})


@lru_cache(KEPT)
def _decisions(known: Known | None) -> Any:
    d, w = DecisionRow, WithdrawalRow
    return (
        select(
            d.id, d.kind, d.person_id, d.programme, d.occurred_on, d.until_on, d.target, d.due, d.recorded_at,
            w.occurred_on.label("withdrawn_on"),
        )
        .outerjoin(w, and_(w.decision_id == d.id, sealed_in(w.event_id, known)))
        .where(d.person_id.in_(PEOPLE), sealed_in(d.event_id, known))
        .order_by(d.person_id, d.occurred_on, d.id)
    )  # fmt: skip


def certificates(session: Session, people: People, known: Known | None) -> Rows:
    """Return the certificates printed, in the order of their completion."""
    return session.execute(_certificates(known), {"people": list(people)})


@lru_cache(KEPT)
def _certificates(known: Known | None) -> Any:
    c, p = Certificate, PeriodRow
    return (
        select(
            c.id, c.number, c.person_id, c.programme, c.period_id, p.opened_on, c.completed_on, c.valid_from,
            c.valid_until, c.supersedes_id, c.recorded_at,
        )
        .join(p, p.id == c.period_id)
        .where(c.person_id.in_(PEOPLE), sealed_in(c.event_id, known))
        .order_by(c.person_id, c.completed_on, c.recorded_at, c.id)
    )  # fmt: skip
