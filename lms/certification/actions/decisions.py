"""Decisions about one person in one programme, by two people: revoked, annulled, extended, waived, excluded."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.approvals.actions import Request, ask
from lms.approvals.models import Approval
from lms.approvals.rules import Approved
from lms.audit.events import record, recorded_at
from lms.certification.actions.reassessing import reassess
from lms.certification.models import DecisionRow, WithdrawalRow
from lms.certification.queries.history import history_of, programme_in
from lms.certification.queries.standings import standing_of
from lms.certification.rules_decisions import objections
from lms.certification.rules_events import DecisionKind, DecisionRecorded, DecisionWithdrawn
from lms.certification.rules_words import State
from lms.core.errors import Conflict, Invalid, NotFound, message
from lms.people.queries import firm_day, person

ANNULMENT = "annulment"
# What acts from the day it is approved; the others from the day they name.
FROM_APPROVAL = frozenset({DecisionKind.REVOCATION, DecisionKind.EXTENSION})


@dataclass(frozen=True)
class NewDecision:
    """What is to be decided. `from_on` is absent where it acts from the day of approval; see `DecisionRow`."""

    kind: DecisionKind
    person_id: UUID
    programme: str
    reason: str
    from_on: date | None = None
    until_on: date | None = None
    target: str = ""


def decision_request(session: Session, new: NewDecision, at: datetime) -> Request:
    """Return what to ask a second person for a decision.

    Raises NotFound for an unknown programme or person, Invalid naming the fields.
    """
    programme_in(history_of(session), new.programme)
    person(session, new.person_id)
    _check(session, new, firm_day(session, at))
    payload = {
        "person": str(new.person_id), "programme": new.programme, "target": new.target,
        "from_on": new.from_on.isoformat() if new.from_on else None,
        "until_on": new.until_on.isoformat() if new.until_on else None,
    }  # fmt: skip
    # What is taken away benefits nobody; what is granted benefits the person.
    gains = () if new.kind is DecisionKind.REVOCATION else (new.person_id,)
    return Request(new.kind.value, f"person:{new.person_id}", payload, new.reason, gains)


def ask_decision(session: Session, asker_id: UUID, new: NewDecision, at: datetime) -> Approval:
    """Ask a second person for a decision. Raises as `decision_request`."""
    return ask(session, asker_id, decision_request(session, new, at), at)


def annulment_request(session: Session, decision_id: UUID, reason: str) -> Request:
    """Return what to ask a second person: to annul a revocation, or to withdraw another decision.

    Raises NotFound, Conflict when it was withdrawn before.
    """
    row = _decision(session, decision_id)
    if row.kind == DecisionKind.REVOCATION and not _is_revoked(session, row):
        raise Conflict(
            message("This revocation has been overtaken: the person is certified anew, or has left.")
        )
    payload = {"decision": str(decision_id), "person": str(row.person_id), "programme": row.programme}
    gains = (row.person_id,) if row.kind == DecisionKind.REVOCATION else ()
    return Request(ANNULMENT, f"person:{row.person_id}", payload, reason, gains)


def ask_annulment(session: Session, asker_id: UUID, decision_id: UUID, reason: str, at: datetime) -> Approval:
    """Ask a second person to undo a decision. Raises as `annulment_request`."""
    return ask(session, asker_id, annulment_request(session, decision_id, reason), at)


def _is_revoked(session: Session, row: DecisionRow) -> bool:
    today = firm_day(session, recorded_at(session))
    return standing_of(session, row.person_id, row.programme, today).standing.state is State.REVOKED


def decide(session: Session, approved: Approved) -> UUID:
    """Carry out an approved decision and assess the person anew."""
    arguments, kind = approved.arguments, DecisionKind(approved.approval_kind)
    on = firm_day(session, approved.occurred_at)
    from_on = arguments["from_on"]
    row = DecisionRow(
        id=uuid4(),
        kind=kind,
        person_id=UUID(arguments["person"]),
        programme=arguments["programme"],
        occurred_on=on if kind in FROM_APPROVAL or not from_on else date.fromisoformat(from_on),
        until_on=date.fromisoformat(arguments["until_on"]) if arguments["until_on"] else None,
        target="" if kind is DecisionKind.FINDING else arguments["target"],
        due=arguments["target"] if kind is DecisionKind.FINDING else "",
        reason=approved.reason or "",
        approval_id=approved.approval_id,
        recorded_at=recorded_at(session),
        event_id=uuid4(),
    )
    session.add(row)
    session.flush()
    happened = DecisionRecorded(
        subject=f"decision:{row.id}", occurred_at=approved.occurred_at, person_id=row.person_id,
        reason=approved.reason, approval_id=approved.approval_id, decision=kind, programme=row.programme,
        occurred_on=row.occurred_on, until_on=row.until_on,
    )  # fmt: skip
    record(session, happened, row.event_id)
    reassess(session, row.person_id, approved.occurred_at)
    return row.id


def annul(session: Session, approved: Approved) -> None:
    """Carry out an approved annulment or withdrawal and assess the person anew."""
    row = _decision(session, UUID(approved.arguments["decision"]))
    withdrawal = WithdrawalRow(
        decision_id=row.id,
        occurred_on=firm_day(session, approved.occurred_at),
        reason=approved.reason or "",
        approval_id=approved.approval_id,
        recorded_at=recorded_at(session),
        event_id=uuid4(),
    )
    session.add(withdrawal)
    session.flush()
    happened = DecisionWithdrawn(
        subject=f"decision:{row.id}", occurred_at=approved.occurred_at, person_id=row.person_id,
        reason=approved.reason, approval_id=approved.approval_id, decision=DecisionKind(row.kind),
        programme=row.programme, occurred_on=withdrawal.occurred_on,
    )  # fmt: skip
    record(session, happened, withdrawal.event_id)
    reassess(session, row.person_id, approved.occurred_at)


def _decision(session: Session, decision_id: UUID) -> DecisionRow:
    row = session.scalar(select(DecisionRow).where(DecisionRow.id == decision_id).with_for_update())
    if row is None:
        raise NotFound
    if session.get(WithdrawalRow, decision_id) is not None:
        raise Conflict(message("This decision was withdrawn already."))
    return row


def _check(session: Session, new: NewDecision, today: date) -> None:
    standing = standing_of(session, new.person_id, new.programme, today).standing
    first = today if new.kind in FROM_APPROVAL else new.from_on or today
    errors = objections(new.kind, standing, (first, new.until_on), today)
    if new.kind is DecisionKind.MIGRATION and not new.target:
        errors["target"] = message("Say which version of the rules.")
    if errors:
        raise Invalid(errors)
