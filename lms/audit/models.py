"""Tables of the audit log: events, their bodies kept apart, the seal, the checkpoints."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, LargeBinary, String, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import Base

Serial = BigInteger().with_variant(Integer, "sqlite")


class AuditEvent(Base):
    """One event. Only inserted; `pending` alone is ever changed, once, by the sealer, and is not hashed."""

    __tablename__ = "audit_event"

    seq: Mapped[int] = mapped_column(Serial, primary_key=True, autoincrement=True)
    id: Mapped[UUID] = mapped_column(Uuid, unique=True)
    kind: Mapped[str] = mapped_column(String(60))
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(40))
    object_kind: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[str] = mapped_column(String(200))
    credential: Mapped[str] = mapped_column(String(20))
    commitment: Mapped[bytes] = mapped_column(LargeBinary(32))
    pending: Mapped[bool] = mapped_column(Boolean, default=True)
    # For finding, not hashed (the body says it too); absent where the event concerns no one person.
    person_id: Mapped[UUID | None] = mapped_column(Uuid)
    # Absent where it was not done for another, under a role, in a request, on a version, by approval.
    on_behalf_of: Mapped[UUID | None] = mapped_column(Uuid)
    role: Mapped[str | None] = mapped_column(String(20))
    scope: Mapped[str | None] = mapped_column(String(60))
    request_id: Mapped[str | None] = mapped_column(String(40))
    object_version: Mapped[str | None] = mapped_column(String(80))
    policy_version: Mapped[str | None] = mapped_column(String(80))
    approval_id: Mapped[UUID | None] = mapped_column(Uuid)

    __table_args__ = (
        Index(
            "ix_audit_event_pending", "seq", postgresql_where=text("pending"), sqlite_where=text("pending")
        ),
        Index("ix_audit_event_person_id_seq", "person_id", "seq"),
        Index("ix_audit_event_kind_seq", "kind", "seq"),
    )


class AuditBody(Base):
    """An event's payload and the salt of its commitment; both are blanked by an erasure."""

    __tablename__ = "audit_body"

    event_id: Mapped[UUID] = mapped_column(
        ForeignKey("audit_event.id", deferrable=True, initially="DEFERRED"), primary_key=True
    )
    salt: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    body: Mapped[str | None] = mapped_column(Text)


class AuditSeal(Base):
    """The place of an event in the tree: positions count from 0 without a gap."""

    __tablename__ = "audit_seal"

    position: Mapped[int] = mapped_column(Serial, primary_key=True, autoincrement=False)
    event_id: Mapped[UUID] = mapped_column(Uuid, unique=True)
    leaf: Mapped[bytes] = mapped_column(LargeBinary(32))


class AuditCheckpoint(Base):
    """A signed statement of the tree's size and root at an instant."""

    __tablename__ = "audit_checkpoint"

    size: Mapped[int] = mapped_column(Serial, primary_key=True, autoincrement=False)
    root: Mapped[bytes] = mapped_column(LargeBinary(32))
    previous: Mapped[bytes] = mapped_column(LargeBinary(32))
    at: Mapped[datetime] = mapped_column(index=True)
    frontier: Mapped[str] = mapped_column(Text)
    key_id: Mapped[str] = mapped_column(String(16))
    signature: Mapped[bytes] = mapped_column(LargeBinary(64))


def event_reference() -> Mapped[UUID]:
    """Return the column by which a fact points at the event that recorded it.

    Indexed for SQLite's sake: events are written after their facts, and for each event it then looks for
    waiting facts in every table, by reading the whole of those without an index.
    """
    key = ForeignKey("audit_event.id", deferrable=True, initially="DEFERRED")
    return mapped_column(Uuid, key, index=True)
