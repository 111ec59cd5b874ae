"""Reads of webhooks: the addresses that are told, the messages that wait or were given up."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.notices.models import Job
from lms.notices.rules import JobState
from lms.notices.webhooks.models import Endpoint, WebhookMessage


@dataclass(frozen=True)
class EndpointLine:
    """An address that is told, with how many messages wait for it and how many were given up."""

    id: UUID
    url: str
    kinds: tuple[str, ...]
    added_at: datetime
    taken: int
    waiting: int
    dead: int


@dataclass(frozen=True)
class MessageLine:
    """A message that waits or was given up; `run_at` is when it is tried next."""

    id: UUID
    url: str
    kind: str
    created_at: datetime
    state: JobState
    tries: int
    error: str
    run_at: datetime


def endpoints(session: Session) -> list[EndpointLine]:
    """Return the addresses that are told, oldest first, in two statements."""
    m = WebhookMessage
    counting = select(m.endpoint_id, Job.state, func.count().label("many")).join(Job, Job.id == m.job_id)
    counts = {
        (row.endpoint_id, row.state): row.many
        for row in session.execute(counting.group_by(m.endpoint_id, Job.state))
    }
    query = select(Endpoint).where(Endpoint.ended_at.is_(None)).order_by(Endpoint.added_at, Endpoint.id)
    return [
        EndpointLine(
            id=row.id,
            url=row.url,
            kinds=tuple(row.kinds.split()),
            added_at=row.added_at,
            taken=counts.get((row.id, JobState.DONE), 0),
            waiting=counts.get((row.id, JobState.WAITING), 0),
            dead=counts.get((row.id, JobState.DEAD), 0),
        )
        for row in session.scalars(query)
    ]


def unsent(session: Session, limit: int = 100) -> list[MessageLine]:
    """Return messages not taken yet by addresses that are still told, those given up first."""
    m = WebhookMessage
    query = (
        select(m.id, Endpoint.url, m.kind, m.created_at, Job.state, Job.tries, Job.error, Job.run_at)
        .join(Endpoint, Endpoint.id == m.endpoint_id)
        .join(Job, Job.id == m.job_id)
        .where(Endpoint.ended_at.is_(None), Job.state != JobState.DONE)
        .order_by(Job.state, m.created_at.desc(), m.id)
        .limit(limit)
    )
    return [
        MessageLine(
            row.id, row.url, row.kind, row.created_at, JobState(row.state), row.tries, row.error, row.run_at
        )
        for row in session.execute(query)
    ]
