"""Tables of plays. Steps are only added; a play moves from in progress to finished, once."""

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
from lms.cases.rules import Ending, PlayState
from lms.core.db import Base, IdText, one_of


class Play(Base):
    """One person's passage through one version of a case.

    `number` counts the person's plays of the case from 1; `percent` is how long clocks run for this person.
    `score` is an exact fraction, `shares` those of the criteria.
    """

    __tablename__ = "case_play"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people_person.id"))
    case_id: Mapped[str] = mapped_column(IdText)
    version_id: Mapped[int] = mapped_column(ForeignKey("content_version.id"))
    number: Mapped[int] = mapped_column(Integer)
    percent: Mapped[int] = mapped_column(Integer)
    started_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(12), default=PlayState.IN_PROGRESS)
    started_event_id: Mapped[UUID] = event_reference()
    # Absent until it is finished.
    finished_at: Mapped[datetime | None]
    ending: Mapped[str | None] = mapped_column(String(4))
    score: Mapped[str | None] = mapped_column(String(60))
    shares: Mapped[str | None] = mapped_column(Text)
    critical: Mapped[bool | None] = mapped_column(Boolean)
    passed: Mapped[bool | None] = mapped_column(Boolean)
    credited_on: Mapped[date | None]
    finished_event_id: Mapped[UUID | None] = mapped_column(Uuid)

    __table_args__ = (
        one_of("state", PlayState),
        one_of("ending", Ending),
        CheckConstraint(
            "state <> 'finished' OR (finished_at IS NOT NULL AND ending IS NOT NULL AND score IS NOT NULL"
            " AND passed IS NOT NULL AND credited_on IS NOT NULL)",
            name="finished",
        ),
        CheckConstraint("percent >= 100", name="percent_least"),
        UniqueConstraint("person_id", "case_id", "number"),
        Index("ix_case_play_case_id", "case_id"),
        Index(
            "uq_case_play_open", "person_id", "case_id", unique=True,
            postgresql_where=text("state = 'in_progress'"), sqlite_where=text("state = 'in_progress'"),
        ),
    )  # fmt: skip


class PlayStep(Base):
    """One choice of a play; the clock took it where `timed_out`. Only added."""

    __tablename__ = "case_step"

    play_id: Mapped[UUID] = mapped_column(ForeignKey("case_play.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    scene: Mapped[str] = mapped_column(IdText)
    choice: Mapped[str] = mapped_column(IdText)
    shown_at: Mapped[datetime]
    chosen_at: Mapped[datetime]
    timed_out: Mapped[bool] = mapped_column(Boolean, default=False)

    __table_args__ = (CheckConstraint("number > 0", name="number_positive"),)
