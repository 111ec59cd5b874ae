"""The address of a person's calendar: made, made anew, ended. Only the hash of its token is kept."""

import secrets
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.audit.events import record
from lms.certification.models_calendar import CalendarFeed
from lms.certification.rules_calendar import CalendarFeedEnded, CalendarFeedOpened
from lms.core.db import changed, insert_rows
from lms.people.models import Person
from lms.people.queries import hash_token


def open_feed(session: Session, person_id: UUID, at: datetime) -> str:
    """Make a new address, which ends the one before; return its token, which is told this one time."""
    session.scalar(select(Person.id).where(Person.id == person_id).with_for_update())
    _end(session, person_id, at)
    token, event_id = secrets.token_urlsafe(24), uuid4()
    values = {"token_hash": hash_token(token), "person_id": person_id, "created_at": at, "event_id": event_id}
    insert_rows(session, CalendarFeed, [values])
    opened = CalendarFeedOpened(subject=f"person:{person_id}", occurred_at=at, person_id=person_id)
    record(session, opened, event_id)
    return token


def end_feed(session: Session, person_id: UUID, at: datetime) -> bool:
    """End the address; return False where none stood."""
    if not _end(session, person_id, at):
        return False
    record(session, CalendarFeedEnded(subject=f"person:{person_id}", occurred_at=at, person_id=person_id))
    return True


def _end(session: Session, person_id: UUID, at: datetime) -> int:
    standing = update(CalendarFeed).where(
        CalendarFeed.person_id == person_id, CalendarFeed.ended_at.is_(None)
    )
    return changed(session.execute(standing.values(ended_at=at)))
