"""What remedies do to scored attempts: foreseen by reading, one batch of attempts after another."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import Session

from lms.core import versions
from lms.core.errors import Invalid, NotFound, message
from lms.core.versions import ContentVersion
from lms.quizzes.documents import PublishedItem, StoredPaper
from lms.quizzes.models import Attempt, ItemRemedy, ResponseBatch, ScoreChange, ScoreReview
from lms.quizzes.queries.attempts import readings_of
from lms.quizzes.queries.published import items_of, plain_items, published_item, quiz_at, stored_paper
from lms.quizzes.responses import read_response
from lms.quizzes.rules import AttemptState
from lms.quizzes.rules_answers import InvalidResponse
from lms.quizzes.rules_remedies import (
    Regraded,
    Remedy,
    RemedyKind,
    Standing,
    judged,
    may_accept,
    regraded,
)

AT_ONCE = 200


@dataclass(frozen=True)
class Proposal:
    """A remedy as it is asked for: the item version and what is to be done about it."""

    version_id: int
    remedy: Remedy


@dataclass(frozen=True)
class Foreseen:
    """One attempt and what the remedies in force, or to come, make of it."""

    attempt: Attempt
    regraded: Regraded


def item_at(session: Session, version_id: int) -> PublishedItem:
    """Return the item of a published version.

    Raises NotFound, also for the version of something else.
    """
    library = versions.library(session)
    version = library.versions(session, [version_id]).get(version_id)
    if version is None or version.kind != "item":
        raise NotFound
    return library.parsed(version, published_item)


def version_of(session: Session, item_id: str, number: int | None = None) -> int:
    """Return the version of an item with a number, the newest by default.

    Raises NotFound.
    """
    v = ContentVersion
    query = select(v.id).where(v.kind == "item", v.content_id == item_id).order_by(v.number.desc()).limit(1)
    found = session.scalar(query if number is None else query.where(v.number == number))
    if found is None:
        raise NotFound
    return found


def versions_of(session: Session, item_id: str) -> dict[int, int]:
    """Return the numbers of the published versions of an item by their ids, the newest first."""
    v = ContentVersion
    query = select(v.id, v.number).where(v.kind == "item", v.content_id == item_id)
    return {row.id: row.number for row in session.execute(query.order_by(v.number.desc()))}


def remedy_from(session: Session, version_id: int, kind: str, accept: str) -> Remedy:
    """Read a remedy; `accept` is JSON, as responses are sent.

    Raises Invalid for an answer that cannot be taken, NotFound for no such version.
    """
    item, named = item_at(session, version_id).item, RemedyKind(kind)
    if named is not RemedyKind.ACCEPT:
        return Remedy(named)
    try:
        reading = read_response(item, json.loads(accept))
    except ValueError:
        reading = None
    if not may_accept(item, reading) or reading is None or isinstance(reading, InvalidResponse):
        wrong = message("Name a whole answer that is not right already.")
        raise Invalid({"accept": wrong})
    return Remedy(named, reading)


def remedies_of(session: Session, version_ids: Iterable[int]) -> dict[int, ItemRemedy]:
    """Return the remedy in force of each version that has one, in one statement."""
    r = ItemRemedy
    query = select(r).where(r.version_id.in_(sorted(version_ids))).order_by(r.version_id, r.number)
    return {row.version_id: row for row in session.scalars(query)}


def foresee(session: Session, proposal: Proposal, until: datetime | None = None) -> Iterator[Foreseen]:
    """Yield every attempt whose score or outcome a proposed remedy would change, or that needs a review.

    With `until` only attempts scored by then; in the order they were handed in.
    """
    own = {proposal.version_id: proposal.remedy}
    for batch in _attempts_with(session, proposal.version_id, until):
        yield from _judge(session, batch, own)


def foresee_one(session: Session, attempt: Attempt) -> tuple[Foreseen, UUID] | None:
    """Return what remedies in force make of a scored attempt, and the one recorded last; None when nothing."""
    stored = stored_paper(attempt)
    rows = remedies_of(session, stored.versions.values())
    if not rows:
        return None
    found = list(_judge(session, [attempt], {}))
    newest = max(rows.values(), key=lambda row: (row.recorded_at, row.id))
    return (found[0], newest.id) if found else None


def _judge(session: Session, attempts: list[Attempt], own: Mapping[int, Remedy]) -> Iterator[Foreseen]:
    ids = [each.id for each in attempts]
    papers = {each.id: stored_paper(each) for each in attempts}
    wanted = {version for stored in papers.values() for version in stored.versions.values()}
    remedies = {
        **{row.version_id: read_remedy(session, row) for row in remedies_of(session, wanted).values()},
        **own,
    }
    answers, last = _answers(session, ids), last_computed(session, ids)
    for attempt in attempts:
        result = _judged(session, attempt, (papers[attempt.id], remedies), answers.get(attempt.id, []), last)
        if result is not None and result.matters:
            yield Foreseen(attempt, result)


def _judged(
    session: Session,
    attempt: Attempt,
    under: tuple[StoredPaper, Mapping[int, Remedy]],
    batches: list[ResponseBatch],
    last: Mapping[UUID, bool],
) -> Regraded | None:
    stored, remedies = under
    items = plain_items(items_of(session, stored))
    mine = {item: remedies[version] for item, version in stored.versions.items() if version in remedies}
    readings = readings_of(attempt, stored, items, batches)
    cut_score = quiz_at(session, attempt).blueprint.cut_score
    computed = regraded(stored.paper, items, readings, mine, cut_score)
    if computed is None or attempt.score is None:
        return None
    before = Standing(Fraction(attempt.score), bool(attempt.passed))
    return judged(before, computed, last.get(attempt.id, before.passed))


def read_remedy(session: Session, row: ItemRemedy) -> Remedy:
    """Read a stored remedy back."""
    if not row.accept:
        return Remedy(RemedyKind(row.kind))
    reading = read_response(item_at(session, row.version_id).item, json.loads(row.accept))
    if reading is None or isinstance(reading, InvalidResponse):
        raise ValueError(f"remedy {row.id} takes an answer that cannot be read")
    return Remedy(RemedyKind(row.kind), reading)


def _attempts_with(session: Session, version_id: int, until: datetime | None) -> Iterator[list[Attempt]]:
    a, last = Attempt, None
    # Papers are canonical JSON: a slot ends with its version. Few acts look at them, so no index is kept.
    query = select(a).where(
        a.state == AttemptState.SCORED.value, a.paper.contains(f'"version":{version_id}}}', autoescape=True)
    )
    if until is not None:
        query = query.where(a.scored_at <= until)
    query = query.order_by(a.id).limit(AT_ONCE)
    while batch := list(session.scalars(query if last is None else query.where(a.id > last))):
        last = batch[-1].id
        yield batch


def _answers(session: Session, ids: list[UUID]) -> dict[UUID, list[ResponseBatch]]:
    b = ResponseBatch
    found: dict[UUID, list[ResponseBatch]] = {}
    for row in session.scalars(select(b).where(b.attempt_id.in_(ids)).order_by(b.attempt_id, b.number)):
        found.setdefault(row.attempt_id, []).append(row)
    return found


def last_computed(session: Session, ids: Iterable[UUID]) -> dict[UUID, bool]:
    """Return the outcome computed last for each attempt regraded before."""
    c = ScoreChange
    rows = session.execute(
        select(c.attempt_id, c.computed_passed).where(c.attempt_id.in_(list(ids))).order_by(c.number)
    )
    return {row.attempt_id: row.computed_passed for row in rows}


def changes_of(session: Session, ids: Iterable[UUID]) -> dict[UUID, list[ScoreChange]]:
    """Return the regradings of attempts, the oldest first."""
    c = ScoreChange
    found: dict[UUID, list[ScoreChange]] = {}
    for row in session.scalars(select(c).where(c.attempt_id.in_(list(ids))).order_by(c.attempt_id, c.number)):
        found.setdefault(row.attempt_id, []).append(row)
    return found


def open_reviews(session: Session) -> list[Any]:
    """Return (change, attempt) of every pass that a remedy would have failed and nobody has looked at."""
    c, a = ScoreChange, Attempt
    looked = exists().where(ScoreReview.change_id == c.id)
    query = select(c, a).join(a, and_(a.id == c.attempt_id, a.state == AttemptState.SCORED.value))
    return list(session.execute(query.where(c.review.is_(True), ~looked).order_by(c.recorded_at, c.id)))


def next_number(session: Session, version_id: int) -> int:
    """Return the number of the next remedy of a version."""
    r = ItemRemedy
    return (session.scalar(select(func.max(r.number)).where(r.version_id == version_id)) or 0) + 1
