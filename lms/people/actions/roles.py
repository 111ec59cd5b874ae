"""Roles: given and taken; those with which one could approve or read everything take two people."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from lms.audit.events import record, recorded_at
from lms.core.access import GRANTED_ROLES, Role
from lms.core.errors import Conflict, Invalid, NotAllowed, NotFound, message
from lms.people.models import Person, PersonNow, RoleFact, RoleNow
from lms.people.queries import employed_on, firm_day
from lms.people.rules import APPROVING_ROLES, ROLES_BY_TWO, RoleChange, RoleChanged, RoleRequested


def grant_role(
    session: Session, person_id: UUID, role: Role, at: datetime, approval_id: UUID | None = None
) -> None:
    """Give a role. Those of `ROLES_BY_TWO` need the approval of a second person; none is given to oneself.

    Raises NotAllowed, Conflict when the role is held already, Invalid for a role nobody is given.
    """
    if role in ROLES_BY_TWO and approval_id is None:
        raise NotAllowed(message("This role takes two people: ask for it, and let a second person approve."))
    _grant(session, person_id, role, at, approval_id)


def grant_founding_role(session: Session, person_id: UUID, role: Role, at: datetime) -> None:
    """Give a role without a second person while there is none: fewer than two people can approve.

    Raises NotAllowed once two people hold roles that approve.
    """
    if not is_founding(session, at):
        raise NotAllowed(message("There is a second person now who can approve this role."))
    _grant(session, person_id, role, at, None)


def is_founding(session: Session, at: datetime) -> bool:
    """Whether fewer than two employed people hold a role that approves."""
    approvers = (
        select(func.count(func.distinct(RoleNow.person_id)))
        .join(PersonNow, PersonNow.person_id == RoleNow.person_id)
        .where(RoleNow.role.in_(APPROVING_ROLES), employed_on(firm_day(session, at)))
    )
    return (session.scalar(approvers) or 0) < 2


def request_role(
    session: Session, person_id: UUID, role: Role, asker_id: UUID, reason: str, at: datetime
) -> None:
    """Ask for a role that takes two people; a reaction files the request.

    Raises Invalid without a reason, NotAllowed for oneself, Conflict when the role is held already.
    """
    if role not in ROLES_BY_TWO:
        raise Invalid({"role": message("This role does not take two people: give it.")})
    if not reason.strip():
        raise Invalid({"reason": message("Say why this is asked: the second person decides by it.")})
    _refuse_own(session, person_id)
    if asker_id == person_id:
        raise NotAllowed(message("Nobody gives a role to themselves."))
    _refuse_held(session, person_id, role)
    record(
        session,
        RoleRequested(
            subject=f"person:{person_id}",
            occurred_at=at,
            person_id=person_id,
            role=role,
            asker_id=asker_id,
            reason=reason.strip(),
        ),
    )


def end_role(session: Session, person_id: UUID, role: Role, at: datetime, reason: str = "") -> None:
    """Take a role; one person is enough for that.

    Raises NotFound when it is not held; Conflict when nobody would be left to administer.
    """
    _lock(session, person_id)
    if session.get(RoleNow, (person_id, role)) is None:
        raise NotFound
    if role is Role.ADMINISTRATOR and _last_administrator(session, person_id, at):
        raise Conflict(message("This is the only administrator: make another one first."))
    _end(session, person_id, role, at, reason)


def end_roles_of(session: Session, person_id: UUID, at: datetime) -> None:
    """End every role of a person, because their employment has ended: a re-hire begins without any."""
    for role in list(session.scalars(select(RoleNow.role).where(RoleNow.person_id == person_id))):
        _end(session, person_id, Role(role), at, "")


def _grant(session: Session, person_id: UUID, role: Role, at: datetime, approval_id: UUID | None) -> None:
    if role not in GRANTED_ROLES:
        raise Invalid({"role": message("This role follows from the tree of units; nobody is given it.")})
    _refuse_own(session, person_id)
    _lock(session, person_id)
    _refuse_held(session, person_id, role)
    session.add(RoleNow(person_id=person_id, role=role))
    _note(session, person_id, role, RoleChange.GRANTED, at, approval_id=approval_id)


def _end(session: Session, person_id: UUID, role: Role, at: datetime, reason: str) -> None:
    session.execute(delete(RoleNow).where(RoleNow.person_id == person_id, RoleNow.role == role))
    _note(session, person_id, role, RoleChange.ENDED, at, reason=reason)


def _note(  # noqa: PLR0913 - one call a change, all of it needed
    session: Session,
    person_id: UUID,
    role: Role,
    change: RoleChange,
    at: datetime,
    *,
    approval_id: UUID | None = None,
    reason: str = "",
) -> None:
    event_id = uuid4()
    stamp = recorded_at(session)
    session.add(RoleFact(person_id=person_id, role=role, change=change, recorded_at=stamp, event_id=event_id))
    session.flush()
    happened = RoleChanged(
        subject=f"person:{person_id}",
        occurred_at=at,
        person_id=person_id,
        role=role,
        change=change,
        approval_id=approval_id,
        reason=reason or None,
    )
    record(session, happened, event_id)


def _lock(session: Session, person_id: UUID) -> None:
    if (
        session.scalar(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True))
        is None
    ):
        raise NotFound


def _refuse_own(session: Session, person_id: UUID) -> None:
    if session.info["by"].actor == str(person_id):
        raise NotAllowed(message("Nobody gives a role to themselves."))


def _refuse_held(session: Session, person_id: UUID, role: Role) -> None:
    if session.get(RoleNow, (person_id, role)) is not None:
        raise Conflict(message("This person holds the role already."))


def _last_administrator(session: Session, person_id: UUID, at: datetime) -> bool:
    others = (
        select(RoleNow.person_id)
        .join(PersonNow, PersonNow.person_id == RoleNow.person_id)
        .where(
            RoleNow.role == Role.ADMINISTRATOR,
            RoleNow.person_id != person_id,
            employed_on(firm_day(session, at)),
        )
    )
    return session.scalar(others.limit(1)) is None
