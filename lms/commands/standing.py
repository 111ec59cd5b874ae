"""Say how a person stands in a programme: on a day, and as known at an instant.

Examples:
  lms standing ana onboarding
  lms standing liwei annual-confidentiality --as-of 2026-06-30 --known-at 2026-07-01T00:00:00+08:00 --json
"""

import argparse
import json
from datetime import date, datetime
from zoneinfo import ZoneInfo

from lms.app import open_database
from lms.certification.labels import OVERLAYS, STATES, reason_message
from lms.certification.presenting import standing_document
from lms.certification.queries import Answer, standing_of
from lms.core import clock
from lms.core.errors import Invalid, message
from lms.core.i18n import translate
from lms.core.settings import load
from lms.people.queries import person_named


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what this command understands."""
    parser.add_argument("person", help="id, sign-in name or staff number")
    parser.add_argument("programme", help="id of the programme")
    parser.add_argument("--as-of", type=date.fromisoformat, metavar="DAY", help="the day, by default today")
    parser.add_argument(
        "--known-at",
        metavar="INSTANT",
        help="an instant, in the firm's zone if it names none; by default all is known",
    )
    parser.add_argument("--json", action="store_true", help="write JSON")


def run(options: argparse.Namespace) -> int:
    """Answer, and exit with 0."""
    settings = load()
    database = open_database(settings)
    try:
        with database.reading() as session:
            person_id = person_named(session, options.person)
            as_of = options.as_of or clock.today(settings.zone)
            known_at = _instant(options.known_at, settings.zone)
            answer = standing_of(session, person_id, options.programme, as_of, known_at)
        if options.json:
            print(json.dumps(standing_document(answer), ensure_ascii=False, indent=2))
        else:
            _say(answer, settings.language)
        return 0
    finally:
        database.dispose()


def _instant(text: str | None, zone: ZoneInfo) -> datetime | None:
    if text is None:
        return None
    try:
        return clock.read_instant(text, zone)
    except ValueError as error:
        raise Invalid({"known_at": message("Write it as 2026-07-01T00:00:00+08:00.")}) from error


def _say(answer: Answer, language: str) -> None:
    standing = answer.standing
    states = [STATES[standing.state], *(OVERLAYS[each] for each in sorted(standing.overlays))]
    print(", ".join(translate(each, language) for each in states))
    for reason in standing.reasons:
        print(f"  {translate(reason_message(reason), language)}")
    for name, day in standing_document(answer).items():
        if name.endswith(("_on", "_until", "since", "valid_from")) and day:
            print(f"  {name}: {day}")
