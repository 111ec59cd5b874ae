"""What items of each kind hold beside their options: pairs, figures with units, accept lists, gaps, regions. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from lms.core.text import Words


@dataclass(frozen=True, slots=True)
class Pair:
    """One line of a matching item: `to` is the id of the option it belongs to."""

    id: str
    text: Words
    to: str
    because: Words | None = None  # None: the item's own feedback says it all


@dataclass(frozen=True, slots=True)
class Match:
    """Lines to be matched with the item's options; several may belong to one option, some options to none."""

    pairs: tuple[Pair, ...]


class Near(StrEnum):
    """How a tolerance is meant: in the answer's unit, as a share of the answer, or in significant figures."""

    ABSOLUTE = "absolute"
    RELATIVE = "relative"
    FIGURES = "figures"


@dataclass(frozen=True, slots=True)
class Figure:
    """An exact figure; `unit` and the `units` offered are empty for a bare number."""

    answer: Fraction
    unit: str = ""
    units: tuple[str, ...] = ()
    near: Near = Near.ABSOLUTE
    tolerance: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class Accept:
    """The answers taken, in each language; an answer in either language counts."""

    zh: tuple[str, ...]
    en: tuple[str, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """All answers taken."""
        return self.zh + self.en


@dataclass(frozen=True, slots=True)
class Typed:
    """A short text to be typed."""

    accept: Accept


@dataclass(frozen=True, slots=True)
class Gap:
    """One gap of a cloze."""

    id: str
    accept: Accept
    because: Words | None = None  # None: the item's own feedback says it all


@dataclass(frozen=True, slots=True)
class Cloze:
    """A text with gaps, each written `{id}` once in each language."""

    text: Words
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class Region:
    """Where an option lies in the picture, in whole per cent of its width and height."""

    option: str
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Hotspot:
    """A picture with regions; `image` is its address below the root."""

    image: str
    alt: Words
    regions: tuple[Region, ...]


Detail = Match | Figure | Typed | Cloze | Hotspot


@dataclass(frozen=True, slots=True)
class ItemSet:
    """A shared stem and the ids of the items under it, in their order: drawn together or not at all."""

    id: str
    stem: Words
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: figures of one dimension are compared after multiplying by the factor."""

    dimension: str
    factor: Fraction
    said: Words
    aliases: tuple[str, ...] = ()


UNITS: Mapping[str, Unit] = {
    "元": Unit("money", Fraction(1), Words("元", "RMB"), ("元", "rmb", "yuan", "cny")),
    "万元": Unit("money", Fraction(10**4), Words("万元", "万元 (RMB 10,000)"), ("万元",)),
    "亿元": Unit("money", Fraction(10**8), Words("亿元", "亿元 (RMB 100 million)"), ("亿元",)),
    "%": Unit("share", Fraction(1, 100), Words("%", "%"), ("%", "percent", "per cent")),
    "‰": Unit("share", Fraction(1, 1000), Words("‰", "‰"), ("‰",)),
    "bp": Unit("share", Fraction(1, 10_000), Words("个基点（bp）", "basis points (bp)"), ("bp", "bps", "个基点")),
    "天": Unit("days", Fraction(1), Words("天", "days"), ("天", "日", "day", "days")),
    "个月": Unit("months", Fraction(1), Words("个月", "months"), ("个月", "月", "month", "months")),
    "年": Unit("months", Fraction(12), Words("年", "years"), ("年", "year", "years")),
}  # fmt: skip
FAMILIES = (("元", "万元", "亿元"), ("%", "‰", "bp"), ("天", "个月", "年"))


def family_of(unit: str) -> tuple[str, ...]:
    """Return the units that may be mistaken for one another; empty for no unit."""
    return next((family for family in FAMILIES if unit in family), ())
