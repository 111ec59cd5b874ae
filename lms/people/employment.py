"""Employment as facts: joins, moves, leaves of absence, departures, re-hires, and what they mean on a day."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from lms.core.errors import Message, message


class EmploymentKind(StrEnum):
    """What an employment fact says. LEAVE is the last day of employment; ABSENCE a leave of absence."""

    JOIN = "join"
    MOVE = "move"
    LEAVE = "leave"
    ABSENCE = "absence"
    ABSENCE_END = "absence_end"
    REHIRE = "rehire"
    VOID = "void"


@dataclass(frozen=True)
class Fact:
    """An employment fact as the rules read it."""

    id: UUID
    kind: EmploymentKind
    from_on: date
    until_on: date | None = None
    unit_id: UUID | None = None
    voids_id: UUID | None = None


@dataclass(frozen=True)
class Interval:
    """Days from `from_on` to the inclusive `until_on` (absent: without end)."""

    from_on: date
    until_on: date | None = None

    def contains(self, day: date) -> bool:
        """Whether `day` lies within."""
        return self.from_on <= day and (self.until_on is None or day <= self.until_on)


@dataclass(frozen=True)
class Spell:
    """One employment, with the units it led through: (first day, unit), in order."""

    interval: Interval
    placements: tuple[tuple[date, UUID | None], ...]

    def unit_on(self, day: date) -> UUID | None:
        """Return the unit on `day`."""
        return next((unit for from_on, unit in reversed(self.placements) if from_on <= day), None)


@dataclass(frozen=True)
class Employment:
    """Everything the facts say: spells in order, leaves of absence."""

    spells: tuple[Spell, ...]
    absences: tuple[Interval, ...]

    def spell_on(self, day: date) -> Spell | None:
        """Return the spell that contains `day`."""
        return next((spell for spell in self.spells if spell.interval.contains(day)), None)

    def on_leave(self, day: date) -> bool:
        """Whether `day` is a day of leave of absence."""
        return any(absence.contains(day) for absence in self.absences)

    def changes_after(self, day: date) -> date | None:
        """Return the first day after `day` on which unit, employment or leave differ."""
        starts: set[date] = set()
        for spell in self.spells:
            starts |= {spell.interval.from_on, *(on for on, _ in spell.placements)}
            if spell.interval.until_on:
                starts.add(spell.interval.until_on + timedelta(days=1))
        for absence in self.absences:
            starts.add(absence.from_on)
            if absence.until_on:
                starts.add(absence.until_on + timedelta(days=1))
        return min((on for on in starts if on > day), default=None)


def fold(facts: tuple[Fact, ...]) -> Employment:
    """Read facts of one person, in the order they were recorded, into spells and absences.

    A later ABSENCE_END ends the leave that contains its day on the day before; a LEAVE closes the spell
    that contains it, the last one entered counting.
    """
    voided = {fact.voids_id for fact in facts if fact.kind is EmploymentKind.VOID}
    live = [fact for fact in facts if fact.id not in voided and fact.kind is not EmploymentKind.VOID]
    return Employment(_spells(live), _absences(live))


def _spells(facts: list[Fact]) -> tuple[Spell, ...]:
    starts = sorted(
        (f for f in facts if f.kind in {EmploymentKind.JOIN, EmploymentKind.REHIRE}), key=lambda f: f.from_on
    )
    spells = []
    for index, start in enumerate(starts):
        following = starts[index + 1].from_on if index + 1 < len(starts) else date.max
        ends = [
            f.from_on
            for f in facts
            if f.kind is EmploymentKind.LEAVE and start.from_on <= f.from_on < following
        ]
        until = ends[-1] if ends else (following - timedelta(days=1) if following < date.max else None)
        moves = [f for f in facts if f.kind is EmploymentKind.MOVE and start.from_on <= f.from_on < following]
        placements = ((start.from_on, start.unit_id), *((f.from_on, f.unit_id) for f in _by_day(moves)))
        spells.append(Spell(Interval(start.from_on, until), placements))
    return tuple(spells)


def _by_day(facts: list[Fact]) -> list[Fact]:
    return sorted(facts, key=lambda fact: fact.from_on)


def _absences(facts: list[Fact]) -> tuple[Interval, ...]:
    found = [
        Interval(f.from_on, f.until_on)
        for f in _by_day([f for f in facts if f.kind is EmploymentKind.ABSENCE])
    ]
    for end in (f for f in facts if f.kind is EmploymentKind.ABSENCE_END):
        found = [
            Interval(each.from_on, end.from_on - timedelta(days=1)) if each.contains(end.from_on) else each
            for each in found
            if not (each.contains(end.from_on) and each.from_on == end.from_on)
        ]
    return tuple(found)


@dataclass(frozen=True)
class Reading:
    """What the facts say about one day; see `models.PersonNow` for the columns."""

    unit_id: UUID | None
    employed: bool
    on_leave: bool
    joined_on: date | None
    left_on: date | None
    changes_on: date | None


def reading(employment: Employment, on: date) -> Reading:
    """Read an employment on a day: the present spell, else the last one begun, else the first to come."""
    spell = employment.spell_on(on)
    begun = [each for each in employment.spells if each.interval.from_on <= on]
    shown = spell or (begun[-1] if begun else next(iter(employment.spells), None))
    return Reading(
        unit_id=spell.unit_on(on) if spell else None,
        employed=spell is not None,
        on_leave=spell is not None and employment.on_leave(on),
        joined_on=shown.interval.from_on if shown else None,
        left_on=shown.interval.until_on if shown else None,
        changes_on=employment.changes_after(on),
    )


def objection(facts: tuple[Fact, ...], new: Fact) -> Message | None:
    """Say why a fact cannot be added to those recorded, or None when it can."""
    if new.kind in NEEDS_UNIT and new.unit_id is None:
        return CHOOSE_UNIT
    if new.until_on is not None and new.until_on < new.from_on:
        return LAST_BEFORE_FIRST
    check = OBJECTIONS[new.kind]
    return check(facts, fold(facts), new)


def _against_join(_facts: tuple[Fact, ...], employment: Employment, _new: Fact) -> Message | None:
    if employment.spells:
        return message("This person has joined already; after leaving, record a re-hire.")
    return None


def _against_rehire(_facts: tuple[Fact, ...], employment: Employment, new: Fact) -> Message | None:
    if not employment.spells:
        return message("This person has never been employed here: record that they joined.")
    last = employment.spells[-1].interval
    if last.until_on is None or last.until_on >= new.from_on:
        return message("A re-hire begins after the last day of the employment before it.")
    return None


def _against_move(_facts: tuple[Fact, ...], employment: Employment, new: Fact) -> Message | None:
    return None if employment.spell_on(new.from_on) else NOT_EMPLOYED


def _against_leave(_facts: tuple[Fact, ...], employment: Employment, new: Fact) -> Message | None:
    begun = [spell for spell in employment.spells if spell.interval.from_on <= new.from_on]
    return None if begun else NOT_EMPLOYED


def _against_absence(_facts: tuple[Fact, ...], employment: Employment, new: Fact) -> Message | None:
    if employment.spell_on(new.from_on) is None:
        return NOT_EMPLOYED
    last = new.until_on or date.max
    if any(
        each.from_on <= last and new.from_on <= (each.until_on or date.max) for each in employment.absences
    ):
        return message("There is a leave of absence on some of these days already.")
    return None


def _against_absence_end(_facts: tuple[Fact, ...], employment: Employment, new: Fact) -> Message | None:
    if not employment.on_leave(new.from_on):
        return message("There is no leave of absence on this day that could end.")
    return None


def _against_void(facts: tuple[Fact, ...], _employment: Employment, new: Fact) -> Message | None:
    voided = {fact.voids_id for fact in facts}
    target = next((fact for fact in facts if fact.id == new.voids_id), None)
    if target is None or target.kind is EmploymentKind.VOID or target.id in voided:
        return message("There is no such fact to declare void.")
    kept: tuple[Fact, ...] = ()
    for fact in facts:
        if fact.id in voided or fact.id == target.id or fact.kind is EmploymentKind.VOID:
            continue
        if objection(kept, fact):
            return message("Later facts rest on this one: declare those void first.")
        kept = (*kept, fact)
    return None


Objection = Callable[[tuple[Fact, ...], Employment, Fact], Message | None]
CHOOSE_UNIT = message("Choose the unit.")
LAST_BEFORE_FIRST = message("The last day lies before the first.")
NOT_EMPLOYED = message("This person is not employed on this day.")
NEEDS_UNIT = frozenset({EmploymentKind.JOIN, EmploymentKind.REHIRE, EmploymentKind.MOVE})
OBJECTIONS: dict[EmploymentKind, Objection] = {
    EmploymentKind.JOIN: _against_join,
    EmploymentKind.REHIRE: _against_rehire,
    EmploymentKind.MOVE: _against_move,
    EmploymentKind.LEAVE: _against_leave,
    EmploymentKind.ABSENCE: _against_absence,
    EmploymentKind.ABSENCE_END: _against_absence_end,
    EmploymentKind.VOID: _against_void,
}
