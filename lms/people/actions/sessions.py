"""Signed-in sessions: opened, proven again, ended. The cookie carries a random token, the row its hash."""

import secrets
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, insert, literal, or_, select, update
from sqlalchemy.orm import Session

from lms.audit.events import record
from lms.core.errors import NotFound
from lms.people.models import Account, SignInSession
from lms.people.queries import hash_token
from lms.people.rules import Reauthenticated, SessionsEnded, SignedIn

LASTS = timedelta(hours=12)


def open_session(
    session: Session, person_id: UUID, at: datetime, *, device: str = "", second_factor: str = ""
) -> str | None:
    """Open a session for one who has proven who they are; return its secret token.

    None when sign-in came to rest since the password was read: two at once cannot slip past the lock.
    """
    token, s, a = secrets.token_urlsafe(32), SignInSession, Account
    values = {
        s.token_hash: hash_token(token),
        s.person_id: person_id,
        s.created_at: at,
        s.last_seen_at: at,
        s.authenticated_at: at,
        s.expires_at: at + LASTS,
        s.device: device[:120],
    }
    open_now = or_(a.locked_until.is_(None), a.locked_until <= at)
    row = select(*(literal(value, column.type) for column, value in values.items()))
    row = row.where(a.person_id == person_id, open_now)
    opened = insert(s).from_select([column.key for column in values], row).returning(s.person_id)
    if session.scalar(opened) is None:
        return None
    happened = SignedIn(
        subject=f"person:{person_id}", occurred_at=at, person_id=person_id, second_factor=second_factor
    )
    record(session, happened)
    return token


def clear_failures(session: Session, person_id: UUID) -> None:
    """Forget the failures before a success."""
    session.execute(
        update(Account).where(Account.person_id == person_id).values(failures=0, locked_until=None)
    )


def prove_again(session: Session, person_id: UUID, token_hash: bytes, at: datetime) -> None:
    """Note that the holder of a session has just proven who they are.

    Raises NotFound when the session has ended.
    """
    s = SignInSession
    standing = (s.token_hash == token_hash, s.person_id == person_id, s.ended_at.is_(None))
    if _changed(session, update(s).where(*standing).values(authenticated_at=at)) == 0:
        raise NotFound
    record(session, Reauthenticated(subject=f"person:{person_id}", occurred_at=at, person_id=person_id))


def note_seen(session: Session, token_hash: bytes, at: datetime) -> None:
    """Note when a session was last in use: a convenience of the owner's list, not an event."""
    session.execute(
        update(SignInSession).where(SignInSession.token_hash == token_hash).values(last_seen_at=at)
    )


def end_session(session: Session, person_id: UUID, token_hash: bytes, at: datetime) -> None:
    """End one session of a person.

    Raises NotFound when it is not theirs or has ended.
    """
    s = SignInSession
    standing = (s.token_hash == token_hash, s.person_id == person_id, s.ended_at.is_(None))
    if _changed(session, update(s).where(*standing).values(ended_at=at)) == 0:
        raise NotFound
    _note_ended(session, person_id, 1, at)


def end_sessions_of(session: Session, person_id: UUID, at: datetime, *, keep: bytes | None = None) -> int:
    """End every session of a person but the one whose hash is `keep`; return how many."""
    s = SignInSession
    query = update(s).where(s.person_id == person_id, s.ended_at.is_(None), s.expires_at > at)
    if keep is not None:
        query = query.where(s.token_hash != keep)
    count = _changed(session, query.values(ended_at=at))
    if count:
        _note_ended(session, person_id, count, at)
    return count


def _note_ended(session: Session, person_id: UUID, count: int, at: datetime) -> None:
    subject = f"person:{person_id}"
    record(session, SessionsEnded(subject=subject, occurred_at=at, person_id=person_id, count=count))


def _changed(session: Session, statement: Any) -> int:
    result = session.execute(statement, execution_options={"synchronize_session": False})
    return cast(CursorResult[Any], result).rowcount
