"""What is published: quizzes as they are now, or as they were when a paper was drawn, and items."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from lms.core import versions
from lms.core.versions import Snapshot, Version
from lms.quizzes.documents import PublishedItem, StoredPaper, blueprint_from, item_from, paper_from
from lms.quizzes.models import Attempt
from lms.quizzes.rules import Blueprint, Item, QuizKind, Use


@dataclass(frozen=True)
class QuizRef:
    """Which quiz or examination."""

    kind: QuizKind
    id: str


@dataclass(frozen=True)
class Quiz:
    """A blueprint as published now."""

    ref: QuizRef
    version_id: int
    blueprint: Blueprint
    body: Mapping[str, Any]


def blueprint_of(version: Version) -> Blueprint:
    """Read the blueprint of a published version."""
    return blueprint_from(version.body)


def published_item(version: Version) -> PublishedItem:
    """Read the item of a published version."""
    return PublishedItem(version.id, item_from(version.body), version.body["html"])


def find_quiz(snapshot: Snapshot, quiz_id: str) -> Quiz:
    """Return a quiz or, where none has this id, an examination.

    Raises NotFound.
    """
    kind = QuizKind.QUIZ if snapshot.find(QuizKind.QUIZ, quiz_id) else QuizKind.EXAMINATION
    return quiz_of(snapshot, QuizRef(kind, quiz_id))


def quiz_of(snapshot: Snapshot, ref: QuizRef) -> Quiz:
    """Return a quiz as published.

    Raises NotFound.
    """
    version = snapshot.get(ref.kind, ref.id)
    return Quiz(ref, version.id, snapshot.parsed(version, blueprint_of), version.body)


def quiz_at(session: Session, attempt: Attempt) -> Quiz:
    """Return the quiz an attempt was drawn from, in the version of that day."""
    library = versions.library(session)
    version = library.versions(session, [attempt.version_id])[attempt.version_id]
    ref = QuizRef(QuizKind(attempt.quiz_kind), attempt.quiz_id)
    return Quiz(ref, version.id, library.parsed(version, blueprint_of), version.body)


def candidates(snapshot: Snapshot, blueprint: Blueprint) -> dict[str, PublishedItem]:
    """Return the published items that a blueprint may draw, by id."""
    found = snapshot.derived("quizzes.items", _drawable)
    banks = {part.bank for part in blueprint.draws}
    return {each.item.id: each for bank in sorted(banks) for each in found.get(bank, ())}


def _drawable(snapshot: Snapshot) -> dict[str, list[PublishedItem]]:
    found: dict[str, list[PublishedItem]] = {}
    for version in snapshot.all("item"):
        published = snapshot.parsed(version, published_item)
        if published.item.use is Use.GRADED and not version.body.get("retired"):
            found.setdefault(published.item.bank, []).append(published)
    return found


def items_of(session: Session, stored: StoredPaper) -> dict[str, PublishedItem]:
    """Return the items of a paper in the versions drawn, by id; at most one statement, none once read."""
    library = versions.library(session)
    found = library.versions(session, stored.versions.values())
    return {item: library.parsed(found[version], published_item) for item, version in stored.versions.items()}


def plain_items(published: Mapping[str, PublishedItem]) -> dict[str, Item]:
    """Return the items alone."""
    return {key: each.item for key, each in published.items()}


def stored_paper(attempt: Attempt) -> StoredPaper:
    """Return the paper of an attempt."""
    return paper_from(attempt.paper, attempt.quiz_id, attempt.seed)
