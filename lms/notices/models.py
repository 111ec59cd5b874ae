"""Tables of the outbox: jobs to be done, notices to be read."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.audit.models import event_reference
from lms.core.db import Base, one_of
from lms.notices.rules import DigestKind, JobState


class Job(Base):
    """Work to be done after the transaction that enqueued it. `tries` also fences: a lease lost is seen."""

    __tablename__ = "job"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    kind: Mapped[str] = mapped_column(String(40))
    payload: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    state: Mapped[str] = mapped_column(String(10), default=JobState.WAITING)
    run_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(Integer, default=0)
    done_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (
        one_of("state", JobState),
        Index(
            "ix_job_waiting", "run_at",
            postgresql_where=text("state = 'waiting'"), sqlite_where=text("state = 'waiting'"),
        ),
    )  # fmt: skip


class NoticeRow(Base):
    """A notice before a person, in-app; the mail about it is a job."""

    __tablename__ = "notice"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people_person.id"))
    code: Mapped[str] = mapped_column(String(30))
    key: Mapped[str] = mapped_column(String(200), unique=True)
    params: Mapped[str] = mapped_column(Text)
    link: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[datetime]
    event_id: Mapped[UUID] = event_reference()
    read_at: Mapped[datetime | None]  # absent until it was opened

    __table_args__ = (
        Index("ix_notice_person_id_created_at", "person_id", "created_at"),
        Index(
            "ix_notice_unread", "person_id",
            postgresql_where=text("read_at IS NULL"), sqlite_where=text("read_at IS NULL"),
        ),
    )  # fmt: skip


class Digest(Base):
    """One mail that gathers: a person's reminders of a day, a manager's list of a week (`day`: its Monday).

    `lines` is what it says as codes, ids, days and names in both languages; the words are found on sending.
    """

    __tablename__ = "notice_digest"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people_person.id"))
    kind: Mapped[str] = mapped_column(String(10))
    day: Mapped[date]
    lines: Mapped[str] = mapped_column(Text)
    link: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[datetime]
    event_id: Mapped[UUID] = event_reference()

    __table_args__ = (UniqueConstraint("person_id", "kind", "day"), one_of("kind", DigestKind))


class DigestLine(Base):
    """A reminder that waits for its reader's mail of the day; one a reader, person, topic, step and day aimed at.

    `topic` names a programme and a period. Settled without a digest: it was out of date, or nobody was there
    to read it.
    """

    __tablename__ = "notice_digest_line"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    reader_id: Mapped[UUID] = mapped_column(ForeignKey("people_person.id"))
    about_id: Mapped[UUID] = mapped_column(ForeignKey("people_person.id"))
    topic: Mapped[str] = mapped_column(String(100))
    step: Mapped[str] = mapped_column(String(40))
    target_on: Mapped[date]
    code: Mapped[str] = mapped_column(String(30))
    params: Mapped[str] = mapped_column(Text)
    link: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]  # absent while it waits
    digest_id: Mapped[UUID | None] = mapped_column(ForeignKey("notice_digest.id"))  # absent: in none

    __table_args__ = (
        UniqueConstraint("reader_id", "about_id", "topic", "step", "target_on"),
        Index(
            "ix_notice_digest_line_waiting", "reader_id",
            postgresql_where=text("settled_at IS NULL"), sqlite_where=text("settled_at IS NULL"),
        ),
    )  # fmt: skip
