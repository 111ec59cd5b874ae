"""Fill an empty database from a backup and bring it up to date.

Refuses a database that holds anything. The backup is checked from end to end first.

Example: LMS_DATABASE_URL=postgresql://lms@db/new lms restore chizheng-2026-11-23.zip
"""

import argparse
import sys
from pathlib import Path

from sqlalchemy import Engine

from lms.app import open_database
from lms.commands.backup import report
from lms.core.backup import BackupError, restore
from lms.core.settings import load
from lms.migrations import steps


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what this command understands."""
    parser.add_argument("file", type=Path, help="a file that `lms backup` made")


def run(options: argparse.Namespace) -> int:
    """Restore the backup."""
    database = open_database(load())
    try:
        engine = database.engine
        rows = restore(engine, options.file, lambda revision: make_tables(engine, revision), report)
        steps.upgrade(engine)
    except BackupError as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        database.dispose()
    print(f"{rows} rows restored.")
    return 0


def make_tables(engine: Engine, revision: str) -> None:
    """Give a database without a row the tables of `revision`.

    Raises BackupError when this program does not know it.
    """
    if not steps.knows(revision):
        raise BackupError(f"The backup is of revision {revision}, newer than this program: upgrade it first.")
    if steps.current(engine) is not None:
        steps.downgrade(engine, "base")
    steps.upgrade(engine, revision)
