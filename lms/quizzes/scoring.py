"""Responses: which can be read, which of them counts, and what each earns. Pure and exact.

A score is a Fraction in [0, 1], the same for ever for one item version and one response.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from lms.core.canonical import canonical_json, sha256_hex
from lms.core.text import Words
from lms.quizzes.details import detail_key, detail_text
from lms.quizzes.marking import key_response, mark, select_all_or_blank_earns
from lms.quizzes.responses import read_response, response_document
from lms.quizzes.rules import Item, ItemKind, Option, Paper, Scheme, counts, in_utc
from lms.quizzes.rules_answers import (
    NOTHING,
    Choose,
    InvalidReason,
    InvalidResponse,
    Mark,
    Outcome,
    Reading,
    Response,
)

__all__ = [
    "Choose",
    "GivenResponse",
    "InvalidReason",
    "InvalidResponse",
    "Mark",
    "Outcome",
    "PaperScore",
    "Reading",
    "Response",
    "TopicScore",
    "item_version",
    "key_response",
    "latest_responses",
    "mark",
    "mark_paper",
    "read_response",
    "response_document",
    "score_paper",
    "scoring_document",
    "scoring_hash",
    "select_all_or_blank_earns",
    "shown_percent",
    "text_document",
    "text_hash",
]


@dataclass(frozen=True, slots=True)
class GivenResponse:
    """One saved answer: the slot, the server's time, the client's sequence number, what it reads as."""

    slot: int
    at: datetime
    seq: int
    reading: Reading


def latest_responses(responses: Iterable[GivenResponse], deadline_at: datetime) -> dict[int, Reading]:
    """Return what counts for each slot: its last valid response in time, by server time, then by sequence.

    A blank is valid (an answer was taken back). A slot with invalid responses only keeps the last of them.
    """
    in_time = [given for given in responses if counts(given.at, deadline_at)]
    ordered = sorted(in_time, key=lambda given: (in_utc(given.at), given.seq))
    latest = {given.slot: given.reading for given in ordered}
    valid = {given.slot: given.reading for given in ordered if not isinstance(given.reading, InvalidResponse)}
    return latest | valid


@dataclass(frozen=True, slots=True)
class TopicScore:
    """The points earned on the items of one objective."""

    objective: str
    points: Fraction
    items: int


@dataclass(frozen=True, slots=True)
class PaperScore:
    """What a paper earned; `items` is the number drawn, `critical_failures` are slot numbers."""

    points: Fraction
    items: int
    share: Fraction
    passed: bool
    critical_failures: tuple[int, ...]
    topics: tuple[TopicScore, ...]


def mark_paper(paper: Paper, items: Mapping[str, Item], readings: Mapping[int, Reading]) -> dict[int, Mark]:
    """Mark every slot; `items` go by id, `readings` by slot number.

    Raises ValueError if an item is not the version drawn, KeyError if it is missing.
    """
    for slot in paper.slots:
        if item_version(items[slot.item]) != slot.version:
            raise ValueError(f"slot {slot.number} was drawn from another version of {slot.item}")
    return {slot.number: mark(items[slot.item], readings.get(slot.number)) for slot in paper.slots}


def score_paper(paper: Paper, marks: Mapping[int, Mark], cut_score: Fraction) -> PaperScore:
    """Add up the marks over all items drawn and decide the pass.

    In a critical slot anything but a right answer fails the paper. Topics come in the paper's order.
    """
    by_topic: dict[str, list[Fraction]] = {}
    for slot in paper.slots:
        by_topic.setdefault(slot.objective, []).append(marks[slot.number].score)
    topics = tuple(TopicScore(name, sum(scores, NOTHING), len(scores)) for name, scores in by_topic.items())
    points = sum((topic.points for topic in topics), NOTHING)
    share = points / len(paper.slots)
    critical = tuple(
        slot.number
        for slot in paper.slots
        if slot.critical and marks[slot.number].outcome is not Outcome.RIGHT
    )
    return PaperScore(points, len(paper.slots), share, share >= cut_score and not critical, critical, topics)


def shown_percent(share: Fraction) -> Decimal:
    """Return a share in per cent for display, cut (not rounded up) to one decimal: 79.99 never reads 80."""
    return Decimal(share.numerator * 1000 // share.denominator) / 10


def scoring_document(item: Item) -> dict[str, object]:
    """Return what decides scores, as canonical JSON takes it; the order of options does not.

    What a later kind adds must be left out where an item lacks it, or every stored hash would change.
    """
    weighted = item.scoring is Scheme.WEIGHTS
    options = {
        option.id: {"right": option.right} | ({"weight": str(option.weight)} if weighted else {})
        for option in item.options
    }
    document: dict[str, object] = {"type": item.kind, "scoring": item.scoring, "options": options}
    if item.kind is ItemKind.ORDER:
        document["order"] = [option.id for option in item.options]
    return document if item.detail is None else {**document, "key": detail_key(item.detail)}


def text_document(item: Item) -> dict[str, object]:
    """Return all the rest: wording, feedback, place, level and the authored order of options."""
    document: dict[str, object] = {
        "id": item.id,
        "bank": item.bank,
        "objective": item.objective,
        "difficulty": item.difficulty,
        "use": item.use,
        "stem": _words(item.stem),
        "because": _words(item.because),
        "see": item.see,
        "options": [_option_text(option) for option in item.options],
    }
    if item.detail is not None:
        document["detail"] = detail_text(item.detail)
    if item.set is not None:
        members = list(item.set.members)
        document["set"] = {"id": item.set.id, "stem": _words(item.set.stem), "members": members}
    return document


def _option_text(option: Option) -> dict[str, object]:
    words = {"text": _words(option.text), "because": _words(option.because)}
    return {"id": option.id, "pinned": option.pinned, **words}


def _words(words: Words | None) -> dict[str, str] | None:
    return None if words is None else {"zh": words.zh, "en": words.en}


def scoring_hash(item: Item) -> str:
    """Return the hash that changes exactly when scores may: a new statistics series, a regrade decision."""
    return sha256_hex(canonical_json(scoring_document(item)))


def text_hash(item: Item) -> str:
    """Return the hash of everything that touches nobody's score."""
    return sha256_hex(canonical_json(text_document(item)))


@lru_cache(maxsize=8_192)
def item_version(item: Item) -> str:
    """Return the hash that names one immutable version of an item."""
    return sha256_hex(canonical_json({"scoring": scoring_hash(item), "text": text_hash(item)}))
