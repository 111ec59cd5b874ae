"""Who stands for what in the demonstration firm: the people whom the documents name, and one of each state."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from lms.core.dates import add_months
from lms.demo.plan import (
    ANNUAL,
    CONFIDENTIALITY,
    ETHICS,
    EXAMINATION,
    Life,
    Step,
    Turn,
    What,
    halves,
    onboarding,
    sittings,
    workday,
)
from lms.people.rules import EmploymentKind

IN_GRACE, LAPSED, OVERDUE = 3, 3, 4
LEAVERS = 12


@dataclass
class Parts:
    """Who plays which part; sign-in names."""

    revoked: str
    annulled: str
    waived: str
    extended: str
    granted: str
    classroom: str
    classroom_on: date
    asked_for: str


def shape(lives: list[Life], today: date) -> Parts:
    """Give the plan its people: change what was drawn by lot where a part is to be played."""
    by_name = {each.username: each for each in lives}
    free = {unit: _free(lives, unit) for unit in {each.unit for each in lives}}
    _liwei(by_name["liwei"], today)
    by_name["ana"].steps = []
    for name in ("admin", "carla", "helen", "felix", "erin", "fang", "grace", "bruno", "dario"):
        by_name[name].steps = [each for each in by_name[name].steps if each.passes]
    _late(free["CORPORATE"], today)
    _away(free, today)
    _leave(free, today)
    _move(free, today)
    newcomers = [each for each in lives if each.joined_on == each.entered_on and each.username != "ana"][-8:]
    _owing(newcomers)
    classroom = _in_the_classroom(lives, today)
    return Parts(
        revoked=free["CREDIT"][2].username, annulled=free["CREDIT"][3].username,
        waived=newcomers[1].username, extended=newcomers[3].username, granted=newcomers[2].username,
        classroom=classroom[0], classroom_on=classroom[1], asked_for=newcomers[0].username,
    )  # fmt: skip


def _free(lives: Iterable[Life], unit: str) -> list[Life]:
    """Those of a unit who were there when it began and play no part yet."""
    invented = (each for each in lives if each.unit == unit and not each.roles)
    return [
        each
        for each in invented
        if each.joined_on < each.entered_on and each.username not in {"bruno", "liwei", "dario", "grace"}
    ]


def _liwei(life: Life, today: date) -> None:
    """Certified two years ago but a month, renewed once: the second certificate ends in a month."""
    first = today - timedelta(698)
    steps, anchor = onboarding(first, workday(first + timedelta(3)), workday(first + timedelta(8)))
    renewed = workday(add_months(anchor, 12) - timedelta(21))
    life.steps = [*steps, Step(renewed, What.SIT, ANNUAL)]


def _late(unit: list[Life], today: date) -> None:
    """Certificates that ended last week, and some weeks before that: in grace, and lapsed."""
    for number, life in enumerate(unit[: IN_GRACE + LAPSED]):
        ended = today - timedelta(5 + number) if number < IN_GRACE else today - timedelta(14 + 2 * number)
        first = add_months(ended, -12)
        life.entered_on = min(life.entered_on, first - timedelta(2))
        steps, _ = onboarding(first, workday(first + timedelta(2)), workday(first + timedelta(6)))
        life.steps = steps


def _away(free: dict[str, list[Life]], today: date) -> None:
    """Leaves of absence: three now, one of them without an end, and some over the two years."""
    now = ((free["SOUTH"][1], 62, None), (free["CREDIT"][5], 20, 25), (free["ENERGY"][2], 9, 6))
    for life, since, still in now:
        _absent(life, today - timedelta(since), today + timedelta(still) if still else None)
    for unit, number, ago, days in (
        ("COMPLIANCE", 1, 500, 90), ("CREDIT", 1, 300, 45), ("NORTH", 2, 420, 120), ("ENERGY", 5, 210, 30),
        ("TRANSPORT", 6, 150, 60), ("SOUTH", 3, 200, 40),
    ):  # fmt: skip
        first = today - timedelta(ago)
        _absent(free[unit][number], first, first + timedelta(days))


def _absent(life: Life, first: date, last: date | None) -> None:
    life.turns.append(Turn(first - timedelta(7), EmploymentKind.ABSENCE, first, last))
    life.steps = [each for each in life.steps if each.on < first or (last is not None and each.on > last)]


def _leave(free: dict[str, list[Life]], today: date) -> None:
    """People who left, two of whom came back; one leaves soon."""
    units = ("CREDIT", "ENERGY", "TRANSPORT", "NORTH", "SOUTH", "COMPLIANCE")
    for number in range(LEAVERS):
        life = free[units[number % 6]][-1 - number // 6]
        last = today - timedelta(45 * (number + 1) - 30) if number else today + timedelta(12)
        last = max(last, life.entered_on + timedelta(60))
        life.turns.append(Turn(last - timedelta(20), EmploymentKind.LEAVE, last))
        life.steps = [each for each in life.steps if each.on <= last]
        if number in (5, 8):
            back = workday(last + timedelta(120))
            life.turns.append(Turn(back - timedelta(1), EmploymentKind.REHIRE, back, None, life.unit))
            first = workday(back + timedelta(3))
            steps, _ = onboarding(first, first + timedelta(1), first + timedelta(2))
            life.steps += [each for each in steps if each.what is not What.SIGN]


def _move(free: dict[str, list[Life]], today: date) -> None:
    """People who changed units, and one who went and came back."""
    moves = (("CREDIT", 6, 380, "NORTH"), ("ENERGY", 6, 250, "TRANSPORT"), ("SOUTH", 5, 120, "CORPORATE"))
    for unit, number, ago, to in moves:
        on = today - timedelta(ago)
        free[unit][number].turns.append(Turn(on - timedelta(5), EmploymentKind.MOVE, on, None, to))
    there, back = today - timedelta(300), today - timedelta(40)
    guest = free["COMPLIANCE"][3]
    guest.turns.append(Turn(there, EmploymentKind.MOVE, there, None, "CREDIT"))
    guest.turns.append(Turn(back, EmploymentKind.MOVE, back, None, "COMPLIANCE"))


def _owing(newcomers: list[Life]) -> None:
    """The newest: overdue with nothing done, half done, failed three times, given longer; the others on their way."""
    nothing, half, failed, longer, *others = newcomers
    nothing.steps = []
    half.steps = _begun(half, 0.6)
    first = workday(failed.entered_on + timedelta(3))
    steps, _ = onboarding(first, first + timedelta(1), first + timedelta(3))
    sat = first + timedelta(6)
    failed.steps = [each for each in steps if each.target != EXAMINATION]
    failed.steps += [
        Step(sat + timedelta(5 * each), What.SIT, EXAMINATION, passes=False) for each in range(3)
    ]
    longer.steps = _begun(longer, 1)
    for life, share in zip(others, (None, 1, 0.4, 0.2), strict=True):
        if share is not None:
            life.steps = _begun(life, share)


def _begun(life: Life, share: float) -> list[Step]:
    """Signed, and read so much of the first course; who read all of it passed its quiz."""
    first = workday(life.entered_on + timedelta(3))
    steps = [Step(first, What.SIGN), Step(first, What.READ, CONFIDENTIALITY, share=share)]
    return [*steps, *(sittings(CONFIDENTIALITY, first, first) if share == 1 else [])]


def _in_the_classroom(lives: list[Life], today: date) -> tuple[str, date]:
    """Somebody who heard the second course in a classroom, which HR enters only after the cycle was sealed."""
    life = next(each for each in lives if each.joined_on == each.entered_on)
    *_, sealed, _running = halves(today)
    life.joined_on = life.entered_on = workday(sealed.first + timedelta(40))
    life.unit = "CREDIT"
    first = workday(life.entered_on + timedelta(4))
    steps, _ = onboarding(first, first + timedelta(1), first + timedelta(2))
    life.steps = [each for each in steps if each.target != ETHICS]
    return life.username, workday(first + timedelta(5))
