"""Fill a database for the benchmark: 2,000 people in 40 units with 60,000 finished attempts and all that follows.

Eight histories are lived through the real actions on the real texts; every other person is a copy of one of
them under new ids, so that standings, spans, credits and certificates are what the rules say.

Example: python -m benchmarks.fill --instance /tmp/bench
"""

import argparse
import hashlib
import json
import random
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import insert, update

from benchmarks.copying import Original
from benchmarks.history import BY, SHAPES, SMALL_SHAPES, Biographer, Shape
from lms.app import open_database
from lms.authoring.actions import publish
from lms.authoring.files import read_roots
from lms.authoring.rules import check
from lms.certification.actions import sweep_all
from lms.certification.queries.checking import check_people
from lms.core import clock
from lms.core.access import Role
from lms.core.db import Database
from lms.core.settings import Settings
from lms.migrations import steps
from lms.people import actions, passwords
from lms.people.models import Account, SignInSession
from lms.people.queries import hash_token
from lms.people.rules import NewPerson, NewUnit

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "Benchmark-lantern-92-harbour"
SECRET = hashlib.sha256(b"a benchmark, not an installation").hexdigest()
APPROVAL = UUID(int=1)
UNITS, BATCH = 40, 50
FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "伟芳敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂"


def token_of(number: int) -> str:
    """Return the secret of a person's signed-in session: known here, so that a driver need not sign in."""
    return hashlib.sha256(f"benchmark session {number}".encode()).hexdigest()


class Filler:
    """Fills one empty database."""

    def __init__(self, settings: Settings, people: int, shapes: tuple[Shape, ...]) -> None:
        self.settings, self.people, self.shapes = settings, people, shapes
        self.database: Database = open_database(settings)
        self.today: date = clock.today(settings.zone)
        self.dice = random.Random(20_000)
        self.began = time.monotonic()

    def say(self, text: str) -> None:
        """Show how far it is."""
        print(f"{time.monotonic() - self.began:6.1f} s  {text}", file=sys.stderr, flush=True)

    def fill(self) -> dict[str, object]:
        """Do it all; return what a driver must know."""
        steps.upgrade(self.database.engine)
        biographer = Biographer(self.database, self.settings.zone, self.today)
        first = max(shape.joined for shape in self.shapes) + 30
        at = biographer.instant(first)
        files, _ = read_roots([ROOT])
        with self.database.transaction(BY, now=at) as session:
            publish(session, check(files), at)
        self.say("published the texts")
        biographer.act(first, self._make_units)
        biographer.act(first, self._make_hr)
        originals = []
        for number, shape in enumerate(self.shapes):
            person = biographer.live(number, shape, self.units[number % UNITS])
            originals.append((person, self.units[number % UNITS]))
            self.say(f"lived history {number + 1} of {len(self.shapes)}")
        self._let_in([person for person, _ in originals])
        self._copy(originals)
        sweep_all(self.database, clock.now())  # HR, whose history nobody lived
        self._check([person for person, _ in originals])
        self.database.dispose()
        return {
            "url": self.settings.url, "secret": SECRET, "password": PASSWORD, "hr": "bench-hr",
            "learners": [f"bench-{n:05}" for n in range(self.people - len(self.shapes))], "next": 0,
        }  # fmt: skip

    def _make_units(self, session, at) -> None:  # noqa: ANN001
        self.units: list[UUID] = []
        for number in range(UNITS):
            parent = self.units[(number - 1) // 6] if number else None
            new = NewUnit(
                code=f"U{number:02}", name_zh=f"业务{number}部", name_en=f"Desk {number}", parent_id=parent
            )
            self.units.append(actions.create_unit(session, new, at))

    def _make_hr(self, session, at) -> None:  # noqa: ANN001
        joined_on = at.date() - timedelta(days=1)
        new = NewPerson("HR-1", "柯岚", "Carla Ke", self.units[0], joined_on, username="bench-hr")
        self.hr = actions.add_person(session, new, at)
        actions.grant_role(session, self.hr, Role.HR, at, APPROVAL)

    def _let_in(self, originals: list[UUID]) -> None:
        """Give everybody the same password, which copies copy; and HR a session."""
        with self.database.transaction(BY) as session:
            same = update(Account).where(Account.person_id.in_([*originals, self.hr]))
            session.execute(same.values(password_hash=passwords.hash_password(PASSWORD)))
            session.execute(insert(SignInSession), [self._session(self.hr, "hr")])

    def _session(self, person: UUID, number: object) -> dict[str, object]:
        at = clock.now()
        return {
            "token_hash": hash_token(token_of(number)), "person_id": person, "created_at": at, "last_seen_at": at,
            "authenticated_at": at, "expires_at": at + timedelta(days=60), "device": "benchmark",
        }  # fmt: skip

    def _copy(self, originals: list[tuple[UUID, UUID]]) -> None:
        with self.database.engine.connect() as connection:
            ready = [Original(connection, person, unit) for person, unit in originals]
        total, rows, counts = self.people - len(originals), 0, [0] * len(ready)
        numbers = range(total)
        for start in range(0, total, BATCH * len(ready)):
            chunk = numbers[start : start + BATCH * len(ready)]
            with self.database.engine.begin() as connection:
                for place, original in enumerate(ready):
                    mine = [number for number in chunk if number % len(ready) == place]
                    counts[place] += len(mine)
                    rows += self._write(connection, original, mine)
            self.say(f"copied {chunk[-1] + 1} of {total} people, {rows:,} rows")
        if self.database.engine.dialect.name == "postgresql":
            with self.database.engine.begin() as connection:
                connection.exec_driver_sql("ANALYZE")

    def _write(self, connection, original: Original, numbers: list[int]) -> int:  # noqa: ANN001
        if not numbers:
            return 0
        copies = []
        for number in numbers:
            name = FAMILY[number % len(FAMILY)] + GIVEN[number // 20 % len(GIVEN)] + GIVEN[number // 400 % 20]
            words = {
                "username": f"bench-{number:05}", "staff_number": f"B{number:05}", "name_zh": name,
                "name_en": f"Learner {number}", "mail": f"bench{number}@example.test",
            }  # fmt: skip
            copies.append(original.copy(number, self.units[number % UNITS], words, self.dice))
        rows = original.write(connection, copies)
        held = [self._session(copy.ids[original.person], copy.number) for copy in copies]
        connection.execute(insert(SignInSession.__table__), held)
        return rows + len(held)

    def _check(self, originals: list[UUID]) -> None:
        """Refuse a database whose standings are not what its facts say, for a sample of people.

        Raises RuntimeError.
        """
        account = Account.__table__.c.person_id
        with self.database.reading() as session:
            people = list(session.scalars(Account.__table__.select().with_only_columns(account).limit(24)))
            found = check_people(session, {*people, *originals}, self.today)
        if found:
            raise RuntimeError(f"{len(found)} standings differ from the facts: {found[:2]}")
        self.say(f"the standings of {len({*people, *originals})} people agree with the facts")


def fill(instance: Path, url: str = "", people: int = 2_000, *, small: bool = False) -> dict[str, object]:
    """Fill an empty database and write `bench.json` beside it; return what that says."""
    instance.mkdir(parents=True, exist_ok=True)
    settings = Settings(instance=instance, database_url=url, secret_key=SECRET, log_level="ERROR")
    told = Filler(settings, people, SMALL_SHAPES if small else SHAPES).fill()
    (instance / "bench.json").write_text(json.dumps(told), encoding="utf-8")
    return told


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--instance", type=Path, required=True, help="the folder for bench.json and SQLite")
    parser.add_argument("--url", default="", help="an empty database; by default SQLite in the folder")
    parser.add_argument("--people", type=int, default=2_000)
    options = parser.parse_args()
    fill(options.instance, options.url, options.people)


if __name__ == "__main__":
    main()
