"""The table of calendar feeds."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.audit.models import event_reference
from lms.core.db import Base


class CalendarFeed(Base):
    """The address of somebody's calendar, by the hash of its token; at most one a person stands."""

    __tablename__ = "certification_calendar_feed"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people_person.id"))
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]  # absent while it stands
    event_id: Mapped[UUID] = event_reference()

    __table_args__ = (
        Index(
            "uq_certification_calendar_feed_standing", "person_id", unique=True,
            postgresql_where=text("ended_at IS NULL"), sqlite_where=text("ended_at IS NULL"),
        ),
    )  # fmt: skip
