"""A lesson's checks: the question as the page shows it, and feedback at once. Pure; nothing is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lms.core.errors import NotFound
from lms.core.text import Language
from lms.core.versions import Snapshot, Version
from lms.courses.texts import LessonText
from lms.quizzes.documents import PublishedItem, item_from, question
from lms.quizzes.notes import key_text, notes_of
from lms.quizzes.paper import SEED_BYTES, option_order
from lms.quizzes.responses import Fields, response_from_fields
from lms.quizzes.rules import ItemKind, Use
from lms.quizzes.scoring import InvalidResponse, Outcome, Reading, mark, read_response, response_document

NOTHING_SENT: Fields = {}
CHECK_SEED = bytes(SEED_BYTES)  # nothing is kept of a check, so every reader may see one order


@dataclass(frozen=True)
class Check:
    """A check as published; its answer may be shown as soon as one has been given."""

    id: str
    published: PublishedItem

    def asked(self, language: Language, sent: Fields = NOTHING_SENT) -> dict[str, Any]:
        """Return the question in a language, with what was answered and without its key."""
        item = self.published.item
        order = [option.id for option in item.options]
        if item.kind is ItemKind.ORDER:  # the authored order is the key
            order = list(option_order(item, CHECK_SEED))
        reading = self._reading(sent)
        response = None if isinstance(reading, InvalidResponse) else response_document(reading)
        asked = question(self.published, order, language)
        return {**asked, "id": self.id, "version": self.published.version_id, "response": response}

    def feedback(self, language: Language, sent: Fields) -> dict[str, Any] | None:
        """Return verdict, key and reasons for an answer; None when nothing that can be read was answered."""
        item, html = self.published.item, self.published.html[language]
        reading = self._reading(sent)
        if reading is None or isinstance(reading, InvalidResponse):
            return None
        outcome = mark(item, reading).outcome
        verdict = outcome.value if outcome in {Outcome.RIGHT, Outcome.PARTLY} else "wrong"
        told = {
            "verdict": verdict, "options": notes_of(self.published, reading, language),
            "because": html["because"], "see": item.see,
        }  # fmt: skip
        key = key_text(self.published, language)
        return told if key is None else {**told, "key": key}

    def _reading(self, sent: Fields) -> Reading:
        item = self.published.item
        return read_response(item, response_from_fields(item, sent)) if sent else None


def checks_of(snapshot: Snapshot, lesson: LessonText) -> tuple[Check, ...]:
    """Return the checks of a lesson in their order; retired ones are left out."""
    versions = (snapshot.find("item", each) for each in lesson.checks)
    return tuple(_check(snapshot, version) for version in versions if version is not None)


def check_of(snapshot: Snapshot, lesson: LessonText, item_id: str) -> Check:
    """Return one check of a lesson.

    Raises NotFound for anything else, an item of a graded paper above all.
    """
    found = next((each for each in checks_of(snapshot, lesson) if each.id == item_id), None)
    if found is None or found.published.item.use is not Use.CHECK:
        raise NotFound
    return found


def _check(snapshot: Snapshot, version: Version) -> Check:
    return Check(version.content_id, snapshot.parsed(version, _published))


def _published(version: Version) -> PublishedItem:
    return PublishedItem(version.id, item_from(version.body), version.body["html"])


def title_of(snapshot: Snapshot, address: str) -> Mapping[str, str] | None:
    """Return the title of the text at an address such as `handbook/refusing` or `courses/<id>/<lesson>`."""
    kind, _, name = address.partition("/")
    if kind == "handbook":
        found = snapshot.find("handbook", name)
    else:
        found = snapshot.find("lesson" if "/" in name else "course", name)
    return found.body["title"] if found else None
