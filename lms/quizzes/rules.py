"""Items, blueprints and papers; when an attempt may start, when it ends and on which day it is dated; events.

Pure: no clock, no database. Instants are zone-aware (naive ones raise ValueError) and compared in UTC.
Responses and their scores are in `scoring.py`, the drawing of papers in `paper.py`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum
from fractions import Fraction
from uuid import UUID

from lms.core.events import Event
from lms.core.text import Words
from lms.quizzes.rules_kinds import Detail, ItemSet

ANSWER_GRACE = timedelta(seconds=60)


class ItemKind(StrEnum):
    """The form of an item; each has its row in READERS (responses), MARKERS (marking), VIEWS (public)."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    TRUEFALSE = "truefalse"
    MATCH = "match"
    ORDER = "order"
    NUMBER = "number"
    TEXT = "text"
    CLOZE = "cloze"
    SCALE = "scale"
    HOTSPOT = "hotspot"


class Scheme(StrEnum):
    """How a response earns its fraction."""

    EXACT = "exact"
    NO_WRONG = "no-wrong"
    CN_HALF = "cn-half"
    WEIGHTS = "weights"
    SHARE = "share"


SCHEMES_OF: Mapping[ItemKind, tuple[Scheme, ...]] = {
    ItemKind.MULTIPLE: (Scheme.EXACT, Scheme.NO_WRONG, Scheme.CN_HALF, Scheme.WEIGHTS),
    ItemKind.MATCH: (Scheme.SHARE, Scheme.EXACT),
    ItemKind.ORDER: (Scheme.SHARE, Scheme.EXACT),
    ItemKind.CLOZE: (Scheme.SHARE, Scheme.EXACT),
    ItemKind.SCALE: (Scheme.EXACT, Scheme.WEIGHTS),
}


def schemes_of(kind: ItemKind) -> tuple[Scheme, ...]:
    """Return the schemes a kind of item may be scored by; the first is its default."""
    return SCHEMES_OF.get(kind, (Scheme.EXACT,))


class Use(StrEnum):
    """Whether an item may be drawn for a graded paper or stands in a lesson as a check."""

    GRADED = "graded"
    CHECK = "check"


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of an item; `pinned` keeps its authored place, `weight` serves Scheme.WEIGHTS only."""

    id: str
    text: Words
    right: bool = False
    pinned: bool = False
    because: Words | None = None  # None: the item's own feedback says it all
    weight: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class Item:
    """One question with its key; a kind that needs another key than options adds a field with a default."""

    id: str
    bank: str
    kind: ItemKind
    objective: str
    difficulty: int
    stem: Words
    options: tuple[Option, ...] = ()
    scoring: Scheme = Scheme.EXACT
    because: Words | None = None  # None: each option says why
    see: str | None = None  # None: no handbook section to read
    use: Use = Use.GRADED
    detail: Detail | None = None  # None: the options are all there is
    set: ItemSet | None = None  # None: the item stands alone

    @property
    def key(self) -> frozenset[str]:
        """The ids of the right options."""
        return frozenset(option.id for option in self.options if option.right)


def truefalse_options(answer: bool) -> tuple[Option, Option]:
    """Return the two fixed options of a true-or-false item, true first."""
    return (
        Option("true", Words("对", "True"), right=answer, pinned=True),
        Option("false", Words("错", "False"), right=not answer, pinned=True),
    )


class QuizKind(StrEnum):
    """Whether a blueprint belongs to a course or stands by itself over several banks."""

    QUIZ = "quiz"
    EXAMINATION = "examination"


class Disclosure(StrEnum):
    """What a learner is shown; feedback includes the keys."""

    NOTHING = "nothing"
    SCORE = "score"
    SCORE_AND_TOPICS = "score_and_topics"
    FEEDBACK = "feedback"


@dataclass(frozen=True, slots=True)
class Show:
    """What is shown after any submission and after a pass."""

    after_submit: Disclosure = Disclosure.SCORE_AND_TOPICS
    after_pass: Disclosure = Disclosure.FEEDBACK


@dataclass(frozen=True, slots=True)
class Draw:
    """How many items of which sort a paper takes; in a critical draw every item must be answered right."""

    bank: str
    take: int
    objective: str | None = None  # None: any objective of the bank
    difficulty: tuple[int, ...] = ()  # the levels allowed; empty: every level
    critical: bool = False
    sets: bool = False  # whole sets under a shared stem; `take` counts their items

    def admits(self, item: Item) -> bool:
        """Tell whether an item may fill a place of this draw."""
        return (
            item.use is Use.GRADED
            and item.bank == self.bank
            and (item.set is not None) == self.sets
            and self.objective in (None, item.objective)
            and (not self.difficulty or item.difficulty in self.difficulty)
        )


@dataclass(frozen=True, slots=True)
class Blueprint:
    """What a paper is drawn from and how it is passed; `waits[n]` precedes the attempt after n attempts."""

    id: str
    kind: QuizKind
    title: Words
    cut_score: Fraction
    minutes: int
    attempts: int
    draws: tuple[Draw, ...]
    waits: tuple[timedelta, ...] = ()
    show: Show = Show()


@dataclass(frozen=True, slots=True)
class Slot:
    """One place of a paper: the item version drawn for it and the order its options are shown in."""

    number: int
    item: str
    version: str
    objective: str
    critical: bool
    order: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """The items one attempt was given; `seed` is hexadecimal, slots are numbered from 1; `fixed`: not drawn."""

    blueprint: str
    blueprint_hash: str
    seed: str
    slots: tuple[Slot, ...]
    fixed: bool = False


class AttemptState(StrEnum):
    """Where an attempt stands."""

    IN_PROGRESS = "in_progress"
    SUBMITTED = "submitted"
    SCORED = "scored"
    ABANDONED = "abandoned"
    VOIDED = "voided"


NEXT_STATES: Mapping[AttemptState, frozenset[AttemptState]] = {
    AttemptState.IN_PROGRESS: frozenset(
        {AttemptState.SUBMITTED, AttemptState.ABANDONED, AttemptState.VOIDED}
    ),
    AttemptState.SUBMITTED: frozenset({AttemptState.SCORED, AttemptState.VOIDED}),
    AttemptState.SCORED: frozenset({AttemptState.VOIDED}),
    AttemptState.ABANDONED: frozenset({AttemptState.VOIDED}),
    AttemptState.VOIDED: frozenset(),
}


@dataclass(frozen=True, slots=True)
class PastAttempt:
    """What the next attempt depends on; `ended_at` is min(submitted, deadline) or the abandonment."""

    state: AttemptState
    ended_at: datetime | None = None  # None: still open
    passed: bool = False


class RefusalReason(StrEnum):
    """Why no attempt may start now."""

    ALREADY_PASSED = "already_passed"
    ATTEMPT_OPEN = "attempt_open"
    AWAITING_SCORE = "awaiting_score"
    NO_ATTEMPTS_LEFT = "no_attempts_left"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class Allowed:
    """An attempt may start; `number` counts those of the run that count, from 1."""

    number: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """No attempt may start; `when` is the instant from which it may, where time alone will mend it."""

    reason: RefusalReason
    when: datetime | None = None


def may_start(
    history: Sequence[PastAttempt], blueprint: Blueprint, now: datetime, granted: int = 0
) -> Allowed | Refusal:
    """Decide whether the next attempt of a run may start; voided attempts neither count nor cause waits.

    `history` holds the attempts of this run only, `granted` the attempts HR has added to it. The wait is
    counted from the latest end; beyond the list of waits its last entry holds.
    """
    counted = [attempt for attempt in history if attempt.state is not AttemptState.VOIDED]
    for reason, holds in _HINDRANCES:
        if any(holds(attempt) for attempt in counted):
            return Refusal(reason)
    if len(counted) >= blueprint.attempts + granted:
        return Refusal(RefusalReason.NO_ATTEMPTS_LEFT)
    ends = [in_utc(attempt.ended_at) for attempt in counted if attempt.ended_at is not None]
    if ends and blueprint.waits:
        when = max(ends) + blueprint.waits[min(len(counted), len(blueprint.waits) - 1)]
        if in_utc(now) < when:
            return Refusal(RefusalReason.WAIT, when)
    return Allowed(len(counted) + 1)


_HINDRANCES: tuple[tuple[RefusalReason, Callable[[PastAttempt], bool]], ...] = (
    (RefusalReason.ALREADY_PASSED, lambda attempt: attempt.passed),
    (RefusalReason.ATTEMPT_OPEN, lambda attempt: attempt.state is AttemptState.IN_PROGRESS),
    (RefusalReason.AWAITING_SCORE, lambda attempt: attempt.state is AttemptState.SUBMITTED),
)


def deadline(started_at: datetime, minutes: int, extra_minutes: int, closing: datetime | None) -> datetime:
    """Return the instant an attempt ends, in UTC: its minutes and the person's extra ones, or the closing."""
    ends_at = in_utc(started_at) + timedelta(minutes=minutes + extra_minutes)
    return ends_at if closing is None else min(ends_at, in_utc(closing))


def counts(response_at: datetime, deadline_at: datetime) -> bool:
    """Tell whether an answer is scored: up to 60 seconds after the deadline; a later one is kept as late."""
    return in_utc(response_at) <= in_utc(deadline_at) + ANSWER_GRACE


def closing_state(saves: int, deadline_at: datetime, now: datetime) -> AttemptState:
    """Return the state in which the worker leaves an open attempt.

    Open until 60 seconds after the deadline; then handed in, or abandoned where no answer was ever saved.
    """
    if counts(now, deadline_at):
        return AttemptState.IN_PROGRESS
    return AttemptState.SUBMITTED if saves else AttemptState.ABANDONED


def credited_on(submitted_at: datetime, deadline_at: datetime, zone: tzinfo) -> date:
    """Return the civil day, in the firm's zone, by which a pass is dated: of min(submitted, deadline)."""
    return min(in_utc(submitted_at), in_utc(deadline_at)).astimezone(zone).date()


def in_utc(instant: datetime) -> datetime:
    """Return an instant in UTC, where sums and comparisons are of elapsed time.

    Raises ValueError if it is naive.
    """
    if instant.utcoffset() is None:
        raise ValueError(f"an instant needs its zone: {instant.isoformat()}")
    return instant.astimezone(UTC)


@dataclass(frozen=True, kw_only=True)
class AttemptStarted(Event):
    """A paper was drawn for a person; `paper_hash` covers blueprint, seed, versions and order of options."""

    quiz_kind: QuizKind
    quiz_id: str
    run_id: str
    number: int
    paper_hash: str
    deadline_at: datetime


@dataclass(frozen=True, kw_only=True)
class AttemptSubmitted(Event):
    """A paper was handed in, or its time ran out; `digest` covers every answer that can count."""

    quiz_kind: QuizKind
    quiz_id: str
    run_id: str
    digest: str
    timed_out: bool


@dataclass(frozen=True, kw_only=True)
class AttemptScored(Event):
    """A paper was scored: `score` is the exact share, `credited_on` the civil day a pass is dated by."""

    attempt_id: UUID
    quiz_kind: QuizKind
    quiz_id: str
    run_id: str
    passed: bool
    score: str
    credited_on: date
    version_id: int


@dataclass(frozen=True, kw_only=True)
class AttemptAbandoned(Event):
    """An attempt ran out of time without a single answer: it counts, and earned nothing."""

    attempt_id: UUID
    quiz_kind: QuizKind
    quiz_id: str
    run_id: str


@dataclass(frozen=True, kw_only=True)
class AttemptVoided(Event):
    """An attempt was declared not to count, for a reason."""

    attempt_id: UUID
    quiz_kind: QuizKind
    quiz_id: str
    run_id: str
    was_passed: bool


@dataclass(frozen=True, kw_only=True)
class AttemptsGranted(Event):
    """HR allowed more attempts in a run, for a reason."""

    quiz_kind: QuizKind
    quiz_id: str
    run_id: str
    attempts: int


@dataclass(frozen=True, kw_only=True)
class AccommodationRecorded(Event):
    """A person gets this many extra minutes in every attempt from now on, for a reason; 0 ends it."""

    extra_minutes: int


@dataclass(frozen=True, kw_only=True)
class AttemptsRead(Event):
    """Somebody read another person's attempts."""


@dataclass(frozen=True, kw_only=True)
class KeysOpened(Event):
    """Somebody saw the keys of items: they are not given these items for 12 months."""

    items: tuple[str, ...]
