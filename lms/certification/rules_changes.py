"""What differs between two tellings of the same days. Pure."""

from collections.abc import Iterator, Sequence
from datetime import date

from lms.certification.rules_answers import Span
from lms.certification.rules_words import Overlay, State
from lms.core.dates import Days, day_before, union

Look = tuple[State, frozenset[Overlay]]
_NOTHING: Look = (State.NOT_REQUIRED, frozenset())
_QUIET = frozenset({Overlay.IN_PROGRESS})


def changed_days(before: Sequence[Span], after: Sequence[Span], on: date) -> Days:
    """Return the days before `on` of which the two tell differently; that work was in progress aside."""
    first, second = list(_looks(before)), list(_looks(after))
    starts = sorted({day for day, _ in (*first, *second) if day < on})
    last_days = [*(day_before(day) for day in starts[1:]), day_before(on)]
    return (
        union(
            (day, last)
            for day, last in zip(starts, last_days, strict=True)
            if _on(first, day) != _on(second, day)
        )
        if starts
        else ()
    )


def steps_between(
    state: State, assessed_on: date, found: Sequence[Span], on: date
) -> list[tuple[State, State, date]]:
    """Return each change of state from one assessment to a later one, as (before, after, its day).

    After an outage these are the changes that daily assessments would have told.
    """
    steps = []
    for span in found:
        if span.from_on > on:
            break
        if span.last_on < assessed_on or span.state is state:
            continue
        steps.append((state, span.state, span.from_on))
        state = span.state
    return steps


def _looks(found: Sequence[Span]) -> Iterator[tuple[date, Look]]:
    if not found or found[0].from_on > date.min:
        yield date.min, _NOTHING
    for span in found:
        yield span.from_on, (span.state, span.overlays - _QUIET)


def _on(looks: Sequence[tuple[date, Look]], day: date) -> Look:
    return next(look for start, look in reversed(looks) if start <= day)
