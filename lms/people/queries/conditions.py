"""Small things that every read of people uses."""

import hashlib
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, or_
from sqlalchemy.orm import Session

from lms.core import clock
from lms.people.models import PersonNow, UnitLead


def hash_token(token: str) -> bytes:
    """Return what is stored of a secret that this system made: it is random, so one hash is enough."""
    return hashlib.sha256(token.encode()).digest()


def firm_day(session: Session, at: datetime) -> date:
    """Return the firm's civil day of an instant."""
    zone: ZoneInfo = session.info["zone"]
    return clock.day_of(at, zone)


def employed_on(on: date) -> Any:
    """Return the condition that a person is employed on a day, true even before the nightly refresh."""
    return and_(PersonNow.joined_on <= on, or_(PersonNow.left_on.is_(None), PersonNow.left_on >= on))


def leading_on(on: date) -> Any:
    """Return the condition that a unit is led on a day."""
    return and_(UnitLead.from_on <= on, or_(UnitLead.until_on.is_(None), UnitLead.until_on >= on))
