"""Bearer tokens for other systems: printed once, kept as hashes."""

import re
import secrets
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, update
from sqlalchemy.orm import Session

from lms.audit.events import record
from lms.core.errors import Invalid, NotFound, message
from lms.people.models import ApiToken
from lms.people.queries import actor_of_person, hash_token
from lms.people.rules import TokenEnded, TokenIssued

SCOPE = re.compile(r"[a-z]+(:[a-z-]+)?")


def issue_token(
    session: Session, person_id: UUID, label: str, scopes: tuple[str, ...], expires_at: datetime, at: datetime
) -> str:
    """Make a token that acts for a person within `scopes`; return its secret.

    Raises NotFound for one who is not employed, Invalid naming the fields.
    """
    if actor_of_person(session, person_id, at) is None:
        raise NotFound
    if not label.strip() or len(label) > 80:
        raise Invalid({"label": message("Say in 1 to 80 characters which system this is for.")})
    wrong = [scope for scope in scopes if not SCOPE.fullmatch(scope)]
    if not scopes or wrong:
        what = message(
            "A scope is a word or two, as in people:read, not %(scopes)s.", scopes=", ".join(wrong)
        )
        raise Invalid({"scope": what})
    if expires_at <= at:
        raise Invalid({"days": message("A token lasts at least a day.")})
    token = secrets.token_urlsafe(32)
    row = ApiToken(
        token_hash=hash_token(token),
        person_id=person_id,
        label=label.strip(),
        scopes=" ".join(sorted(set(scopes))),
        created_at=at,
        expires_at=expires_at,
    )
    session.add(row)
    session.flush()
    subject = f"person:{person_id}"
    record(session, TokenIssued(subject=subject, occurred_at=at, person_id=person_id, scopes=scopes))
    return token


def end_token(session: Session, token_hash: bytes, at: datetime) -> None:
    """End a token.

    Raises NotFound when there is none that stands.
    """
    t = ApiToken
    row = session.get(t, token_hash)
    done = session.execute(
        update(t).where(t.token_hash == token_hash, t.ended_at.is_(None)).values(ended_at=at)
    )
    if row is None or cast(CursorResult[Any], done).rowcount == 0:
        raise NotFound
    subject = f"person:{row.person_id}"
    record(session, TokenEnded(subject=subject, occurred_at=at, person_id=row.person_id))
