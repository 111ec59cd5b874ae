"""Tables of certification. Facts are only added; `certification_standing` and `…_span` are caches of them.

Every fact points at the event that recorded it: an answer "as known at" takes the facts whose event lies
before a sealed position of the log.
"""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import (
    Boolean,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from lms.audit.models import event_reference
from lms.certification.rules_events import CreditSource, DecisionKind
from lms.certification.rules_sources import HandKind
from lms.certification.rules_words import Basis, Kind, Need, Path, SourceKind, State
from lms.core.db import Base, IdText, ShortText, one_of

PERSON = "people_person.id"


class AssignmentRow(Base):
    """A source: why a person owes a programme. `due` replaces the programme's own duration, empty where not."""

    __tablename__ = "certification_assignment"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey(PERSON))
    programme: Mapped[str] = mapped_column(IdText)
    source: Mapped[str] = mapped_column(String(10))
    source_key: Mapped[str] = mapped_column(String(200))
    from_on: Mapped[date]
    due: Mapped[str] = mapped_column(String(10), default="")
    recorded_at: Mapped[datetime]
    event_id: Mapped[UUID] = event_reference()

    __table_args__ = (
        UniqueConstraint("person_id", "programme", "source_key", "from_on"),
        one_of("source", SourceKind),
    )


class AssignmentEnd(Base):
    """What became of an assignment: its inclusive last day, or that it never was; the last number holds.

    `until_on` absent: it goes on after all.
    """

    __tablename__ = "certification_assignment_end"

    assignment_id: Mapped[UUID] = mapped_column(ForeignKey("certification_assignment.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    until_on: Mapped[date | None]
    is_void: Mapped[bool] = mapped_column(Boolean)
    recorded_at: Mapped[datetime]
    event_id: Mapped[UUID] = event_reference()


class RuleRow(Base):
    """A rule of assignment made by hand; see `rules_sources.HandRule` for the columns."""

    __tablename__ = "certification_rule"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    programme: Mapped[str] = mapped_column(IdText)
    kind: Mapped[str] = mapped_column(String(8))
    target: Mapped[str] = mapped_column(ShortText)
    from_on: Mapped[date]
    due: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(Text)
    approval_id: Mapped[UUID] = mapped_column(Uuid)
    recorded_at: Mapped[datetime]
    event_id: Mapped[UUID] = event_reference()

    __table_args__ = (one_of("kind", HandKind),)


class RuleEnd(Base):
    """The inclusive last day of a rule made by hand."""

    __tablename__ = "certification_rule_end"

    rule_id: Mapped[UUID] = mapped_column(ForeignKey("certification_rule.id"), primary_key=True)
    until_on: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    approval_id: Mapped[UUID] = mapped_column(Uuid)
    recorded_at: Mapped[datetime]
    event_id: Mapped[UUID] = event_reference()


class CreditRow(Base):
    """Evidence of one finished run, or of what somebody entered with evidence.

    `version` is the material version of the text seen; `content_version_id` is absent where no published
    text was seen; `approval_id` is absent where the system saw it itself. `supplement` is the version of which
    only the changed parts were done, absent where the whole was.
    """

    __tablename__ = "certification_credit"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey(PERSON), index=True)
    need: Mapped[str] = mapped_column(String(12))
    target: Mapped[str] = mapped_column(IdText)
    occurred_on: Mapped[date]
    source: Mapped[str] = mapped_column(String(5))
    source_key: Mapped[str] = mapped_column(String(200), unique=True)
    version: Mapped[int] = mapped_column(Integer)
    content_version_id: Mapped[int | None] = mapped_column(ForeignKey("content_version.id"))
    supplement: Mapped[int | None] = mapped_column(Integer)
    evidence: Mapped[str] = mapped_column(Text, default="")
    approval_id: Mapped[UUID | None] = mapped_column(Uuid)
    recorded_at: Mapped[datetime]
    event_id: Mapped[UUID] = event_reference()

    __table_args__ = (one_of("need", Need), one_of("source", CreditSource))


class CreditOfCase(Base):
    """What a credit of a case says besides: the pools the case was in, and whether it had been met before.

    `pools` are ids between spaces; `repeat` as in `rules_facts.Credit`.
    """

    __tablename__ = "certification_credit_case"

    credit_id: Mapped[UUID] = mapped_column(ForeignKey("certification_credit.id"), primary_key=True)
    pools: Mapped[str] = mapped_column(Text)
    repeat: Mapped[bool] = mapped_column(Boolean)
    event_id: Mapped[UUID] = event_reference()


class CreditVoid(Base):
    """A credit that was never earned."""

    __tablename__ = "certification_credit_void"

    credit_id: Mapped[UUID] = mapped_column(ForeignKey("certification_credit.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(Text)
    approval_id: Mapped[UUID | None] = mapped_column(Uuid)
    recorded_at: Mapped[datetime]
    event_id: Mapped[UUID] = event_reference()


class DecisionRow(Base):
    """A decision about one person in one programme: extension, waiver, exclusion, revocation, finding, migration.

    `occurred_on` is the day it acts from (an extension: the day it was granted); `until_on` its inclusive last
    day, absent where it has none; `target` the assignment an exclusion bars, the version a migration leads
    to; `due` a finding's own duration.
    """

    __tablename__ = "certification_decision"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    kind: Mapped[str] = mapped_column(String(12))
    person_id: Mapped[UUID] = mapped_column(ForeignKey(PERSON), index=True)
    programme: Mapped[str] = mapped_column(IdText)
    occurred_on: Mapped[date]
    until_on: Mapped[date | None]
    target: Mapped[str] = mapped_column(ShortText, default="")
    due: Mapped[str] = mapped_column(String(10), default="")
    reason: Mapped[str] = mapped_column(Text)
    approval_id: Mapped[UUID | None] = mapped_column(Uuid)
    recorded_at: Mapped[datetime]
    event_id: Mapped[UUID] = event_reference()

    __table_args__ = (one_of("kind", DecisionKind),)


class WithdrawalRow(Base):
    """The withdrawal of a decision from a day on; of a revocation: its annulment."""

    __tablename__ = "certification_withdrawal"

    decision_id: Mapped[UUID] = mapped_column(ForeignKey("certification_decision.id"), primary_key=True)
    occurred_on: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    approval_id: Mapped[UUID | None] = mapped_column(Uuid)
    recorded_at: Mapped[datetime]
    event_id: Mapped[UUID] = event_reference()


class PeriodRow(Base):
    """The identity of the n-th period, for runs, notices and certificates; needless ones are marked void."""

    __tablename__ = "certification_period"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey(PERSON))
    programme: Mapped[str] = mapped_column(IdText)
    n: Mapped[int] = mapped_column(Integer)
    rules: Mapped[str] = mapped_column(ShortText)
    basis: Mapped[str] = mapped_column(String(12))
    path: Mapped[str] = mapped_column(String(8))
    opened_on: Mapped[date]
    recorded_at: Mapped[datetime]
    event_id: Mapped[UUID] = event_reference()
    voided_at: Mapped[datetime | None]  # absent while the facts ask for it

    __table_args__ = (
        Index(
            "uq_certification_period_live", "person_id", "programme", "n", unique=True,
            postgresql_where=text("voided_at IS NULL"), sqlite_where=text("voided_at IS NULL"),
        ),
        one_of("basis", Basis),
        one_of("path", Path),
    )  # fmt: skip


class StandingRow(Base):
    """Today's answer for one person and programme, as of `assessed_on`.

    Days are those of `rules.Standing`. `then_on` is the second change to come; `remind_on` the next day on
    which a reminder may be due; `wake_on` the earliest day on which the sweep must look. `steps` is what the
    open period asks for, as JSON, `period` its number (0: none).
    """

    __tablename__ = "certification_standing"

    person_id: Mapped[UUID] = mapped_column(ForeignKey(PERSON), primary_key=True)
    programme: Mapped[str] = mapped_column(IdText, primary_key=True)
    kind: Mapped[str] = mapped_column(String(14))
    state: Mapped[str] = mapped_column(String(14))
    overlays: Mapped[str] = mapped_column(String(80))
    since: Mapped[date | None]
    due_on: Mapped[date | None]
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    window_opens_on: Mapped[date | None]
    grace_until: Mapped[date | None]
    next_change_on: Mapped[date | None]
    next_state: Mapped[str | None] = mapped_column(String(14))
    next_overlays: Mapped[str] = mapped_column(String(80))
    then_on: Mapped[date | None]
    remind_on: Mapped[date | None]
    wake_on: Mapped[date | None]
    reasons: Mapped[str] = mapped_column(Text)
    period: Mapped[int] = mapped_column(Integer)
    steps: Mapped[str] = mapped_column(Text)
    certificate: Mapped[str] = mapped_column(String(48))  # its number; empty: none
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("people_unit.id"))
    employed: Mapped[bool] = mapped_column(Boolean)
    assessed_on: Mapped[date]
    updated_at: Mapped[datetime]

    __table_args__ = (
        one_of("state", State),
        one_of("kind", Kind),
        Index(
            "ix_certification_standing_next_change_on", "next_change_on",
            postgresql_where=text("next_change_on IS NOT NULL"), sqlite_where=text("next_change_on IS NOT NULL"),
        ),
        Index(
            "ix_certification_standing_wake_on", "wake_on",
            postgresql_where=text("wake_on IS NOT NULL"), sqlite_where=text("wake_on IS NOT NULL"),
        ),
        # All that the overview of the firm counts by, so that it reads no row.
        Index(
            "ix_certification_standing_report", "programme", "state", "unit_id", "since", "due_on", "valid_until",
            "grace_until", "next_change_on", "person_id",
        ),
        Index("ix_certification_standing_since", "since"),
        Index("ix_certification_standing_unit_id", "unit_id"),
    )  # fmt: skip


class StandingSpan(Base):
    """Days in a row with the same state and overlays, as known from `known_from` until before `known_until`.

    Only `known_until` is ever set later: absent while it is still what the facts say. `from_on` is the first
    day of the calendar in a first span, `until_on` the inclusive last day, absent in the last.
    """

    __tablename__ = "certification_span"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey(PERSON))
    programme: Mapped[str] = mapped_column(IdText)
    state: Mapped[str] = mapped_column(String(14))
    overlays: Mapped[str] = mapped_column(String(80))
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    known_from: Mapped[datetime]
    known_until: Mapped[datetime | None]

    __table_args__ = (
        one_of("state", State),
        Index(
            "uq_certification_span_live", "person_id", "programme", "from_on", unique=True,
            postgresql_where=text("known_until IS NULL"), sqlite_where=text("known_until IS NULL"),
        ),
    )  # fmt: skip


class Certificate(Base):
    """A certificate as printed. `valid_until` absent: it does not expire; `earned` lists what it was earned on.

    One certificate a period, and one after each that it supersedes.
    """

    __tablename__ = "certification_certificate"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    number: Mapped[str] = mapped_column(String(48), unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey(PERSON), index=True)
    programme: Mapped[str] = mapped_column(IdText)
    period_id: Mapped[UUID] = mapped_column(ForeignKey("certification_period.id"))
    issued_at: Mapped[datetime]
    completed_on: Mapped[date]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    supersedes_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("certification_certificate.id", deferrable=True, initially="DEFERRED")
    )  # none: the first of its period
    earned: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime]
    event_id: Mapped[UUID] = event_reference()

    __table_args__ = (
        Index(
            "uq_certification_certificate_first", "period_id", unique=True,
            postgresql_where=text("supersedes_id IS NULL"), sqlite_where=text("supersedes_id IS NULL"),
        ),
        Index(
            "uq_certification_certificate_supersedes_id", "supersedes_id", unique=True,
            postgresql_where=text("supersedes_id IS NOT NULL"), sqlite_where=text("supersedes_id IS NOT NULL"),
        ),
    )  # fmt: skip


class CertificatePdf(Base):
    """The bytes of a printed certificate, built once."""

    __tablename__ = "certification_certificate_pdf"

    certificate_id: Mapped[UUID] = mapped_column(ForeignKey("certification_certificate.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    data: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]
