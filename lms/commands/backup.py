"""Write everything the database holds to one new file, while the system is in use, and read it back.

The signing key (`instance/audit.key`) and `config.toml` are not in it: keep them apart from it.

Example: lms backup /safe/place/chizheng-2026-11-23.zip
"""

import argparse
import sys
from pathlib import Path

from lms.app import open_database
from lms.core.backup import BackupError, backup
from lms.core.settings import load
from lms.migrations import steps


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what this command understands."""
    parser.add_argument("file", type=Path, help="the new file")


def run(options: argparse.Namespace) -> int:
    """Make the backup."""
    database = open_database(load())
    try:
        stands = steps.current(database.engine)
        if stands != steps.head():
            print("The database is not up to date: run `lms db upgrade` first.", file=sys.stderr)
            return 1
        rows = backup(database.engine, options.file, stands, report)
    except BackupError as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        database.dispose()
    print(f"{rows} rows written to {options.file} and read back.")
    return 0


def report(table: str, rows: int) -> None:
    """Say how far it is, on a terminal."""
    if sys.stderr.isatty():
        print(f"\r\033[K{table}: {rows}", end="", file=sys.stderr, flush=True)
