"""Texts that wait for a second person before they are published."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import Base


class ContentDraft(Base):
    """The new versions of a publication that is asked for, by the hash of their manifest. Never changed.

    `due` is how long a supplement may take; absent where nobody was asked for it.
    """

    __tablename__ = "content_draft"

    manifest: Mapped[str] = mapped_column(String(64), primary_key=True)
    versions: Mapped[str] = mapped_column(Text)
    due: Mapped[str | None] = mapped_column(String(10))
    kept_at: Mapped[datetime]
