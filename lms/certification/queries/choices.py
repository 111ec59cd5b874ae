"""What can be undone for a person: decisions that run, credits that count, assignments that somebody made."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lms.approvals.models import Approval
from lms.certification.models import (
    AssignmentEnd,
    AssignmentRow,
    CreditRow,
    CreditVoid,
    DecisionRow,
    WithdrawalRow,
)
from lms.certification.rules import SourceKind
from lms.certification.rules_events import DecisionKind

UNDONE = (DecisionKind.EXTENSION, DecisionKind.WAIVER, DecisionKind.EXCLUSION, DecisionKind.REVOCATION)


def running_decisions(session: Session, person_id: UUID, today: date) -> list[DecisionRow]:
    """Return the decisions that can still be withdrawn or annulled, the latest first."""
    d = DecisionRow
    query = (
        select(d)
        .outerjoin(WithdrawalRow, WithdrawalRow.decision_id == d.id)
        .where(d.person_id == person_id, d.kind.in_(UNDONE), WithdrawalRow.decision_id.is_(None))
        .where(or_(d.until_on.is_(None), d.until_on >= today))
        .order_by(d.occurred_on.desc(), d.id)
    )
    return list(session.scalars(query))


@dataclass(frozen=True)
class Given:
    """Why a decision was taken, who asked for it and who agreed; absent where it was imported."""

    reason: str
    asked_by: UUID | None
    approved_by: UUID | None


def decisions_given(session: Session, decisions: Collection[str]) -> dict[str, Given]:
    """Return why decisions were taken, by id; no statement without any."""
    ids = [UUID(each) for each in decisions]
    if not ids:
        return {}
    d, a = DecisionRow, Approval
    query = (
        select(d.id, d.reason, a.asker_id, a.decided_by_id)
        .outerjoin(a, a.id == d.approval_id)
        .where(d.id.in_(ids))
    )
    return {str(row.id): Given(row.reason, row.asker_id, row.decided_by_id) for row in session.execute(query)}


def live_credits(session: Session, person_id: UUID) -> list[CreditRow]:
    """Return the credits that were not declared void, the latest first."""
    c, v = CreditRow, CreditVoid
    query = select(c).outerjoin(v, v.credit_id == c.id).where(c.person_id == person_id, v.credit_id.is_(None))
    return list(session.scalars(query.order_by(c.occurred_on.desc(), c.target, c.id)))


def named_assignments(session: Session, person_id: UUID) -> list[AssignmentRow]:
    """Return the assignments that somebody made and that have no end yet."""
    a, e = AssignmentRow, AssignmentEnd
    query = (
        select(a)
        .outerjoin(e, e.assignment_id == a.id)
        .where(a.person_id == person_id, a.source == SourceKind.PERSON, e.assignment_id.is_(None))
        .order_by(a.from_on.desc(), a.id)
    )
    return list(session.scalars(query))
