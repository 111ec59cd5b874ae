"""First attempts, gathered into what `statistics` computes: by item and scoring, and by quiz."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from lms.core import versions
from lms.core.versions import Snapshot
from lms.quizzes.documents import PublishedItem, StoredPaper
from lms.quizzes.models import Attempt, ResponseBatch
from lms.quizzes.queries.attempts import readings_of
from lms.quizzes.queries.published import (
    QuizRef,
    blueprint_of,
    items_of,
    plain_items,
    published_item,
    quiz_at,
    stored_paper,
)
from lms.quizzes.rules import AttemptState, Item, QuizKind, Use
from lms.quizzes.rules_answers import Choose, Mark, Reading
from lms.quizzes.scoring import mark, scoring_hash
from lms.quizzes.statistics import (
    Given,
    ItemStatistics,
    PaperStatistics,
    item_statistics,
    mean,
    paper_statistics,
)

AT_ONCE = 300
SHOWN_FROM = 1_000  # first attempts a page looks at, the newest; the command looks at all


@dataclass(frozen=True)
class Series:
    """The responses to an item while what decides its scores stayed the same; `item` as last given."""

    item: Item
    version_id: int
    version: int
    current: bool
    responses: int
    statistics: ItemStatistics | None


@dataclass(frozen=True)
class QuizSeries:
    """The first attempts at a quiz under one cut score; `tenths` counts papers by tenths of the score."""

    ref: QuizRef
    title: Mapping[str, str]
    cut_score: Fraction
    papers: int
    tenths: tuple[int, ...]
    statistics: PaperStatistics | None


@dataclass(frozen=True)
class Analysis:
    """What first attempts say of items and quizzes, in the order of their ids."""

    series: tuple[Series, ...]
    quizzes: tuple[QuizSeries, ...]

    def of_item(self, item_id: str) -> list[Series]:
        """Return the series of an item, the current one first."""
        return sorted((one for one in self.series if one.item.id == item_id), key=lambda one: -one.version)


@dataclass
class _Gathered:
    given: dict[tuple[str, str], list[Given]] = field(default_factory=dict)
    newest: dict[tuple[str, str], PublishedItem] = field(default_factory=dict)
    papers: dict[tuple[str, str, Fraction], list[dict[str, Fraction]]] = field(default_factory=dict)
    titles: dict[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)
    seen: set[tuple[Any, str]] = field(default_factory=set)
    hashes: dict[int, str] = field(default_factory=dict)

    def hash_of(self, published: PublishedItem) -> str:
        """Return what names the series of a version."""
        if published.version_id not in self.hashes:
            self.hashes[published.version_id] = scoring_hash(published.item)
        return self.hashes[published.version_id]


def banks(snapshot: Snapshot) -> dict[str, list[Item]]:
    """Return the published items for papers by bank, by id."""
    found: dict[str, list[Item]] = {}
    for version in snapshot.all("item"):
        item = snapshot.parsed(version, published_item).item
        if item.use is Use.GRADED:
            found.setdefault(item.bank, []).append(item)
    return {bank: sorted(items, key=lambda item: item.id) for bank, items in sorted(found.items())}


def quizzes_from(snapshot: Snapshot, bank: str) -> list[QuizRef]:
    """Return the quizzes and examinations that draw from a bank now."""
    return [
        QuizRef(kind, version.content_id)
        for kind in QuizKind
        for version in snapshot.all(kind)
        if any(draw.bank == bank for draw in snapshot.parsed(version, blueprint_of).draws)
    ]


def analysis(session: Session, bank: str | None = None, most: int | None = None) -> Analysis:
    """Return what first attempts say: of the quizzes that draw from a bank, or of all.

    A first attempt is a person's first ever at a quiz, in a run and scored; of an item, the first response.
    With `most` only the newest are read. Marks are those of the version drawn: a remedy changes none of this.
    """
    snapshot = versions.snapshot(session)
    gathered, only = _Gathered(), None if bank is None else quizzes_from(snapshot, bank)
    for attempts in _first_attempts(session, only, most):
        answers = _answers(session, attempts)
        for attempt in attempts:
            _gather(session, gathered, attempt, answers.get(attempt.id, []))
    return Analysis(tuple(_series(session, gathered, snapshot, bank)), tuple(_quizzes(gathered)))


def _first_attempts(
    session: Session, only: list[QuizRef] | None, most: int | None
) -> Iterator[list[Attempt]]:
    a, before = Attempt, aliased(Attempt, name="before")
    earlier = exists().where(
        before.person_id == a.person_id, before.quiz_kind == a.quiz_kind, before.quiz_id == a.quiz_id,
        before.started_at < a.started_at,
    )  # fmt: skip
    query = select(a.id).where(a.state == AttemptState.SCORED.value, a.number == 1, a.run_id != "", ~earlier)
    if only is not None:
        query = query.where(a.quiz_id.in_([ref.id for ref in only]))
    ids = list(session.scalars(query.order_by(a.started_at.desc(), a.id).limit(most)))[::-1]
    for start in range(0, len(ids), AT_ONCE):
        rows = session.scalars(select(a).where(a.id.in_(ids[start : start + AT_ONCE])))
        yield sorted(rows, key=lambda row: (row.started_at, row.id))


def _answers(session: Session, attempts: list[Attempt]) -> dict[Any, list[ResponseBatch]]:
    b = ResponseBatch
    query = select(b).where(b.attempt_id.in_([each.id for each in attempts]))
    found: dict[Any, list[ResponseBatch]] = {}
    for row in session.scalars(query.order_by(b.attempt_id, b.number)):
        found.setdefault(row.attempt_id, []).append(row)
    return found


def _gather(session: Session, into: _Gathered, attempt: Attempt, batches: list[ResponseBatch]) -> None:
    stored, quiz = stored_paper(attempt), quiz_at(session, attempt)
    published = items_of(session, stored)
    items = plain_items(published)
    readings = readings_of(attempt, stored, items, batches)
    # By version id and not through mark_paper: hashing whole items would take longer than all the rest.
    marks = {slot.number: mark(items[slot.item], readings.get(slot.number)) for slot in stored.paper.slots}
    ref, words = (attempt.quiz_kind, attempt.quiz_id), quiz.blueprint.title
    into.titles.setdefault(ref, {"zh": words.zh, "en": words.en})
    paper = {
        f"{slot.item}/{into.hash_of(published[slot.item])}": marks[slot.number].score
        for slot in stored.paper.slots
    }
    into.papers.setdefault((*ref, quiz.blueprint.cut_score), []).append(paper)
    if len(stored.paper.slots) > 1:
        _note(into, attempt, (stored, published), (marks, readings))


def _note(
    into: _Gathered,
    attempt: Attempt,
    paper: tuple[StoredPaper, Mapping[str, PublishedItem]],
    answered: tuple[Mapping[int, Mark], Mapping[int, Reading]],
) -> None:
    (stored, published), (marks, readings) = paper, answered
    points, others = sum((one.score for one in marks.values()), Fraction(0)), len(marks) - 1
    for slot in stored.paper.slots:
        if (attempt.person_id, slot.item) in into.seen:
            continue
        into.seen.add((attempt.person_id, slot.item))
        reading = readings.get(slot.number)
        key, score = (slot.item, into.hash_of(published[slot.item])), marks[slot.number].score
        chosen = reading.ids if isinstance(reading, Choose) else frozenset()
        given = Given(score, (points - score) / others, chosen, attempt.language or "")
        into.given.setdefault(key, []).append(given)
        held = into.newest.get(key)
        if held is None or held.version_id < published[slot.item].version_id:
            into.newest[key] = published[slot.item]


def _series(session: Session, gathered: _Gathered, snapshot: Snapshot, bank: str | None) -> Iterator[Series]:
    found = versions.library(session).versions(session, {one.version_id for one in gathered.newest.values()})
    for key in sorted(gathered.given):
        published, given = gathered.newest[key], gathered.given[key]
        item, now = published.item, snapshot.find("item", key[0])
        if bank is not None and item.bank != bank:
            continue
        current = now is not None and scoring_hash(snapshot.parsed(now, published_item).item) == key[1]
        yield Series(
            item, published.version_id, found[published.version_id].number, current, len(given),
            item_statistics(given, [(option.id, option.right) for option in item.options if item.key]),
        )  # fmt: skip


def _quizzes(gathered: _Gathered) -> Iterator[QuizSeries]:
    for (kind, quiz_id, cut_score), papers in sorted(gathered.papers.items()):
        tenths = [0] * 10
        for paper in papers:
            tenths[min(9, int(mean(paper.values()) * 10))] += 1
        yield QuizSeries(
            QuizRef(QuizKind(kind), quiz_id), gathered.titles[kind, quiz_id], cut_score, len(papers),
            tuple(tenths), paper_statistics(papers, cut_score),
        )  # fmt: skip
