"""Tables of attempts. Papers and answers are only added; an attempt's state moves forward, once a step."""

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
from lms.core.db import Base, IdText, one_of
from lms.quizzes.rules import AttemptState, QuizKind
from lms.quizzes.rules_remedies import RemedyKind

RunText = String(40)


class Attempt(Base):
    """One paper given to one person.

    `run_id` is the passage it counts in, empty for practice outside any; `number` counts the run's attempts
    from 1, voided ones too. `paper` holds the slots as JSON: item versions and order of options. `saves`
    numbers the batches of answers, `last_seq` is the highest sequence number among them; `device` saved
    last, `other_device` last before it. `score` and the points in `topics` are exact fractions.
    """

    __tablename__ = "quiz_attempt"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people_person.id"))
    quiz_kind: Mapped[str] = mapped_column(String(20))
    quiz_id: Mapped[str] = mapped_column(IdText)
    run_id: Mapped[str] = mapped_column(RunText, default="")
    number: Mapped[int] = mapped_column(Integer)
    version_id: Mapped[int] = mapped_column(ForeignKey("content_version.id"))
    seed: Mapped[str] = mapped_column(String(32))
    paper: Mapped[str] = mapped_column(Text)
    items: Mapped[int] = mapped_column(Integer)
    started_at: Mapped[datetime]
    deadline_at: Mapped[datetime]
    extra_minutes: Mapped[int] = mapped_column(Integer, default=0)
    state: Mapped[str] = mapped_column(String(12), default=AttemptState.IN_PROGRESS)
    saves: Mapped[int] = mapped_column(Integer, default=0)
    last_seq: Mapped[int] = mapped_column(Integer, default=0)
    device: Mapped[str] = mapped_column(String(40), default="")
    other_device: Mapped[str] = mapped_column(String(40), default="")
    started_event_id: Mapped[UUID] = event_reference()
    # Absent until it is handed in.
    submitted_at: Mapped[datetime | None]
    submitted_event_id: Mapped[UUID | None] = mapped_column(Uuid)
    # Absent until it is scored.
    scored_at: Mapped[datetime | None]
    score: Mapped[str | None] = mapped_column(String(40))
    topics: Mapped[str | None] = mapped_column(Text)
    passed: Mapped[bool | None] = mapped_column(Boolean)
    credited_on: Mapped[date | None]
    scored_event_id: Mapped[UUID | None] = mapped_column(Uuid)
    # Absent unless it was voided.
    voided_event_id: Mapped[UUID | None] = mapped_column(Uuid)
    # In which language the paper was begun; absent where that is not known.
    language: Mapped[str | None] = mapped_column(String(2))

    __table_args__ = (
        one_of("state", AttemptState),
        one_of("quiz_kind", QuizKind),
        CheckConstraint("state <> 'scored' OR (score IS NOT NULL AND passed IS NOT NULL)", name="scored"),
        CheckConstraint("state NOT IN ('submitted', 'scored') OR submitted_at IS NOT NULL", name="submitted"),
        UniqueConstraint("person_id", "quiz_kind", "quiz_id", "run_id", "number"),
        Index(
            "uq_quiz_attempt_open", "person_id", "quiz_kind", "quiz_id", unique=True,
            postgresql_where=text("state = 'in_progress'"), sqlite_where=text("state = 'in_progress'"),
        ),
        Index(
            "ix_quiz_attempt_closing", "deadline_at",
            postgresql_where=text("state = 'in_progress'"), sqlite_where=text("state = 'in_progress'"),
        ),
        Index(
            "ix_quiz_attempt_unscored", "submitted_at",
            postgresql_where=text("state = 'submitted'"), sqlite_where=text("state = 'submitted'"),
        ),
    )  # fmt: skip


class ResponseBatch(Base):
    """The answers one request brought, as received. Only added; the same content of one device once.

    `body` is a JSON list of {slot, seq, response}; `late` ones are kept and never scored.
    """

    __tablename__ = "quiz_response_batch"

    attempt_id: Mapped[UUID] = mapped_column(ForeignKey("quiz_attempt.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    device: Mapped[str] = mapped_column(String(40))
    received_at: Mapped[datetime]
    late: Mapped[bool] = mapped_column(Boolean, default=False)
    content_hash: Mapped[str] = mapped_column(String(64))
    body: Mapped[str] = mapped_column(Text)

    __table_args__ = (UniqueConstraint("attempt_id", "device", "content_hash"),)


class QuizRun(Base):
    """A passage in which attempts at a quiz count, told by the slice that opens and closes it.

    `only` is a JSON list of the items that its papers consist of, absent where papers are drawn.
    """

    __tablename__ = "quiz_run"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people_person.id"), primary_key=True)
    quiz_kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    quiz_id: Mapped[str] = mapped_column(IdText, primary_key=True)
    run_id: Mapped[str] = mapped_column(RunText, primary_key=True)
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]  # absent while attempts count in it
    only: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (one_of("quiz_kind", QuizKind), CheckConstraint("run_id <> ''", name="run_named"))


class AttemptGrant(Base):
    """Attempts that HR added to a run, with the reason."""

    __tablename__ = "quiz_attempt_grant"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people_person.id"))
    quiz_kind: Mapped[str] = mapped_column(String(20))
    quiz_id: Mapped[str] = mapped_column(IdText)
    run_id: Mapped[str] = mapped_column(RunText, default="")
    attempts: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime]
    event_id: Mapped[UUID] = event_reference()

    __table_args__ = (
        one_of("quiz_kind", QuizKind),
        CheckConstraint("attempts > 0", name="attempts_positive"),
        Index("ix_quiz_attempt_grant_run", "person_id", "quiz_kind", "quiz_id", "run_id"),
    )


class Accommodation(Base):
    """Extra minutes of a person in every attempt, with the reason; the one recorded last holds."""

    __tablename__ = "quiz_accommodation"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people_person.id"))
    number: Mapped[int] = mapped_column(Integer)
    extra_minutes: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime]
    event_id: Mapped[UUID] = event_reference()

    __table_args__ = (
        UniqueConstraint("person_id", "number"),
        CheckConstraint("extra_minutes >= 0", name="extra_minutes_not_negative"),
    )


class ItemExposure(Base):
    """How often a person was given an item and when last: a count over their papers, kept for drawing."""

    __tablename__ = "quiz_item_exposure"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people_person.id"), primary_key=True)
    item_id: Mapped[str] = mapped_column(IdText, primary_key=True)
    times: Mapped[int] = mapped_column(Integer)
    last_at: Mapped[datetime]


class KeyOpening(Base):
    """A person saw an item's key at this instant: they do not get the item for 12 months."""

    __tablename__ = "quiz_key_opening"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people_person.id"), primary_key=True)
    item_id: Mapped[str] = mapped_column(IdText, primary_key=True)
    opened_at: Mapped[datetime] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = event_reference()


class ItemRemedy(Base):
    """What two people decided about a faulty version of an item; the one with the highest number holds.

    `accept` is the other answer taken, as JSON, with that kind alone.
    """

    __tablename__ = "quiz_item_remedy"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    item_id: Mapped[str] = mapped_column(IdText)
    version_id: Mapped[int] = mapped_column(ForeignKey("content_version.id"))
    number: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(8))
    accept: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text)
    approval_id: Mapped[UUID] = mapped_column(ForeignKey("approval.id"))
    recorded_at: Mapped[datetime]
    event_id: Mapped[UUID] = event_reference()

    __table_args__ = (
        one_of("kind", RemedyKind),
        UniqueConstraint("version_id", "number"),
        UniqueConstraint("approval_id"),
        CheckConstraint("(kind = 'accept') = (accept <> '')", name="accept_with_its_kind"),
    )


class ScoreChange(Base):
    """One regrading of a scored attempt: what counted before, what was computed, what counts since.

    Only added. The attempt's own row shows what counts; the first change's `before_…` is the first score.
    """

    __tablename__ = "quiz_score_change"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    attempt_id: Mapped[UUID] = mapped_column(ForeignKey("quiz_attempt.id"))
    number: Mapped[int] = mapped_column(Integer)
    remedy_id: Mapped[UUID] = mapped_column(ForeignKey("quiz_item_remedy.id"))
    before_score: Mapped[str] = mapped_column(String(40))
    before_passed: Mapped[bool] = mapped_column(Boolean)
    computed_score: Mapped[str] = mapped_column(String(40))
    computed_passed: Mapped[bool] = mapped_column(Boolean)
    score: Mapped[str] = mapped_column(String(40))
    passed: Mapped[bool] = mapped_column(Boolean)
    review: Mapped[bool] = mapped_column(Boolean)
    recorded_at: Mapped[datetime]
    event_id: Mapped[UUID] = event_reference()

    __table_args__ = (
        UniqueConstraint("attempt_id", "number"),
        CheckConstraint("passed OR NOT before_passed", name="pass_kept"),
        CheckConstraint("NOT review OR (passed AND NOT computed_passed)", name="review_of_a_pass"),
    )


class ScoreReview(Base):
    """The end of a review: what somebody said about a pass that a remedy would have failed."""

    __tablename__ = "quiz_score_review"

    change_id: Mapped[UUID] = mapped_column(ForeignKey("quiz_score_change.id"), primary_key=True)
    remark: Mapped[str] = mapped_column(Text)
    reviewed_by_id: Mapped[UUID] = mapped_column(ForeignKey("people_person.id"))
    recorded_at: Mapped[datetime]
    event_id: Mapped[UUID] = event_reference()
