"""What the worker does for attempts, each in its own transaction: one that fails does not stop the rest."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from lms.core.db import By, Database
from lms.core.log import logger
from lms.quizzes.actions import close_attempt, score_attempt
from lms.quizzes.queries import due_for_closing, unscored
from lms.quizzes.rules import ANSWER_GRACE

WORKER = By("worker")
log = logger("quizzes")


@dataclass(frozen=True)
class Done:
    """How many attempts were closed and scored, and which failed; these are tried again next time."""

    closed: int
    scored: int
    failed: tuple[UUID, ...]


def close_and_score(database: Database, at: datetime) -> Done:
    """Hand in what has expired, as of its deadline, and score all that waits for a score."""
    with database.reading(WORKER) as session:
        due = due_for_closing(session, at - ANSWER_GRACE)
    closed, unclosed = _each(database, due, lambda session, each: close_attempt(session, each, at))
    with database.reading(WORKER) as session:
        waiting = unscored(session)
    scored, failed = _each(database, waiting, lambda session, each: score_attempt(session, each, at))
    return Done(closed, scored, (*unclosed, *failed))


def _each(
    database: Database, ids: list[UUID], act: Callable[[Session, UUID], Any]
) -> tuple[int, tuple[UUID, ...]]:
    done, failed = 0, []
    for attempt_id in ids:
        try:
            with database.transaction(WORKER) as session:
                done += bool(act(session, attempt_id))
        except Exception as error:
            log.error("attempt not closed or scored", attempt=str(attempt_id), exc_info=error)
            failed.append(attempt_id)
    return done, tuple(failed)
