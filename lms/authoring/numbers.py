"""The numbers in a text, so that a figure that differs between the languages is noticed. Pure."""

import re
from dataclasses import dataclass
from fractions import Fraction

_DIGITS = re.compile(
    r"(?<![A-Za-z0-9_.-])([0-9]{1,12}(?:[,，][0-9]{3}){0,4}(?:\.[0-9]{1,6})?)(?:st|nd|rd|th)?(?![A-Za-z0-9_]|\.[0-9])"
    r"[ \u00a0]?(万亿|亿|万|千|百|trillion|billion|million|thousand|hundred|k\b|m\b|bn\b)?",
    re.IGNORECASE,
)
_SCALES = {
    "万亿": 10**12, "亿": 10**8, "万": 10**4, "千": 1000, "百": 100,
    "trillion": 10**12, "billion": 10**9, "bn": 10**9, "million": 10**6, "m": 10**6,
    "thousand": 1000, "k": 1000, "hundred": 100,
}  # fmt: skip
_HAN_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_HAN_UNITS = {"十": 10, "百": 100, "千": 1000}
_HAN = re.compile("[零〇一二两三四五六七八九十百千万亿]{1,20}")
_SAID = {
    "1/2": "half", "1": "one first once single a an", "2": "two second twice double both pair",
    "3": "three third thirds thrice", "4": "four fourth", "5": "five fifth", "6": "six sixth",
    "7": "seven seventh week", "8": "eight eighth", "9": "nine ninth", "10": "ten tenth",
    "11": "eleven eleventh", "12": "twelve twelfth dozen", "13": "thirteen", "14": "fourteen fortnight",
    "15": "fifteen fifteenth", "16": "sixteen", "17": "seventeen", "18": "eighteen", "19": "nineteen",
    "20": "twenty twentieth", "24": "day", "30": "thirty thirtieth", "40": "forty", "50": "fifty",
    "60": "sixty hour", "70": "seventy", "80": "eighty", "90": "ninety", "100": "hundred",
}  # fmt: skip
_WORDS = {word: Fraction(value) for value, words in _SAID.items() for word in words.split()}
_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)?")
_TIME = re.compile(
    r"(?<![0-9.:])([0-9]{1,2})[:.：]([0-9]{2})(?![0-9.:])(?:[ \u00a0]?([ap])\.?m\b)?", re.IGNORECASE
)
_HALF_DAY = re.compile(r"(?<![0-9.:])([0-9]{1,2})[ \u00a0]?([ap])\.?m\b", re.IGNORECASE)
_LIST_MARK = re.compile(r"(?m)^[ \t]*(?:[0-9]{1,3}(?:[.)][ \t]|、)|#+)[ \t]*")


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers of a text: those in digits, and all that its words may stand for besides."""

    written: frozenset[Fraction]
    said: frozenset[Fraction]


def figures_of(text: str) -> Figures:
    """Return the numbers of a text in either language; numbers of lists and headings do not count."""
    text = _LIST_MARK.sub("", text)
    said: set[Fraction] = set()
    text = _TIME.sub(lambda match: _clock(match, said), text)
    text = _HALF_DAY.sub(lambda match: _clock(match, said), text)
    written = set()
    for match in _DIGITS.finditer(text):
        number = Fraction(match[1].replace(",", "").replace("，", ""))
        said.add(number)
        written.add(number * _SCALES.get((match[2] or "").lower(), 1))
    said |= written | _han(text) | _english(text.lower())
    return Figures(frozenset(one for one in written if one > 1), frozenset(said))


def lacking(here: str, there: str) -> tuple[str, ...]:
    """Return the numbers written in one text that the other does not say in any way."""
    said = figures_of(there).said
    return tuple(_shown(one) for one in sorted(figures_of(here).written) if one not in said)


def _shown(number: Fraction) -> str:
    return str(number.numerator) if number.denominator == 1 else f"{float(number):g}"


def _clock(match: re.Match[str], said: set[Fraction]) -> str:
    """Take a time of day out of the text; in writing, 8.30 p.m. may be 20:30 or half past eight."""
    minutes = match[2] if match[2].isdigit() else "0"
    half = match[match.lastindex or 2].lower() if not match[match.lastindex or 2].isdigit() else ""
    if not half and "." in match[0]:
        return match[0]
    hour = int(match[1])
    said |= {Fraction(hour), Fraction(hour + 12), Fraction(abs(hour - 12)), Fraction(int(minutes))}
    return " "


def _han(text: str) -> set[Fraction]:
    found = set()
    for match in _HAN.finditer(text):
        value = _han_value(match[0])
        found |= {Fraction(value), *(Fraction(_HAN_DIGITS[one]) for one in match[0] if one in _HAN_DIGITS)}
        after = text[match.end() : match.end() + 1]
        if after == "成":
            found.add(Fraction(value * 10))
    if "半" in text:
        found |= {Fraction(1, 2), Fraction(30), Fraction(6)}
    return found


def _han_value(signs: str) -> int:
    total = section = digit = 0
    for sign in signs:
        if sign in _HAN_DIGITS:
            digit = digit * 10 + _HAN_DIGITS[sign] if digit and section == 0 else _HAN_DIGITS[sign]
        elif sign in _HAN_UNITS:
            section += (digit or 1) * _HAN_UNITS[sign]
            digit = 0
        else:
            total = (total + section + digit) * _SCALES[sign]
            section = digit = 0
    return total + section + digit


def _english(text: str) -> set[Fraction]:
    found: set[Fraction] = set()
    last = Fraction(0)
    for match in _WORD.finditer(text):
        word = match[0]
        if word in _MONTHS:
            found.add(Fraction(_MONTHS.index(word) + 1))
        parts = [_WORDS[part] for part in word.split("-") if part in _WORDS]
        if word in _SCALES and len(word) > 2:
            parts = [max(last, Fraction(1)) * _SCALES[word]]
        if parts:
            found |= {sum(parts, start=Fraction(0)), *parts, last + sum(parts, start=Fraction(0))}
        last = sum(parts, start=Fraction(0))
    return found
