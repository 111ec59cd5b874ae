"""What the worker does about cases: let clocks run out in plays that nobody looks at. May run twice without harm."""

from datetime import datetime

from lms.cases.actions import settle
from lms.cases.queries import open_plays
from lms.core.db import By, Database


def settle_all(database: Database, at: datetime) -> int:
    """Let the clocks of open plays run out, each play in its own transaction; return how many ended."""
    with database.reading() as session:
        waiting = open_plays(session)
    ended = 0
    for play_id in waiting:
        with database.transaction(By("worker")) as session:
            ended += settle(session, play_id, at)
    return ended
