"""Upgrade the database, or say where it stands.

Example: lms db upgrade
"""

import argparse

from lms.app import open_database
from lms.core.settings import load
from lms.migrations import steps


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what this command understands."""
    parser.add_argument("what", choices=("upgrade", "current"))


def run(options: argparse.Namespace) -> int:
    """Carry out the command; 1 when the database is behind and was only asked about."""
    database = open_database(load())
    try:
        if options.what == "upgrade":
            steps.upgrade(database.engine)
        stands, newest = steps.current(database.engine), steps.head()
        print(f"{stands or 'empty'} ({'up to date' if stands == newest else f'newest: {newest}'})")
        return 0 if stands == newest else 1
    finally:
        database.dispose()
