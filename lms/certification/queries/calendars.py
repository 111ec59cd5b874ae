"""Reads of calendar feeds: whose a token is, and which days it shows. A feed changes nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.certification.models import StandingRow
from lms.certification.models_calendar import CalendarFeed
from lms.certification.queries.history import history_of
from lms.certification.queries.standings import standings_today
from lms.certification.rules_calendar import Entry, entries
from lms.core.errors import NotFound
from lms.people.models import Identity, PersonNow
from lms.people.queries import employed_on, hash_token


@dataclass(frozen=True)
class FeedOwner:
    """Whose calendar a token opens, and in which language they read ("": none chosen)."""

    person_id: UUID
    language: str


@dataclass(frozen=True)
class CalendarDay:
    """A day with its programme's title, and when it may last have changed."""

    entry: Entry
    title: dict[str, str]
    changed_at: datetime


def feed_since(session: Session, person_id: UUID) -> datetime | None:
    """Return since when a person's address stands, None where none does."""
    query = select(CalendarFeed.created_at).where(
        CalendarFeed.person_id == person_id, CalendarFeed.ended_at.is_(None)
    )
    return session.scalar(query)


def owner_of_feed(session: Session, token: str, today: date) -> FeedOwner:
    """Return whose calendar a token opens.

    Raises NotFound for a token that is wrong or ended, and once its owner has left.
    """
    query = (
        select(Identity.person_id, Identity.language)
        .join(CalendarFeed, CalendarFeed.person_id == Identity.person_id)
        .join(PersonNow, PersonNow.person_id == Identity.person_id)
        .where(
            CalendarFeed.token_hash == hash_token(token), CalendarFeed.ended_at.is_(None), employed_on(today)
        )
    )
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return FeedOwner(row.person_id, row.language)


def calendar_days(session: Session, person_id: UUID, today: date, zone: tzinfo) -> Iterator[CalendarDay]:
    """Yield the days of a person's standings as they are today, by programme."""
    mine = select(StandingRow).where(StandingRow.person_id == person_id).order_by(StandingRow.programme)
    lines = standings_today(session, today, mine)
    written = {row.programme: row for row in session.scalars(mine)}
    titles: Any = history_of(session).programmes if lines else {}
    for line in lines:
        for entry in entries(line.programme, line.standing):
            yield CalendarDay(
                entry, dict(titles[line.programme].title), _changed_at(written[line.programme], today, zone)
            )


def _changed_at(row: StandingRow, today: date, zone: tzinfo) -> datetime:
    """Return when a row was written, or the midnight of the change that the sweep has still to write."""
    comes_on = row.next_change_on
    if comes_on is None or comes_on > today:
        return row.updated_at
    return max(row.updated_at, datetime.combine(comes_on, time(), zone).astimezone(UTC))
