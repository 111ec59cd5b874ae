"""What a faulty item version is given as a remedy, and what a paper earns then. Pure and exact.

Source: docs/quizzes.md, "Regrading". Responses name options by id, so the order shown never matters.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from fractions import Fraction
from uuid import UUID

from lms.core.events import Event
from lms.quizzes.figures import read_figure
from lms.quizzes.marking import mark
from lms.quizzes.rules import Item, ItemKind, Paper, QuizKind, Scheme
from lms.quizzes.rules_answers import (
    WHOLE,
    Choose,
    Counted,
    Filled,
    InvalidResponse,
    Mark,
    Ordered,
    Outcome,
    Paired,
    Reading,
    Response,
    Written,
)
from lms.quizzes.rules_kinds import Accept, Cloze, Figure, Match, Typed
from lms.quizzes.scoring import PaperScore, mark_paper, score_paper


class RemedyKind(StrEnum):
    """What is done about a faulty item: leave it out, take another answer too, or credit everybody."""

    DROP = "drop"
    ACCEPT = "accept"
    CREDIT = "credit"


@dataclass(frozen=True, slots=True)
class Remedy:
    """The remedy of one item version; `accept` is the other answer taken, with ACCEPT alone."""

    kind: RemedyKind
    accept: Response | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What counts of an attempt: its share and whether it is passed."""

    share: Fraction
    passed: bool


@dataclass(frozen=True, slots=True)
class Regraded:
    """One attempt under remedies: what counted, what they compute, what counts then.

    `review` says that they turn a pass into a fail: the pass stands, and somebody looks at it.
    """

    before: Standing
    computed: PaperScore
    after: Standing
    review: bool

    @property
    def raised(self) -> bool:
        """Whether the score that counts has changed, and with it the points by objective."""
        return self.after.share > self.before.share

    @property
    def matters(self) -> bool:
        """Whether there is anything to record."""
        return self.after != self.before or self.review


def regraded(
    paper: Paper,
    items: Mapping[str, Item],
    readings: Mapping[int, Reading],
    remedies: Mapping[str, Remedy],
    cut_score: Fraction,
) -> PaperScore | None:
    """Score a paper under the remedies of its items (by item id); None when nothing is left to score.

    What is dropped is missing from the denominator too, and cannot fail a paper as critical.
    """
    marks = mark_paper(paper, items, readings)
    for slot in paper.slots:
        if slot.item in remedies:
            marks[slot.number] = _remedied(
                items[slot.item], readings.get(slot.number), remedies[slot.item], marks[slot.number]
            )
    dropped = {item for item, remedy in remedies.items() if remedy.kind is RemedyKind.DROP}
    kept = tuple(slot for slot in paper.slots if slot.item not in dropped)
    return score_paper(replace(paper, slots=kept), marks, cut_score) if kept else None


def judged(before: Standing, computed: PaperScore, computed_before: bool) -> Regraded:
    """Let the better of old and new count; `computed_before` is the outcome as it was computed last."""
    after = Standing(max(before.share, computed.share), before.passed or computed.passed)
    return Regraded(before, computed, after, before.passed and computed_before and not computed.passed)


def _remedied(item: Item, reading: Reading, remedy: Remedy, earned: Mark) -> Mark:
    if remedy.kind is RemedyKind.CREDIT:
        return Mark(Outcome.RIGHT, WHOLE)
    if remedy.kind is not RemedyKind.ACCEPT or remedy.accept is None:
        return earned
    if reading == remedy.accept:
        return Mark(Outcome.RIGHT, WHOLE)
    if item.scoring is Scheme.WEIGHTS:
        return earned  # weights belong to options, not to keys
    other = mark(with_key(item, remedy.accept), reading)
    return other if other.score > earned.score else earned


def with_key(item: Item, key: Response) -> Item:
    """Return the item with another answer for its key."""
    match key, item.detail:
        case Choose(ids=ids), _:
            return replace(item, options=tuple(replace(each, right=each.id in ids) for each in item.options))
        case Ordered(ids=order), _:
            by_id = {each.id: each for each in item.options}
            return replace(item, options=tuple(by_id[name] for name in order))
        case Paired(pairs=pairs), Match() as detail:
            to = dict(pairs)
            return replace(
                item, detail=Match(tuple(replace(one, to=to.get(one.id, one.to)) for one in detail.pairs))
            )
        case Counted() as counted, Figure() as figure:
            found = read_figure(counted.number)
            if found is None:
                return item
            return replace(item, detail=replace(figure, answer=found[0], unit=counted.unit or found[1]))
        case Written(text=text), Typed() as typed:
            return replace(item, detail=Typed(_also(typed.accept, text)))
        case Filled(gaps=gaps), Cloze() as cloze:
            said = dict(gaps)
            taken = tuple(replace(gap, accept=_also(gap.accept, said.get(gap.id, ""))) for gap in cloze.gaps)
            return replace(item, detail=replace(cloze, gaps=taken))
        case _:
            return item


def _also(accept: Accept, text: str) -> Accept:
    return Accept((*accept.zh, text), accept.en) if text else accept


def may_accept(item: Item, reading: Reading) -> bool:
    """Tell whether an answer can be taken as right beside the key: readable, complete and not right already."""
    if reading is None or isinstance(reading, InvalidResponse) or reading == Choose(frozenset()):
        return False
    if isinstance(reading, Choose) and item.kind is not ItemKind.MULTIPLE and len(reading.ids) != 1:
        return False
    if isinstance(reading, Ordered) and len(reading.ids) != len(item.options):
        return False
    return mark(item, reading).outcome in (Outcome.WRONG, Outcome.PARTLY)


@dataclass(frozen=True, kw_only=True)
class RemedyMade(Event):
    """A faulty item version was given a remedy by two people; papers scored under it are regraded."""

    item: str
    version_id: int
    remedy: RemedyKind
    accept: str
    remedy_id: UUID


@dataclass(frozen=True, kw_only=True)
class AttemptRegraded(Event):
    """A remedy changed what counts of a scored attempt, or would fail it: then `review` is open.

    `score` and `passed` are what counts now; `credited_on` is still the day of the submission.
    """

    attempt_id: UUID
    quiz_kind: QuizKind
    quiz_id: str
    run_id: str
    passed: bool
    was_passed: bool
    score: str
    was_score: str
    review: bool
    credited_on: date
    remedy_id: UUID


@dataclass(frozen=True, kw_only=True)
class ScoreReviewed(Event):
    """Somebody looked at a pass that a remedy would have failed, and said what becomes of it."""

    attempt_id: UUID
    change_id: UUID
