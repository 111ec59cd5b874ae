"""What happens to whom in the demonstration firm, and when: pure, and the same whenever made on the same day."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from random import Random

from lms.core.access import Role
from lms.core.dates import add_months
from lms.demo.names import ANA, CAST, UNITS, CastMember, Name, invented
from lms.people.rules import EmploymentKind

SEED = 20_240_229
HISTORY_DAYS = 730
NEWCOMERS = 27
ANNUAL = "annual-confidentiality"
CONFIDENTIALITY, ETHICS = "client-confidentiality", "professional-ethics"
EXAMINATION = "onboarding-final"
RETRY_DAYS = 7
# How many days before (-) or after the end of a certificate people renew it, and how many of them do so.
HABITS = (((-55, -30), 3), ((-30, -8), 9), ((-8, 0), 4), ((2, 12), 2), ((20, 50), 1))
GRACE_DAYS = 14
SEALED_AFTER_DAYS = 12


class What(StrEnum):
    """What somebody does."""

    SIGN = "sign"
    READ = "read"
    SIT = "sit"


@dataclass(frozen=True)
class Step:
    """Something a person does on a day: sign, read lessons of a course, sit a quiz or examination.

    `share` is the share of lessons read; `passes` whether the paper is answered well enough.
    """

    on: date
    what: What
    target: str = ""
    passes: bool = True
    share: float = 1.0


@dataclass(frozen=True)
class Turn:
    """A turn of somebody's employment, entered on a day; `unit` is where a move or a re-hire leads."""

    on: date
    kind: EmploymentKind
    from_on: date
    until_on: date | None = None
    unit: str = ""


@dataclass
class Life:
    """One person's two years."""

    username: str
    name_zh: str
    name_en: str
    number: str
    language: str
    unit: str
    joined_on: date
    entered_on: date
    roles: tuple[Role, ...] = ()
    steps: list[Step] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)


def lives(today: date) -> list[Life]:
    """Return everybody who is or was in the firm, those who came first at the head."""
    rng = Random(SEED)  # noqa: S311 - the same story every time
    count = sum(unit.people for unit in UNITS) - len(CAST)
    names = iter(invented(rng, count + NEWCOMERS))
    found: list[Life] = []
    for unit in UNITS:
        began = today - timedelta(unit.began_days_ago)
        members = [each for each in CAST if each.unit == unit.code]
        found += [_of_cast(member, began, rng) for member in members]
        for _ in range(unit.people - len(members)):
            name = next(names)
            before = timedelta(rng.randrange(60, 3_000))
            found.append(_life((name.username, name.name_zh, name.name_en), unit.code, began - before, began))
    found += [_newcomer(next(names), today - timedelta(ago), ago, rng) for ago in _days_of_joining(rng)]
    found.append(_of_cast(ANA, today - timedelta(5), rng))
    for number, each in enumerate(found, start=1001):
        each.number = str(number)
        each.language = "en" if rng.random() < 0.15 else "zh"
        each.steps = list(years(each.entered_on, today, rng))
    return found


def _of_cast(member: CastMember, began: date, rng: Random) -> Life:
    joined_on = began - timedelta(365 * member.years + rng.randrange(90) * bool(member.years))
    names = (member.username, member.name_zh, member.name_en)
    return _life(names, member.unit, joined_on, began, member.roles)


def _life(
    names: tuple[str, str, str], unit: str, joined_on: date, entered_on: date, roles: tuple[Role, ...] = ()
) -> Life:
    return Life(*names, "", "", unit, joined_on, entered_on, roles)


def _days_of_joining(rng: Random) -> list[int]:
    """How many days ago the newcomers joined, the earliest first: some lately, the others over two years."""
    lately = [54, 52, 50, 47, 33, 24, 19, 12]
    return sorted((rng.randrange(90, 690) for _ in range(NEWCOMERS - len(lately))), reverse=True) + lately


def _newcomer(name: Name, day: date, days_ago: int, rng: Random) -> Life:
    open_units = [unit for unit in UNITS if unit.began_days_ago > days_ago + 30 and unit.code != "HQ"]
    unit, joined_on = rng.choice(open_units), workday(day)
    return _life((name.username, name.name_zh, name.name_en), unit.code, joined_on, joined_on)


def workday(day: date) -> date:
    """Return the day, or the Monday after it where it falls on a weekend."""
    return day + timedelta(7 - day.weekday() if day.weekday() > 4 else 0)


def training_day(day: date) -> date:
    """Return the first Wednesday from a day on: in this firm people train on Wednesdays."""
    return day + timedelta((2 - day.weekday()) % 7)


def years(entered_on: date, today: date, rng: Random) -> Iterator[Step]:
    """Yield what somebody ordinary does from the day they were entered: onboarding, then each year's renewal."""
    first = training_day(entered_on + timedelta(rng.randrange(1, 14)))
    second = first if rng.random() < 0.6 else first + timedelta(7)
    last = training_day(second + timedelta(rng.randrange(0, 5)))
    luck = (rng.random() < 0.1, rng.random() < 0.15)
    steps, anchor = onboarding(first, second, last, luck)
    yield from (each for each in steps if each.on < today)
    yield from renewals(anchor, today, rng)


def onboarding(
    first: date, second: date, last: date, failed: tuple[bool, bool] = (False, False)
) -> tuple[list[Step], date]:
    """Return the steps of the first certification and the day from which its years are counted.

    `failed` says whether the first quiz and the examination are failed once before they are passed.
    """
    anchor = first + timedelta(RETRY_DAYS if failed[0] else 0)
    steps = [Step(first, What.SIGN), Step(first, What.READ, CONFIDENTIALITY)]
    steps += sittings(CONFIDENTIALITY, first, anchor)
    steps += [Step(second, What.READ, ETHICS), Step(second, What.SIT, ETHICS)]
    sat = max(last, anchor)
    steps += sittings(EXAMINATION, sat, sat + timedelta(RETRY_DAYS if failed[1] else 0))
    return steps, anchor


def sittings(target: str, first: date, passed: date) -> list[Step]:
    """Return one failed attempt and the one that passes, or that alone."""
    failed = [Step(first, What.SIT, target, passes=False)] if passed > first else []
    return [*failed, Step(passed, What.SIT, target)]


def renewals(anchor: date, today: date, rng: Random) -> Iterator[Step]:
    """Yield the renewals that fall before today, by habit; after a lapse the years are counted anew."""
    year = 1
    while True:
        ends_on = add_months(anchor, 12 * year)
        least, most = rng.choices([habit for habit, _ in HABITS], [weight for _, weight in HABITS])[0]
        on = training_day(ends_on + timedelta(rng.randrange(least, most)))
        if on >= today:
            return
        failed = on - timedelta(RETRY_DAYS) if rng.random() < 0.12 else on
        yield from sittings(ANNUAL, failed, on)
        if on > ends_on + timedelta(GRACE_DAYS):
            anchor, year = on, 1
        else:
            year += 1


@dataclass(frozen=True)
class Half:
    """Half a calendar year, evaluated as a cycle."""

    id: str
    first: date
    last: date


def halves(today: date) -> list[Half]:
    """Return the last two halves of a calendar year that can have been sealed by now, and the one after them."""
    year, second = today.year, today.month > 6
    found: list[Half] = []
    while len(found) < 4:
        first = date(year, 7 if second else 1, 1)
        last = date(year, 12, 31) if second else date(year, 6, 30)
        found.insert(0, Half(f"{year}-H{2 if second else 1}", first, last))
        year, second = (year, False) if second else (year - 1, True)
    # Three days more than the seal needs: the correction is made by then, too.
    done = [each for each in found if each.last + timedelta(SEALED_AFTER_DAYS + 4) <= today]
    return [*done[-2:], found[found.index(done[-1]) + 1]]
