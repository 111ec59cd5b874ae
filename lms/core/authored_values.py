"""Single values of authored text: ids, days, durations, numbers. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from fractions import Fraction
from typing import NamedTuple

from lms.core.authored import Place, Scalar
from lms.core.problems import Problem, problem

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")
_SPAN = re.compile(r"([0-9]{1,5})([hdm])")
_PERCENT = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,2})?%")
_FRACTION = re.compile(r"[0-9]{1,6}(?:/[1-9][0-9]{0,5}|\.[0-9]{1,6})?")
_WHOLE = re.compile(r"[0-9]{1,9}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Span(NamedTuple):
    """A duration as written: an amount of hours (h), days (d) or months (m)."""

    amount: int
    unit: str

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}"


@dataclass
class Sheet:
    """Where the problems of one file are collected."""

    path: str
    problems: list[Problem] = field(default_factory=list)

    def add(self, place: Place, code: str, **params: object) -> None:
        """Note a problem."""
        self.problems.append(problem(self.path, place, code, **params))


def like(word: str, known: Iterable[str]) -> str:
    """Return the known word that was probably meant, or an empty text."""
    if len(word) < 3:
        return ""
    near = get_close_matches(word[:80].lower(), sorted(set(known)), n=1, cutoff=0.6)
    return near[0] if near else ""


def hint(word: str, known: Iterable[str]) -> str:
    """Return the parameter that ends a message: the word probably meant, or all that are known."""
    listed = sorted(set(known))
    near = like(word, listed)
    if near:
        return f"@meant {near}"
    return f"@known {', '.join(listed[:20])}" if listed else "@nothing"


def refuse_unknown(sheet: Sheet, key: Scalar, what: str, known: Iterable[str]) -> None:
    """Report a key that has no meaning here."""
    sheet.add(key.place, "E102", what=what, key=key.text[:80], hint=hint(key.text, known))


def read_id(sheet: Sheet, value: Scalar) -> str:
    """Return an id: letters, digits, hyphens and underscores, at most 80; an empty text where it is none."""
    if _ID.fullmatch(value.text):
        return value.text
    sheet.add(value.place, "E112", value=value.text[:80])
    return ""


def read_choice(sheet: Sheet, value: Scalar, known: list[str], what: str) -> str:
    """Return a word that must be one of the known ones, or an empty text."""
    if value.text in known:
        return value.text
    sheet.add(value.place, "E103", what=what, value=value.text[:80], hint=hint(value.text, known))
    return ""


def read_whole(sheet: Sheet, value: Scalar, low: int, high: int, what: str) -> int:
    """Return a whole number within bounds, the lower bound where it is none."""
    if not _WHOLE.fullmatch(value.text):
        sheet.add(value.place, "E106", what=what, value=value.text[:40])
        return low
    number = int(value.text)
    if not low <= number <= high:
        sheet.add(value.place, "E107", what=what, value=number, low=low, high=high)
        return low
    return number


def read_day(sheet: Sheet, value: Scalar) -> date | None:
    """Return a civil day written as 2026-11-23."""
    try:
        if _DAY.fullmatch(value.text):
            return date.fromisoformat(value.text)
    except ValueError:
        pass
    sheet.add(value.place, "E109", value=value.text[:40])
    return None


def read_span(sheet: Sheet, value: Scalar, units: str, zero: bool = False) -> Span | None:
    """Return a duration such as 30d, in one of the units, positive unless zero is allowed."""
    match = _SPAN.fullmatch(value.text)
    if not match or match[2] not in units:
        sheet.add(value.place, "E115", value=value.text[:40], units=", ".join(f"30{unit}" for unit in units))
        return None
    if not zero and int(match[1]) == 0:
        sheet.add(value.place, "E116", value=value.text)
        return None
    return Span(int(match[1]), match[2])


def read_percent(sheet: Sheet, value: Scalar, what: str) -> Fraction | None:
    """Return a percentage above 0 % and up to 100 % as an exact fraction."""
    text = value.text.strip()
    number = Fraction(text[:-1]) / 100 if _PERCENT.fullmatch(text) else Fraction(0)
    if 0 < number <= 1:
        return number
    sheet.add(value.place, "E110", what=what, value=value.text[:40])
    return None


def read_fraction(sheet: Sheet, value: Scalar, what: str) -> Fraction | None:
    """Return a number such as 1, 1/2 or 0.5, exactly."""
    if _FRACTION.fullmatch(value.text):
        return Fraction(value.text)
    sheet.add(value.place, "E117", what=what, value=value.text[:40])
    return None
