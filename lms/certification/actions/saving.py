"""What an assessment is about to write: rows in bulk, then events, so that reactions find all saved."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from lms.audit.events import record
from lms.certification.models import (
    AssignmentEnd,
    AssignmentRow,
    Certificate,
    PeriodRow,
    StandingRow,
    StandingSpan,
)
from lms.certification.queries.kept import Kept
from lms.certification.texts import History
from lms.core.db import Base, insert_rows, upsert_rows
from lms.core.events import Event

Later = Callable[[Session], object]


@dataclass
class Saving:
    """Collects what is new; `write` saves it in one statement a table, whatever the number of people.

    `later` is work that needs all of it saved: runs to open, notices.
    """

    at: datetime
    recorded_at: datetime
    rows: dict[type[Base], list[dict[str, Any]]] = field(default_factory=dict)
    events: list[tuple[Event, UUID | None]] = field(default_factory=list)
    standings: list[dict[str, Any]] = field(default_factory=list)
    spans_over: list[UUID] = field(default_factory=list)
    periods_void: list[UUID] = field(default_factory=list)
    later: list[Later] = field(default_factory=list)

    def add(self, table: type[Base], **values: Any) -> None:
        """Insert a row."""
        self.rows.setdefault(table, []).append(values)

    def happened(self, event: Event, event_id: UUID | None = None) -> None:
        """Record an event once everything is saved."""
        self.events.append((event, event_id))

    def write(self, session: Session) -> None:
        """Save, record, then do what was put off."""
        session.flush()
        if self.spans_over:
            over = update(StandingSpan).where(StandingSpan.id.in_(self.spans_over))
            session.execute(over.values(known_until=self.recorded_at), execution_options=BULK)
        if self.periods_void:
            void = update(PeriodRow).where(PeriodRow.id.in_(self.periods_void))
            session.execute(void.values(voided_at=self.recorded_at), execution_options=BULK)
        for table in ORDER:
            if rows := self.rows.get(table):
                insert_rows(session, table, rows)
        if self.standings:
            upsert_rows(session, StandingRow, self.standings, ("person_id", "programme"))
        for event, event_id in self.events:
            record(session, event, event_id)
        for work in self.later:
            work(session)


@dataclass(frozen=True)
class Assessment:
    """What an assessment works on: the texts, what is kept, as of which day, and what is to be written."""

    history: History
    kept: Kept
    on: date
    saving: Saving


BULK = {"synchronize_session": False}
# What points at another table comes after it.
ORDER: tuple[type[Base], ...] = (AssignmentRow, AssignmentEnd, PeriodRow, Certificate, StandingSpan)
