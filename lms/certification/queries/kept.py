"""What is kept of assessments: standings, spans, periods. Read together before they are compared anew."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session

from lms.certification.models import PeriodRow, StandingRow, StandingSpan

Key = tuple[UUID, str]
PEOPLE: BindParameter[Any] = bindparam("people", expanding=True)
STANDINGS = (
    select(StandingRow).where(StandingRow.person_id.in_(PEOPLE)).execution_options(populate_existing=True)
)
SPANS = (
    select(StandingSpan)
    .where(StandingSpan.person_id.in_(PEOPLE), StandingSpan.known_until.is_(None))
    .order_by(StandingSpan.from_on)
)
PERIODS = (
    select(PeriodRow)
    .where(PeriodRow.person_id.in_(PEOPLE), PeriodRow.voided_at.is_(None))
    .order_by(PeriodRow.n)
)


@dataclass
class Kept:
    """The live rows of some people."""

    standings: dict[Key, StandingRow] = field(default_factory=dict)
    spans: dict[Key, list[StandingSpan]] = field(default_factory=lambda: defaultdict(list))
    periods: dict[Key, dict[int, PeriodRow]] = field(default_factory=lambda: defaultdict(dict))


def kept_of(session: Session, people: Collection[UUID]) -> Kept:
    """Load what is kept about people, in three statements."""
    found, whom = Kept(), {"people": list(people)}
    for standing in session.scalars(STANDINGS, whom):
        found.standings[standing.person_id, standing.programme] = standing
    for span in session.scalars(SPANS, whom):
        found.spans[span.person_id, span.programme].append(span)
    for period in session.scalars(PERIODS, whom):
        found.periods[period.person_id, period.programme][period.n] = period
    return found
