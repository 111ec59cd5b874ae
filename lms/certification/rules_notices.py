"""What a person and those above them are told about a standing, and whether it still holds. Pure."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lms.certification.rules_answers import Standing
from lms.certification.rules_programmes import Programme
from lms.certification.rules_reminders import Reminder, reminders
from lms.certification.rules_steps import BEFORE, USUAL_CHANNELS, Audience, Channel, Track
from lms.certification.rules_words import Overlay, State


class Telling(StrEnum):
    """What is told; each has its sentence among the notices."""

    ASSIGNED = "assigned"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    RENEWAL_OPEN = "renewal_open"
    EXPIRES_SOON = "expires_soon"
    GRACE = "grace"
    LAPSED = "lapsed"
    CERTIFIED = "certified"
    TEAM_DUE = "team_due"
    TEAM_OVERDUE = "team_overdue"


@dataclass(frozen=True, slots=True)
class Told:
    """One thing to tell: `step` and `target_on` make it unique within a period, for one reader."""

    telling: Telling
    step: str
    target_on: date
    audience: Audience = Audience.PERSON
    by: tuple[Channel, ...] = USUAL_CHANNELS


_BY_STATE = {
    State.ASSIGNED: Telling.ASSIGNED,
    State.OVERDUE: Telling.OVERDUE,
    State.CERTIFIED: Telling.CERTIFIED,
    State.RENEWAL_OPEN: Telling.RENEWAL_OPEN,
    State.GRACE: Telling.GRACE,
    State.LAPSED: Telling.LAPSED,
}
_BY_TRACK = {
    Track.BEFORE_DUE: Telling.DUE_SOON,
    Track.BEFORE_EXPIRY: Telling.EXPIRES_SOON,
    Track.AFTER_DUE: Telling.OVERDUE,
    Track.IN_GRACE: Telling.GRACE,
    Track.AT_LAPSE: Telling.LAPSED,
}
# A change of state that one of these reminders announces too is not announced twice.
_ANNOUNCED = {Telling.RENEWAL_OPEN: Telling.EXPIRES_SOON}
_MISSED = frozenset({State.OVERDUE, State.GRACE, State.LAPSED, State.LONG_LAPSED})
_HOLDS_IN = {
    Telling.ASSIGNED: frozenset({State.ASSIGNED}),
    Telling.DUE_SOON: frozenset({State.ASSIGNED}),
    Telling.OVERDUE: frozenset({State.OVERDUE}),
    Telling.RENEWAL_OPEN: frozenset({State.RENEWAL_OPEN}),
    Telling.EXPIRES_SOON: frozenset({State.CERTIFIED, State.RENEWAL_OPEN}),
    Telling.GRACE: frozenset({State.GRACE}),
    Telling.LAPSED: frozenset({State.LAPSED, State.LONG_LAPSED}),
    Telling.CERTIFIED: frozenset({State.CERTIFIED, State.RENEWAL_OPEN}),
    Telling.TEAM_DUE: frozenset({State.ASSIGNED, State.CERTIFIED, State.RENEWAL_OPEN}),
    Telling.TEAM_OVERDUE: _MISSED,
}


def to_tell(was: State | None, standing: Standing, programme: Programme, on: date) -> tuple[Told, ...]:
    """Return what is to be told on a day: that the state has become another, and the reminders due.

    Nobody is written to on leave. A change that a reminder announces is not announced twice.
    """
    if Overlay.ON_LEAVE in standing.overlays:
        return ()
    found = [_reminder(each) for each in reminders(standing, programme, on)]
    if was is not standing.state:
        changed = _changed(standing, on)
        own = {each.telling for each in found if each.audience is Audience.PERSON}
        if changed is not None and not own & {changed.telling, _ANNOUNCED.get(changed.telling)}:
            found.insert(0, changed)
    return tuple(found)


def _changed(standing: Standing, on: date) -> Told | None:
    telling = _BY_STATE.get(standing.state)
    if telling is None:
        return None
    dates = {
        Telling.ASSIGNED: standing.due_on,
        Telling.OVERDUE: standing.due_on,
        Telling.CERTIFIED: standing.valid_from,
    }
    return Told(telling, telling.value, dates.get(telling, standing.valid_until) or on)


def _reminder(found: Reminder) -> Told:
    if found.audience is Audience.PERSON:
        telling = _BY_TRACK[found.track]
    else:
        telling = Telling.TEAM_DUE if found.track in BEFORE else Telling.TEAM_OVERDUE
    return Told(telling, found.step, found.target_on, found.audience, found.by)


def still_holds(told: str, step: str, target_on: date, standing: Standing) -> bool:
    """Whether what waits to be mailed is still so: the state it spoke of holds, and its date still counts."""
    if standing.state not in _HOLDS_IN[Telling(told)] or Overlay.ON_LEAVE in standing.overlays:
        return False
    is_reminder = ":" in step
    return not is_reminder or target_on in (standing.due_on, standing.valid_until, standing.grace_until)


def days_late(standing: Standing, on: date) -> tuple[date, int] | None:
    """Return since when something is owed and late, and for how many days; None where nothing is, or on leave."""
    if standing.state not in _MISSED or Overlay.ON_LEAVE in standing.overlays:
        return None
    missed_on = standing.due_on if standing.state is State.OVERDUE else standing.valid_until
    return (missed_on, max(0, (on - missed_on).days)) if missed_on else None
