"""Runs and how far they are: which lessons are finished, what is left, what comes next. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from lms.core.events import Event

PRACTICE = "practice"
MINUTES_AN_ITEM = 2


class RunKind(StrEnum):
    """What a run is a passage through; the same words as the kinds of published texts."""

    COURSE = "course"
    QUIZ = "quiz"
    EXAMINATION = "examination"


@dataclass(frozen=True, kw_only=True)
class RunOpened(Event):
    """A passage through a course, quiz or examination began; `period_key` says what it is for."""

    run_kind: RunKind
    target: str
    run_id: UUID
    period_key: str


@dataclass(frozen=True, kw_only=True)
class LessonFinished(Event):
    """A person finished a lesson for the first time in a run."""

    course: str
    lesson: str
    run_id: UUID
    version_id: int


@dataclass(frozen=True, kw_only=True)
class RunFinished(Event):
    """A run is complete. `occurred_on` is the civil day it is credited to; `version_id` what was current.

    `supplement` is the publication whose changed parts alone were gone through; absent: the whole.
    """

    run_kind: RunKind
    target: str
    run_id: UUID
    period_key: str
    occurred_on: date
    version_id: int
    supplement: int | None = None


@dataclass(frozen=True)
class Parts:
    """What of a course changed materially in a publication: lessons to read, items to answer."""

    publication: int
    lessons: tuple[str, ...]
    items: tuple[str, ...]


@dataclass(frozen=True)
class Passage:
    """A run as it stands. `quiz_passed_on` and `finished_on` are absent until they have happened.

    `parts` is absent in a passage through the whole.
    """

    run_id: UUID
    kind: RunKind
    target: str
    period_key: str
    opened_on: date
    quiz_passed_on: date | None = None
    finished_on: date | None = None
    lessons: frozenset[str] = frozenset()
    parts: Parts | None = None

    @property
    def is_practice(self) -> bool:
        """Whether the learner opened it without being asked to."""
        return self.period_key.startswith(PRACTICE)


@dataclass(frozen=True)
class Step:
    """One thing to do in a course: a lesson, or its quiz."""

    kind: str
    id: str
    minutes: int
    done: bool


@dataclass(frozen=True)
class Progress:
    """How far a run is, over the course as it is published now."""

    steps: tuple[Step, ...]
    next_step: Step | None  # None: nothing is left

    @property
    def done(self) -> int:
        """The number of steps done."""
        return sum(step.done for step in self.steps)

    @property
    def percent(self) -> int:
        """The share of steps done, rounded down: 100 only when nothing is left."""
        return 100 * self.done // len(self.steps) if self.steps else 100

    @property
    def minutes_left(self) -> int:
        """How long what is left takes."""
        return sum(step.minutes for step in self.steps if not step.done)

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left."""
        return self.next_step is None

    @property
    def has_begun(self) -> bool:
        """Whether anything is done."""
        return self.done > 0

    def is_done(self, lesson: str) -> bool:
        """Whether a lesson is finished."""
        return any(step.done for step in self.steps if step.kind == "lesson" and step.id == lesson)


@dataclass(frozen=True)
class Outline:
    """What a course consists of: lessons in order with their minutes, and its quiz if it has one."""

    lessons: Mapping[str, int]
    quiz: str | None = None
    quiz_minutes: int = 0


def narrowed(outline: Outline, parts: Parts | None, items: Collection[str]) -> Outline:
    """Return what a passage through these parts consists of; without parts, the whole course.

    That is the changed lessons that are still in the course, and its quiz while any of the changed items is
    among `items`, those that can still be asked.
    """
    if parts is None:
        return outline
    lessons = {each: minutes for each, minutes in outline.lessons.items() if each in parts.lessons}
    asked = sum(each in items for each in parts.items)
    minutes = min(asked * MINUTES_AN_ITEM, outline.quiz_minutes)
    return Outline(lessons, outline.quiz, minutes) if asked else Outline(lessons)


def progress(outline: Outline, passage: Passage | None, last_seen: str | None = None) -> Progress:
    """Return how far a run is; without a run nothing is done.

    A finished run stays complete whatever is published later. The next step is the lesson last seen while
    that is unfinished, else the first unfinished one, else the quiz.
    """
    over = passage is not None and passage.finished_on is not None
    finished = passage.lessons if passage else frozenset()
    steps = [
        Step("lesson", each, minutes, over or each in finished) for each, minutes in outline.lessons.items()
    ]
    if outline.quiz:
        passed = over or (passage is not None and passage.quiz_passed_on is not None)
        steps.append(Step("quiz", outline.quiz, outline.quiz_minutes, passed))
    return Progress(tuple(steps), _next(steps, last_seen))


def _next(steps: Sequence[Step], last_seen: str | None) -> Step | None:
    left = [step for step in steps if not step.done]
    seen = (step for step in left if step.kind == "lesson" and step.id == last_seen)
    return next(seen, left[0] if left else None)


def completed_on(outline: Outline, passage: Passage, last_lesson_on: date | None) -> date | None:
    """Return the day on which a course run is complete, None while it is not.

    That is the later of the day of its last lesson and the day to which its passed quiz is credited.
    """
    if not progress(outline, passage).is_complete:
        return None
    days = [day for day in (last_lesson_on, passage.quiz_passed_on if outline.quiz else None) if day]
    return max(days, default=None)


def supplement_key(publication: int) -> str:
    """Return the key of the run of what changed in a publication; no programme can have this name."""
    return f"supplement@{publication}"


def practice_key(keys: Sequence[str]) -> str:
    """Return the key of the next practice run of a person who has runs with these keys."""
    return f"{PRACTICE}:{1 + sum(key.startswith(PRACTICE) for key in keys)}"
