"""Compare every standing and span kept with what the facts say.

Example: lms standings check
"""

import argparse
import json
from dataclasses import asdict

from lms.app import open_database
from lms.certification.queries import check_standings
from lms.core import clock
from lms.core.settings import load


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what this command understands."""
    parser.add_argument("act", choices=("check",), help="what to do")
    parser.add_argument("--json", action="store_true", help="write JSON")


def run(options: argparse.Namespace) -> int:
    """Name every difference; 1 when there is one."""
    settings = load()
    database = open_database(settings)
    try:
        with database.reading() as session:
            found = check_standings(session, clock.today(settings.zone))
    finally:
        database.dispose()
    if options.json:
        print(json.dumps([{**asdict(each), "person_id": str(each.person_id)} for each in found], indent=2))
    for each in [] if options.json else found:
        print(
            f"{each.person_id} {each.programme} {each.what}: kept {each.kept}, the facts say {each.derived}"
        )
    if not options.json:
        print(f"{len(found)} differences")
    return 1 if found else 0
