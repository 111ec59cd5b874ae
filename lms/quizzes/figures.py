"""Figures as people type them, exactly, and whether two agree. Pure."""

import re
from fractions import Fraction

from lms.core.text import normalise
from lms.quizzes.rules_kinds import UNITS, Figure, Near

FIGURE_LENGTH = 40
_FIGURE = re.compile(
    r"(?:rmb|cny|[¥￥])? ?([+-]?) ?"
    r"(?:([0-9]{1,20})/([0-9]{1,20})|([0-9]{1,3}(?:[, ][0-9]{3})+|[0-9]{1,20})?(?:\.([0-9]{1,20}))?)"
    r" ?(万|亿)? ?([^0-9.,/ +-][^0-9]{0,12})?"
)
_TIMES = {"": Fraction(1), "万": Fraction(10**4), "亿": Fraction(10**8)}
_ALIASES = {alias: name for name, unit in UNITS.items() for alias in unit.aliases}


def read_figure(text: str) -> tuple[Fraction, str] | None:
    """Return the exact value of a typed figure and the unit typed after it; None for no figure.

    Full-width digits and signs, separators between thousands, fractions, and 万 or 亿 after the digits are
    understood. A comma is never a decimal sign: 1,5 is no figure.
    """
    if len(text) > FIGURE_LENGTH:
        return None
    said = normalise(text)
    for times in ("万", "亿"):  # 万元 and 亿元 are units of their own
        if said.endswith(f"{times}元"):
            return _valued(said.removesuffix(f"{times}元").rstrip(), f"{times}元")
    return _valued(said, "")


def _valued(said: str, unit: str) -> tuple[Fraction, str] | None:
    match = _FIGURE.fullmatch(said)
    if match is None or (match[7] and unit):
        return None
    sign, above, below, whole, decimals, times, after = match.groups()
    if after:
        unit = _ALIASES.get(after.strip(), "")
        if not unit:
            return None
    if above:
        if int(below) == 0:
            return None
        value = Fraction(int(above), int(below))
    elif whole or decimals:
        digits = re.sub("[, ]", "", whole or "0")
        value = Fraction(f"{digits}.{decimals or 0}")
    else:
        return None
    return (-value if sign == "-" else value) * _TIMES[times or ""], unit


def agrees(key: Figure, value: Fraction, unit: str) -> bool:
    """Tell whether a figure in a unit is the right one: magnitude and unit together, within the tolerance."""
    if key.unit:
        if unit not in UNITS or UNITS[unit].dimension != UNITS[key.unit].dimension:
            return False
        value = value * UNITS[unit].factor / UNITS[key.unit].factor
    elif unit:
        return False
    if key.near is Near.FIGURES:
        figures = int(key.tolerance)
        return to_figures(value, figures) == to_figures(key.answer, figures)
    room = key.tolerance * abs(key.answer) if key.near is Near.RELATIVE else key.tolerance
    return abs(value - key.answer) <= room


def to_figures(value: Fraction, figures: int) -> Fraction:
    """Return a value rounded to so many significant figures, halves away from zero."""
    if value == 0:
        return value
    size = abs(value)
    step = Fraction(10) ** (_magnitude(size) - figures + 1)
    rounded = (size / step + Fraction(1, 2)).__floor__() * step
    return rounded if value > 0 else -rounded


def _magnitude(size: Fraction) -> int:
    """Return the power of ten of the first digit."""
    power = len(str(size.numerator)) - len(str(size.denominator))
    return power if size >= Fraction(10) ** power else power - 1


def figure_text(value: Fraction) -> str:
    """Return an exact value as people write it: a decimal where it ends, else a fraction."""
    below, twos, fives = value.denominator, 0, 0
    while below % 2 == 0:
        below, twos = below // 2, twos + 1
    while below % 5 == 0:
        below, fives = below // 5, fives + 1
    if below != 1:
        return f"{value.numerator}/{value.denominator}"
    places = max(twos, fives)
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    whole, decimals = (digits[:-places], f".{digits[-places:]}") if places else (digits, "")
    return f"{'-' if value < 0 else ''}{int(whole):,}{decimals}"
