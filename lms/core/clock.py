"""The one clock. Everything that needs the time gets it as an argument from a caller that asked here."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC)


def today(zone: ZoneInfo) -> date:
    """Return the civil day in `zone` on which the present instant falls."""
    return now().astimezone(zone).date()


def day_of(instant: datetime, zone: ZoneInfo) -> date:
    """Return the civil day in `zone` that contains `instant`.

    Raises ValueError for a naive instant.
    """
    if instant.tzinfo is None:
        raise ValueError("an instant must be aware")
    return instant.astimezone(zone).date()


def read_instant(text: str, zone: ZoneInfo) -> datetime:
    """Read an instant written as ISO 8601, in UTC; one that names no zone is on the wall clock of `zone`.

    Raises ValueError for what is no instant, and for an hour that UTC's calendar does not have.
    """
    found = datetime.fromisoformat(text.strip().replace(" ", "T"))
    aware = found if found.tzinfo else found.replace(tzinfo=zone)
    try:
        return aware.astimezone(UTC)
    except OverflowError as error:  # before the first year or after the last
        raise ValueError(str(error)) from error
