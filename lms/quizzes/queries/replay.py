"""The proof that papers and scores can be had again from what is stored."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.quizzes.documents import fraction_text
from lms.quizzes.models import Attempt, ResponseBatch, ScoreChange
from lms.quizzes.paper import TooFewItems, paper_of, redraw
from lms.quizzes.queries.attempts import readings_of
from lms.quizzes.queries.published import items_of, plain_items, quiz_at, stored_paper
from lms.quizzes.queries.regrading import changes_of
from lms.quizzes.scoring import mark_paper, score_paper

AT_ONCE = 500
Counting = tuple[str | None, bool | None]


@dataclass(frozen=True)
class Replayed:
    """How one attempt came out again; empty `fault` when it is the same paper and the same score."""

    attempt_id: UUID
    fault: str = ""


def replay(session: Session) -> Iterator[Replayed]:
    """Redraw every stored paper and score every scored attempt again, in flat memory."""
    last: UUID | None = None
    while attempts := _page(session, last):
        last = attempts[-1].id
        ids = [each.id for each in attempts]
        batches, changes = _batches(session, ids), changes_of(session, ids)
        for attempt in attempts:
            kept = batches.get(attempt.id, []), changes.get(attempt.id, [])
            yield Replayed(attempt.id, _fault(session, attempt, *kept))
        session.expunge_all()


def _page(session: Session, after: UUID | None) -> list[Attempt]:
    query = select(Attempt).order_by(Attempt.id).limit(AT_ONCE)
    return list(session.scalars(query if after is None else query.where(Attempt.id > after)))


def _batches(session: Session, ids: list[UUID]) -> dict[UUID, list[ResponseBatch]]:
    query = select(ResponseBatch).where(ResponseBatch.attempt_id.in_(ids))
    found: dict[UUID, list[ResponseBatch]] = {}
    for batch in session.scalars(query.order_by(ResponseBatch.attempt_id, ResponseBatch.number)):
        found.setdefault(batch.attempt_id, []).append(batch)
    return found


def _fault(
    session: Session, attempt: Attempt, batches: list[ResponseBatch], changes: list[ScoreChange]
) -> str:
    stored = stored_paper(attempt)
    blueprint, items = quiz_at(session, attempt).blueprint, plain_items(items_of(session, stored))
    try:
        build = paper_of if stored.paper.fixed else redraw
        if build(blueprint, items.values(), bytes.fromhex(attempt.seed)) != stored.paper:
            return "another paper"
    except (TooFewItems, ValueError) as error:
        return f"no paper: {error}"
    if attempt.score is None:
        return ""
    marks = mark_paper(stored.paper, items, readings_of(attempt, stored, items, batches))
    score = score_paper(stored.paper, marks, blueprint.cut_score)
    first, counting = _kept(attempt, changes)
    if (fraction_text(score.share), score.passed) != first:
        return f"another score: {fraction_text(score.share)} instead of {first[0]}"
    return (
        ""
        if counting == (attempt.score, attempt.passed)
        else f"{attempt.score} counts instead of {counting[0]}"
    )


def _kept(attempt: Attempt, changes: list[ScoreChange]) -> tuple[Counting, Counting]:
    """Return the first score of an attempt and the one that counts, as its regradings say."""
    if not changes:
        return (attempt.score, attempt.passed), (attempt.score, attempt.passed)
    return (changes[0].before_score, changes[0].before_passed), (changes[-1].score, changes[-1].passed)
