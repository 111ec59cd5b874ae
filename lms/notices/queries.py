"""Reads of notices and jobs."""

import json
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from lms.core.access import Actor
from lms.core.errors import NotFound
from lms.notices.models import Job, NoticeRow
from lms.notices.rules import JobState


def notices_of(
    session: Session, person_id: UUID, *, before: datetime | None = None, limit: int = 30
) -> list[NoticeRow]:
    """Return a person's notices, newest first."""
    query = select(NoticeRow).where(NoticeRow.person_id == person_id)
    if before is not None:
        query = query.where(NoticeRow.created_at < before)
    return list(session.scalars(query.order_by(NoticeRow.created_at.desc(), NoticeRow.id).limit(limit)))


def notice_for(session: Session, actor: Actor, notice_id: UUID) -> NoticeRow:
    """Load the actor's own notice.

    Raises NotFound for anybody else's.
    """
    found = session.get(NoticeRow, notice_id)
    if found is None or found.person_id != actor.person_id:
        raise NotFound
    return found


def params_of(notice: NoticeRow) -> dict[str, Any]:
    """Return what a notice's sentence is filled with."""
    return cast(dict[str, Any], json.loads(notice.params))


def waiting_jobs(session: Session) -> dict[str, int]:
    """Return how many jobs wait, and how many were given up, by state."""
    query = select(Job.state, func.count()).where(Job.state != JobState.DONE).group_by(Job.state)
    return dict(list(session.execute(query)))


def unread_of(person_id: ColumnElement[UUID]) -> ColumnElement[int]:
    """Return the SQL expression that counts a person's unread notices."""
    n = NoticeRow.__table__.c
    return select(func.count()).where(n.person_id == person_id, n.read_at.is_(None)).scalar_subquery()
