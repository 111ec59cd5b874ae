"""What other rules would make of a standing: how it looks before and after, and in what the two differ. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from lms.certification.rules import Facts, missing, periods, status
from lms.certification.rules_words import State
from lms.core.canonical import canonical_json, sha256_hex


class Look(NamedTuple):
    """What a person sees of a standing: state, dates, and what is still asked for, as `need:target`."""

    state: State = State.NOT_REQUIRED
    due_on: date | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    window_opens_on: date | None = None
    grace_until: date | None = None
    next_change_on: date | None = None
    next_state: State | None = None
    asks: tuple[str, ...] = ()

    def plain(self) -> dict[str, object]:
        """Return it as JSON holds it."""
        return {name: _plain(value) for name, value in self._asdict().items()}


NOTHING = Look()


@dataclass(frozen=True, slots=True)
class Move:
    """A person whose standing in a programme would be another one."""

    person_id: UUID
    programme: str
    before: Look
    after: Look

    @property
    def differs_in(self) -> tuple[str, ...]:
        """The names of what differs, in the order of `Look`."""
        pairs = zip(Look._fields, self.before, self.after, strict=True)
        return tuple(name for name, one, other in pairs if one != other)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """Who would move, by person and programme, and whose open periods would go on under other rules.

    `versions` are the rules supposed, by programme.
    """

    versions: Mapping[str, str]
    moves: tuple[Move, ...]
    migrated: tuple[UUID, ...] = ()

    @property
    def people(self) -> int:
        """How many people would see a difference."""
        return len({each.person_id for each in self.moves})

    @property
    def hash(self) -> str:
        """The same for the same moves, whoever asks and whenever."""
        return sha256_hex(canonical_json(self.plain()))

    def plain(self) -> dict[str, object]:
        """Return it as JSON holds it."""
        return {
            "versions": dict(sorted(self.versions.items())),
            "migrated": [str(each) for each in self.migrated],
            "moves": [
                {
                    "person": str(each.person_id),
                    "programme": each.programme,
                    "before": each.before.plain(),
                    "after": each.after.plain(),
                }
                for each in self.moves
            ],
        }


def look_of(facts: Facts, on: date) -> Look:
    """Return how a standing looks on a day."""
    found = status(facts, on)
    asks = tuple(
        f"{each.requirement.need.value}:{each.requirement.target}"
        for each in missing(facts, on)
        if each.met_on is None
    )
    return Look(
        found.state, found.due_on, found.valid_from, found.valid_until, found.window_opens_on, found.grace_until,
        found.next_change_on, found.next_state, asks,
    )  # fmt: skip


def moves_between(
    person_id: UUID, before: Mapping[str, Facts], after: Mapping[str, Facts], on: date
) -> Iterable[Move]:
    """Yield the programmes in which a person's standing on a day is another one, by id."""
    for programme in sorted(before.keys() | after.keys()):
        one, other = (
            look_of(each[programme], on) if programme in each else NOTHING for each in (before, after)
        )
        if one != other:
            yield Move(person_id, programme, one, other)


def goes_by_others(facts: Facts, on: date, version: str) -> bool:
    """Whether a period is open on a day and goes by other rules than a version."""
    found = periods(facts, on)
    return bool(found) and found[-1].is_open and found[-1].version != version


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
