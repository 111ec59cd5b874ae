"""Evaluation cycles: list them, open one, preview its figures, have it sealed, export it.

Sealing takes two people: `seal` files the request of the person named by --as; a second person approves it.

Examples:
  lms evaluations list --json
  lms --as carla evaluations open 2026 --from 2026-01-01 --until 2026-12-31
  lms evaluations preview 2026
  lms --as carla evaluations seal 2026 --reason "The year is over and every objection is decided."
  lms evaluations export 2026 --format json
"""

import argparse
import json
import sys
from collections import Counter
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from lms.app import open_database
from lms.audit.events import record
from lms.commands.acting import opened
from lms.core import clock
from lms.core.access import Action, Actor
from lms.core.db import Database
from lms.core.errors import NotAllowed, message
from lms.core.settings import Settings, load
from lms.core.tables import MEDIA_TYPES, Column, write
from lms.evaluations import actions, presenting, queries


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what this command understands."""
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True)
    acts.add_parser("list", help="list the cycles").add_argument(
        "--json", action="store_true", help="write JSON"
    )
    opening = acts.add_parser("open", help="open a cycle under the policy published now")
    opening.add_argument("cycle")
    opening.add_argument("--from", dest="first", type=date.fromisoformat, required=True, metavar="DAY")
    opening.add_argument("--until", dest="last", type=date.fromisoformat, required=True, metavar="DAY")
    preview = acts.add_parser("preview", help="say what the figures are now")
    preview.add_argument("cycle")
    preview.add_argument("--json", action="store_true", help="write JSON")
    seal = acts.add_parser("seal", help="ask a second person to seal a cycle")
    seal.add_argument("cycle")
    seal.add_argument("--reason", required=True, help="for the second person")
    export = acts.add_parser("export", help="write the figures to standard output")
    export.add_argument("cycle")
    export.add_argument("--format", choices=sorted(MEDIA_TYPES), default="csv")


def run(options: argparse.Namespace) -> int:
    """Do what is asked."""
    settings = load()
    database = open_database(settings)
    try:
        return RUN[options.act](database, settings, options)
    finally:
        database.dispose()


def _list(database: Database, _settings: Settings, options: argparse.Namespace) -> int:
    with opened(database, options, Action.RUN_EVALUATIONS) as (session, _actor):
        found = [
            {
                "id": each.cycle.id,
                "starts_on": each.cycle.starts_on.isoformat(),
                "ends_on": each.cycle.ends_on.isoformat(),
                "state": each.state.value,
            }
            for each in queries.cycles(session)
        ]
    if options.json:
        print(json.dumps(found))
    for each in [] if options.json else found:
        print(f"{each['id']}: {each['starts_on']} to {each['ends_on']}, {each['state']}")
    return 0


def _open(database: Database, _settings: Settings, options: argparse.Namespace) -> int:
    with opened(database, options, Action.RUN_EVALUATIONS) as (session, _actor):
        actions.open_cycle(session, options.cycle, options.first, options.last, clock.now())
    print(f"Cycle {options.cycle} is open: figures are previews.")
    return 0


def _preview(database: Database, _settings: Settings, options: argparse.Namespace) -> int:
    with opened(database, options, Action.RUN_EVALUATIONS) as (session, actor):
        document = _document(session, actor, options.cycle)
    if options.json:
        print(json.dumps(document, ensure_ascii=False))
        return 0
    grades = Counter(row["grade"] or "none" for row in document["rows"])
    print(f"Cycle {document['cycle']}, policy {document['policy']}, {document['state']}.")
    print(
        f"{len(document['rows'])} people:", ", ".join(f"{grade} {grades[grade]}" for grade in sorted(grades))
    )
    return 0


def _document(session: Session, actor: Actor | None, cycle_id: str) -> dict[str, Any]:
    """Everybody's figures, exact, with their evidence; taking them is recorded."""
    view = queries.cycle(session, cycle_id)
    people = queries.people_within(session, actor, view) if actor else queries.people_of(session, view)
    figures = presenting.figures_of(session, view, people)
    names = ("person", "components", "total", "grade")
    rows = [{name: figures[each][name] for name in names} for each in sorted(figures, key=str)]
    record(session, presenting.exported(view, len(rows), clock.now()))
    return {**presenting.head_of(view), "rows": rows}


def _seal(database: Database, _settings: Settings, options: argparse.Namespace) -> int:
    with opened(database, options, Action.RUN_EVALUATIONS) as (session, actor):
        if actor is None:
            raise NotAllowed(message("Say who asks for the seal: lms --as PERSON evaluations seal …"))
        asked = actions.ask_seal(session, actor.person_id, options.cycle, options.reason, clock.now())
    print(f"Filed as request {asked.id}: nothing is sealed until a second person approves it.")
    return 0


def _export(database: Database, settings: Settings, options: argparse.Namespace) -> int:
    with opened(database, options, Action.RUN_EVALUATIONS) as (session, actor):
        if options.format == "json":
            print(json.dumps(_document(session, actor, options.cycle), ensure_ascii=False))
            return 0
        view = queries.cycle(session, options.cycle)
        people = queries.people_within(session, actor, view) if actor else queries.people_of(session, view)
        rows = presenting.rows_of(session, people, view)
        columns = [
            Column(key, presenting.heading(label, settings.language))
            for key, label in presenting.columns(view)
        ]
        written = presenting.in_language(rows, settings.language)
        write(sys.stdout.buffer, options.format, columns, written, title=f"evaluations-{options.cycle}")
        sys.stdout.buffer.flush()
        record(session, presenting.exported(view, len(rows), clock.now()))
    return 0


RUN = {"list": _list, "open": _open, "preview": _preview, "seal": _seal, "export": _export}
