"""Cases: scenes, choices, states, clocks, scores. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from lms.core.events import Event
from lms.core.text import Words

# A choice that comes this much after a clock ran out still counts: it was on its way.
CLOCK_GRACE = timedelta(seconds=3)
USUAL_PERCENT, MOST_PERCENT = 100, 200


class Ending(StrEnum):
    """How a case ends."""

    PASS = "pass"  # noqa: S105 # nosec B105 - an ending
    FAIL = "fail"


class PlayState(StrEnum):
    """A play is open until it has reached an ending."""

    IN_PROGRESS = "in_progress"
    FINISHED = "finished"


class Var(NamedTuple):
    """Something a case remembers: a whole number within bounds; a flag is 0 or 1."""

    id: str
    low: int
    high: int
    start: int


class Wanted(NamedTuple):
    """What a variable must be for a choice to be possible: within bounds, both included."""

    var: str
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Choice:
    """What can be done in a scene.

    `sets` come before `adds`, which stop at a variable's bounds; `points` are by criterion. A `critical` choice
    fails the case whatever the score; `acknowledged` says that the author knows it leads to no pass any more.
    """

    id: str
    text: Words
    to: str
    because: Words
    when: tuple[Wanted, ...] = ()
    sets: tuple[tuple[str, int], ...] = ()
    adds: tuple[tuple[str, int], ...] = ()
    points: tuple[tuple[str, int], ...] = ()
    critical: bool = False
    acknowledged: bool = False
    tempting: bool = False
    see: str = ""


class Clock(NamedTuple):
    """How long a scene waits, and which choice is taken then."""

    seconds: int
    then: str


@dataclass(frozen=True, slots=True)
class Scene:
    """One page of the story: it has choices, or it is an ending."""

    id: str
    text: Words
    choices: Mapping[str, Choice] = field(default_factory=dict)
    documents: tuple[str, ...] = ()
    clock: Clock | None = None
    ending: Ending | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A case as authored; `criteria` in the order in which they are shown."""

    id: str
    title: Words
    criteria: tuple[tuple[str, Words], ...]
    variables: tuple[Var, ...]
    start: str
    expert: tuple[str, ...]
    cut_score: Fraction
    scenes: Mapping[str, Scene]


class State(NamedTuple):
    """Where a play stands: the scene, the variables in their order, whether a critical choice was taken."""

    scene: str
    values: tuple[int, ...]
    critical: bool = False


Bounds = Mapping[str, tuple[int, int]]  # the lowest and highest points by criterion, proven


def begin(case: Case) -> State:
    """Return the state in which a case begins."""
    return State(case.start, tuple(each.start for each in case.variables))


def possible(case: Case, state: State) -> tuple[Choice, ...]:
    """Return the choices that can be taken in a state."""
    values = _named(case, state)
    return tuple(
        choice
        for choice in case.scenes[state.scene].choices.values()
        if all(low <= values[name] <= high for name, low, high in choice.when)
    )


def take(case: Case, state: State, choice: Choice) -> State:
    """Return the state to which a choice leads."""
    if not choice.sets and not choice.adds:
        return State(choice.to, state.values, state.critical or choice.critical)
    values = _named(case, state) | dict(choice.sets)
    bounds = {each.id: each for each in case.variables}
    for name, change in choice.adds:
        values[name] = min(bounds[name].high, max(bounds[name].low, values[name] + change))
    return State(choice.to, tuple(values.values()), state.critical or choice.critical)


def _named(case: Case, state: State) -> dict[str, int]:
    return dict(zip((each.id for each in case.variables), state.values, strict=True))


def find(case: Case, state: State, choice_id: str) -> Choice | None:
    """Return a choice by its id if it can be taken in a state."""
    return next((each for each in possible(case, state) if each.id == choice_id), None)


class Step(NamedTuple):
    """One choice of a play: in which scene, when the scene was shown and when it was chosen."""

    scene: str
    choice: str
    shown_at: datetime
    chosen_at: datetime
    timed_out: bool = False


@dataclass(frozen=True, slots=True)
class Position:
    """Where a play stands at an instant.

    `passed_by` are the steps that clocks have taken since the last one that was kept. `number` is that of the
    step to come; `deadline_at` when the scene's clock runs out, absent without one.
    """

    state: State
    number: int
    shown_at: datetime
    deadline_at: datetime | None
    passed_by: tuple[Step, ...] = ()

    def ended(self, case: Case) -> bool:
        """Return whether it stands at an ending."""
        return case.scenes[self.state.scene].ending is not None


def clock_ends(scene: Scene, shown_at: datetime, percent: int) -> datetime | None:
    """Return when a scene's clock runs out, stretched for those who get extra time."""
    if scene.clock is None:
        return None
    return shown_at + timedelta(seconds=scene.clock.seconds) * percent / 100


def position(
    case: Case, steps: Sequence[Step], started_at: datetime, percent: int, now: datetime
) -> Position:
    """Fold a play's steps, and those its clocks have taken by now, into where it stands."""
    state, shown_at = begin(case), started_at
    for step in steps:
        state, shown_at = take(case, state, case.scenes[state.scene].choices[step.choice]), step.chosen_at
    passed_by: list[Step] = []
    while True:
        scene = case.scenes[state.scene]
        deadline_at = clock_ends(scene, shown_at, percent)
        if scene.clock is None or deadline_at is None or now <= deadline_at + CLOCK_GRACE:
            break
        passed_by.append(Step(state.scene, scene.clock.then, shown_at, deadline_at, timed_out=True))
        state, shown_at = take(case, state, scene.choices[scene.clock.then]), deadline_at
    return Position(state, len(steps) + len(passed_by) + 1, shown_at, deadline_at, tuple(passed_by))


def time_percent(extra_minutes: int) -> int:
    """Return how much longer clocks run for a person with extra minutes at quizzes: 5 % a minute, at most twice."""
    return min(MOST_PERCENT, USUAL_PERCENT + 5 * extra_minutes)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a play came to: points by criterion, the share by criterion, the score, and whether it is passed."""

    ending: Ending
    points: Mapping[str, int]
    shares: Mapping[str, Fraction]
    score: Fraction
    critical: bool
    passed: bool


def path(case: Case, choices: Iterable[str]) -> Iterator[tuple[State, Choice]]:
    """Yield each state of a path from the start with the choice taken in it.

    Raises KeyError for a choice that its scene does not have.
    """
    state = begin(case)
    for name in choices:
        choice = case.scenes[state.scene].choices[name]
        yield state, choice
        state = take(case, state, choice)


def outcome(case: Case, bounds: Bounds, choices: Iterable[str]) -> Outcome:
    """Return what a finished path came to."""
    points = {name: 0 for name, _ in case.criteria}
    state = begin(case)
    for before, choice in path(case, choices):
        state = take(case, before, choice)
        for name, earned in choice.points:
            points[name] += earned
    shares = {name: share(points[name], bounds[name]) for name in points}
    score = sum(shares.values(), Fraction(0)) / len(shares)
    ending = case.scenes[state.scene].ending
    assert ending is not None
    passed = ending is Ending.PASS and not state.critical and score >= case.cut_score
    return Outcome(ending, points, shares, score, state.critical, passed)


def share(points: int, bounds: tuple[int, int]) -> Fraction:
    """Return points as a share of what could be earned, between the lowest (0) and the highest (1)."""
    low, high = bounds
    return Fraction(points - low, high - low) if high > low else Fraction(1)


def credited_on(finished_at: datetime, zone: ZoneInfo) -> date:
    """Return the civil day on which a play was finished."""
    return finished_at.astimezone(zone).date()


@dataclass(frozen=True, kw_only=True)
class PlayStarted(Event):
    """A person began a case."""

    play_id: UUID
    case_id: str
    number: int
    pools: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PlayFinished(Event):
    """A play reached an ending. `steps_hash` is over all its steps."""

    play_id: UUID
    case_id: str
    passed: bool
    score: str
    credited_on: date
    version_id: int
    steps: int
    steps_hash: str
    pools: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PathsRead(Event):
    """Somebody looked at the paths that staff took through a case."""

    case_id: str
