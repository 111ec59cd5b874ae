"""Published bodies and stored papers, read back into items, blueprints and papers. Pure.

`lms/authoring/documents.py` writes the bodies of items and blueprints; papers are written here.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import Any

from lms.core.canonical import canonical_json, sha256_hex
from lms.core.text import Language, Words
from lms.quizzes.details import detail_from, set_from
from lms.quizzes.public import public_slot
from lms.quizzes.rules import (
    Blueprint,
    Disclosure,
    Draw,
    Item,
    ItemKind,
    Option,
    Paper,
    QuizKind,
    Scheme,
    Show,
    Slot,
    Use,
)  # fmt: skip
from lms.quizzes.scoring import GivenResponse, PaperScore, TopicScore, read_response

Body = Mapping[str, Any]


@dataclass(frozen=True)
class PublishedItem:
    """An item as published: what it is, which version this is, and its HTML by language."""

    version_id: int
    item: Item
    html: Mapping[str, Any]


@dataclass(frozen=True)
class StoredPaper:
    """A paper and the content versions of its items, by item id."""

    paper: Paper
    versions: Mapping[str, int]


@dataclass(frozen=True)
class Answer:
    """One answer as a client sent it: `response` is kept raw."""

    slot: int
    seq: int
    response: object


def item_from(body: Body) -> Item:
    """Read an item from its published body."""
    return Item(
        id=body["id"], bank=body["bank"], kind=ItemKind(body["kind"]), objective=body["objective"],
        difficulty=body["difficulty"], stem=_sure_words(body["stem"]),
        options=tuple(_option(each) for each in body["options"]), scoring=Scheme(body["scoring"]),
        because=_words(body["because"]), see=body["see"], use=Use(body["use"]),
        detail=detail_from(ItemKind(body["kind"]), body), set=set_from(body),
    )  # fmt: skip


def _option(body: Body) -> Option:
    return Option(
        id=body["id"], text=_sure_words(body["text"]), right=body["right"], pinned=body["pinned"],
        because=_words(body["because"]), weight=Fraction(body["weight"]),
    )  # fmt: skip


def blueprint_from(body: Body) -> Blueprint:
    """Read a blueprint from its published body."""
    return Blueprint(
        id=body["id"], kind=QuizKind(body["kind"]), title=_sure_words(body["title"]),
        cut_score=Fraction(body["cut_score"]), minutes=body["minutes"], attempts=body["attempts"],
        draws=tuple(_draw(each) for each in body["draw"]),
        waits=tuple(timedelta(hours=hours) for hours in body["wait_hours"]),
        show=Show(Disclosure(body["show"]["after_submit"]), Disclosure(body["show"]["after_pass"])),
    )  # fmt: skip


def _draw(body: Body) -> Draw:
    return Draw(
        body["bank"], body["take"], body["objective"], tuple(body["difficulty"]), body["critical"],
        body.get("sets", False),
    )  # fmt: skip


def _words(said: Mapping[str, str] | None) -> Words | None:
    return None if said is None else _sure_words(said)


def _sure_words(said: Mapping[str, str]) -> Words:
    return Words(said["zh"], said["en"])


def paper_text(paper: Paper, versions: Mapping[str, int]) -> str:
    """Return what is stored of a paper; the seed stands beside it."""
    slots = [
        {
            "item": slot.item, "version": versions[slot.item], "hash": slot.version,
            "objective": slot.objective, "critical": slot.critical, "order": slot.order,
        }
        for slot in paper.slots
    ]  # fmt: skip
    document = {"blueprint": paper.blueprint_hash, "slots": slots}
    return canonical_json({**document, "fixed": True} if paper.fixed else document).decode()


def paper_from(text: str, quiz_id: str, seed: str) -> StoredPaper:
    """Read a stored paper back."""
    document = json.loads(text)
    slots = tuple(
        Slot(number, each["item"], each["hash"], each["objective"], each["critical"], tuple(each["order"]))
        for number, each in enumerate(document["slots"], start=1)
    )
    versions = {each["item"]: each["version"] for each in document["slots"]}
    fixed = document.get("fixed", False)
    return StoredPaper(Paper(quiz_id, document["blueprint"], seed, slots, fixed), versions)


def answers_text(answers: Iterable[Answer]) -> str:
    """Return a batch of answers in the one form in which it is stored and hashed."""
    return _exact_json([{"slot": one.slot, "seq": one.seq, "response": one.response} for one in answers])


def answers_from(text: str) -> list[Answer]:
    """Read a stored batch back."""
    return [Answer(each["slot"], each["seq"], each["response"]) for each in json.loads(text)]


def _exact_json(value: object) -> str:
    # Answers are kept as they came, so numbers that canonical JSON refuses are kept, too.
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def given_responses(
    stored: StoredPaper, items: Mapping[str, Item], batches: Iterable[Any]
) -> list[GivenResponse]:
    """Read every answer that may count, each repeated delivery once.

    `batches` have `device`, `received_at`, `late` and `body`, in the order they were received.
    """
    by_slot = {slot.number: items[slot.item] for slot in stored.paper.slots}
    seen: set[tuple[str, int, int]] = set()
    found = []
    for batch in batches:
        for one in answers_from(batch.body) if not batch.late else ():
            key = (batch.device, one.slot, one.seq)
            if key not in seen and one.slot in by_slot:
                seen.add(key)
                reading = read_response(by_slot[one.slot], one.response)
                found.append(GivenResponse(one.slot, batch.received_at, one.seq, reading))
    return found


def digest_of(batches: Iterable[Any]) -> str:
    """Return the hash over every batch that may count, in order: number, device, instant and content."""
    lines = [
        [batch.number, batch.device, batch.received_at.isoformat(), batch.content_hash]
        for batch in batches
        if not batch.late
    ]
    return sha256_hex(canonical_json(lines))


def fraction_text(value: Fraction) -> str:
    """Return an exact fraction as it is stored: numerator/denominator."""
    return f"{value.numerator}/{value.denominator}"


def topics_text(score: PaperScore) -> str:
    """Return the stored points by objective."""
    rows = [
        {"objective": one.objective, "points": fraction_text(one.points), "items": one.items}
        for one in score.topics
    ]
    return canonical_json(rows).decode()


def topics_from(text: str) -> list[TopicScore]:
    """Read the stored points by objective back."""
    return [
        TopicScore(each["objective"], Fraction(each["points"]), each["items"]) for each in json.loads(text)
    ]


def question(published: PublishedItem, order: Sequence[str], language: Language) -> dict[str, Any]:
    """Return a slot for the page, its texts as published HTML: never a key, a weight or feedback."""
    shown: dict[str, Any] = public_slot(published.item, order, language)
    html = published.html[language]
    shown["stem"] = html["stem"]
    for key, texts in (("options", "options"), ("targets", "options"), ("stems", "pairs")):
        if key in shown:
            shown[key] = [{"id": each["id"], "text": html[texts][each["id"]]["text"]} for each in shown[key]]
    if "set" in shown:
        shown["set"] = {**shown["set"], "stem": html["set"]}
    return shown
