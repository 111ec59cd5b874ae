"""Responses as they are read, and what became of them. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

NOTHING, WHOLE = Fraction(0), Fraction(1)


@dataclass(frozen=True, slots=True)
class Choose:
    """A response by options; read_response never returns an empty one (that is None, unanswered)."""

    ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class Paired:
    """Which option each line was matched with; lines left open are not in it."""

    pairs: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Ordered:
    """Options in the order they were put in; those not placed are not in it."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """A figure as typed, and the unit chosen beside it; empty for none."""

    number: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """A text as typed, without the spaces around it."""

    text: str


@dataclass(frozen=True, slots=True)
class Filled:
    """What was typed into each gap; gaps left empty are not in it."""

    gaps: frozenset[tuple[str, str]]


class InvalidReason(StrEnum):
    """Why a response cannot be read."""

    SHAPE = "shape"
    TOO_MANY = "too_many"
    UNKNOWN = "unknown"
    DUPLICATE = "duplicate"
    SEVERAL = "several"
    NO_FIGURE = "no_figure"


@dataclass(frozen=True, slots=True)
class InvalidResponse:
    """A response that was given but cannot be read."""

    reason: InvalidReason


Response = Choose | Paired | Ordered | Counted | Written | Filled
Reading = Response | InvalidResponse | None


class Outcome(StrEnum):
    """What became of a response."""

    UNANSWERED = "unanswered"
    INVALID = "invalid"
    WRONG = "wrong"
    PARTLY = "partly"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Mark:
    """What a response to one item earned."""

    outcome: Outcome
    score: Fraction


def mark_of(score: Fraction) -> Mark:
    """Return the mark of a response that could be read."""
    outcome = Outcome.RIGHT if score == WHOLE else Outcome.PARTLY if score else Outcome.WRONG
    return Mark(outcome, score)
