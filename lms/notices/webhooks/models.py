"""Tables of webhooks: who is told, what was told, each try."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from lms.audit.models import event_reference
from lms.core.db import Base


class Endpoint(Base):
    """An address that is told of some kinds of events (parted by spaces). The secret signs; it is shown once."""

    __tablename__ = "webhook_endpoint"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    url: Mapped[str] = mapped_column(String(500))
    kinds: Mapped[str] = mapped_column(String(400))
    secret: Mapped[str] = mapped_column(String(120))
    added_by_id: Mapped[UUID] = mapped_column(ForeignKey("people_person.id"))
    added_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]  # absent while it is told
    event_id: Mapped[UUID] = event_reference()


class WebhookMessage(Base):
    """One message to one endpoint, with the bytes it is sent with however often."""

    __tablename__ = "webhook_message"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    endpoint_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_endpoint.id"))
    key: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(40))
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    job_id: Mapped[UUID] = mapped_column(ForeignKey("job.id"), unique=True)
    taken_at: Mapped[datetime | None]  # absent until the receiver answered with success

    __table_args__ = (
        UniqueConstraint("endpoint_id", "key"),
        Index("ix_webhook_message_created_at", "created_at"),
    )


class WebhookTry(Base):
    """One try to send a message: the status of the answer (0: none) and what went wrong."""

    __tablename__ = "webhook_try"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    message_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_message.id"), index=True)
    tried_at: Mapped[datetime]
    status: Mapped[int] = mapped_column(Integer)
    error: Mapped[str] = mapped_column(String(300))
