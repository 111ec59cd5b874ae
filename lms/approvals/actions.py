"""Ask, approve, refuse, withdraw. What was asked is bound by its hash, what it would do by another."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from lms.approvals.models import Approval, ApprovalBeneficiary
from lms.approvals.queries import approval_for, kind_of, parties_of, payload_of
from lms.approvals.rules import (
    ApprovalAsked,
    ApprovalRefused,
    ApprovalState,
    Approved,
    Parties,
    expired,
    refusal,
)
from lms.audit.events import record
from lms.core.access import Action, Actor, may_ever
from lms.core.canonical import canonical_json, sha256_hex
from lms.core.errors import Conflict, Invalid, NotAllowed, message
from lms.people.queries import reports_of, signing_barred_until


@dataclass(frozen=True)
class Request:
    """What is asked: the kind of act, its object, its arguments, who gains by it, and why."""

    kind: str
    subject: str
    payload: Mapping[str, Any]
    reason: str
    beneficiaries: Iterable[UUID] = field(default_factory=tuple)


def ask(session: Session, asker_id: UUID, request: Request, at: datetime) -> Approval:
    """File a request, with the preview it shows now.

    Raises Invalid without a reason, NotAllowed when the asker gains by it or reports to one who does.
    """
    if not request.reason.strip():
        raise Invalid({"reason": message("Say why this is asked: the second person decides by it.")})
    beneficiaries = frozenset(request.beneficiaries)
    refuse_asker(session, asker_id, beneficiaries)
    payload = canonical_json(request.payload)
    preview = kind_of(session, request.kind).preview(session, request.payload)
    approval = Approval(
        id=uuid4(), kind=request.kind, subject=request.subject, payload=payload.decode(),
        payload_hash=sha256_hex(payload), preview_hash=preview.hash, asker_id=asker_id,
        reason=request.reason.strip(), asked_at=at, state=ApprovalState.OPEN,
    )  # fmt: skip
    approval.event_id = record(
        session,
        ApprovalAsked(
            subject=f"approval:{approval.id}", occurred_at=at, approval_kind=request.kind,
            payload_hash=approval.payload_hash, preview_hash=preview.hash, reason=approval.reason,
        ),
    )  # fmt: skip
    session.add(approval)
    session.flush()
    session.add_all(ApprovalBeneficiary(approval_id=approval.id, person_id=each) for each in beneficiaries)
    return approval


def refuse_asker(session: Session, asker_id: UUID, beneficiaries: Iterable[UUID]) -> None:
    """Raise NotAllowed for one who may not even ask: who gains by it, or reports to one who does."""
    gaining = frozenset(beneficiaries)
    subordinate = reports_of(session, gaining, frozenset({asker_id}))
    if why := refusal(Parties(asker_id, uuid4(), gaining, subordinate)):
        raise NotAllowed(why)


def approve(session: Session, actor: Actor, approval_id: UUID, preview_hash: str, at: datetime) -> Approval:
    """Approve as the second person; the act follows by reaction before this returns.

    `preview_hash` is that of the preview the approver has seen. Raises NotAllowed for a party who may not
    and for 72 hours after a reset by another, Conflict when it is decided or what it would do has changed.
    """
    approval = _open(session, actor, approval_id, at)
    if not may_ever(actor, Action.APPROVE):
        raise NotAllowed
    if why := refusal(parties_of(session, approval, actor.person_id)):
        raise NotAllowed(why)
    if signing_barred_until(session, actor.person_id, at):
        raise NotAllowed(message("Somebody else reset how you sign in: for 72 hours you may not approve."))
    payload = payload_of(approval)
    current = kind_of(session, approval.kind).preview(session, payload).hash
    if current not in {approval.preview_hash} or preview_hash != current:
        raise Conflict(
            message("What this would do has changed since it was asked. Refuse it and have it asked again.")
        )
    _decide(approval, ApprovalState.APPROVED, actor, at)
    session.flush()
    record(
        session,
        Approved(
            subject=f"approval:{approval.id}", occurred_at=at, approval_id=approval.id, approval_kind=approval.kind,
            arguments=payload, asked_by=approval.asker_id, approved_by=actor.person_id, reason=approval.reason,
        ),
    )  # fmt: skip
    return approval


def refuse(session: Session, actor: Actor, approval_id: UUID, reason: str, at: datetime) -> Approval:
    """Refuse as the second person, or withdraw as the asker; a reason is required.

    Raises Invalid, NotAllowed, Conflict.
    """
    approval = _open(session, actor, approval_id, at)
    own = approval.asker_id == actor.person_id
    if not own and not may_ever(actor, Action.APPROVE):
        raise NotAllowed
    if not reason.strip():
        raise Invalid({"reason": message("Say why, for the one who asked.")})
    outcome = ApprovalState.WITHDRAWN if own else ApprovalState.REFUSED
    _decide(approval, outcome, actor, at)
    approval.decision_reason = reason.strip()
    record(
        session,
        ApprovalRefused(
            subject=f"approval:{approval.id}", occurred_at=at, approval_id=approval.id,
            approval_kind=approval.kind, outcome=outcome, reason=approval.decision_reason,
        ),
    )  # fmt: skip
    return approval


def _open(session: Session, actor: Actor, approval_id: UUID, at: datetime) -> Approval:
    approval = approval_for(session, actor, approval_id, lock=True)
    if approval.state != ApprovalState.OPEN:
        raise Conflict(message("This request has been decided already."))
    if expired(approval.asked_at, at):
        raise Conflict(message("This request has waited for more than 30 days. Have it asked again."))
    return approval


def _decide(approval: Approval, state: ApprovalState, actor: Actor, at: datetime) -> None:
    approval.state, approval.decided_by_id, approval.decided_at = state, actor.person_id, at
