"""One-time links: activation, reset, the first administrator. Only their hashes are kept."""

import secrets
from dataclasses import replace
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from lms.audit.events import record
from lms.core.access import Role
from lms.core.errors import Conflict, Invalid, NotAllowed, NotFound, message
from lms.people.actions.accounts import note_reset, set_password
from lms.people.actions.persons import add_person
from lms.people.actions.roles import grant_founding_role
from lms.people.actions.units import create_unit
from lms.people.credentials import LASTS
from lms.people.models import Account, Identity, OneTimeLink, Unit
from lms.people.queries import firm_day, hash_token, is_empty
from lms.people.rules import LinkIssued, LinkPurpose, LinkUsed, NewPerson, NewUnit


def issue_link(session: Session, person_id: UUID, at: datetime, *, by_mail: bool, by_another: bool) -> str:
    """Make a link by which a person sets a password; earlier unused ones end. Return its secret token.

    It is an activation as long as no password was ever set, else a reset. By mail it goes, by reaction,
    to the registered address and nowhere else; printed by another it is only for those without one.
    Raises NotFound, Invalid without an address, NotAllowed to print where there is one.
    """
    account = session.scalar(select(Account).where(Account.person_id == person_id).with_for_update())
    if account is None:
        raise NotFound
    mail = session.scalar(select(Identity.mail).where(Identity.person_id == person_id))
    if by_mail and not mail:
        raise Invalid({"person": message("No address is registered for this person: print the link.")})
    if mail and by_another and not by_mail:
        raise NotAllowed(
            message("This person has a registered address: the link goes there and nowhere else.")
        )
    purpose = LinkPurpose.RESET if account.password_hash else LinkPurpose.ACTIVATION
    o = OneTimeLink
    session.execute(update(o).where(o.person_id == person_id, o.used_at.is_(None)).values(used_at=at))
    token = _add(session, purpose, person_id, at, resets=by_another and purpose is LinkPurpose.RESET)
    happened = LinkIssued(
        subject=f"person:{person_id}",
        occurred_at=at,
        person_id=person_id,
        purpose=purpose,
        by_mail=by_mail,
        token=token,
    )
    record(session, happened)
    return token


def issue_first_administrator_link(session: Session, at: datetime) -> str:
    """Make the link by which the first administrator of an empty installation is made; earlier ones end.

    Raises Conflict when there are people.
    """
    if not is_empty(session):
        raise Conflict(message("There are people here already: an administrator can add others."))
    o, purpose = OneTimeLink, LinkPurpose.FIRST_ADMINISTRATOR
    session.execute(update(o).where(o.purpose == purpose, o.used_at.is_(None)).values(used_at=at))
    token = _add(session, purpose, None, at, resets=False)
    record(session, LinkIssued(subject="firm", occurred_at=at, purpose=purpose, by_mail=False))
    return token


def redeem_link(session: Session, token: str, password_hash: str, at: datetime) -> UUID:
    """Set the password of the one whom a link was made for, once; return who that is.

    Raises NotFound for a link that is used, expired or unknown.
    """
    link = _use(session, token, at)
    if link.person_id is None:
        raise NotFound
    set_password(session, link.person_id, password_hash, at)
    if link.resets:
        note_reset(session, link.person_id, at)
    _note_used(session, link.person_id, LinkPurpose(link.purpose), at)
    return link.person_id


def make_first_administrator(
    session: Session, token: str, new: NewPerson, firm: NewUnit, password_hash: str, at: datetime
) -> UUID:
    """Make the first administrator and the firm's top unit, by a link and only while there is nobody.

    Their unit is the top one, their first day today. Raises NotFound, Invalid naming the fields.
    """
    link = _use(session, token, at)
    if link.purpose != LinkPurpose.FIRST_ADMINISTRATOR or not is_empty(session):
        raise NotFound
    top = session.scalar(select(Unit.id).where(Unit.parent_id.is_(None)).limit(1))
    unit_id = top or create_unit(session, firm, at)
    joined = replace(new, unit_id=unit_id, joined_on=firm_day(session, at))
    person_id = add_person(session, joined, at)
    set_password(session, person_id, password_hash, at)
    grant_founding_role(session, person_id, Role.ADMINISTRATOR, at)
    _note_used(session, person_id, LinkPurpose.FIRST_ADMINISTRATOR, at)
    return person_id


def _add(
    session: Session, purpose: LinkPurpose, person_id: UUID | None, at: datetime, *, resets: bool
) -> str:
    token = secrets.token_urlsafe(24)
    row = OneTimeLink(
        token_hash=hash_token(token),
        purpose=purpose,
        person_id=person_id,
        created_at=at,
        expires_at=at + LASTS[purpose],
        resets=resets,
    )
    session.add(row)
    session.flush()
    return token


def _use(session: Session, token: str, at: datetime) -> OneTimeLink:
    o = OneTimeLink
    usable = (o.token_hash == hash_token(token), o.used_at.is_(None), o.expires_at > at)
    done = session.execute(update(o).where(*usable).values(used_at=at))
    if cast(CursorResult[Any], done).rowcount == 0:
        raise NotFound(message("This link has been used or has expired. Ask for a new one."))
    return session.get_one(o, hash_token(token))


def _note_used(session: Session, person_id: UUID, purpose: LinkPurpose, at: datetime) -> None:
    happened = LinkUsed(subject=f"person:{person_id}", occurred_at=at, person_id=person_id, purpose=purpose)
    record(session, happened)
