"""Tables of people. Names, mail and staff number live in `people_identity` alone; ids are random."""

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
from lms.core.db import Base, one_of, within
from lms.people.rules import EmploymentKind, LinkPurpose, RoleChange
from lms.people.rules_mail import MailEnd


class Person(Base):
    """A person: a random id and nothing that says who it is."""

    __tablename__ = "people_person"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    created_at: Mapped[datetime]
    event_id: Mapped[UUID] = event_reference()


class Identity(Base):
    """Who a person is. The only personal data of the directory; changed in place, blanked by erasure."""

    __tablename__ = "people_identity"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people_person.id"), primary_key=True)
    username: Mapped[str] = mapped_column(String(80), unique=True)
    staff_number: Mapped[str] = mapped_column(String(40))
    # False once the person has left: the number may then be given to somebody else, who inherits nothing.
    number_in_use: Mapped[bool] = mapped_column(Boolean, default=True)
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(120))
    mail: Mapped[str] = mapped_column(String(254), default="")  # empty: no address, links are printed
    # What it becomes once the waiting `MailChange` is confirmed, empty: no address; absent where none waits.
    new_mail: Mapped[str | None] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(2), default="")  # empty: none chosen yet

    __table_args__ = (
        Index(
            "uq_people_identity_staff_number_in_use",
            "staff_number",
            unique=True,
            postgresql_where=text("number_in_use"),
            sqlite_where=text("number_in_use"),
        ),
        Index("ix_people_identity_mail", "mail"),
        Index("ix_people_identity_in_order", "staff_number", "person_id"),  # as lists page through people
    )


class Unit(Base):
    """A unit of the firm; the top one has no parent."""

    __tablename__ = "people_unit"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(120))
    parent_id: Mapped[UUID | None] = mapped_column(within("people_unit.id"), index=True)


class EmploymentFact(Base):
    """One fact of somebody's employment; folded by `rules.fold`. Only added, never changed.

    `from_on` is the first day on which it holds; `until_on` the inclusive last day of a leave (absent
    while open-ended); `unit_id` is where a join, move or re-hire leads; `voids_id` the fact this one
    declares never to have been; `number` counts a person's facts from 1 in the order they were recorded.
    """

    __tablename__ = "people_employment_fact"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people_person.id"))
    number: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(20))
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("people_unit.id"))
    voids_id: Mapped[UUID | None] = mapped_column(within("people_employment_fact.id"))
    reason: Mapped[str] = mapped_column(Text, default="")
    recorded_at: Mapped[datetime]
    event_id: Mapped[UUID] = event_reference()

    __table_args__ = (UniqueConstraint("person_id", "number"), one_of("kind", EmploymentKind))


class PersonNow(Base):
    """Today's reading of the employment facts, kept for lists; rebuilt by `actions.refresh_person`.

    `left_on` is the inclusive last day of employment, absent while none is known; `changes_on` the next
    day on which this row will differ, absent when nothing is to come.
    """

    __tablename__ = "people_now"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people_person.id"), primary_key=True)
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("people_unit.id"), index=True)
    employed: Mapped[bool] = mapped_column(Boolean)
    on_leave: Mapped[bool] = mapped_column(Boolean, default=False)
    joined_on: Mapped[date | None]
    left_on: Mapped[date | None]
    changes_on: Mapped[date | None] = mapped_column(index=True)


class UnitLead(Base):
    """Who leads a unit, from a day to an inclusive day (absent while it lasts)."""

    __tablename__ = "people_unit_lead"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("people_unit.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people_person.id"), index=True)
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    recorded_at: Mapped[datetime]
    event_id: Mapped[UUID] = event_reference()


class RoleFact(Base):
    """A role granted or ended; the last fact of a (person, role) holds."""

    __tablename__ = "people_role_fact"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people_person.id"))
    role: Mapped[str] = mapped_column(String(20))
    change: Mapped[str] = mapped_column(String(10))
    recorded_at: Mapped[datetime]
    event_id: Mapped[UUID] = event_reference()

    __table_args__ = (
        one_of("change", RoleChange),
        Index("ix_people_role_fact_person_id_role", "person_id", "role"),
    )


class RoleNow(Base):
    """The roles a person holds: the fold of the role facts, kept for the actor loader."""

    __tablename__ = "people_role_now"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people_person.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(20), primary_key=True)


class Account(Base):
    """How a person signs in. `failures` since the last success; `locked_until` grows with them."""

    __tablename__ = "people_account"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people_person.id"), primary_key=True)
    password_hash: Mapped[str] = mapped_column(Text, default="")  # empty: not activated yet
    password_changed_at: Mapped[datetime | None]
    credentials_reset_at: Mapped[datetime | None]  # by somebody else: bars signing for 72 hours
    totp_secret: Mapped[str] = mapped_column(String(64), default="")  # empty: no second factor
    totp_last_step: Mapped[int] = mapped_column(Integer, default=0)  # a code is used once
    failures: Mapped[int] = mapped_column(Integer, default=0)
    locked_until: Mapped[datetime | None]


class RecoveryCode(Base):
    """A one-time substitute for the second factor, by its hash."""

    __tablename__ = "people_recovery_code"

    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people_person.id"), index=True)
    used_at: Mapped[datetime | None]


class SignInSession(Base):
    """A signed-in browser. The cookie carries a random token; the row its hash. Ended rows stay."""

    __tablename__ = "people_session"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people_person.id"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    authenticated_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    device: Mapped[str] = mapped_column(String(120), default="")


class OneTimeLink(Base):
    """A link that works once: activation, reset, the first administrator. Only its hash is kept."""

    __tablename__ = "people_one_time_link"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(20))
    person_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("people_person.id"), index=True
    )  # none: first administrator
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    # Issued by somebody else for an account that had a password: using it bars signing for 72 hours.
    resets: Mapped[bool] = mapped_column(Boolean, default=False)

    __table_args__ = (one_of("purpose", LinkPurpose),)


class MailChange(Base):
    """A change of address asked for. To what is in the identity; the link to the old mailbox is a hash."""

    __tablename__ = "people_mail_change"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people_person.id"), index=True)
    asked_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people_person.id"))  # none: the operator
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    event_id: Mapped[UUID] = event_reference()


class MailChangeEnd(Base):
    """How a change of address ended, once; those without a row wait, or have expired."""

    __tablename__ = "people_mail_change_end"

    change_id: Mapped[UUID] = mapped_column(ForeignKey("people_mail_change.id"), primary_key=True)
    outcome: Mapped[str] = mapped_column(String(12))
    ended_at: Mapped[datetime]
    event_id: Mapped[UUID] = event_reference()

    __table_args__ = (one_of("outcome", MailEnd),)


class ApiToken(Base):
    """A bearer token of another system: its hash, its owner, what it may read."""

    __tablename__ = "people_api_token"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people_person.id"), index=True)
    label: Mapped[str] = mapped_column(String(80))
    scopes: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
