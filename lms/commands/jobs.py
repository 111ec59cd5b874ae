"""List the chores and the jobs that wait or were given up, or run a chore now.

Example: lms jobs run sweep --on 2026-11-23
"""

import argparse
import json
from datetime import date, datetime, time

from lms.app import open_database
from lms.core import clock
from lms.core.settings import load
from lms.jobs import CHORES
from lms.notices.delivery import Surroundings
from lms.notices.queries import waiting_jobs


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what this command understands."""
    what = parser.add_subparsers(dest="what", required=True)
    listing = what.add_parser("list", help="the chores, and how many jobs wait")
    listing.add_argument("--json", action="store_true", help="for a machine")
    running = what.add_parser("run", help="run one chore now")
    running.add_argument("name", choices=[chore.name for chore in CHORES])
    running.add_argument(
        "--on", type=date.fromisoformat, metavar="DATE", help="as if it were this day's noon"
    )


def run(options: argparse.Namespace) -> int:
    """List, or run one chore and say what it did."""
    settings = load()
    database = open_database(settings)
    try:
        if options.what == "list":
            with database.reading() as session:
                waiting = waiting_jobs(session)
            return _show(waiting, as_json=options.json)
        at = clock.now()
        if options.on:
            at = datetime.combine(options.on, time(12), tzinfo=settings.zone)
        chore = next(each for each in CHORES if each.name == options.name)
        print(f"{chore.name}: {chore.run(Surroundings(database, settings), at)}")
        return 0
    finally:
        database.dispose()


def _show(waiting: dict[str, int], *, as_json: bool) -> int:
    if as_json:
        chores = [{"name": chore.name, "every_seconds": chore.seconds} for chore in CHORES]
        print(json.dumps({"chores": chores, "jobs": waiting}, indent=1))
    else:
        for chore in CHORES:
            print(f"{chore.name:12} every {chore.seconds:g} s")
        print(
            ", ".join(f"{count} jobs {state}" for state, count in sorted(waiting.items())) or "no job waits"
        )
    return 1 if waiting.get("dead") else 0
