"""First attempts: what an evaluation and item statistics count."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.core import versions
from lms.quizzes.models import Attempt
from lms.quizzes.rules import AttemptState


@dataclass(frozen=True)
class FirstAttempt:
    """The first attempt of a run, scored or abandoned; score and cut score as exact shares of 1."""

    person_id: UUID
    attempt_id: UUID
    quiz_id: str
    credited_on: date
    score: Fraction
    cut_score: Fraction


def first_attempts(
    session: Session, people: Collection[UUID], quiz_kind: str, first_on: date, last_on: date
) -> list[FirstAttempt]:
    """Return people's first attempts of a kind dated within days, by person, day and id; two statements.

    Practice outside any run is nobody's first attempt.
    """
    a = Attempt
    columns = (a.person_id, a.id, a.quiz_id, a.credited_on, a.score, a.version_id)
    query = select(*columns).where(
        a.person_id.in_(people),
        a.quiz_kind == quiz_kind,
        a.state.in_((AttemptState.SCORED, AttemptState.ABANDONED)),
        a.number == 1,
        a.run_id != "",
        a.credited_on.between(first_on, last_on),
    )
    rows = session.execute(query.order_by(a.person_id, a.credited_on, a.id)).all()
    blueprints = versions.library(session).versions(session, {row.version_id for row in rows})
    return [
        FirstAttempt(
            row.person_id,
            row.id,
            row.quiz_id,
            row.credited_on,
            Fraction(row.score),
            Fraction(blueprints[row.version_id].body["cut_score"]),
        )
        for row in rows
    ]
