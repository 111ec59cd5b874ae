"""Changes of registered addresses: asked at the old one, confirmed there or by two people, withdrawn."""

import secrets
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.audit.events import record
from lms.core.errors import Conflict, Invalid, NotFound, message
from lms.people.models import Identity, MailChange, MailChangeEnd
from lms.people.queries import hash_token
from lms.people.rules import IdentityChanged, MailChanged
from lms.people.rules_mail import (
    CONFIRM_WITHIN,
    UNKNOWN,
    MailApprovalRequested,
    MailChangeAsked,
    MailChangeEnded,
    MailEnd,
    MailStep,
    link_objection,
    mail_step,
)


def enter_mail(session: Session, identity: Identity, wanted: str, at: datetime) -> MailStep:
    """Do what entering an address for a locked identity asks for, short of changing it; say what that is."""
    waiting = _waiting(session, identity.person_id) if identity.mail and wanted != identity.mail else None
    stands = waiting is not None and waiting.expires_at > at
    step = mail_step(identity.mail, wanted, identity.new_mail if stands else None)
    if step is MailStep.ASK:
        if waiting is not None:
            _end(session, waiting, identity, MailEnd.SUPERSEDED, at)
        _ask(session, identity, wanted, at)
    return step


def confirm_mail_change(session: Session, token: str, at: datetime) -> UUID:
    """Change an address because its old mailbox says so; return whose.

    Raises NotFound, saying why, for a link that is unknown, used, withdrawn, superseded or expired.
    """
    change = session.scalar(select(MailChange).where(MailChange.token_hash == hash_token(token)))
    if change is None:
        raise NotFound(UNKNOWN)
    identity = _locked(session, change.person_id)
    if why := link_objection(_outcome(session, change.id), change.expires_at, at):
        raise NotFound(why)
    _take(session, change, identity, MailEnd.CONFIRMED, at)
    return change.person_id


def approve_mail_change(session: Session, change_id: UUID, at: datetime, approval_id: UUID | None) -> None:
    """Change an address because two people say so, whether or not its link has expired.

    Raises NotFound, Conflict when the change no longer waits.
    """
    change = session.get(MailChange, change_id)
    if change is None:
        raise NotFound
    identity = _locked(session, change.person_id)
    if _outcome(session, change.id) is not None:
        raise Conflict(message("This change of address no longer waits."))
    _take(session, change, identity, MailEnd.APPROVED, at, approval_id)


def withdraw_mail_change(session: Session, person_id: UUID, at: datetime) -> None:
    """Take back a change that waits; its link then opens nothing.

    Raises NotFound, Conflict when none waits.
    """
    identity = _locked(session, person_id)
    _end(session, _required(session, person_id), identity, MailEnd.WITHDRAWN, at)


def request_mail_approval(
    session: Session, person_id: UUID, asker_id: UUID, reason: str, at: datetime
) -> None:
    """Ask a second person to let a change take effect without the old mailbox; a reaction files the request.

    Raises Invalid without a reason, Conflict when no change waits.
    """
    if not reason.strip():
        raise Invalid({"reason": message("Say why this is asked: the second person decides by it.")})
    change = _required(session, person_id)
    asked = MailApprovalRequested(
        subject=f"mail-change:{change.id}",
        occurred_at=at,
        person_id=person_id,
        change_id=change.id,
        asker_id=asker_id,
        reason=reason.strip(),
    )
    record(session, asked)


def _ask(session: Session, identity: Identity, wanted: str, at: datetime) -> None:
    token, change_id, event_id, person_id = secrets.token_urlsafe(24), uuid4(), uuid4(), identity.person_id
    identity.new_mail = wanted
    row = MailChange(
        id=change_id,
        person_id=person_id,
        asked_by_id=_asker(session),
        token_hash=hash_token(token),
        asked_at=at,
        expires_at=at + CONFIRM_WITHIN,
        event_id=event_id,
    )
    session.add(row)
    session.flush()
    happened = MailChangeAsked(
        subject=f"person:{person_id}", occurred_at=at, person_id=person_id, change_id=change_id, token=token
    )
    record(session, happened, event_id)


def _asker(session: Session) -> UUID | None:
    """Return on which person's account this is done; None for the operator's command."""
    try:
        return UUID(session.info["by"].actor)
    except ValueError:
        return None


def _locked(session: Session, person_id: UUID) -> Identity:
    identity = session.scalar(select(Identity).where(Identity.person_id == person_id).with_for_update())
    if identity is None:
        raise NotFound
    return identity


def _waiting(session: Session, person_id: UUID) -> MailChange | None:
    ended = select(MailChangeEnd.change_id).where(MailChangeEnd.change_id == MailChange.id).exists()
    query = select(MailChange).where(MailChange.person_id == person_id, ~ended)
    return session.scalar(query.order_by(MailChange.asked_at.desc()).limit(1))


def _required(session: Session, person_id: UUID) -> MailChange:
    change = _waiting(session, person_id)
    if change is None:
        raise Conflict(message("No change of address waits for this person."))
    return change


def _outcome(session: Session, change_id: UUID) -> MailEnd | None:
    found = session.scalar(select(MailChangeEnd.outcome).where(MailChangeEnd.change_id == change_id))
    return MailEnd(found) if found else None


def _take(
    session: Session,
    change: MailChange,
    identity: Identity,
    outcome: MailEnd,
    at: datetime,
    approval_id: UUID | None = None,
) -> None:
    old, person_id, subject = identity.mail, identity.person_id, f"person:{identity.person_id}"
    identity.mail = identity.new_mail or ""
    _end(session, change, identity, outcome, at, approval_id)
    happened = IdentityChanged(subject=subject, occurred_at=at, person_id=person_id, fields=("mail",))
    record(session, happened)
    record(session, MailChanged(subject=subject, occurred_at=at, person_id=person_id, old_mail=old))


def _end(
    session: Session,
    change: MailChange,
    identity: Identity,
    outcome: MailEnd,
    at: datetime,
    approval_id: UUID | None = None,
) -> None:
    event_id = uuid4()
    identity.new_mail = None
    row = MailChangeEnd(change_id=change.id, outcome=outcome, ended_at=at, event_id=event_id)
    session.add(row)
    session.flush()
    happened = MailChangeEnded(
        subject=f"person:{change.person_id}",
        occurred_at=at,
        person_id=change.person_id,
        change_id=change.id,
        outcome=outcome,
        approval_id=approval_id,
    )
    record(session, happened, event_id)
