"""The steps of a programme's `remind`: when, to whom, by which channel, and what is refused. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from lms.core.dates import Duration


class Audience(StrEnum):
    """Who is written to. ABOVE is the line manager's own line manager; HR everybody with that role."""

    PERSON = "person"
    MANAGER = "manager"
    ABOVE = "above"
    HR = "hr"


class Channel(StrEnum):
    """How: a notice before the reader, a line in the reader's mail of the day."""

    APP = "app"
    MAIL = "mail"


class Track(StrEnum):
    """Which date a step is counted from, and on which side of it it lies; the keys of `remind`."""

    BEFORE_DUE = "before_due"
    BEFORE_EXPIRY = "before_expiry"
    AFTER_DUE = "after_due"
    IN_GRACE = "in_grace"
    AT_LAPSE = "at_lapse"
    MANAGER_AFTER = "manager_after"


BEFORE = frozenset({Track.BEFORE_DUE, Track.BEFORE_EXPIRY})
WITH_PERIOD = frozenset({Track.BEFORE_EXPIRY, Track.IN_GRACE, Track.AT_LAPSE})
USUAL_READERS = dict.fromkeys(Track, (Audience.PERSON,)) | {
    Track.AT_LAPSE: (Audience.PERSON, Audience.MANAGER),
    Track.MANAGER_AFTER: (Audience.MANAGER,),
}
USUAL_CHANNELS = (Channel.APP, Channel.MAIL)


@dataclass(frozen=True, slots=True)
class Step:
    """One step: how long before or after its date, who is written to, by which channels."""

    at: Duration
    to: tuple[Audience, ...]
    by: tuple[Channel, ...] = USUAL_CHANNELS


@dataclass(frozen=True, slots=True)
class Remind:
    """All steps of a programme, by the date they are counted from."""

    before_due: tuple[Step, ...] = ()
    before_expiry: tuple[Step, ...] = ()
    after_due: tuple[Step, ...] = ()
    in_grace: tuple[Step, ...] = ()
    at_lapse: tuple[Step, ...] = ()
    manager_after: tuple[Step, ...] = ()

    def of(self, track: Track) -> tuple[Step, ...]:
        """The steps of one track, in the order in which they fall due."""
        found: tuple[Step, ...] = getattr(self, track.value)
        return found


NO_REMINDERS = Remind()


@dataclass(frozen=True, slots=True)
class Room:
    """What steps must fit into: the time to the due date, the window (None: never expires), the grace."""

    due: Duration
    window: Duration | None
    grace: Duration
    has_period: bool


def plain(track: Track, at: Duration) -> Step:
    """Return the step that a bare duration stands for."""
    return Step(at, USUAL_READERS[track])


def is_plain(track: Track, step: Step) -> bool:
    """Whether a bare duration says all of a step."""
    return step == plain(track, step.at)


def step_refusals(remind: Remind, room: Room) -> Iterator[tuple[str, str]]:
    """Name every step that cannot stand, as (code, path in the file).

    Source: docs/certification.md, "Refused at load".
    """
    for track in Track:
        steps = remind.of(track)
        for i, step in enumerate(steps):
            path = f"remind.{track.value}[{i}]"
            if step.at.count < (0 if track is Track.AT_LAPSE else 1):
                yield "duration_not_positive", path
            elif track is Track.MANAGER_AFTER and Audience.PERSON in step.to:
                yield "step_to_person", path
            elif _never_comes(track, step, room):
                yield "step_never_comes", path
        yield from _badly_ordered(track, steps)


def _badly_ordered(track: Track, steps: tuple[Step, ...]) -> Iterator[tuple[str, str]]:
    for i, (one, other) in enumerate(pairwise(steps), 1):
        first, second = _middle(one.at), _middle(other.at)
        if (first < second) if track in BEFORE else (first > second):
            yield "steps_unsorted", f"remind.{track.value}[{i}]"
    for i, step in enumerate(steps):
        if any(other.at == step.at and set(other.to) & set(step.to) for other in steps[:i]):
            yield "step_twice", f"remind.{track.value}[{i}]"


def _middle(duration: Duration) -> int:
    """Twice the days a duration lasts on average, so that months and days can be put in order."""
    return duration.most_days + duration.least_days


def _never_comes(track: Track, step: Step, room: Room) -> bool:
    """Whether the day of a step lies outside the time in which its state can hold."""
    if track is Track.BEFORE_DUE:
        return step.at.least_days >= room.due.most_days
    if track in WITH_PERIOD and not room.has_period:
        return True
    if track is Track.BEFORE_EXPIRY and room.window is not None:
        return step.at.least_days > room.window.most_days
    return track is Track.IN_GRACE and step.at.least_days > room.grace.most_days
