"""Who owes a programme, and on which days: the rules of assignment, as a pure function of facts."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID

from lms.core.dates import FOREVER, Days, Interval, common, contains, day_before, union

RuleOnDays = tuple[str, str, str]
"""The kind, target and key of a rule."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Days in a unit."""

    unit_id: UUID | None
    from_on: date
    last_on: date


@dataclass(frozen=True, slots=True)
class Situation:
    """What rules of assignment look at. `units` has for each code the units at or below it."""

    employed: Days = ()
    placements: tuple[Placement, ...] = ()
    units: Mapping[str, Collection[UUID]] = field(default_factory=dict)
    roles: Mapping[str, Days] = field(default_factory=dict)
    held: Mapping[str, Days] = field(default_factory=dict)
    hands: tuple["HandRule", ...] = ()


class HandKind(StrEnum):
    """Whom a rule made by hand is about: a unit and below, who holds a role, who joined on certain days."""

    UNIT = "unit"
    ROLE = "role"
    JOINED = "joined"


@dataclass(frozen=True, slots=True)
class HandRule:
    """A rule of assignment that two people made, beside those of the programme's text.

    `target` is a unit's code, a role, or the first and last day of joining as "2026-01-01/2026-03-31" (the
    last may be absent); `due` replaces the programme's own duration; `until_on` absent: it goes on.
    """

    id: str
    programme: str
    kind: HandKind
    target: str
    from_on: date
    until_on: date | None = None
    due: str = ""
    reason: str = ""
    approval_id: UUID | None = None

    @property
    def key(self) -> str:
        """What assignments by this rule are known by."""
        return f"hand:{self.id}"


def joining_days(target: str) -> Interval:
    """Read the first and last day of joining. Raises ValueError."""
    first, _slash, last = target.partition("/")
    return date.fromisoformat(first), date.fromisoformat(last) if last else FOREVER


def days_by_hand(rules: Iterable[HandRule], situation: Situation, on: date) -> dict[str, Days]:
    """Return for the key of each rule made by hand the days on which it makes the person owe the programme."""
    found = {}
    for rule in rules:
        span = (rule.from_on, FOREVER if rule.until_on is None else rule.until_on)
        days = _days(rule.kind.value, rule.target, situation, on)
        found[rule.key] = common((span,), days) if span[0] <= span[1] else ()
    return found


def days_by_rule(
    rules: Iterable[tuple[date, Iterable[RuleOnDays]]], situation: Situation, on: date
) -> dict[str, Days]:
    """Return for each rule's key the days on which it makes the person owe the programme.

    `rules` are those of each version with its first day, in order. What is held is used as far as it is
    past: who holds the programme today is assigned without an end.
    """
    ordered = list(rules)
    found: dict[str, list[Interval]] = {}
    for i, (first_on, each) in enumerate(ordered):
        last_on = day_before(ordered[i + 1][0]) if i + 1 < len(ordered) else FOREVER
        for kind, target, key in each:
            days = (
                common(((first_on, last_on),), _days(kind, target, situation, on))
                if first_on <= last_on
                else ()
            )
            found.setdefault(key, []).extend(days)
    return {key: union(days) for key, days in found.items()}


def _days(kind: str, target: str, situation: Situation, on: date) -> Days:
    if kind == "all":
        return situation.employed
    if kind == "unit":
        units = situation.units.get(target, ())
        return union((each.from_on, each.last_on) for each in situation.placements if each.unit_id in units)
    if kind == "joined":
        first, last = joining_days(target)
        return tuple(each for each in situation.employed if first <= each[0] <= last)
    if kind == "role":
        return common(situation.employed, situation.roles.get(target, ()))
    held = situation.held.get(target, ())
    return tuple(
        (first, FOREVER if contains(((first, last),), on) else last) for first, last in held if first <= on
    )
