"""The audit log as a page shows it: entries with what they say, checkpoints, the last verification."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.approvals.models import Approval
from lms.audit.models import AuditBody, AuditCheckpoint, AuditEvent, AuditSeal


@dataclass(frozen=True)
class LogFilter:
    """What entries are narrowed by; `before` is a sequence number."""

    kinds: Sequence[str] = ()
    person_id: UUID | None = None
    on: date | None = None
    before: int | None = None
    below: int | None = None
    limit: int = 50


@dataclass(frozen=True)
class LogEntry:
    """One entry. `payload` is absent once erased; `position` until sealed; the approval's asker and reason, if any."""

    seq: int
    id: UUID
    kind: str
    occurred_at: datetime
    recorded_at: datetime
    actor: str
    role: str | None
    subject: str
    credential: str
    request_id: str | None
    person_id: UUID | None
    approval_id: UUID | None
    asked_by_id: UUID | None
    decided_by_id: UUID | None
    asked_for: str
    position: int | None
    reason: str
    payload: dict[str, Any] | None = field(hash=False, default=None)

    @property
    def actor_id(self) -> UUID | None:
        """Who did it, where it was a person."""
        try:
            return UUID(self.actor)
        except ValueError:
            return None


def entries(session: Session, wanted: LogFilter) -> list[LogEntry]:
    """Return entries, those recorded last first, in one statement.

    `below` keeps to what was sealed below a position.
    """
    e = AuditEvent
    query: Any = (
        select(e, AuditBody.body, AuditSeal.position, Approval)
        .outerjoin(AuditBody, AuditBody.event_id == e.id)
        .outerjoin(AuditSeal, AuditSeal.event_id == e.id)
        .outerjoin(Approval, Approval.id == e.approval_id)
        .order_by(e.seq.desc())
        .limit(wanted.limit)
    )
    if wanted.before is not None:
        query = query.where(e.seq < wanted.before)
    if wanted.kinds:
        query = query.where(e.kind.in_(wanted.kinds))
    if wanted.person_id is not None:
        query = query.where(e.person_id == wanted.person_id)
    if wanted.on is not None:
        first, end = day_bounds(session, wanted.on)
        query = query.where(e.recorded_at >= first, e.recorded_at < end)
    if wanted.below is not None:
        query = query.where(AuditSeal.position < wanted.below)
    return [_entry(*row) for row in session.execute(query)]


def _entry(event: AuditEvent, body: str | None, position: int | None, approval: Approval | None) -> LogEntry:
    document = json.loads(body) if body else None
    return LogEntry(
        seq=event.seq,
        id=event.id,
        kind=event.kind,
        occurred_at=event.occurred_at,
        recorded_at=event.recorded_at,
        actor=event.actor,
        role=event.role,
        subject=f"{event.object_kind}:{event.object_id}",
        credential=event.credential,
        request_id=event.request_id,
        person_id=event.person_id,
        approval_id=event.approval_id,
        asked_by_id=approval.asker_id if approval else None,
        decided_by_id=approval.decided_by_id if approval else None,
        asked_for=approval.reason if approval else "",
        position=position,
        reason=(document or {}).get("reason") or "",
        payload=(document or {}).get("after"),
    )


def day_bounds(session: Session, day: date) -> tuple[datetime, datetime]:
    """Return the first instant of a civil day of the firm, and the first after it."""
    zone: ZoneInfo = session.info["zone"]
    return tuple(datetime.combine(each, time.min, zone) for each in (day, day + timedelta(days=1)))  # type: ignore[return-value]


def kinds(session: Session) -> list[str]:
    """Return the kinds of entries there are."""
    return list(session.scalars(select(AuditEvent.kind).distinct().order_by(AuditEvent.kind)))


@dataclass(frozen=True)
class CheckpointRow:
    """A checkpoint in a list."""

    size: int
    root: bytes
    at: datetime
    key_id: str


def checkpoints(session: Session, limit: int = 20) -> list[CheckpointRow]:
    """Return the newest checkpoints."""
    c = AuditCheckpoint
    query = select(c.size, c.root, c.at, c.key_id).order_by(c.size.desc()).limit(limit)
    return [CheckpointRow(*row) for row in session.execute(query)]
