"""Reads of the log: entries as the chain hashes them, checkpoints, positions, verification."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Bundle, Session

from lms.audit.chain import Anchor, Checkpoint, Entry, SealedRow, StoredBody
from lms.audit.merkle import Frontier, inclusion_proof, tree_root
from lms.audit.models import AuditBody, AuditCheckpoint, AuditEvent, AuditSeal
from lms.audit.signing import Keyring
from lms.audit.verification import Verdict, verify
from lms.core.errors import NotFound

ROWS_AT_ONCE = 2_000
EVENT_COLUMNS = (
    "id", "kind", "occurred_at", "recorded_at", "actor", "on_behalf_of", "role", "scope", "credential", "request_id",
    "object_kind", "object_id", "object_version", "commitment", "approval_id", "policy_version",
)  # fmt: skip


def last_checkpoint(session: Session) -> Checkpoint | None:
    """Return the newest checkpoint."""
    row = session.scalar(select(AuditCheckpoint).order_by(AuditCheckpoint.size.desc()).limit(1))
    return _checkpoint(row) if row else None


def checkpoint_at(session: Session, known_at: datetime) -> Checkpoint | None:
    """Return the last checkpoint signed at or before `known_at`."""
    newest = select(AuditCheckpoint).where(AuditCheckpoint.at <= known_at)
    row = session.scalar(newest.order_by(AuditCheckpoint.size.desc()).limit(1))
    return _checkpoint(row) if row else None


def checkpoint_of(session: Session, size: int) -> Checkpoint:
    """Return the checkpoint over the first `size` entries.

    Raises NotFound.
    """
    row = session.get(AuditCheckpoint, size)
    if row is None:
        raise NotFound
    return _checkpoint(row)


def position_of(session: Session, event_id: UUID) -> int | None:
    """Return the sealed position of an event, None while it waits."""
    return session.scalar(select(AuditSeal.position).where(AuditSeal.event_id == event_id))


def sealing_checkpoint(session: Session, position: int) -> Checkpoint | None:
    """Return the first checkpoint that covers `position`."""
    first = select(AuditCheckpoint).where(AuditCheckpoint.size > position).order_by(AuditCheckpoint.size)
    row = session.scalar(first.limit(1))
    return _checkpoint(row) if row else None


@dataclass(frozen=True)
class Inclusion:
    """Where an event stands in the log, and the path from it to the root of a checkpoint."""

    entry: Entry
    body: StoredBody
    position: int
    path: Sequence[bytes]
    checkpoint: Checkpoint


def inclusion_of(session: Session, event_id: UUID) -> Inclusion | None:
    """Return the proof that an event is in the log, under the first checkpoint that covers it.

    None while the event is not sealed. Reads the leaves below that checkpoint: once a document, not a page.
    """
    position = position_of(session, event_id)
    checkpoint = None if position is None else sealing_checkpoint(session, position)
    if position is None or checkpoint is None:
        return None
    query = select(AuditEvent, AuditBody).outerjoin(AuditBody, AuditBody.event_id == AuditEvent.id)
    event, body = session.execute(query.where(AuditEvent.id == event_id)).one()
    below = select(AuditSeal.leaf).where(AuditSeal.position < checkpoint.size).order_by(AuditSeal.position)
    leaves = list(session.scalars(below))
    path = inclusion_proof(position, checkpoint.size, lambda first, end: tree_root(leaves[first:end]))
    stored = StoredBody(body.salt, body.body) if body else StoredBody(None, None)
    return Inclusion(entry_of(event), stored, position, path, checkpoint)


def waiting(session: Session) -> int:
    """Return how many events are not sealed yet."""
    return session.scalar(select(func.count()).select_from(AuditEvent).where(AuditEvent.pending)) or 0


def last_of_kind(session: Session, kind: str) -> datetime | None:
    """Return when an event of a kind was recorded last."""
    query = select(AuditEvent.recorded_at).where(AuditEvent.kind == kind)
    return session.scalar(query.order_by(AuditEvent.seq.desc()).limit(1))


def verify_log(session: Session, keyring: Keyring, anchors: Iterable[Anchor] = ()) -> Verdict:
    """Recompute the whole log in flat memory and say what is wrong with it."""
    return verify(_sealed_rows(session), _checkpoints(session), keyring.signature_is_good, anchors)


def entry_of(event: Any) -> Entry:
    """Return an event, or a row of its columns, as the chain hashes it."""
    return Entry(
        id=str(event.id),
        kind=event.kind,
        occurred_at=event.occurred_at,
        recorded_at=event.recorded_at,
        actor=event.actor,
        on_behalf_of=_text(event.on_behalf_of),
        role=event.role,
        scope=event.scope,
        credential_kind=event.credential,
        request_id=event.request_id,
        object_kind=event.object_kind,
        object_id=event.object_id,
        object_version=event.object_version,
        body_commitment=event.commitment,
        approval_id=_text(event.approval_id),
        policy_version=event.policy_version,
    )


def _text(value: UUID | None) -> str | None:
    return str(value) if value else None


# Columns, not objects: a log of any length is read without one of them being kept.
EVENT = Bundle[Any]("event", *(getattr(AuditEvent, name) for name in EVENT_COLUMNS))
BODY = Bundle[Any]("body", AuditBody.event_id, AuditBody.salt, AuditBody.body)


def _sealed_rows(session: Session) -> Iterator[SealedRow]:
    query = (
        select(AuditSeal.position, AuditSeal.leaf, EVENT, BODY)
        .outerjoin(AuditEvent, AuditEvent.id == AuditSeal.event_id)
        .outerjoin(AuditBody, AuditBody.event_id == AuditSeal.event_id)
        .order_by(AuditSeal.position)
        .execution_options(yield_per=ROWS_AT_ONCE)
    )
    for position, leaf, event, body in session.execute(query):
        stored = StoredBody(body.salt, body.body) if body.event_id else None
        yield SealedRow(position, leaf, entry_of(event) if event.id else None, stored)


def _checkpoints(session: Session) -> list[Checkpoint]:
    rows = session.scalars(select(AuditCheckpoint).order_by(AuditCheckpoint.size)).all()
    return [_checkpoint(row) for row in rows]


def _checkpoint(row: Any) -> Checkpoint:
    return Checkpoint(
        size=row.size,
        root=row.root,
        previous=row.previous,
        sealed_at=row.at,
        key_id=row.key_id,
        signature=row.signature,
        frontier=Frontier.from_text(row.frontier),
    )
