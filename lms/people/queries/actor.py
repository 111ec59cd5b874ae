"""Who is asking: one statement, whoever it is, built once because every request begins with it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Select, String, Uuid, bindparam, cast, func, literal, or_, select
from sqlalchemy.orm import Session

from lms.core.access import Actor, Role
from lms.core.db import UtcDateTime
from lms.core.versions import Publication
from lms.people.models import ApiToken, Identity, PersonNow, RoleNow, SignInSession, Unit, UnitLead
from lms.people.queries.conditions import firm_day, hash_token
from lms.people.rules import name_of

Unread = Callable[[ColumnElement[UUID]], ColumnElement[int]]
ActorOfSession = Callable[[Session, str, datetime], Actor | None]


def session_loader(unread: Unread) -> ActorOfSession:
    """Return `actor_of_session` that also counts what `unread` says of a person, in the same statement.

    Notices live on a higher floor: the application, which knows both, brings their count along.
    """
    query = _of_session(unread)

    def load(session: Session, token: str, now: datetime) -> Actor | None:
        values = {"token": hash_token(token), "now": now, "on": firm_day(session, now)}
        row = session.execute(query, values).one_or_none()
        return _actor(row, session_id=token) if row else None

    return load


def _none_unread(_person_id: ColumnElement[UUID]) -> ColumnElement[int]:
    return literal(0)


def actor_of_token(session: Session, token: str, now: datetime) -> Actor | None:
    """Load who a bearer token acts for, in one statement; None when it no longer stands."""
    values = {"token": hash_token(token), "now": now, "on": firm_day(session, now)}
    row = session.execute(OF_TOKEN, values).one_or_none()
    return _actor(row, credential="token") if row else None


def actor_of_person(session: Session, person_id: UUID, now: datetime) -> Actor | None:
    """Load a person as an actor, for commands run as somebody; None when not employed."""
    values = {"person": person_id, "now": now, "on": firm_day(session, now)}
    row = session.execute(OF_PERSON, values).one_or_none()
    return _actor(row, credential="command") if row else None


def _actor(row: Any, session_id: str | None = None, credential: str = "session") -> Actor:
    units = frozenset(UUID(each) for each in (row.units or "").split(",") if each)
    roles = {Role(each) for each in (row.roles or "").split(",") if each} | {Role.LEARNER}
    name = name_of(row.name_zh, row.name_en)
    return Actor(
        person_id=row.person_id,
        name=name["en" if row.language == "en" else "zh"],
        roles=frozenset(roles | {Role.MANAGER} if units else roles),
        units=units,
        session_id=session_id,
        language=row.language or None,
        credential=credential,
        scopes=frozenset(row.scopes.split()),
        authenticated_at=row.authenticated_at,
        publication=row.publication or 0,
        unread=row.unread,
        names=name,
    )


def _actor_of(held: Select[*tuple[Any, ...]], unread: Unread = _none_unread) -> Select[*tuple[Any, ...]]:
    """Extend the row that holds the credential by everything an actor is."""
    lead, unit, now = UnitLead.__table__.c, Unit.__table__.c, PersonNow.__table__.c
    identity, role = Identity.__table__.c, RoleNow.__table__.c
    on = bindparam("on", type_=Date())
    me = held.cte("me")
    led = select(lead.unit_id.label("id")).where(
        lead.person_id == me.c.person_id,
        lead.from_on <= on,
        or_(lead.until_on.is_(None), lead.until_on >= on),
    )
    below = led.cte("below", recursive=True)
    below = below.union(select(unit.id).where(unit.parent_id == below.c.id))
    roles = select(func.aggregate_strings(role.role, ",")).where(role.person_id == me.c.person_id)
    return select(
        me.c.person_id,
        me.c.authenticated_at,
        me.c.scopes,
        identity.name_zh,
        identity.name_en,
        identity.language,
        roles.scalar_subquery().label("roles"),
        select(func.aggregate_strings(cast(below.c.id, String(40)), ",")).scalar_subquery().label("units"),
        select(func.max(Publication.__table__.c.id)).scalar_subquery().label("publication"),
        unread(me.c.person_id).label("unread"),
    ).where(
        identity.person_id == me.c.person_id,
        now.person_id == me.c.person_id,
        now.joined_on <= on,
        or_(now.left_on.is_(None), now.left_on >= on),
    )


def _of_session(unread: Unread) -> Select[*tuple[Any, ...]]:
    s = SignInSession.__table__.c
    held = select(s.person_id, s.authenticated_at, literal("").label("scopes"))
    return _actor_of(
        held.where(
            s.token_hash == bindparam("token"),
            s.ended_at.is_(None),
            s.expires_at > bindparam("now", type_=UtcDateTime()),
        ),
        unread,
    )


def _of_token() -> Select[*tuple[Any, ...]]:
    t = ApiToken.__table__.c
    held = select(t.person_id, t.created_at.label("authenticated_at"), t.scopes)
    return _actor_of(
        held.where(
            t.token_hash == bindparam("token"),
            t.ended_at.is_(None),
            t.expires_at > bindparam("now", type_=UtcDateTime()),
        )
    )


def _of_person() -> Select[*tuple[Any, ...]]:
    instant = bindparam("now", type_=UtcDateTime()).label("authenticated_at")
    return _actor_of(
        select(bindparam("person", type_=Uuid()).label("person_id"), instant, literal("").label("scopes"))
    )


OF_TOKEN, OF_PERSON = _of_token(), _of_person()
actor_of_session = session_loader(_none_unread)
