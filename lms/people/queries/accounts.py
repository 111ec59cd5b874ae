"""How people sign in: what is checked, what their own page shows. No secret leaves this slice."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from lms.core.access import Role
from lms.people import credentials
from lms.people.models import (
    Account,
    ApiToken,
    Identity,
    OneTimeLink,
    PersonNow,
    RecoveryCode,
    RoleNow,
    SignInSession,
)
from lms.people.queries.conditions import employed_on, firm_day, hash_token
from lms.people.rules import LinkPurpose, Name, name_of


@dataclass(frozen=True)
class SignInAccount:
    """What a sign-in is checked against; `about` are the names and numbers a password may not contain."""

    person_id: UUID
    username: str
    mail: str
    language: str
    about: tuple[str, ...]
    password_hash: str
    password_changed_at: datetime | None
    has_second_factor: bool
    failures: int
    locked_until: datetime | None
    credentials_reset_at: datetime | None


@dataclass(frozen=True)
class OwnSession:
    """A signed-in browser as its owner sees it; `handle` names it without opening it."""

    handle: str
    device: str
    created_at: datetime
    last_seen_at: datetime
    current: bool


@dataclass(frozen=True)
class Link:
    """A one-time link that can still be used; no `person_id` where it makes the first administrator."""

    purpose: LinkPurpose
    person_id: UUID | None


def account_by_name(session: Session, username: str, at: datetime) -> SignInAccount | None:
    """Find by sign-in name the account of somebody employed, in one statement."""
    return _account(session, Identity.username == username.strip().lower(), at)


def account_by_name_or_mail(session: Session, text: str, at: datetime) -> SignInAccount | None:
    """Find by sign-in name or registered address the account of somebody employed, for a reset."""
    wanted = text.strip().lower()
    return _account(session, or_(Identity.username == wanted, (Identity.mail == wanted) & (wanted != "")), at)


def account(session: Session, person_id: UUID, at: datetime) -> SignInAccount | None:
    """Find the account of somebody employed."""
    return _account(session, Identity.person_id == person_id, at)


def _account(session: Session, which: object, at: datetime) -> SignInAccount | None:
    i, a = Identity, Account
    query = (
        select(
            i.person_id,
            i.username,
            i.mail,
            i.language,
            i.name_zh,
            i.name_en,
            i.staff_number,
            a.password_hash,
            a.password_changed_at,
            a.totp_secret,
            a.failures,
            a.locked_until,
            a.credentials_reset_at,
        )
        .join(a, a.person_id == i.person_id)
        .join(PersonNow, PersonNow.person_id == i.person_id)
        .where(which, employed_on(firm_day(session, at)))  # type: ignore[arg-type]
        .order_by(i.username)
        .limit(1)
    )
    row = session.execute(query).one_or_none()
    if row is None:
        return None
    return SignInAccount(
        person_id=row.person_id,
        username=row.username,
        mail=row.mail,
        language=row.language,
        about=(row.username, row.staff_number, row.name_zh, *row.name_en.split()),
        password_hash=row.password_hash,
        password_changed_at=row.password_changed_at,
        has_second_factor=bool(row.totp_secret),
        failures=row.failures,
        locked_until=row.locked_until,
        credentials_reset_at=row.credentials_reset_at,
    )


def signing_barred_until(session: Session, person_id: UUID, at: datetime) -> datetime | None:
    """Return until when a person may not sign or approve because somebody else reset how they sign in."""
    reset_at = session.scalar(select(Account.credentials_reset_at).where(Account.person_id == person_id))
    return credentials.barred_until(reset_at, at)


def sessions_of(session: Session, person_id: UUID, current: str | None, at: datetime) -> list[OwnSession]:
    """Return a person's standing sessions, the last used first; `current` is the asking one's token."""
    s = SignInSession
    query = select(s).where(s.person_id == person_id, s.ended_at.is_(None), s.expires_at > at)
    here = hash_token(current) if current else b""
    return [
        OwnSession(
            each.token_hash.hex(), each.device, each.created_at, each.last_seen_at, each.token_hash == here
        )
        for each in session.scalars(query.order_by(s.last_seen_at.desc(), s.token_hash))
    ]


def recovery_codes_left(session: Session, person_id: UUID) -> int:
    """Return how many recovery codes a person has not used."""
    r = RecoveryCode
    query = select(func.count()).select_from(r).where(r.person_id == person_id, r.used_at.is_(None))
    return session.scalar(query) or 0


def link_of(session: Session, token: str, at: datetime) -> Link | None:
    """Find a link that can still be used, by its secret token."""
    o = OneTimeLink
    query = select(o.purpose, o.person_id).where(o.token_hash == hash_token(token))
    row = session.execute(query.where(o.used_at.is_(None), o.expires_at > at)).one_or_none()
    return Link(LinkPurpose(row.purpose), row.person_id) if row else None


def newest_link_at(session: Session, person_id: UUID) -> datetime | None:
    """Return when a link was last made for a person, used or not."""
    return session.scalar(select(func.max(OneTimeLink.created_at)).where(OneTimeLink.person_id == person_id))


def holders_of(session: Session, role: Role, at: datetime) -> list[UUID]:
    """Return who holds a granted role and is employed on the day of `at`."""
    query = select(RoleNow.person_id).join(PersonNow, PersonNow.person_id == RoleNow.person_id)
    employed = employed_on(firm_day(session, at))
    return list(session.scalars(query.where(RoleNow.role == role, employed).order_by(RoleNow.person_id)))


def roles_of(session: Session, person_id: UUID) -> list[str]:
    """Return the roles granted to a person, by name."""
    return list(
        session.scalars(select(RoleNow.role).where(RoleNow.person_id == person_id).order_by(RoleNow.role))
    )


@dataclass(frozen=True)
class Token:
    """A bearer token that stands; `handle` names it without opening anything."""

    handle: str
    label: str
    person_id: UUID
    name: Name
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime


def tokens_standing(session: Session, at: datetime) -> list[Token]:
    """Return the tokens that have neither ended nor expired, the newest first."""
    t, i = ApiToken, Identity
    columns = (t.token_hash, t.label, t.person_id, i.name_zh, i.name_en, t.scopes, t.created_at, t.expires_at)
    query = (
        select(*columns).join(i, i.person_id == t.person_id).where(t.ended_at.is_(None), t.expires_at > at)
    )
    return [
        Token(
            row.token_hash.hex(), row.label, row.person_id, name_of(row.name_zh, row.name_en),
            tuple(row.scopes.split()), row.created_at, row.expires_at,
        )
        for row in session.execute(query.order_by(t.created_at.desc(), t.token_hash))
    ]  # fmt: skip
