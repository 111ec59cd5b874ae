"""Certification's public face: what a person's standing is, was or will be, as a pure function of facts.

`status` reads no clock and no row a sweep has written. The parts: `rules_words` (vocabulary),
`rules_programmes` (rules as authored), `rules_facts`, `rules_dates` (expiry, window, grace), `rules_credits`
(which credits count), `rules_walk` (from period to period), `rules_spans` (masks and overlays),
`rules_periods`, `rules_reasons`, `rules_steps` and `rules_reminders` (who is written to when), `rules_answers`.
"""

from bisect import bisect_right
from dataclasses import replace
from datetime import date, datetime
from operator import attrgetter

from lms.certification.rules_answers import (
    SCHEMA,
    Counted,
    Period,
    Reason,
    Span,
    Standing,
    standing_bytes,
)
from lms.certification.rules_dates import due_date, grace_deadline
from lms.certification.rules_facts import (
    Assignment,
    Begun,
    ContentVersion,
    Credit,
    Employment,
    Exclusion,
    Extension,
    Fact,
    Facts,
    Finding,
    Issued,
    Leave,
    Migration,
    Revocation,
    Signature,
    Waiver,
    known,
)
from lms.certification.rules_periods import missing_on, period_on
from lms.certification.rules_programmes import (
    Programme,
    Requirement,
    cycles,
    needed_programmes,
    refusals,
)
from lms.certification.rules_reasons import reasons
from lms.certification.rules_reminders import Reminder, reminders
from lms.certification.rules_spans import History, all_spans, histories
from lms.certification.rules_stages import Stage
from lms.certification.rules_steps import Audience, Channel, Remind, Step
from lms.certification.rules_words import (
    Basis,
    Closing,
    Kind,
    Mode,
    Need,
    Overlay,
    Path,
    ReasonCode,
    SourceKind,
    State,
)
from lms.core.dates import FOREVER, day_before

__all__ = [
    "SCHEMA",
    "Assignment",
    "Audience",
    "Basis",
    "Begun",
    "Channel",
    "Closing",
    "ContentVersion",
    "Counted",
    "Credit",
    "Employment",
    "Exclusion",
    "Extension",
    "Fact",
    "Facts",
    "Finding",
    "Issued",
    "Kind",
    "Leave",
    "Migration",
    "Mode",
    "Need",
    "Overlay",
    "Path",
    "Period",
    "Programme",
    "Reason",
    "ReasonCode",
    "Remind",
    "Reminder",
    "Requirement",
    "Revocation",
    "Signature",
    "SourceKind",
    "Span",
    "Standing",
    "State",
    "Step",
    "Waiver",
    "cycles",
    "due_date",
    "known",
    "missing",
    "needed_programmes",
    "periods",
    "refusals",
    "reminders",
    "spans",
    "standing_bytes",
    "status",
]


def status(facts: Facts, as_of: date, known_at: datetime | None = None) -> Standing:
    """Answer how a person stands in a programme on a civil day, by what was known at an instant.

    State, overlays, `since` and `valid_until` depend on facts up to `as_of` only; `due_on`,
    `grace_until` and the next change on all that is known. `known_at` None: all there is.
    Source: docs/certification.md, "Facts and answers".
    """
    facts = known(facts, known_at)
    found = histories(facts)
    every = all_spans(found)
    here = bisect_right(every, as_of, key=attrgetter("from_on")) - 1
    span = every[here]
    first = here
    while first and every[first - 1].state is span.state:
        first -= 1
    coming = every[here + 1] if here + 1 < len(every) else None
    history = _reading(found, as_of)
    standing = Standing(
        state=span.state,
        overlays=span.overlays,
        since=every[first].from_on if first else None,
        next_change_on=coming.from_on if coming else None,
        next_state=coming.state if coming else None,
        reasons=reasons(facts, history, span, as_of),
    )
    stage = _stage(history, as_of, span.state)
    return standing if stage is None else _dated(standing, history, stage, as_of)


def spans(facts: Facts, known_at: datetime | None = None) -> tuple[Span, ...]:
    """State and overlays on every day there is: `status` says the same on each."""
    return all_spans(histories(known(facts, known_at)))


def periods(facts: Facts, as_of: date = FOREVER, known_at: datetime | None = None) -> tuple[Period, ...]:
    """The periods opened by a day, in order, as they stood on it.

    One that is earned asks for a certificate with its dates, unless one with these dates was issued; one that
    is open asks for a run of each dated requirement not met.
    """
    history = _reading(histories(known(facts, known_at)), as_of)
    return tuple(period_on(history, each, as_of) for each in history.walk.passages if each.opened_on <= as_of)


def missing(facts: Facts, as_of: date, known_at: datetime | None = None) -> tuple[Counted, ...]:
    """What the open period asks for, each with the day and the credits that meet it, or None."""
    return missing_on(_reading(histories(known(facts, known_at)), as_of), as_of)


def _reading(found: list[History], as_of: date) -> History:
    return next(each for each in reversed(found) if each.from_on <= as_of)


def _stage(history: History, as_of: date, state: State) -> Stage | None:
    stage = history.stage_on(as_of)
    if stage is None or state is State.ENDED:
        return stage
    hired_on = next((a for a, b in history.walk.employed if a <= as_of <= b), None)
    return stage if hired_on is not None and stage.start_on >= hired_on else None


def _dated(standing: Standing, history: History, stage: Stage, as_of: date) -> Standing:
    shown = stage.shown
    due_on = grace_until = window_opens_on = None
    valid_from = valid_until = None
    if shown is not None:
        valid_from, valid_until = shown.valid_from, shown.valid_until
        window_opens_on = shown.window_opens_on
    if standing.state is State.ENDED:
        left_on = max((last for _, last in history.walk.employed if last < as_of), default=day_before(as_of))
        valid_until = min(valid_until, left_on) if valid_until else None
        window_opens_on = None
    elif shown is None:
        due_on = stage.deadline.until_on if stage.deadline is not None else None
    elif stage.deadline is not None:
        grace_until = stage.deadline.until_on
    elif stage.revocation is None and shown.valid_until < FOREVER:
        grace_until = _grace_ahead(history, stage)
    return replace(
        standing,
        due_on=_or_none(due_on),
        valid_from=valid_from,
        valid_until=_or_none(valid_until),
        window_opens_on=_or_none(window_opens_on),
        grace_until=_or_none(grace_until),
    )


def _grace_ahead(history: History, stage: Stage) -> date:
    """The grace of the renewal that will open, under the rules of the day it opens."""
    shown = stage.shown
    assert shown is not None
    opens_on = shown.window_opens_on
    programme = history.walk.rules_on(opens_on)
    extensions = history.walk.facts.extensions
    return grace_deadline(programme, shown.valid_until, opens_on, stage.rest, extensions).until_on


def _or_none(day: date | None) -> date | None:
    return None if day == FOREVER else day
