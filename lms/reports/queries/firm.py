"""The firm by unit and programme, who is next, who changed: counted in the database, not in Python."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from heapq import nsmallest
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.certification.models import StandingRow
from lms.reports.queries.lines import (
    KEPT_STATEMENTS,
    base,
    deadline,
    fresh,
    in_order,
    lines,
    recent,
    soon,
    stale,
)
from lms.reports.queries.units import Tree
from lms.reports.rules import UNASKED, Asked, Entry, Line, Overview, Question, entry_of, is_wanted, overview

SHOWN = 8
S = StandingRow.__table__.c


def overview_of(session: Session, question: Question, tree: Tree) -> tuple[Overview, list[Line], list[Line]]:
    """Return the counts, who is next to lapse, and who changed in the last week.

    Live: four statements whatever the number of people, and seven more where the sweep is behind.
    """
    if question.asked.is_live:
        return _live(session, question, tree)
    found = list(lines(session, question))
    entries = (entry_of(line, question.asked) for line in found)
    return (
        overview(entries, tree.above),
        next_due(found, question.asked),
        changed_lately(found, question.asked),
    )


def _live(session: Session, question: Question, tree: Tree) -> tuple[Overview, list[Line], list[Line]]:
    asked = question.asked
    behind = session.execute(_behind(question))
    late = [line for line in fresh(session, behind, asked) if is_wanted(line, question)]
    entries = [*_counted(session, question), *(entry_of(line, asked) for line in late)]
    coming, new = (
        [Line._make(row) for row in session.execute(query)] for query in (_coming(question), _new(question))
    )
    return (
        overview(entries, tree.above),
        next_due([*coming, *late], asked),
        changed_lately([*new, *late], asked),
    )


def _within(query: Any, question: Question) -> Any:
    if question.units is not None:
        query = query.where(S.unit_id.in_(question.units))
    if question.programme:
        query = query.where(S.programme == question.programme)
    return query


def _counted(session: Session, question: Question) -> Iterator[Entry]:
    return map(Entry._make, session.execute(_alike(question)))


# Questions repeat all day; building a statement anew costs more than running it.
@lru_cache(KEPT_STATEMENTS)
def _behind(question: Question) -> Any:
    return _within(base(), question).where(stale(question.asked))


@lru_cache(KEPT_STATEMENTS)
def _alike(question: Question) -> Any:
    asked, number = question.asked, func.count()
    alike = (S.unit_id, S.programme, S.state)
    chosen = select(*alike, number, number.filter(soon(asked)), number.filter(recent(asked)))
    # In the order of an index, so that nothing needs to be sorted.
    return _believed(chosen, question).group_by(S.programme, S.state, S.unit_id)


@lru_cache(KEPT_STATEMENTS)
def _coming(question: Question) -> Any:
    ahead = deadline() >= question.asked.as_of
    nearest = _believed(select(deadline().label("day")), question).where(ahead).order_by("day").limit(SHOWN)
    last = select(func.max(nearest.subquery().c.day)).scalar_subquery()
    # Few are that near; without this bound everybody would be looked up and sorted by number. Read from the index.
    near = _believed(select(S.person_id, S.programme), question).where(ahead, deadline() <= last).subquery().c
    query = base().where(S.person_id == near.person_id, S.programme == near.programme)
    return in_order(query.order_by(deadline())).limit(SHOWN)


@lru_cache(KEPT_STATEMENTS)
def _new(question: Question) -> Any:
    query = _believed(base(), question).where(recent(question.asked))
    return in_order(query.order_by(S.since.desc())).limit(SHOWN)


def _believed(query: Any, question: Question) -> Any:
    return _within(query, question).where(S.state.not_in(sorted(UNASKED)), ~stale(question.asked))


def next_due(found: Iterable[Line], asked: Asked) -> list[Line]:
    """Return the lines with the nearest dates."""
    dated = ((line.deadline, line) for line in found)
    coming = [(day, line.staff_number, line) for day, line in dated if day is not None and day >= asked.as_of]
    return [line for _, _, line in nsmallest(SHOWN, coming, key=lambda each: each[:2])]


def changed_lately(found: Iterable[Line], asked: Asked) -> list[Line]:
    """Return the lines whose state began last, of the last week."""
    new = [
        (line.since, line) for line in found if line.since and asked.week_ago_on < line.since <= asked.as_of
    ]
    ordered = sorted(new, key=lambda each: (-each[0].toordinal(), each[1].staff_number, each[1].programme))
    return [line for _, line in ordered[:SHOWN]]
