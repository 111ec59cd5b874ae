"""Tables of the four-eyes mechanism. A request's payload never changes; its state moves once."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from lms.approvals.rules import ApprovalState
from lms.audit.models import event_reference
from lms.core.db import Base, one_of


class Approval(Base):
    """A request for a second person's approval."""

    __tablename__ = "approval"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    kind: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(200))
    payload: Mapped[str] = mapped_column(Text)
    payload_hash: Mapped[str] = mapped_column(String(64))
    preview_hash: Mapped[str] = mapped_column(String(64))
    asker_id: Mapped[UUID] = mapped_column(ForeignKey("people_person.id"))
    reason: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime]
    event_id: Mapped[UUID] = event_reference()
    state: Mapped[str] = mapped_column(String(12), default=ApprovalState.OPEN, index=True)
    # Absent until somebody has decided.
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people_person.id"))
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (one_of("state", ApprovalState),)


class ApprovalBeneficiary(Base):
    """A person who gains by what is asked."""

    __tablename__ = "approval_beneficiary"

    approval_id: Mapped[UUID] = mapped_column(ForeignKey("approval.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people_person.id"), primary_key=True)
