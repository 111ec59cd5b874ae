"""Why a standing is what it is: codes, days and the facts behind them."""

from collections.abc import Iterator
from datetime import date
from typing import TypeVar

from lms.certification.rules_answers import Reason, Span
from lms.certification.rules_facts import Facts, Lasting
from lms.certification.rules_spans import History
from lms.certification.rules_stages import Stage
from lms.certification.rules_words import Basis, Overlay, ReasonCode, State
from lms.core.dates import FOREVER, contains

_Lasting = TypeVar("_Lasting", bound=Lasting)

_BY_DATE = {
    State.OVERDUE: ReasonCode.DUE_DATE_PASSED,
    State.RENEWAL_OPEN: ReasonCode.WINDOW_OPEN,
    State.GRACE: ReasonCode.VALIDITY_OVER,
    State.LAPSED: ReasonCode.GRACE_OVER,
    State.LONG_LAPSED: ReasonCode.LONG_LAPSE_OVER,
}


def reasons(facts: Facts, history: History, span: Span, as_of: date) -> tuple[Reason, ...]:
    """The reasons of an answer, the state's first, then its dates', then its overlays'."""
    stage = history.stage_on(as_of)
    found = [*_of_state(facts, history, span, as_of, stage)]
    if span.state not in (State.ENDED, State.NOT_REQUIRED) and stage is not None:
        found += _of_dates(stage, span, as_of)
    return (*found, *_of_overlays(facts, history, span, as_of))


def _of_state(
    facts: Facts, history: History, span: Span, as_of: date, stage: Stage | None
) -> Iterator[Reason]:
    state = span.state
    if state is State.ENDED:
        left_on = max((last for _, last in history.walk.employed if last < as_of), default=None)
        yield Reason(ReasonCode.LEFT, left_on)
    elif state is State.NOT_REQUIRED:
        yield from _why_not_required(facts, history, as_of)
    elif state is State.REVOKED and stage is not None:
        yield Reason(ReasonCode.REVOKED, _revoked_on(facts, stage), stage.revocation)
    elif state is State.WAIVED:
        for waiver in _running(facts.waivers, as_of):
            yield Reason(ReasonCode.WAIVED, waiver.until_on, waiver.id)
    elif state is State.ASSIGNED:
        for assignment in _running(facts.assignments, as_of):
            yield Reason(ReasonCode.ASSIGNED, assignment.from_on, assignment.id)
    elif state in _BY_DATE:
        yield Reason(_BY_DATE[state], span.from_on)


def _why_not_required(facts: Facts, history: History, as_of: date) -> Iterator[Reason]:
    if not contains(history.walk.employed, as_of):
        yield Reason(ReasonCode.NOT_EMPLOYED)
        return
    sources = list(_running(facts.assignments, as_of))
    barred = list(_running(facts.exclusions, as_of)) if sources else []
    for exclusion in barred:
        yield Reason(ReasonCode.EXCLUDED, exclusion.from_on, exclusion.id)
    if not barred:
        yield Reason(ReasonCode.NO_SOURCE)


def _revoked_on(facts: Facts, stage: Stage) -> date | None:
    return next((each.occurred_on for each in facts.revocations if each.id == stage.revocation), None)


def _of_dates(stage: Stage, span: Span, as_of: date) -> Iterator[Reason]:
    shown = stage.shown
    if span.state in (State.CERTIFIED, State.RENEWAL_OPEN) and shown is not None:
        yield Reason(ReasonCode.COMPLETED, shown.completed_on)
        if stage.earned is not None and shown.completed_on < stage.earned.opened_on:
            yield Reason(ReasonCode.PRIOR_CREDIT, shown.completed_on)
        if shown.valid_from > as_of:
            yield Reason(ReasonCode.NOT_YET_IN_FORCE, shown.valid_from)
    if shown is not None and stage.earned is not None:
        for day, until_on, fact in stage.earned.kept:
            if day <= as_of and until_on == shown.valid_until:
                yield Reason(ReasonCode.PROMISE_KEPT, None if until_on == FOREVER else until_on, fact)
    passage = stage.passage
    if passage is not None and passage.basis in (Basis.LONG_LAPSE, Basis.REVOCATION):
        yield Reason(ReasonCode.INITIAL_PATH_OWED, passage.counts_from)
    if stage.deadline is not None and stage.deadline.until_on == FOREVER:
        yield Reason(ReasonCode.OPEN_ENDED_REST)


def _of_overlays(facts: Facts, history: History, span: Span, as_of: date) -> Iterator[Reason]:
    if Overlay.ON_LEAVE in span.overlays:
        for leave in _running(facts.leave, as_of):
            yield Reason(ReasonCode.ON_LEAVE, leave.from_on, leave.id)
    if Overlay.EXTENDED in span.overlays:
        for first, last, fact in history.walk.extended:
            if first <= as_of <= last:
                yield Reason(ReasonCode.EXTENDED, None if last == FOREVER else last, fact)
    if span.overlays & {Overlay.SUPPLEMENT_DUE, Overlay.SUPPLEMENT_OVERDUE}:
        for owed in history.owed:
            if owed.from_on <= as_of <= owed.last_on:
                code = ReasonCode.FINDING_OWED if owed.by_finding else ReasonCode.SUPPLEMENT_OWED
                yield Reason(code, None if owed.due_on == FOREVER else owed.due_on, owed.fact)


def _running(rows: tuple[_Lasting, ...], as_of: date) -> Iterator[_Lasting]:
    return (each for each in rows if each.from_on <= as_of <= each.last_on)
