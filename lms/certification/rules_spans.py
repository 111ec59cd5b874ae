"""States and overlays over all time: the dated states of a walk, masked."""

from collections import defaultdict
from datetime import date

from lms.certification.rules_answers import NO_OVERLAYS, Span
from lms.certification.rules_credits import Evidence
from lms.certification.rules_dates import withdrawal_day
from lms.certification.rules_facts import Facts
from lms.certification.rules_overlays import Owed, due_and_overdue, in_progress, owed_beside
from lms.certification.rules_stages import Stage
from lms.certification.rules_walk import Walk
from lms.certification.rules_words import WAIVABLE, Overlay, State
from lms.core.dates import FOREVER, Days, contains, day_after, day_before, union

_EMPLOYED, _OWED, _WAIVED = 1, 2, 4
_OVERLAYS = (
    Overlay.IN_PROGRESS,
    Overlay.ON_LEAVE,
    Overlay.EXTENDED,
    Overlay.SUPPLEMENT_DUE,
    Overlay.SUPPLEMENT_OVERDUE,
)
_ANY_OVERLAY = 31 << 3
_SUPPLEMENT_BITS = 24 << 3
_SETS = {
    bits << 3: frozenset(each for i, each in enumerate(_OVERLAYS) if bits >> i & 1) for bits in range(1, 32)
}
_SETS[0] = NO_OVERLAYS


class History:
    """A person's history in a programme as the facts up to a day leave it: one walk, masked.

    `from_on` is the day from which this reading holds: the annulment of a revocation changes the days
    from its own on, never those before.
    """

    __slots__ = ("from_on", "owed", "spans", "waived", "walk")

    def __init__(self, facts: Facts, evidence: Evidence, annulled: frozenset[str], from_on: date) -> None:
        self.from_on = from_on
        self.walk = Walk(facts, evidence, annulled)
        self.owed: list[Owed] = owed_beside(self.walk) if self.walk.owings or facts.content else []
        self.waived = _waived(facts, self.walk.leave)
        self.spans = _spans(self)

    def stage_on(self, day: date) -> Stage | None:
        """The stage a day lies in, if a period had been opened by then."""
        for stage in reversed(self.walk.stages):
            if stage.start_on <= day:
                return stage
        return None


def histories(facts: Facts) -> list[History]:
    """The readings of the facts, in the order in which annulments made them: mostly one.

    An annulment counts only while its revocation runs.
    """
    evidence = Evidence(facts)
    found = [History(facts, evidence, frozenset(), date.min)]
    annulments = sorted(
        (each.annulled_on, each.id) for each in facts.revocations if each.annulled_on is not None
    )
    annulled: frozenset[str] = frozenset()
    for day, revocation in annulments:
        stage = found[-1].stage_on(day)
        if stage is None or stage.revocation != revocation or not contains(found[-1].walk.employed, day):
            continue
        annulled |= {revocation}
        found.append(History(facts, evidence, annulled, day))
    return found


def all_spans(found: list[History]) -> tuple[Span, ...]:
    """The spans of every reading, each for its own days, neighbours with the same answer joined."""
    if len(found) == 1:
        return found[0].spans
    pieces: list[Span] = []
    for i, history in enumerate(found):
        last = day_before(found[i + 1].from_on) if i + 1 < len(found) else FOREVER
        for span in history.spans:
            first_on, last_on = max(span.from_on, history.from_on), min(span.last_on, last)
            if first_on > last_on:
                continue
            if pieces and (pieces[-1].state, pieces[-1].overlays) == (span.state, span.overlays):
                first_on = pieces.pop().from_on
            until_on = None if last_on == FOREVER else last_on
            pieces.append(Span(span.state, span.overlays, first_on, until_on))
    return tuple(pieces)


def _waived(facts: Facts, leave: Days) -> Days:
    days = []
    for waiver in facts.waivers:
        last = FOREVER if waiver.until_on is None else waiver.until_on
        if waiver.withdrawn_on is not None:
            last = min(last, day_before(withdrawal_day(waiver.withdrawn_on, leave)))
        days.append((waiver.from_on, last))
    return union(days)


def _toggles(history: History) -> dict[date, int]:
    """What begins or ends on a day, as bits: no set overlaps itself, so a bit flips at every edge."""
    walk = history.walk
    due, late = due_and_overdue(history.owed)
    extended = union((a, b) for a, b, _ in walk.extended)
    begun = in_progress(walk)
    sets = (walk.employed, walk.owed, history.waived, begun, walk.leave, extended, due, late)
    toggles: dict[date, int] = defaultdict(int)
    for i, days in enumerate(sets):
        for first, last in days:
            toggles[first] ^= 1 << i
            if last < FOREVER:
                toggles[day_after(last)] ^= 1 << i
    return toggles


def _spans(history: History) -> tuple[Span, ...]:
    toggles = _toggles(history)
    dated = dict(history.walk.pieces)
    spans: list[Span] = []
    start, state, overlays = date.min, State.NOT_REQUIRED, NO_OVERLAYS
    bits, was_employed, piece = 0, False, State.NOT_REQUIRED
    for day in sorted(toggles.keys() | dated.keys()):
        bits ^= toggles.get(day, 0)
        piece = dated.get(day, piece)
        was_employed = was_employed or bool(bits & _EMPLOYED)
        new_state, new_overlays = _masked(bits, piece, was_employed)
        if new_state is state and new_overlays is overlays:
            continue
        if day > start:
            spans.append(Span(state, overlays, start, day_before(day)))
        start, state, overlays = day, new_state, new_overlays
    spans.append(Span(state, overlays, start, None))
    return tuple(spans)


def _masked(bits: int, piece: State, was_employed: bool) -> tuple[State, frozenset[Overlay]]:
    """Mask a dated state: ended, not_required, revoked, waived, in this order.

    Who is gone or owes nothing has no overlays, and a revoked certificate no supplements.
    Source: docs/certification.md, "States".
    """
    if not bits & _EMPLOYED:
        return (State.ENDED if was_employed else State.NOT_REQUIRED), NO_OVERLAYS
    if not bits & _OWED:
        return State.NOT_REQUIRED, NO_OVERLAYS
    if piece is State.REVOKED:
        bits &= ~_SUPPLEMENT_BITS
    elif bits & _WAIVED and piece in WAIVABLE:
        piece = State.WAIVED
    return piece, _SETS[bits & _ANY_OVERLAY]
