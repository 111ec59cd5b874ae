"""Credits put right by two people: declared void, or given another day. What was issued stays issued."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from lms.approvals.actions import Request, ask
from lms.approvals.models import Approval
from lms.approvals.rules import Approved
from lms.certification.actions.credits import ENTERED_BEFORE, add_credit, too_early, void_credit
from lms.certification.actions.reassessing import reassess
from lms.certification.models import CreditRow, CreditVoid
from lms.certification.queries.history import history_of
from lms.certification.rules import Need
from lms.certification.rules_events import CreditSource
from lms.core.errors import Conflict, Invalid, Message, NotFound, message
from lms.people.queries import firm_day

VOID = "credit-void"
CORRECT = "credit-correction"


def void_request(session: Session, credit_id: UUID, reason: str) -> Request:
    """Return what to ask a second person: that a credit never was.

    Raises NotFound, Conflict when it is void already.
    """
    row = _live(session, credit_id)
    payload = {"credit": str(row.id), "person": str(row.person_id)}
    return Request(VOID, f"person:{row.person_id}", payload, reason)


def correction_request(
    session: Session, credit_id: UUID, occurred_on: date, reason: str, at: datetime
) -> Request:
    """Return what to ask a second person: that a credit was earned on another day.

    Raises NotFound, Conflict, Invalid naming the fields.
    """
    row = _live(session, credit_id)
    errors: dict[str, Message] = {}
    if occurred_on > firm_day(session, at):
        errors["occurred_on"] = message("This day is still to come.")
    elif occurred_on == row.occurred_on:
        errors["occurred_on"] = message("This is the day on record.")
    elif too_early(session, row.person_id, occurred_on):
        errors["occurred_on"] = message("This day is too long ago.")
    if errors:
        raise Invalid(errors)
    payload = {
        "credit": str(row.id), "person": str(row.person_id), "occurred_on": occurred_on.isoformat(),
    }  # fmt: skip
    return Request(CORRECT, f"person:{row.person_id}", payload, reason, (row.person_id,))


def ask_void(session: Session, asker_id: UUID, credit_id: UUID, reason: str, at: datetime) -> Approval:
    """Ask a second person to let a credit be void."""
    return ask(session, asker_id, void_request(session, credit_id, reason), at)


def ask_correction(
    session: Session, asker_id: UUID, credit_id: UUID, occurred_on: date, reason: str, at: datetime
) -> Approval:
    """Ask a second person to let a credit have another day."""
    return ask(session, asker_id, correction_request(session, credit_id, occurred_on, reason, at), at)


def void_approved(session: Session, approved: Approved) -> None:
    """Carry out an approved declaration."""
    credit_id = UUID(approved.arguments["credit"])
    void_credit(session, credit_id, approved.reason or "", approved.occurred_at, approved.approval_id)


def correct(session: Session, approved: Approved) -> None:
    """Carry out an approved correction: the credit is void, and another of the right day takes its place."""
    row = _live(session, UUID(approved.arguments["credit"]))
    void_approved(session, approved)
    day = date.fromisoformat(approved.arguments["occurred_on"])
    values = {
        "id": uuid4(), "person_id": row.person_id, "need": row.need, "target": row.target, "occurred_on": day,
        "source": CreditSource.HAND.value, "source_key": f"corrects:{row.id}", "content_version_id": None,
        "version": history_of(session).version_on(Need(row.need), row.target, day),
        "evidence": approved.reason or "", "approval_id": approved.approval_id,
    }  # fmt: skip
    if not add_credit(session, values, approved.occurred_at):
        raise Conflict(ENTERED_BEFORE)
    reassess(session, row.person_id, approved.occurred_at)


def _live(session: Session, credit_id: UUID) -> CreditRow:
    row = session.get(CreditRow, credit_id)
    if row is None:
        raise NotFound
    if session.get(CreditVoid, credit_id) is not None:
        raise Conflict(message("This credit is void already."))
    return row
