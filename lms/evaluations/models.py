"""Tables of evaluation cycles. Sealed figures are only ever joined by corrections."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from lms.audit.models import event_reference
from lms.core.db import Base


class CycleRow(Base):
    """A cycle: its days (inclusive) and the policy version it is evaluated by."""

    __tablename__ = "evaluation_cycle"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    policy_id: Mapped[int] = mapped_column(ForeignKey("content_version.id"))
    opened_at: Mapped[datetime]
    event_id: Mapped[UUID] = event_reference()

    __table_args__ = (CheckConstraint("starts_on <= ends_on", name="days_in_order"),)


class SealRow(Base):
    """The seal of a cycle: SHA-256 over the canonical JSON of all its rows, and the two who sealed it.

    `known_at` is the instant whose knowledge the figures rest on: the cut-off.
    """

    __tablename__ = "evaluation_seal"

    cycle_id: Mapped[str] = mapped_column(ForeignKey("evaluation_cycle.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    sealed_at: Mapped[datetime]
    known_at: Mapped[datetime]
    asked_by_id: Mapped[UUID] = mapped_column(ForeignKey("people_person.id"))
    approved_by_id: Mapped[UUID] = mapped_column(ForeignKey("people_person.id"))
    approval_id: Mapped[UUID] = mapped_column(ForeignKey("approval.id"))
    event_id: Mapped[UUID] = event_reference()


class SealedEvaluation(Base):
    """One person's sealed figures as canonical JSON; `inputs` is what they were computed from."""

    __tablename__ = "evaluation_sealed"

    cycle_id: Mapped[str] = mapped_column(ForeignKey("evaluation_seal.cycle_id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people_person.id"), primary_key=True)
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("people_unit.id"))  # absent: in none at the end
    document: Mapped[str] = mapped_column(Text)
    inputs: Mapped[str] = mapped_column(Text)


class Correction(Base):
    """What a sealed figure should have been, and why; numbered from 1 within (cycle, person)."""

    __tablename__ = "evaluation_correction"

    cycle_id: Mapped[str] = mapped_column(ForeignKey("evaluation_seal.cycle_id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people_person.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    document: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    corrected_at: Mapped[datetime]
    approval_id: Mapped[UUID] = mapped_column(ForeignKey("approval.id"))
    event_id: Mapped[UUID] = event_reference()


class Outage(Base):
    """Days on which the system could not be used, declared by two people; both days inclusive."""

    __tablename__ = "evaluation_outage"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    from_on: Mapped[date]
    until_on: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    approval_id: Mapped[UUID] = mapped_column(ForeignKey("approval.id"))
    recorded_at: Mapped[datetime]
    event_id: Mapped[UUID] = event_reference()
