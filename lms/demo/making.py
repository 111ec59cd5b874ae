"""Making the demonstration firm: day after day through two years, into a file of its own, then put in place."""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import event

from lms.app import open_database
from lms.audit.signing import private_key_from
from lms.authoring.actions import publish
from lms.authoring.shipped import shipped_texts
from lms.core import clock
from lms.core.db import Database
from lms.core.errors import Conflict, message
from lms.core.installation import Installation
from lms.core.settings import Settings
from lms.demo.acts import BY, Firm
from lms.demo.diary import Diary
from lms.demo.names import CAST, PASSWORD, UNITS
from lms.demo.offices import offices
from lms.demo.plan import HISTORY_DAYS, Life, lives
from lms.demo.queue import settle
from lms.demo.story import shape
from lms.jobs import audit_key
from lms.migrations import steps
from lms.people import actions as people
from lms.people.passwords import hash_password
from lms.people.queries import is_empty
from lms.people.rules import NewUnit

Progress = Callable[[int, int], None]
SEALED_DAILY_DAYS = 10


def make_demonstration(database: Database, settings: Settings, progress: Progress) -> None:
    """Replace an empty default database by one that holds the demonstration firm, whole or not at all.

    `progress` is told (days done, days in all). Raises Conflict for any other database, or one with people.
    """
    path = Path(str(database.url.database))
    with database.reading() as session:
        if not settings.is_default_sqlite or not is_empty(session):
            raise Conflict(message("The demonstration firm is made only in the empty default database."))
    part = path.with_name(path.name + ".making")
    _remove(part)
    made = open_database(settings.model_copy(update={"database_url": f"sqlite:///{part}"}))
    event.listen(made.engine, "connect", _hurry)
    try:
        steps.upgrade(made.engine)
        with _rare_collections():
            _tell(made, settings, progress)
    finally:
        made.dispose()
    with part.open("rb") as file:
        os.fsync(file.fileno())
    database.dispose()
    _remove(path)
    part.rename(path)
    database.kept["library"] = made.kept["library"]  # what was read of the file before is of no use


def _hurry(connection: object, _record: object) -> None:
    # Nobody else sees this file before it is whole: a power failure costs the making, no data.
    for pragma in ("journal_mode=MEMORY", "synchronous=OFF"):
        connection.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Look for garbage in cycles a hundred times less often: that is a sixth of the time."""
    before = gc.get_threshold()
    gc.set_threshold(before[0] * 100, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _remove(path: Path) -> None:
    for name in (path, *(path.with_name(path.name + each) for each in ("-wal", "-shm", "-journal"))):
        name.unlink(missing_ok=True)


def _tell(made: Database, settings: Settings, progress: Progress) -> None:
    now = clock.now()
    today = clock.day_of(now, settings.zone)
    everybody = lives(today)
    parts = shape(everybody, today)
    by_name = {each.username: each for each in everybody}
    firm = Firm(made, settings.zone, hash_password(PASSWORD), by_name)
    firm.leads |= {unit.code: unit.lead or _first_of(everybody, unit.code) for unit in UNITS}
    diary = Diary(firm, everybody, offices(parts, today), private_key_from(audit_key(settings)))
    first = today - timedelta(HISTORY_DAYS)
    _begin(firm, first, now)
    for number in range(HISTORY_DAYS):
        day = first + timedelta(number)
        diary.live(day, sealing=day.weekday() == 6 or number >= HISTORY_DAYS - SEALED_DAILY_DAYS)
        progress(number + 1, HISTORY_DAYS + 1)
    diary.wake(now)
    settle(firm, now)
    diary.seal(now)
    progress(HISTORY_DAYS + 1, HISTORY_DAYS + 1)


def _begin(firm: Firm, first: date, now: datetime) -> None:
    """Publish the texts and make the units."""
    at = firm.instant(first, 8)
    with firm.database.transaction(BY, now=at) as session:
        session.add(Installation(id=1, demonstration=True, made_at=now))
        publish(session, shipped_texts(), at)
        for unit in UNITS:
            new = NewUnit(unit.code, unit.name_zh, unit.name_en, firm.units.get(unit.parent))
            firm.units[unit.code] = people.create_unit(session, new, at)


def _first_of(everybody: list[Life], unit: str) -> str:
    """Who leads a unit for which the plan names nobody: the first of the invented people in it."""
    cast = {member.username for member in CAST}
    return next(each.username for each in everybody if each.unit == unit and each.username not in cast)
