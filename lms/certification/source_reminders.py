"""The `remind` part of a programme's file, with all its problems. Pure.

A step is a bare duration (`14d`) or says more: `{at: 14d, to: [person, manager], by: [app]}`.
"""

from enum import StrEnum
from typing import TypeVar

from lms.certification.rules_programmes import Programme
from lms.certification.rules_steps import (
    BEFORE,
    USUAL_CHANNELS,
    USUAL_READERS,
    WITH_PERIOD,
    Audience,
    Channel,
    Remind,
    Room,
    Step,
    Track,
    step_refusals,
)
from lms.core.authored import Mapping, Scalar, place_of
from lms.core.authored_schema import Fields
from lms.core.authored_values import Sheet, Span, read_choice, read_span
from lms.core.dates import Duration, Unit

Word = TypeVar("Word", bound=StrEnum)
_REFUSED = {
    "steps_unsorted": "E516",
    "step_twice": "E517",
    "step_never_comes": "E518",
    "step_to_person": "E519",
}


def read_remind(sheet: Sheet, fields: Fields) -> Remind:
    """Read the steps; a programme without any reminds nobody."""
    entry = fields.record("remind", required=False)
    if entry is None:
        return Remind()
    found = Remind(*(_track(sheet, entry, track) for track in Track))
    entry.close()
    return found


def _track(sheet: Sheet, entry: Fields, track: Track) -> tuple[Step, ...]:
    steps = []
    to: tuple[Audience, ...]
    by: tuple[Channel, ...]
    for number, item in enumerate(entry.items(track.value, required=False), 1):
        if isinstance(item, Scalar):
            span, to, by = _span(sheet, item, track), USUAL_READERS[track], USUAL_CHANNELS
        else:
            one = Fields(sheet, item, f"@step {number}")
            at = one.scalar("at")
            span = _span(sheet, at, track) if at is not None else None
            to = _words(sheet, one, "to", Audience) or USUAL_READERS[track]
            by = _words(sheet, one, "by", Channel) or USUAL_CHANNELS
            one.close()
        if span is not None:
            steps.append(Step(Duration(span.amount, Unit(span.unit)), to, by))
    return tuple(steps)


def _span(sheet: Sheet, value: Scalar, track: Track) -> Span | None:
    return read_span(sheet, value, "dm", zero=track is Track.AT_LAPSE)


def _words(sheet: Sheet, one: Fields, key: str, kinds: type[Word]) -> tuple[Word, ...]:
    """Read a list of known words, in the order of the enumeration; empty where the key is absent."""
    if not one.has(key):
        return ()
    known = [kind.value for kind in kinds]
    found = {read_choice(sheet, word, known, f"@entry {key}") for word in one.scalars(key)}
    return tuple(kind for kind in kinds if kind.value in found)


def refuse_steps(sheet: Sheet, root: Mapping, rules: Programme) -> None:
    """Report steps that contradict each other or the programme, once all of them could be read."""
    room = Room(rules.due, rules.window, rules.grace, rules.period_months is not None)
    for code, where in step_refusals(rules.remind, room):
        if code not in _REFUSED:
            continue
        key, _, index = where.removeprefix("remind.").partition("[")
        number, track = int(index.rstrip("]")), Track(key)
        place = place_of(root, "remind", key, number)
        if code == "step_never_comes" and track in WITH_PERIOD and not room.has_period:
            sheet.add(place, "E508", key=key)
            continue
        sheet.add(
            place, _REFUSED[code], key=key, value=rules.remind.of(track)[number].at, **_mend(track, room)
        )


def _mend(track: Track, room: Room) -> dict[str, object]:
    limits = {Track.BEFORE_DUE: room.due, Track.BEFORE_EXPIRY: room.window, Track.IN_GRACE: room.grace}
    names = {Track.BEFORE_DUE: "due", Track.BEFORE_EXPIRY: "window", Track.IN_GRACE: "grace"}
    order = "[14d, 3d]" if track in BEFORE else "[1d, 14d]"
    return {"order": order, "limit": f"{names.get(track, '')}: {limits.get(track)}"}
