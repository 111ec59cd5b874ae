"""Write a report as a file: the rows and columns of the page, to standard output or to a file.

Examples:
  lms report standings --format csv > standings.csv
  lms report standings --unit north --as-of 2026-06-30 --known-at 2026-07-01T00:00:00+08:00 --format json
  lms --as carla report due --format xlsx --out due.xlsx
"""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import IO

from sqlalchemy.orm import Session

from lms.app import open_database
from lms.audit.events import record
from lms.commands.acting import opened
from lms.core import clock
from lms.core.access import Action
from lms.core.errors import Invalid, message
from lms.core.settings import Settings, load
from lms.core.tables import MEDIA_TYPES, Counted, write
from lms.reports import catalogue
from lms.reports.presenting import Words
from lms.reports.queries import Page, tree_of
from lms.reports.rules import Asked, Question, ReportExported


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what this command understands."""
    parser.add_argument("name", choices=sorted(catalogue.REPORTS), help="which report")
    parser.add_argument("--as-of", type=date.fromisoformat, metavar="DAY", help="the day, by default today")
    parser.add_argument(
        "--known-at", metavar="INSTANT", help="an instant with its zone; by default all is known"
    )
    parser.add_argument("--unit", help="the code of a unit: it and those below it")
    parser.add_argument("--programme", default="", help="the id of a programme")
    parser.add_argument("--format", choices=sorted(MEDIA_TYPES), default="csv")
    parser.add_argument("--language", choices=("zh", "en"), help="by default the firm's")
    parser.add_argument("--out", type=Path, metavar="FILE", help="by default standard output")


def run(options: argparse.Namespace) -> int:
    """Write the report; the export is recorded."""
    settings = load()
    database = open_database(settings)
    try:
        with opened(database, options, Action.READ_REPORTS) as (session, _actor), _target(options) as file:
            _write(session, settings, options, file)
    finally:
        database.dispose()
    return 0


@contextmanager
def _target(options: argparse.Namespace) -> Iterator[IO[bytes]]:
    if options.out:
        with options.out.open("wb") as file:
            yield file
    else:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()


def _write(session: Session, settings: Settings, options: argparse.Namespace, file: IO[bytes]) -> None:
    report, tree = catalogue.report_named(options.name), tree_of(session)
    words = Words(session, tree, options.language or settings.language)
    node = tree.find(options.unit) if options.unit else None
    if options.unit and node is None:
        raise Invalid({"unit": message("There is no unit “%(unit)s”.", unit=options.unit)})
    units = tree.below(node.id) if node else None
    question = Question(_asked(settings, options), units, options.programme)
    rows = Counted(
        catalogue.written(report, report.rows(session, question, Page(), words), words, options.format)
    )
    head = catalogue.head(report, question, node.code if node else None)
    columns = catalogue.columns(report, words, options.format)
    write(file, options.format, columns, rows, head=head, title=words.say(report.title))
    filters = {name: str(value) for name, value in head.items() if value and name != "report"}
    happened = ReportExported(
        subject=f"report:{report.name}", occurred_at=clock.now(), report=report.name, form=options.format,
        rows=rows.count, filters=filters,
    )  # fmt: skip
    record(session, happened)


def _asked(settings: Settings, options: argparse.Namespace) -> Asked:
    today = clock.today(settings.zone)
    as_of = options.as_of or today
    if as_of > today:
        raise Invalid({"as_of": message("Only days up to today can be answered.")})
    if options.known_at is None:
        return Asked(today, as_of)
    try:
        known_at = clock.read_instant(options.known_at, settings.zone)
    except ValueError as error:
        raise Invalid({"known_at": message("Write it as 2026-07-01T00:00:00+08:00.")}) from error
    return Asked(today, as_of, known_at)
