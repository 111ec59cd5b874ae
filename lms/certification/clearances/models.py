"""Tables of clearances. Facts are only added; `clearance_answer` is what other systems were told last."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from lms.audit.models import event_reference
from lms.certification.clearances.rules import Code, Outcome
from lms.core.db import Base, IdText, ShortText, one_of

PERSON = "people_person.id"


class AnswerRow(Base):
    """The answer last told for a person and duty; without a row: denied, and nothing ahead.

    `number` counts flips; `wake_on` is the next day on which it may flip by itself, absent where there is none.
    Never read for an answer.
    """

    __tablename__ = "clearance_answer"

    person_id: Mapped[UUID] = mapped_column(ForeignKey(PERSON), primary_key=True)
    duty: Mapped[str] = mapped_column(IdText, primary_key=True)
    allowed: Mapped[bool] = mapped_column(Boolean)
    number: Mapped[int] = mapped_column(Integer)
    wake_on: Mapped[date | None]
    updated_at: Mapped[datetime]

    __table_args__ = (
        Index(
            "ix_clearance_answer_wake_on", "wake_on",
            postgresql_where=text("wake_on IS NOT NULL"), sqlite_where=text("wake_on IS NOT NULL"),
        ),
    )  # fmt: skip


class DenialRow(Base):
    """Another system was told no: once a person, duty, client and day; empty client: none was named."""

    __tablename__ = "clearance_denial"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey(PERSON))
    duty: Mapped[str] = mapped_column(IdText)
    client: Mapped[str] = mapped_column(ShortText)
    denied_on: Mapped[date] = mapped_column(index=True)
    code: Mapped[str] = mapped_column(String(20))
    recorded_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("person_id", "duty", "client", "denied_on"), one_of("code", Code))


class GlassRow(Base):
    """An emergency opening of a duty for one person, by a second person, from an instant until before another."""

    __tablename__ = "clearance_glass"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey(PERSON), index=True)
    duty: Mapped[str] = mapped_column(IdText)
    client: Mapped[str] = mapped_column(ShortText)
    reason: Mapped[str] = mapped_column(Text)
    from_at: Mapped[datetime]
    until_at: Mapped[datetime] = mapped_column(index=True)
    approved_by_id: Mapped[UUID] = mapped_column(ForeignKey(PERSON))
    approval_id: Mapped[UUID] = mapped_column(ForeignKey("approval.id"), unique=True)
    recorded_at: Mapped[datetime]
    event_id: Mapped[UUID] = event_reference()

    __table_args__ = (CheckConstraint("from_at < until_at", name="instants_in_order"),)


class GlassReview(Base):
    """What somebody who had no part in an emergency opening found afterwards."""

    __tablename__ = "clearance_glass_review"

    glass_id: Mapped[UUID] = mapped_column(ForeignKey("clearance_glass.id"), primary_key=True)
    outcome: Mapped[str] = mapped_column(String(12))
    remark: Mapped[str] = mapped_column(Text)
    reviewed_by_id: Mapped[UUID] = mapped_column(ForeignKey(PERSON))
    recorded_at: Mapped[datetime]
    event_id: Mapped[UUID] = event_reference()

    __table_args__ = (one_of("outcome", Outcome),)


class RecusalRow(Base):
    """A person keeps away from a client, by its reference, from a day on."""

    __tablename__ = "clearance_recusal"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey(PERSON), index=True)
    client: Mapped[str] = mapped_column(ShortText)
    from_on: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    entered_by_id: Mapped[UUID] = mapped_column(ForeignKey(PERSON))
    recorded_at: Mapped[datetime]
    event_id: Mapped[UUID] = event_reference()


class RecusalEnd(Base):
    """The inclusive last day of a recusal, by two people."""

    __tablename__ = "clearance_recusal_end"

    recusal_id: Mapped[UUID] = mapped_column(ForeignKey("clearance_recusal.id"), primary_key=True)
    until_on: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    approval_id: Mapped[UUID] = mapped_column(ForeignKey("approval.id"))
    recorded_at: Mapped[datetime]
    event_id: Mapped[UUID] = event_reference()
