"""What this installation is: one row, made with the database."""

import os
from datetime import datetime
from pathlib import Path

from sqlalchemy import Boolean, CheckConstraint, Integer, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from lms.core.db import Base


class Installation(Base):
    """The one row. `demonstration` marks a database whose passwords are known to everybody."""

    __tablename__ = "installation"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    demonstration: Mapped[bool] = mapped_column(Boolean)
    made_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)


def is_demonstration(session: Session) -> bool:
    """Whether this database holds the demonstration firm."""
    return bool(session.scalar(select(Installation.demonstration)))


def kept_secret(path: Path, make: str) -> str:
    """Return the secret kept in a file of the instance folder; write `make` there when there is none.

    The file is made for its owner's eyes only; when two processes start at once, one value wins.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(make)
    return make
