"""Standings as lists show them: of today from the cache, of another day or another knowledge from the facts.

No row whose day of change has come is believed: such rows are derived anew, whatever the filter.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, tuple_
from sqlalchemy.orm import Session

from lms.certification.models import StandingRow
from lms.certification.queries import facts_for, known_by, standings_as_of
from lms.certification.queries.rows import employment
from lms.certification.queries.standings import overlays_text
from lms.certification.rules import Standing, status
from lms.core.db import read_once
from lms.people.models import Identity
from lms.reports.rules import UNASKED, Asked, Line, Question, is_wanted

BATCH = 1_000
KEPT_STATEMENTS = 60
PEOPLE_AT_ONCE = 2_000
# Plain columns: rows of the mapper cost more, and nothing here is an object.
S, WHO = StandingRow.__table__.c, Identity.__table__.c
COLUMNS = (
    read_once(S.person_id), WHO.staff_number, WHO.name_zh, WHO.name_en, read_once(S.unit_id), S.programme,
    S.state, S.overlays, S.since, S.due_on, S.valid_from, S.valid_until, S.grace_until, S.next_change_on,
    S.certificate,
)  # fmt: skip


@dataclass(frozen=True)
class Page:
    """A page of a list: the rows after the one with this key; no `limit`: all of them."""

    after: str = ""
    limit: int | None = None


def lines(session: Session, question: Question, page: Page = Page()) -> Iterator[Line]:
    """Yield standings by staff number and programme, without reading all of them at once.

    Live: one statement, and seven more where the sweep is behind. Else seven for every 2,000 people.
    """
    if question.asked.is_live:
        return _live(session, question, page)
    found = _derived(session, question)
    if page.after:
        found = (line for line in found if _place(line) > _place_of(session, page.after))
    return islice(found, page.limit)


def lines_for(session: Session, people: Collection[UUID], asked: Asked) -> list[Line]:
    """Return the standings of some people, by staff number and programme."""
    if not people:
        return []
    if asked.is_live:
        return list(fresh(session, session.execute(base().where(S.person_id.in_(people))), asked))
    return list(_derived_of(session, people, asked))


def base() -> Select[*tuple[Any, ...]]:
    """Return the select of lines as they are kept; it names the columns in the order of `Line`."""
    return select(*COLUMNS).join_from(StandingRow.__table__, Identity.__table__, WHO.person_id == S.person_id)


def in_order(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Order a select of lines by staff number, person and programme."""
    return query.order_by(WHO.staff_number, WHO.person_id, S.programme)


def _live(session: Session, question: Question, page: Page) -> Iterator[Line]:
    found = session.execute(_asking(question, page), execution_options={"yield_per": BATCH})
    for batch in found.partitions():
        kept = [Line._make(row) for row in batch]
        if not any(is_late(line, question.asked) for line in kept):
            yield from kept  # a row that can be believed answered the question in the database
            continue
        for line in fresh(session, kept, question.asked):
            if not is_late(line, question.asked) or is_wanted(line, question):
                yield line


@lru_cache(KEPT_STATEMENTS)
def _asking(question: Question, page: Page) -> Select[*tuple[Any, ...]]:
    """Questions repeat all day; building a statement anew costs as much as reading a page of rows."""
    query = in_order(base().where(*_whom(question), or_(stale(question.asked), _what(question))))
    # A first page begins after the first of all keys: so SQLite, too, reads people in order until it is full.
    after = _after(page.after) if page.after else tuple_("", UUID(int=0), "")
    place = tuple_(WHO.staff_number, WHO.person_id, S.programme)
    return query.where(place > after).limit(page.limit) if page.limit else query


def fresh(session: Session, found: Iterable[Any], asked: Asked) -> Iterator[Line]:
    """Yield lines that are true today: what has changed since it was written is derived from the facts."""
    kept = [Line._make(row) for row in found]
    late = {line.person_id for line in kept if is_late(line, asked)}
    facts = facts_for(session, late) if late else {}
    for line in kept:
        known = facts.get((line.person_id, line.programme)) if late else None
        yield line if known is None or not is_late(line, asked) else _with(line, status(known, asked.today))


def is_late(line: Line, asked: Asked) -> bool:
    """Whether a row's day of change had come, so that it was derived anew."""
    return line.next_change_on is not None and line.next_change_on <= asked.today


def _with(line: Line, standing: Standing) -> Line:
    return line._replace(
        state=standing.state.value,
        overlays=overlays_text(standing.overlays),
        since=standing.since,
        due_on=standing.due_on,
        valid_from=standing.valid_from,
        valid_until=standing.valid_until,
        grace_until=standing.grace_until,
    )


def stale(asked: Asked) -> ColumnElement[bool]:
    """Return the condition that a row's day of change has come."""
    return and_(S.next_change_on.is_not(None), S.next_change_on <= asked.today)


def deadline() -> ColumnElement[Any]:
    """Return the SQL of `rules.deadline_of`."""
    return case(
        (S.state == "assigned", S.due_on),
        (S.state.in_(("certified", "renewal_open")), S.valid_until),
        (S.state == "grace", S.grace_until),
    )


def soon(asked: Asked) -> ColumnElement[bool]:
    """Return the SQL of `rules.is_soon`, unknown where there is no day: not to be negated."""
    return deadline().between(asked.as_of, asked.soon_on)


def recent(asked: Asked) -> ColumnElement[bool]:
    """Return the SQL of `rules.is_recent`, unknown where there is no day: not to be negated."""
    return and_(S.since > asked.week_ago_on, S.since <= asked.as_of)


def _whom(question: Question) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if question.units is not None:
        found.append(S.unit_id.in_(question.units))
    if question.programme:
        found.append(S.programme == question.programme)
    if question.person_id:
        found.append(S.person_id == question.person_id)
    if question.text:
        found.append(named(question.text))
    return found


def named(text: str) -> ColumnElement[bool]:
    """Return the condition that a name, number or sign-in name holds a text, in whatever case."""
    wanted = text.strip().lower()
    columns = (WHO.name_zh, WHO.name_en, WHO.staff_number, WHO.username)
    return or_(*(func.lower(column).contains(wanted, autoescape=True) for column in columns))


def _what(question: Question) -> ColumnElement[bool]:
    if question.states:
        found: list[ColumnElement[bool]] = [S.state.in_(sorted(question.states))]
    else:
        found = [S.state.not_in(sorted(UNASKED))]
    if question.soon:
        found.append(soon(question.asked))
    if question.recent:
        found.append(recent(question.asked))
    return and_(*found)


def _after(key: str) -> Any:
    person_id, programme = key_parts(key)
    number = select(WHO.staff_number).where(WHO.person_id == person_id).scalar_subquery()
    return tuple_(number, person_id, programme)


def key_of(person_id: UUID | str, programme: str) -> str:
    """Return the key of a line, for paging."""
    return f"{person_id}~{programme}"


def key_parts(key: str) -> tuple[UUID, str]:
    """Read what `key_of` wrote; nonsense is the first of all keys."""
    text, _, programme = key.partition("~")
    try:
        return UUID(text), programme
    except ValueError:
        return UUID(int=0), ""


def _place(line: Line) -> tuple[str, str, str]:
    return line.staff_number, line.person_id.hex, line.programme


def _place_of(session: Session, key: str) -> tuple[str, str, str]:
    person_id, programme = key_parts(key)
    number = session.scalar(select(WHO.staff_number).where(WHO.person_id == person_id))
    return number or "", person_id.hex, programme


def _derived(session: Session, question: Question) -> Iterator[Line]:
    for people in _people(session, question):
        for line in _derived_of(session, people, question.asked, question.programme):
            if question.units is not None and line.unit_id not in question.units:
                continue
            if is_wanted(line, question):
                yield line


def _people(session: Session, question: Question) -> Iterator[list[UUID]]:
    """Everybody who had joined by the day, or was yet to by what is known now: the facts decide."""
    query = select(WHO.person_id).order_by(WHO.staff_number, WHO.person_id)
    if question.text:
        query = query.where(named(question.text))
    if question.person_id:
        query = query.where(WHO.person_id == question.person_id)
    found = iter(list(session.scalars(query)))
    while people := list(islice(found, PEOPLE_AT_ONCE)):
        yield people


def _derived_of(
    session: Session, people: Collection[UUID], asked: Asked, programme: str = ""
) -> Iterator[Line]:
    programmes = [programme] if programme else None
    answers = standings_as_of(session, people, asked.as_of, asked.known_at, programmes)
    employed = dict(employment(session, people, known_by(session, asked.known_at)))
    query = select(WHO.person_id, WHO.staff_number, WHO.name_zh, WHO.name_en).where(WHO.person_id.in_(people))
    named_by = {row.person_id: row for row in session.execute(query)}
    blank = (None,) * 5
    found = []
    for (person_id, name), answer in answers.items():
        row, spell = named_by[person_id], None
        if person_id in employed:
            spell = employed[person_id].spell_on(asked.as_of)
        unit_id = spell.unit_on(asked.as_of) if spell else None
        whose = (person_id, row.staff_number, row.name_zh, row.name_en, unit_id, name)
        found.append(_with(Line(*whose, "", "", *blank, None, ""), answer.standing))
    return iter(sorted(found, key=_place))
