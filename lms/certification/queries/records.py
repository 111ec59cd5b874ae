"""Every fact about one person, as a row: when it occurred, when it was recorded, by whom, why."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lms.audit.models import AuditEvent
from lms.certification.models import (
    AssignmentEnd,
    AssignmentRow,
    CreditRow,
    CreditVoid,
    DecisionRow,
    PeriodRow,
    WithdrawalRow,
)
from lms.certification.queries.certificates import CertificateLine, certificates_of
from lms.certification.queries.standings import StandingLine, own_standings
from lms.core.access import Action, Actor
from lms.people.models import EmploymentFact
from lms.people.queries import person_for


@dataclass(frozen=True)
class FactLine:
    """One fact. `kind` is a code, `about` the programme or the thing done; `actor` is who recorded it."""

    id: UUID
    kind: str
    about: str
    detail: str
    occurred_on: date
    until_on: date | None
    recorded_at: datetime
    actor: str
    reason: str = ""
    evidence: str = ""


@dataclass(frozen=True)
class PeriodLine:
    """A period's identity."""

    programme: str
    n: int
    basis: str
    path: str
    rules: str
    opened_on: date
    is_void: bool


@dataclass(frozen=True)
class Record:
    """All that is kept about a person in certification."""

    standings: list[StandingLine]
    certificates: list[CertificateLine]
    periods: list[PeriodLine]
    facts: list[FactLine] = field(default_factory=list)


def record_for(session: Session, actor: Actor, person_id: UUID, today: date) -> Record:
    """Return a person's record for one who may read it.

    Raises NotFound for strangers.
    """
    person_for(session, actor, person_id, Action.READ_RECORD)
    return record_of(session, person_id, today)


def record_of(session: Session, person_id: UUID, today: date) -> Record:
    """Return a person's record: a fixed number of statements whatever its length."""
    return Record(
        standings=own_standings(session, person_id, today),
        certificates=certificates_of(session, person_id),
        periods=periods_of(session, person_id),
        facts=facts_listed(session, person_id),
    )


def periods_of(session: Session, person_id: UUID) -> list[PeriodLine]:
    """Return a person's periods, newest first."""
    query = select(PeriodRow).where(PeriodRow.person_id == person_id)
    rows = session.scalars(
        query.order_by(PeriodRow.opened_on.desc(), PeriodRow.programme, PeriodRow.n.desc())
    )
    return [
        PeriodLine(
            row.programme, row.n, row.basis, row.path, row.rules, row.opened_on, row.voided_at is not None
        )
        for row in rows
    ]


def facts_listed(session: Session, person_id: UUID) -> list[FactLine]:
    """Return the facts about a person, the latest day first; one statement a kind."""
    found = [
        line
        for lines in (_employment, _assignments, _ends, _credits, _voids, _decisions, _withdrawals)
        for line in lines(session, person_id)
    ]
    return sorted(found, key=lambda line: (line.occurred_on, line.recorded_at, str(line.id)), reverse=True)


def _by(query: Select[*tuple[Any, ...]], event_id: Any) -> Select[*tuple[Any, ...]]:
    return query.add_columns(AuditEvent.actor).join(AuditEvent, AuditEvent.id == event_id)


def _employment(session: Session, person_id: UUID) -> Iterator[FactLine]:
    f = EmploymentFact
    for row, actor in session.execute(_by(select(f), f.event_id).where(f.person_id == person_id)):
        yield FactLine(
            row.id,
            f"employment.{row.kind}",
            "",
            "",
            row.from_on,
            row.until_on,
            row.recorded_at,
            actor,
            row.reason,
        )


def _assignments(session: Session, person_id: UUID) -> Iterator[FactLine]:
    a = AssignmentRow
    for row, actor in session.execute(_by(select(a), a.event_id).where(a.person_id == person_id)):
        yield FactLine(
            row.id, "assignment", row.programme, row.source_key, row.from_on, None, row.recorded_at, actor
        )


def _ends(session: Session, person_id: UUID) -> Iterator[FactLine]:
    a, e = AssignmentRow, AssignmentEnd
    query = _by(select(e, a).join(a, a.id == e.assignment_id), e.event_id).where(a.person_id == person_id)
    for end, row, actor in session.execute(query):
        kind = (
            "assignment.void" if end.is_void else "assignment.end" if end.until_on else "assignment.goes_on"
        )
        day = end.until_on or row.from_on
        yield FactLine(row.id, kind, row.programme, row.source_key, day, end.until_on, end.recorded_at, actor)


def _credits(session: Session, person_id: UUID) -> Iterator[FactLine]:
    c = CreditRow
    for row, actor in session.execute(_by(select(c), c.event_id).where(c.person_id == person_id)):
        yield FactLine(
            row.id, f"credit.{row.source}", row.target, row.need, row.occurred_on, None, row.recorded_at, actor,
            evidence=row.evidence,
        )  # fmt: skip


def _voids(session: Session, person_id: UUID) -> Iterator[FactLine]:
    c, v = CreditRow, CreditVoid
    query = _by(select(v, c).join(c, c.id == v.credit_id), v.event_id).where(c.person_id == person_id)
    for void, row, actor in session.execute(query):
        yield FactLine(
            row.id,
            "credit.void",
            row.target,
            row.need,
            row.occurred_on,
            None,
            void.recorded_at,
            actor,
            void.reason,
        )


def _decisions(session: Session, person_id: UUID) -> Iterator[FactLine]:
    d = DecisionRow
    for row, actor in session.execute(_by(select(d), d.event_id).where(d.person_id == person_id)):
        yield FactLine(
            row.id, f"decision.{row.kind}", row.programme, "", row.occurred_on, row.until_on, row.recorded_at, actor,
            row.reason,
        )  # fmt: skip


def _withdrawals(session: Session, person_id: UUID) -> Iterator[FactLine]:
    d, w = DecisionRow, WithdrawalRow
    query = _by(select(w, d).join(d, d.id == w.decision_id), w.event_id).where(d.person_id == person_id)
    for withdrawal, row, actor in session.execute(query):
        yield FactLine(
            row.id, f"decision.{row.kind}.withdrawn", row.programme, "", withdrawal.occurred_on, None,
            withdrawal.recorded_at, actor, withdrawal.reason,
        )  # fmt: skip
