"""What pages and programs are shown of papers: built here so that no key can slip in unseen. Pure reads."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy.orm import Session

from lms.core.text import Language
from lms.core.versions import Snapshot
from lms.quizzes.documents import PublishedItem, StoredPaper, question, topics_from
from lms.quizzes.models import Attempt, ResponseBatch
from lms.quizzes.notes import key_text, notes_of
from lms.quizzes.public import public_slot
from lms.quizzes.queries import items_of, plain_items, readings_of, stored_paper
from lms.quizzes.responses import Document
from lms.quizzes.rules import Disclosure
from lms.quizzes.scoring import InvalidResponse, Reading, mark_paper, response_document, shown_percent


@dataclass(frozen=True)
class Sheet:
    """A paper with what is answered so far."""

    stored: StoredPaper
    items: Mapping[str, PublishedItem]
    readings: Mapping[int, Reading]

    @property
    def unanswered(self) -> list[int]:
        """The slots without an answer that can be read."""
        slots = (slot.number for slot in self.stored.paper.slots)
        return [slot for slot in slots if response_of(self.readings.get(slot)) is None]


@dataclass(frozen=True)
class TopicBar:
    """A topic as the result page draws it."""

    title: Mapping[str, str]
    percent: Decimal
    items: int


@dataclass(frozen=True)
class Shown:
    """What a result page may show: nothing in it goes further than `disclosure`."""

    disclosure: Disclosure
    percent: Decimal | None = None
    cut_percent: Decimal | None = None
    topics: tuple[TopicBar, ...] = ()
    feedback: tuple[tuple[dict[str, Any], dict[str, Any]], ...] = field(default=())


def sheet_of(session: Session, attempt: Attempt, batches: Iterable[ResponseBatch]) -> Sheet:
    """Read an attempt's paper, in the versions drawn, with its answers."""
    stored = stored_paper(attempt)
    items = items_of(session, stored)
    return Sheet(stored, items, readings_of(attempt, stored, plain_items(items), batches))


def response_of(reading: Reading) -> Document | None:
    """Return a response that can be read, as a page shows it again."""
    return None if isinstance(reading, InvalidResponse) else response_document(reading)


def questions(sheet: Sheet, language: Language) -> list[dict[str, Any]]:
    """Return the questions of a paper for the page, without keys."""
    shown = [
        {
            **question(sheet.items[slot.item], slot.order, language),
            "slot": slot.number,
            "response": response_of(sheet.readings.get(slot.number)),
        }
        for slot in sheet.stored.paper.slots
    ]
    return [_with_shared_stem(each, shown) for each in shown]


def _with_shared_stem(asked: dict[str, Any], shown: list[dict[str, Any]]) -> dict[str, Any]:
    """Say on the first item of a set which slots its shared stem stands above."""
    if "set" not in asked:
        return asked
    slots = [each["slot"] for each in shown if each.get("set", {}).get("id") == asked["set"]["id"]]
    return {**asked, "set_slots": slots} if asked["slot"] == slots[0] else asked


def public_slots(sheet: Sheet, language: Language) -> list[dict[str, Any]]:
    """Return the slots of a paper for a program, without keys."""
    return [
        {
            "slot": slot.number,
            **public_slot(sheet.items[slot.item].item, slot.order, language),
            "response": response_of(sheet.readings.get(slot.number)),
        }
        for slot in sheet.stored.paper.slots
    ]


def shown_result(attempt: Attempt, cut_score: Fraction, topics: Mapping[str, Any], show: Disclosure) -> Shown:
    """Return score and topics of a scored attempt, as far as `show` allows."""
    if show is Disclosure.NOTHING or attempt.score is None:
        return Shown(Disclosure.NOTHING)
    bars: tuple[TopicBar, ...] = ()
    if show is not Disclosure.SCORE:
        found = topics_from(attempt.topics or "[]")
        bars = tuple(
            TopicBar(topics.get(each.objective, {}), shown_percent(each.points / each.items), each.items)
            for each in found
        )
    return Shown(show, shown_percent(Fraction(attempt.score)), shown_percent(cut_score), bars)


def feedback(sheet: Sheet, language: Language) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Return each question with its key and feedback: only for a result whose disclosure is FEEDBACK."""
    marks = mark_paper(sheet.stored.paper, plain_items(sheet.items), sheet.readings)
    pairs = []
    for slot, asked in zip(sheet.stored.paper.slots, questions(sheet, language), strict=True):
        published = sheet.items[slot.item]
        html = published.html[language]
        outcome = marks[slot.number].outcome.value
        verdict = outcome if outcome in {"right", "partly", "unanswered"} else "wrong"
        pairs.append(
            (
                asked,
                {
                    "verdict": verdict,
                    "options": notes_of(published, sheet.readings.get(slot.number), language),
                    "key": key_text(published, language),
                    "because": html["because"],
                    "see": published.item.see,
                },
            )
        )
    return pairs


def objective_titles(snapshot: Snapshot) -> Mapping[str, Mapping[str, str]]:
    """Return what each objective of the published courses is called."""
    return snapshot.derived("quizzes.objectives", _objectives)


def _objectives(snapshot: Snapshot) -> dict[str, Mapping[str, str]]:
    courses = snapshot.all("course")
    return {each["id"]: each["text"] for course in courses for each in course.body.get("objectives", ())}
