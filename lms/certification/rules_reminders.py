"""Who is to be written to, and about which date. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from lms.certification.rules_answers import Standing
from lms.certification.rules_programmes import Programme
from lms.certification.rules_steps import BEFORE, Audience, Channel, Step, Track
from lms.certification.rules_words import Overlay, State
from lms.core.dates import Duration, add, day_after, subtract


@dataclass(frozen=True, slots=True)
class Reminder:
    """One step that is due: sent once a recipient, period, step, target day and channel."""

    track: Track
    at: Duration
    target_on: date
    audience: Audience
    by: tuple[Channel, ...]

    @property
    def step(self) -> str:
        """The name of the step, unique among those of a programme for one recipient."""
        return f"{self.track.value}:{self.at}"


def reminders(standing: Standing, programme: Programme, on: date) -> tuple[Reminder, ...]:
    """The steps due on a day: for each audience only the latest begun. Nobody is written to on leave.

    Source: docs/certification.md, "Reminders".
    """
    if Overlay.ON_LEAVE in standing.overlays:
        return ()
    latest: dict[Audience, tuple[date, Reminder]] = {}
    for track, target_on in targets(standing):
        if track in BEFORE and on > target_on:
            continue
        for falls_on, step in _days(programme, track, target_on):
            for audience in step.to if falls_on <= on else ():
                if audience not in latest or falls_on >= latest[audience][0]:
                    reminder = Reminder(track, step.at, target_on, audience, step.by)
                    latest[audience] = (falls_on, reminder)
    return tuple(latest[audience][1] for audience in Audience if audience in latest)


def next_reminder_on(standing: Standing, programme: Programme, on: date) -> date | None:
    """Return the first day after `on` on which a step of the present state falls due."""
    days = (
        falls_on
        for track, target_on in targets(standing)
        for falls_on, _ in _days(programme, track, target_on)
    )
    return min((day for day in days if day > on), default=None)


def targets(standing: Standing) -> Iterator[tuple[Track, date]]:
    """Yield the tracks that a state is on, each with the date it counts from."""
    due_on, until = standing.due_on, standing.valid_until
    if standing.state is State.ASSIGNED and due_on:
        yield Track.BEFORE_DUE, due_on
    elif standing.state is State.OVERDUE and due_on:
        yield Track.AFTER_DUE, due_on
        yield Track.MANAGER_AFTER, due_on
    elif until is None:
        return
    elif standing.state in (State.CERTIFIED, State.RENEWAL_OPEN):
        yield Track.BEFORE_EXPIRY, until
    elif standing.state is State.GRACE:
        yield Track.IN_GRACE, until
        yield Track.MANAGER_AFTER, until
    elif standing.state in (State.LAPSED, State.LONG_LAPSED):
        yield Track.MANAGER_AFTER, until
        yield Track.AT_LAPSE, max(until, standing.grace_until or until)


def _days(programme: Programme, track: Track, target_on: date) -> Iterator[tuple[date, Step]]:
    for step in programme.remind.of(track):
        if track in BEFORE:
            yield subtract(target_on, step.at), step
        elif track is Track.AT_LAPSE:
            yield add(day_after(target_on), step.at), step
        else:
            yield add(target_on, step.at), step
