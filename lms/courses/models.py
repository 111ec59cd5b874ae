"""Tables of runs, finished lessons and the place where reading stopped."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.audit.models import event_reference
from lms.core.db import Base, IdText, one_of
from lms.courses.rules import RunKind


class CourseRun(Base):
    """One passage of a person through a course, quiz or examination; at most one of a whole target is unfinished.

    `version_id` is the text current when it was opened, and once finished the one it was finished on.
    `supplement` is the publication of which only the changed parts are gone through, `parts` which these are,
    as JSON; both absent in a passage through the whole. Several supplements may be unfinished at once.
    """

    __tablename__ = "course_run"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people_person.id"))
    kind: Mapped[str] = mapped_column(String(12))
    target: Mapped[str] = mapped_column(IdText)
    period_key: Mapped[str] = mapped_column(String(200))
    opened_at: Mapped[datetime]
    opened_on: Mapped[date]
    version_id: Mapped[int] = mapped_column(ForeignKey("content_version.id"))
    event_id: Mapped[UUID] = event_reference()
    supplement: Mapped[int | None] = mapped_column(Integer)
    parts: Mapped[str | None] = mapped_column(Text)
    # Absent until they have happened; set once.
    quiz_passed_on: Mapped[date | None]
    finished_at: Mapped[datetime | None]
    finished_on: Mapped[date | None]
    finished_event_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("audit_event.id", deferrable=True, initially="DEFERRED"), index=True
    )

    __table_args__ = (
        UniqueConstraint("person_id", "kind", "target", "period_key"),
        Index(
            "uq_course_run_unfinished",
            "person_id",
            "kind",
            "target",
            unique=True,
            sqlite_where=text("finished_on IS NULL AND supplement IS NULL"),
            postgresql_where=text("finished_on IS NULL AND supplement IS NULL"),
        ),
        Index(
            "ix_course_run_kind_target_unfinished",
            "kind",
            "target",
            sqlite_where=text("finished_on IS NULL"),
            postgresql_where=text("finished_on IS NULL"),
        ),
        one_of("kind", RunKind),
    )


class LessonProgress(Base):
    """A lesson finished within a run. Only added; `version_id` is the text that was read."""

    __tablename__ = "course_lesson_progress"

    run_id: Mapped[UUID] = mapped_column(ForeignKey("course_run.id"), primary_key=True)
    lesson_id: Mapped[str] = mapped_column(IdText, primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("content_version.id"))
    finished_at: Mapped[datetime]
    finished_on: Mapped[date]
    recorded_at: Mapped[datetime]
    event_id: Mapped[UUID] = event_reference()


class LessonPlace(Base):
    """Where a person stopped reading: a preference, overwritten. `position` is the number of a block."""

    __tablename__ = "course_lesson_place"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people_person.id"), primary_key=True)
    course_id: Mapped[str] = mapped_column(IdText, primary_key=True)
    lesson_id: Mapped[str] = mapped_column(IdText, primary_key=True)
    position: Mapped[int] = mapped_column(Integer, default=0)
    seen_at: Mapped[datetime]
