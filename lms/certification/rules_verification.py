"""What a certificate's number says to anybody who holds it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lms.certification.rules_answers import Period
from lms.certification.rules_facts import Issued


class Outcome(StrEnum):
    """In the order in which they are looked at."""

    REVOKED = "revoked"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    HOLDER_LEFT = "holder_left"
    VALID = "valid"


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a certificate; the days are those printed on it."""

    revoked: bool
    superseded: bool
    left: bool
    valid_from: date
    valid_until: date | None


def outcome_of(seen: Seen, today: date) -> Outcome:
    """Return the one thing to say of a certificate today."""
    if seen.revoked:
        return Outcome.REVOKED
    if seen.superseded:
        return Outcome.SUPERSEDED
    if seen.valid_until is not None and seen.valid_until < today:
        return Outcome.EXPIRED
    if seen.valid_from > today:
        return Outcome.NOT_YET_VALID
    return Outcome.HOLDER_LEFT if seen.left else Outcome.VALID


def owner_of(earned: Sequence[Period], issued: Issued) -> Period | None:
    """Return the period a certificate belongs to: the last that was complete when it says it was.

    What was completed once can open two periods, before a departure and after the return: of those it is the one
    that begins nearest to the first day printed on it.
    """
    before = [each for each in earned if each.completed_on and each.completed_on <= issued.completed_on]
    alike = [each for each in before if each.completed_on == before[-1].completed_on]
    return min(reversed(alike), key=lambda each: _apart(each.valid_from, issued.valid_from), default=None)


def _apart(one: date | None, other: date) -> int:
    return abs((one or other) - other).days


def masked(name: Mapping[str, str]) -> dict[str, str]:
    """Return a name of which a stranger learns the surname's character or the initials: 李*, L. W."""
    chinese, english = name.get("zh", "").strip(), name.get("en", "").strip()
    initials = " ".join(f"{word[0].upper()}." for word in english.replace("-", " ").split())
    is_latin = not chinese or chinese[0].isascii()
    return {
        "zh": initials if is_latin else f"{chinese[0]}*",
        "en": initials if english.isascii() else f"{english[:1]}*",
    }
