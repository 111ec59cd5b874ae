"""A programme as authored: its requirements, its durations, and what is refused when it is loaded."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from lms.certification.rules_steps import NO_REMINDERS, Remind, Room, step_refusals
from lms.certification.rules_words import Kind, Mode, Need, Path
from lms.core.dates import NO_TIME, Duration, Unit

MonthDay = tuple[int, int]
Refusal = tuple[str, str]
_STANDING = (Need.AGREEMENT, Need.PROGRAMME)
_RENEWAL = Path.RENEWAL


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing to prove. `target` is the id of the agreement, course, pool …

    `not_seen` belongs to `case_from`: how many cases of the pool the person has to solve, none of them
    met before; 0 asks for any one.
    """

    need: Need
    target: str
    not_seen: int = 0

    @property
    def is_standing(self) -> bool:
        """Whether it is met by how things are, not by dated credit."""
        return self.need in _STANDING


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """The rules of a programme in one published version.

    `effective_on` is the first civil day on which periods open under it; `period_months` None means that
    a certificate never expires; an empty `renewal` means that the initial path is repeated; `long_lapse`
    None means that the renewal path always suffices.
    """

    version: str
    effective_on: date
    recorded_at: datetime
    initial: tuple[Requirement, ...]
    due: Duration
    renewal: tuple[Requirement, ...] = ()
    kind: Kind = Kind.MANDATORY
    period_months: int | None = None
    mode: Mode = Mode.ANNIVERSARY
    grid: tuple[MonthDay, ...] = ()
    minimum_active: Duration | None = None
    window: Duration | None = None
    grace: Duration = NO_TIME
    look_back: Duration = NO_TIME
    long_lapse: Duration | None = None
    roll_holidays: bool = False
    remind: Remind = NO_REMINDERS

    def requirements(self, path: Path) -> tuple[Requirement, ...]:
        """The requirements of a path."""
        return self.renewal if path is _RENEWAL and self.renewal else self.initial


def refusals(programme: Programme) -> list[Refusal]:
    """Name everything for which the programme must not be loaded, as (code, path in the file).

    Source: docs/certification.md, "Refused at load".
    """
    problems = [*_bad_durations(programme), *_bad_paths(programme)]
    has_period = programme.period_months is not None
    room = Room(programme.due, programme.window, programme.grace, has_period)
    steps = list(step_refusals(programme.remind, room))
    if programme.period_months is None:
        problems += _bad_without_period(programme)
    elif not problems:
        problems += [*_bad_grid(programme), *_bad_missing(programme)]
        if not problems:
            problems += _bad_proportions(programme)
    return [*problems, *steps]


def cycles(needed: Mapping[str, Iterable[str]]) -> list[tuple[str, ...]]:
    """The rings among programmes that need one another, each once, beginning at its least id."""
    found: set[tuple[str, ...]] = set()
    finished: set[str] = set()

    def follow(programme: str, trail: tuple[str, ...]) -> None:
        if programme in trail:
            ring = trail[trail.index(programme) :]
            least = ring.index(min(ring))
            found.add(ring[least:] + ring[:least])
        elif programme not in finished:
            for other in sorted(needed.get(programme, ())):
                follow(other, (*trail, programme))
            finished.add(programme)

    for programme in sorted(needed):
        follow(programme, ())
    return sorted(found)


def needed_programmes(programme: Programme) -> frozenset[str]:
    """The ids of other programmes either path asks for."""
    both = (*programme.initial, *programme.renewal)
    return frozenset(each.target for each in both if each.need is Need.PROGRAMME)


def shortest_gap_days(grid: tuple[MonthDay, ...]) -> int:
    """The fewest days between two neighbouring dates of a yearly grid, over leap and common years."""
    days = sorted(date(year, month, day) for year in range(2003, 2007) for month, day in grid)
    return min((later - earlier).days for earlier, later in pairwise(days))


def _bad_durations(programme: Programme) -> Iterator[Refusal]:
    positive = {name: getattr(programme, name) for name in ("due", "window", "minimum_active", "long_lapse")}
    for path, duration in positive.items():
        if duration is not None and duration.count <= 0:
            yield "duration_not_positive", path
    if programme.period_months is not None and programme.period_months <= 0:
        yield "duration_not_positive", "period"
    for name in ("grace", "look_back"):
        if getattr(programme, name).count < 0:
            yield "duration_negative", name


def _bad_paths(programme: Programme) -> Iterator[Refusal]:
    if not programme.initial:
        yield "path_empty", "initial"
    for name, path in (("initial", programme.initial), ("renewal_path", programme.renewal)):
        for i, requirement in enumerate(path):
            if requirement in path[:i]:
                yield "requirement_twice", f"{name}[{i}]"
            if requirement.not_seen < 0 or (requirement.not_seen and requirement.need is not Need.CASE_FROM):
                yield "not_seen_misplaced", f"{name}[{i}].not_seen"
        if programme.period_months is not None and path and all(each.is_standing for each in path):
            yield "path_without_dated_requirement", name


def _bad_without_period(programme: Programme) -> Iterator[Refusal]:
    if programme.renewal:
        yield "only_with_period", "renewal_path"
    if programme.mode is Mode.FIXED:
        yield "only_with_period", "renewal"
    for name in ("window", "minimum_active", "long_lapse"):
        if getattr(programme, name) is not None:
            yield "only_with_period", name
    if programme.grace.count:
        yield "only_with_period", "grace"
    if programme.grid:
        yield "only_with_period", "grid"


def _bad_missing(programme: Programme) -> Iterator[Refusal]:
    if programme.window is None:
        yield "missing", "window"
    if programme.mode is Mode.FIXED and programme.minimum_active is None:
        yield "missing", "minimum_active"
    if programme.mode is not Mode.FIXED and programme.minimum_active is not None:
        yield "only_for_fixed", "minimum_active"


def _bad_grid(programme: Programme) -> Iterator[Refusal]:
    if programme.mode is not Mode.FIXED:
        if programme.grid:
            yield "only_for_fixed", "grid"
        return
    if not programme.grid:
        yield "missing", "grid"
    for i, (month, day) in enumerate(programme.grid):
        if (month, day) == (2, 29):
            yield "grid_leap_day", f"grid[{i}]"
        elif not _is_day(month, day):
            yield "grid_no_such_day", f"grid[{i}]"
        elif (month, day) in programme.grid[:i]:
            yield "grid_twice", f"grid[{i}]"


def _is_day(month: int, day: int) -> bool:
    try:
        return bool(date(2003, month, 1) + timedelta(days=day - 1) == date(2003, month, day))
    except ValueError:
        return False


def _bad_proportions(programme: Programme) -> Iterator[Refusal]:
    window = programme.window or NO_TIME
    fixed = programme.mode is Mode.FIXED
    room_days = shortest_gap_days(programme.grid) if fixed else 28 * (programme.period_months or 0)
    if window.most_days + programme.grace.most_days >= room_days:
        yield "window_and_grace_too_long", "window"
    if programme.look_back.most_days >= room_days:
        yield "look_back_too_long", "look_back"
    if fixed and programme.minimum_active is not None:
        if not _surely_shorter(window, programme.minimum_active):
            yield "window_not_below_minimum_active", "window"
        if programme.minimum_active.most_days + programme.grace.most_days >= room_days:
            yield "minimum_active_and_grace_too_long", "minimum_active"


def _surely_shorter(one: Duration, other: Duration) -> bool:
    if one.unit is Unit.MONTHS and other.unit is Unit.MONTHS:
        return one.count < other.count
    return one.most_days < other.least_days
