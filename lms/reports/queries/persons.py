"""One person's record: standings with their reasons, spans, facts with their sources, certificates, attempts, runs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.certification.queries import Answer, known_by, spans_of, standings_as_of
from lms.certification.queries.history import sealed_in
from lms.certification.rules import Span
from lms.courses.models import CourseRun
from lms.reports.labels import FACTS
from lms.reports.queries.lines import Page
from lms.reports.queries.log import LogEntry, LogFilter, entries
from lms.reports.queries.tables import AttemptRow, CertificateRow, attempt_rows, certificate_rows
from lms.reports.rules import Asked, Question

FACTS_A_PAGE = 100
FactRow = LogEntry


@dataclass(frozen=True)
class RunRow:
    """A passage through a course, quiz or examination."""

    kind: str
    target: str
    opened_on: date
    finished_on: date | None


@dataclass(frozen=True)
class Dossier:
    """What a person's page shows besides the facts."""

    answers: Mapping[str, Answer]
    spans: Mapping[str, tuple[Span, ...]]
    certificates: list[CertificateRow]
    attempts: list[AttemptRow]
    runs: list[RunRow]


def dossier(session: Session, person_id: UUID, asked: Asked) -> Dossier:
    """Return a person's record on a day; every standing is derived from the facts, none read from a cache.

    The number of statements does not depend on the person's history.
    """
    question = Question(asked, person_id=person_id)
    answers = standings_as_of(session, [person_id], asked.as_of, asked.known_at)
    spans = spans_of(session, [person_id], None, asked.known_at)
    return Dossier(
        answers={programme: answer for (_, programme), answer in answers.items()},
        spans={programme: found for (_, programme), found in spans.items()},
        certificates=list(certificate_rows(session, question, Page())),
        attempts=list(attempt_rows(session, question, Page(limit=50))),
        runs=_runs(session, person_id, asked),
    )


def _runs(session: Session, person_id: UUID, asked: Asked) -> list[RunRow]:
    r = CourseRun
    known = known_by(session, asked.known_at)
    finished = r.finished_on
    query = (
        select(r.kind, r.target, r.opened_on, finished)
        .where(r.person_id == person_id, r.opened_on <= asked.as_of, sealed_in(r.event_id, known))
        .order_by(r.opened_on.desc(), r.kind, r.target)
        .limit(50)
    )
    return [
        RunRow(kind, target, opened, done if done and done <= asked.as_of else None)
        for kind, target, opened, done in session.execute(query)
    ]


def facts_of(session: Session, person_id: UUID, asked: Asked, before: int | None = None) -> list[FactRow]:
    """Return what was recorded about a person, newest first, from the log: by whom, when and why."""
    known = known_by(session, asked.known_at)
    wanted = LogFilter(
        kinds=tuple(FACTS), person_id=person_id, before=before, limit=FACTS_A_PAGE + 1,
        below=known.size if known else None,
    )  # fmt: skip
    return entries(session, wanted)
