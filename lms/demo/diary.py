"""One day after another in the demonstration firm: the worker's nightly work, the offices, the learners."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, select

from lms.audit.actions import BATCH, seal
from lms.certification.actions import sweep_all
from lms.certification.models import StandingRow
from lms.core.db import By
from lms.demo import acts
from lms.demo.acts import Firm
from lms.demo.names import UNITS
from lms.demo.offices import Office, founding, give_roles
from lms.demo.plan import Life, Step, Turn
from lms.people import actions as people
from lms.people.models import PersonNow

WORKER = By("worker")
WAKES_ON = select(
    select(func.min(StandingRow.wake_on)).scalar_subquery(),
    select(func.min(PersonNow.changes_on)).scalar_subquery(),
)


class Diary:
    """Who does what on which day, and when the worker has something to do at night."""

    def __init__(
        self, firm: Firm, everybody: Iterable[Life], offices: Iterable[Office], key: Ed25519PrivateKey
    ) -> None:
        self._firm, self._key = firm, key
        self._entered: dict[date, list[Life]] = defaultdict(list)
        self._turns: dict[date, list[tuple[Life, Turn]]] = defaultdict(list)
        self._steps: dict[date, list[tuple[Life, Step]]] = defaultdict(list)
        self._offices: dict[date, list[Office]] = defaultdict(list)
        for life in everybody:
            self._entered[life.entered_on].append(life)
            for turn in life.turns:
                self._turns[turn.on].append((life, turn))
            for step in life.steps:
                self._steps[step.on].append((life, step))
        for office in offices:
            self._offices[office.on].append(office)
        self._wakes_on: date | None = None

    def live(self, day: date, *, sealing: bool) -> None:
        """Let a day pass; a day on which nobody does anything costs nothing."""
        night = self._wakes_on is not None and self._wakes_on <= day
        if night:
            self.wake(self._firm.instant(day, 0, 20))
        acted = [self._enter(day), self._turn(day), self._learn(day), self._office(day)]
        if night or any(acted):
            self._wakes_on = self._next_night()
        if sealing:
            self.seal(self._firm.instant(day, 23, 50))

    def wake(self, at: datetime) -> None:
        """Do what the worker does at night."""
        with self._firm.database.transaction(WORKER, now=at) as session:
            people.refresh_changed(session, at)
        sweep_all(self._firm.database, at)

    def seal(self, at: datetime) -> None:
        """Seal what has been recorded."""
        sealed = BATCH
        while sealed == BATCH:
            with self._firm.database.transaction(WORKER, now=at) as session:
                sealed = seal(session, self._key, at)

    def _next_night(self) -> date | None:
        with self._firm.database.reading() as session:
            days = session.execute(WAKES_ON).one()
        return min((each for each in days if each is not None), default=None)

    def _enter(self, day: date) -> bool:
        new = self._entered.get(day, [])
        if not new:
            return False
        firm, at = self._firm, self._firm.instant(day, 9)
        with firm.acting(at) as session:
            for life in new:
                acts.enter(firm, session, life, at)
        if "admin" in {life.username for life in new}:
            founding(firm, at + timedelta(minutes=30))
        give_roles(firm, [life.username for life in new], at + timedelta(hours=1))
        self._lead(day)
        return True

    def _lead(self, day: date) -> None:
        """Let each unit be led as soon as its lead is there."""
        firm, at = self._firm, self._firm.instant(day, 9, 30)
        with firm.acting(at) as session:
            for unit in UNITS:
                lead = firm.leads.get(unit.code)
                if lead in firm.ids and unit.code not in firm.led:
                    people.set_lead(session, firm.units[unit.code], firm.ids[lead], day, at)
                    firm.led.add(unit.code)

    def _turn(self, day: date) -> bool:
        turns = self._turns.get(day, [])
        if turns:
            at = self._firm.instant(day, 11, 30)
            with self._firm.acting(at) as session:
                for life, turn in turns:
                    acts.turn(self._firm, session, life, turn, at)
        return bool(turns)

    def _learn(self, day: date) -> bool:
        steps = self._steps.get(day, [])
        if steps:
            end = self._firm.instant(day, 17)
            with self._firm.acting(end) as session:
                for number, (life, step) in enumerate(steps):
                    at = self._firm.instant(day, 13, number % 60)
                    acts.step(self._firm, session, life, step, at)
        return bool(steps)

    def _office(self, day: date) -> bool:
        for number, office in enumerate(self._offices.get(day, [])):
            office.act(self._firm, self._firm.instant(day, 18, number))
        return day in self._offices
