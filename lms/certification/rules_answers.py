"""What is derived from the facts: standings, spans, periods, what is missing; and their canonical bytes."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from lms.certification.rules_programmes import Requirement
from lms.certification.rules_words import Basis, Closing, Overlay, Path, ReasonCode, State
from lms.core.canonical import canonical_json
from lms.core.dates import FOREVER, days_between

SCHEMA = "standing/1"
NO_OVERLAYS: frozenset[Overlay] = frozenset()


class Reason(NamedTuple):
    """Why, with the day it turns on and the id of the fact, where there is one."""

    code: ReasonCode
    on: date | None = None
    fact: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The answer for one day.

    `since` None: it was never otherwise. `due_on`, `valid_until`, `grace_until` are inclusive last days; None
    means that there is none, or no end. `next_change_on` is the first day on which state or overlays differ.
    """

    state: State
    overlays: frozenset[Overlay] = NO_OVERLAYS
    since: date | None = None
    due_on: date | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    window_opens_on: date | None = None
    grace_until: date | None = None
    next_change_on: date | None = None
    next_state: State | None = None
    reasons: tuple[Reason, ...] = ()


class Span(NamedTuple):
    """Days in a row with the same state and overlays. `from_on` is date.min in the first, `until_on` None in
    the last.
    """

    state: State
    overlays: frozenset[Overlay]
    from_on: date
    until_on: date | None

    @property
    def last_on(self) -> date:
        """The inclusive last day, FOREVER for the last span."""
        return FOREVER if self.until_on is None else self.until_on


class Counted(NamedTuple):
    """A requirement with what meets it: the day, and the ids of the credits (none for a standing one)."""

    requirement: Requirement
    met_on: date | None
    credits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """One certification cycle, open until it is earned or closed.

    `closed_on` is the first day on which it is no longer open. `valid_until` is effective: a departure and a
    new certificate after a revocation cut it; less than `valid_from` means that it never came into force.
    `valid_until` None beside a `valid_from` never expires. `kept` is the certificate whose promise lengthens
    it, `finding` the finding that opened it. A discharged finding earns no certificate.
    """

    n: int
    basis: Basis
    path: Path
    version: str
    opened_on: date
    counts_from: date
    requirements: tuple[Counted, ...]
    finding: str | None = None
    completed_on: date | None = None
    anchor: date | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    window_opens_on: date | None = None
    kept: str | None = None
    revoked_on: date | None = None
    closed_on: date | None = None
    closed_reason: Closing | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is neither earned nor closed."""
        return self.closed_on is None

    @property
    def valid_days(self) -> int:
        """How many days it is valid; FOREVER's days when it never expires."""
        if self.valid_from is None:
            return 0
        return days_between(self.valid_from, FOREVER if self.valid_until is None else self.valid_until)


def standing_bytes(
    standing: Standing, person: str, programme: str, as_of: date, position: int | None = None
) -> bytes:
    """Canonical JSON of ids, dates, reason codes and the schema version; no names, no sentences.

    `position` is the sealed position of the audit log the answer was known at; None marks a live answer.
    """
    body: dict[str, object] = {
        "schema": SCHEMA,
        "person": person,
        "programme": programme,
        "as_of": as_of.isoformat(),
        "position": position,
        "state": standing.state.value,
        "overlays": sorted(each.value for each in standing.overlays),
        "next_state": None if standing.next_state is None else standing.next_state.value,
        "reasons": [
            {"code": each.code.value, "on": _iso(each.on), "fact": each.fact} for each in standing.reasons
        ],
    }
    for name in _DATES:
        body[name] = _iso(getattr(standing, name))
    return canonical_json(body)


_DATES = (
    "since",
    "due_on",
    "valid_from",
    "valid_until",
    "window_opens_on",
    "grace_until",
    "next_change_on",
)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
