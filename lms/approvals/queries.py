"""Reads of requests: open ones, one with its parties, the kinds this installation knows."""

import json
from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.approvals.models import Approval, ApprovalBeneficiary
from lms.approvals.rules import ApprovalState, Kind, Parties
from lms.core.access import Action, Actor, may_ever
from lms.core.errors import NotFound
from lms.people.queries import reports_of


def kind_of(session: Session, kind: str) -> Kind:
    """Return how a kind of act describes and previews itself.

    Raises NotFound for a kind this installation does not know.
    """
    kinds = cast(Mapping[str, Kind], session.info["approval_kinds"])
    if kind not in kinds:
        raise NotFound
    return kinds[kind]


def approval_for(session: Session, actor: Actor, approval_id: UUID, *, lock: bool = False) -> Approval:
    """Load a request for one who may decide it or who asked it.

    Raises NotFound for everybody else.
    """
    query = select(Approval).where(Approval.id == approval_id)
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None or not (found.asker_id == actor.person_id or may_ever(actor, Action.APPROVE)):
        raise NotFound
    return found


def listed(session: Session, *, is_open: bool, limit: int = 100) -> list[Approval]:
    """Return open requests, oldest first, or decided ones, newest first."""
    query = select(Approval).limit(limit)
    if is_open:
        return list(
            session.scalars(query.where(Approval.state == ApprovalState.OPEN).order_by(Approval.asked_at))
        )
    decided = query.where(Approval.state != ApprovalState.OPEN).order_by(Approval.decided_at.desc())
    return list(session.scalars(decided))


def open_about(session: Session, subject: str) -> list[Approval]:
    """Return the requests that wait about one object, oldest first."""
    query = select(Approval).where(Approval.subject == subject, Approval.state == ApprovalState.OPEN)
    return list(session.scalars(query.order_by(Approval.asked_at)))


def payload_of(approval: Approval) -> dict[str, Any]:
    """Return what the act was asked with."""
    return cast(dict[str, Any], json.loads(approval.payload))


def parties_of(session: Session, approval: Approval, approver: UUID) -> Parties:
    """Return who is involved in a request that `approver` would decide."""
    query = select(ApprovalBeneficiary.person_id).where(ApprovalBeneficiary.approval_id == approval.id)
    beneficiaries = frozenset(session.scalars(query))
    subordinate = reports_of(session, beneficiaries, frozenset({approval.asker_id, approver}))
    return Parties(approval.asker_id, approver, beneficiaries, subordinate)
