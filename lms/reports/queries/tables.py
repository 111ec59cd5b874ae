"""Lists of people, certificates and attempts: of today, of another day, as known at another instant."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, exists, func, select, tuple_
from sqlalchemy.orm import Session, aliased

from lms.certification.models import Certificate
from lms.certification.queries import Known, known_by
from lms.certification.queries.history import sealed_in
from lms.certification.queries.rows import employment
from lms.people.employment import reading
from lms.people.models import Identity, PersonNow
from lms.people.queries import employed_on
from lms.quizzes.models import Attempt, ScoreChange
from lms.quizzes.rules import AttemptState
from lms.reports.queries.lines import BATCH, PEOPLE_AT_ONCE, Page, named
from lms.reports.rules import Asked, Question

WHO, N = Identity, PersonNow


class PersonLine(NamedTuple):
    """Somebody employed on the day asked about; `left_on` is the last day, if it is known."""

    person_id: UUID
    staff_number: str
    name_zh: str
    name_en: str
    unit_id: UUID | None
    joined_on: Any
    left_on: Any
    on_leave: bool


class CertificateRow(NamedTuple):
    """A certificate as printed; `superseded` by another for the same period."""

    id: UUID
    person_id: UUID
    staff_number: str
    name_zh: str
    name_en: str
    unit_id: UUID | None
    number: str
    programme: str
    completed_on: Any
    valid_from: Any
    valid_until: Any
    issued_at: datetime
    superseded: bool


class AttemptRow(NamedTuple):
    """An attempt that was handed in; `score` is the exact share, absent until it is scored."""

    id: UUID
    person_id: UUID
    staff_number: str
    name_zh: str
    name_en: str
    unit_id: UUID | None
    quiz_kind: str
    quiz_id: str
    number: int
    started_at: datetime
    submitted_at: datetime | None
    state: str
    score: str | None
    passed: bool | None
    credited_on: Any


def people_rows(session: Session, question: Question, page: Page) -> Iterator[PersonLine]:
    """Yield those employed on the day, by staff number."""
    if not question.asked.is_live:
        found = _people_as_of(session, question)
        if after := _uuid(page.after):
            number = session.scalar(select(WHO.staff_number).where(WHO.person_id == after)) or ""
            found = (row for row in found if (row.staff_number, row.person_id.hex) > (number, after.hex))
        return islice(found, page.limit)
    columns = (
        WHO.person_id,
        WHO.staff_number,
        WHO.name_zh,
        WHO.name_en,
        N.unit_id,
        N.joined_on,
        N.left_on,
        N.on_leave,
    )
    query = select(*columns).join(N, N.person_id == WHO.person_id).where(employed_on(question.asked.as_of))
    query = query.where(*_whom(question))
    if after := _uuid(page.after):
        number_of = select(WHO.staff_number).where(WHO.person_id == after).scalar_subquery()
        query = query.where(tuple_(WHO.staff_number, WHO.person_id) > tuple_(number_of, after))
    query = query.order_by(WHO.staff_number, WHO.person_id).limit(page.limit)
    return (PersonLine._make(row) for row in session.execute(query, execution_options={"yield_per": BATCH}))


def _people_as_of(session: Session, question: Question) -> Iterator[PersonLine]:
    asked = question.asked
    query = select(WHO.person_id, WHO.staff_number, WHO.name_zh, WHO.name_en).order_by(
        WHO.staff_number, WHO.person_id
    )
    if question.text:
        query = query.where(named(question.text))
    everybody = iter(session.execute(query).all())
    known = known_by(session, asked.known_at)
    while some := list(islice(everybody, PEOPLE_AT_ONCE)):
        employed = dict(employment(session, [row.person_id for row in some], known))
        for row in some:
            if row.person_id not in employed:
                continue
            read = reading(employed[row.person_id], asked.as_of)
            if read.employed and (question.units is None or read.unit_id in question.units):
                yield PersonLine(*row, read.unit_id, read.joined_on, read.left_on, read.on_leave)


def certificate_rows(session: Session, question: Question, page: Page) -> Iterator[CertificateRow]:
    """Yield certificates issued by the day, the newest first."""
    c, later, asked = Certificate, aliased(Certificate), question.asked
    known = known_by(session, asked.known_at)
    superseded = exists().where(
        later.supersedes_id == c.id,
        later.issued_at < _end_of(session, asked),
        sealed_in(later.event_id, known),
    )
    columns = (
        c.id, c.person_id, WHO.staff_number, WHO.name_zh, WHO.name_en, N.unit_id, c.number, c.programme, c.completed_on,
        c.valid_from, c.valid_until, c.issued_at, superseded,
    )  # fmt: skip
    query = _of_people(select(*columns), c.person_id, question)
    query = query.where(c.issued_at < _end_of(session, asked), sealed_in(c.event_id, known))
    if question.programme:
        query = query.where(c.programme == question.programme)
    if after := _uuid(page.after):
        issued = select(c.issued_at).where(c.id == after).scalar_subquery()
        query = query.where(tuple_(c.issued_at, c.id) < tuple_(issued, after))
    query = query.order_by(c.issued_at.desc(), c.id.desc()).limit(page.limit)
    return (
        CertificateRow._make(row) for row in session.execute(query, execution_options={"yield_per": BATCH})
    )


def attempt_rows(session: Session, question: Question, page: Page) -> Iterator[AttemptRow]:
    """Yield attempts handed in by the day, the newest first; answers and keys are never among them."""
    a, asked = Attempt, question.asked
    known = known_by(session, asked.known_at)
    columns = (
        a.id, a.person_id, WHO.staff_number, WHO.name_zh, WHO.name_en, N.unit_id, a.quiz_kind, a.quiz_id, a.number,
        a.started_at, a.submitted_at, a.state, *_counting(known), a.credited_on,
    )  # fmt: skip
    query = _of_people(select(*columns), a.person_id, question)
    query = query.where(a.submitted_at < _end_of(session, asked), a.state != AttemptState.IN_PROGRESS)
    if known is not None:
        query = query.where(
            a.submitted_event_id.is_not(None), sealed_in(_column(a.submitted_event_id), known)
        )
    if after := _uuid(page.after):
        submitted = select(a.submitted_at).where(a.id == after).scalar_subquery()
        query = query.where(tuple_(a.submitted_at, a.id) < tuple_(submitted, after))
    query = query.order_by(a.submitted_at.desc(), a.id.desc()).limit(page.limit)
    return (AttemptRow._make(row) for row in session.execute(query, execution_options={"yield_per": BATCH}))


def _counting(known: Known | None) -> tuple[Any, Any]:
    """The score and outcome that count, or that counted before the first regrading not known yet."""
    a, c = Attempt, ScoreChange
    if known is None:
        return a.score, a.passed
    later = (c.attempt_id == a.id, ~sealed_in(c.event_id, known))
    score = select(c.before_score).where(*later).order_by(c.number).limit(1).scalar_subquery()
    passed = select(c.before_passed).where(*later).order_by(c.number).limit(1).scalar_subquery()
    return func.coalesce(score, a.score).label("score"), func.coalesce(passed, a.passed).label("passed")


def _column(column: Any) -> ColumnElement[UUID]:
    found: ColumnElement[UUID] = column
    return found


def _of_people(query: Any, person_id: Any, question: Question) -> Any:
    joined = query.join(WHO, WHO.person_id == person_id).outerjoin(N, N.person_id == person_id)
    return joined.where(*_whom(question))


def _whom(question: Question) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if question.units is not None:
        found.append(N.unit_id.in_(question.units))
    if question.text:
        found.append(named(question.text))
    if question.person_id:
        found.append(WHO.person_id == question.person_id)
    return found


def _end_of(session: Session, asked: Asked) -> datetime:
    """The instant at which the day asked about is over."""
    zone: ZoneInfo = session.info["zone"]
    return datetime.combine(asked.as_of + timedelta(days=1), time.min, zone)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
