"""The directory from the command line: import a roster, list people, show one, make a bearer token.

Examples:
  lms people import roster.csv --dry-run
  lms --as carla people import roster.csv
  lms people list --state left --json
  lms people show ana
  lms --as admin people token ana --scope people:read --label "HR system" --days 90
"""

import argparse
import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from lms.app import open_database
from lms.commands.acting import opened
from lms.core import clock
from lms.core.access import Action
from lms.core.db import Database
from lms.core.events import plain
from lms.core.settings import load
from lms.people import actions, queries, rosterfile
from lms.people.labels import FACTS, STATES, STEPS
from lms.people.queries import PersonRow, Wanted
from lms.people.roster import Plan, compare


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what this command understands."""
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True)
    importing = acts.add_parser("import", help="import a roster (CSV)")
    importing.add_argument("file", type=Path, help="the CSV file")
    importing.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")
    listing = acts.add_parser("list", help="list people")
    listing.add_argument("--state", choices=sorted(STATES), default="employed")
    listing.add_argument("--find", default="", metavar="TEXT", help="in names, numbers, addresses")
    showing = acts.add_parser("show", help="show one person")
    showing.add_argument("person", help="id, sign-in name or staff number")
    token = acts.add_parser("token", help="make a bearer token for another system; it is printed once")
    token.add_argument("person", help="on whose account the other system acts")
    token.add_argument("--scope", action="append", required=True, help="what it may read; may be repeated")
    token.add_argument("--label", required=True, help="which system it is for")
    token.add_argument("--days", type=int, default=365, help="how long it lasts")
    for each in (importing, listing, showing):
        each.add_argument("--json", action="store_true", help="write JSON")


def run(options: argparse.Namespace) -> int:
    """Do what is asked."""
    database = open_database(load())
    try:
        return RUN[options.act](database, options)
    finally:
        database.dispose()


def _import(database: Database, options: argparse.Namespace) -> int:
    at, data = clock.now(), options.file.read_bytes()
    with opened(database, options, Action.MANAGE_PEOPLE) as (session, actor):
        state = queries.roster_state(session, at, actor.person_id if actor else None)
        plan = compare(rosterfile.read(data), state)
        _show_plan(plan, as_json=options.json)
        if not plan.problems and not options.dry_run:
            actions.import_roster(session, plan, at)
        else:
            session.rollback()
    if options.dry_run and not options.json:
        print("Dry run: nothing was changed.")
    return 1 if plan.problems else 0


def _show_plan(plan: Plan, *, as_json: bool) -> None:
    counts = {kind: len(plan.of(kind)) for kind in STEPS}
    if as_json:
        lines = [
            {"line": step.line, "kind": step.kind, "on": plain(step.on), "role": step.role, "asks": step.asks}
            for step in plan.steps
        ]
        told = [[{"line": p.line, "column": p.column, "what": str(p.what)} for p in each]
                for each in (plan.problems, plan.notes)]  # fmt: skip
        made = ["/".join(unit.path) for unit in plan.units]
        print(json.dumps({"encoding": plan.encoding, "counts": counts, "units": made, "steps": lines,
                          "problems": told[0], "left_out": told[1], "unmentioned": plan.unmentioned},
                         ensure_ascii=False))  # fmt: skip
        return
    if plan.encoding == "GB18030":
        print("The file was read as GB18030, not UTF-8.", file=sys.stderr)
    for problem in plan.problems:
        print(f"line {problem.line}{', ' + problem.column if problem.column else ''}: {problem.what}")
    for note in plan.notes:
        print(f"line {note.line}, {note.column}: left out: {note.what}")
    for made_unit in plan.units:
        print(f"unit to be made: {'/'.join(made_unit.path)}")
    for step in plan.steps:
        asks = "; the new address will be asked at the old address" if step.asks else ""
        print(f"line {step.line}: {STEPS[step.kind]}{' ' + step.on.isoformat() if step.on else ''}{asks}")
    if plan.is_empty and not plan.problems:
        print("Nothing would change.")


def _list(database: Database, options: argparse.Namespace) -> int:
    with opened(database, options, Action.READ_PEOPLE) as (session, _actor):
        on, after, rows = queries.firm_day(session, clock.now()), "", list[PersonRow]()
        while True:
            page, after = queries.people_page(session, Wanted(options.find, None, options.state, after), on)
            rows += page
            if not after:
                break
        session.rollback()
    if options.json:
        print(json.dumps([_told(row) for row in rows], ensure_ascii=False))
    else:
        for row in rows:
            print(f"{row.staff_number}\t{row.username}\t{row.name['zh']}\t{row.name['en']}\t{row.unit['en']}")
    return 0


def _show(database: Database, options: argparse.Namespace) -> int:
    with opened(database, options, Action.READ_PEOPLE) as (session, _actor):
        person_id = queries.person_named(session, options.person)
        told = _told(queries.person(session, person_id))
        told["roles"] = queries.roles_of(session, person_id)
        facts = queries.facts_shown(session, person_id)
        session.rollback()
    told["facts"] = [
        {"kind": fact.kind.value, "from_on": plain(fact.from_on), "until_on": plain(fact.until_on),
         "unit": fact.unit["en"], "void": fact.void, "reason": fact.reason} for fact in facts
    ]  # fmt: skip
    if options.json:
        print(json.dumps(told, ensure_ascii=False))
        return 0
    for name, value in told.items():
        if name != "facts":
            print(f"{name}: {', '.join(value) if isinstance(value, list) else value}")
    for fact in facts:
        print(f"  {fact.from_on}  {FACTS[fact.kind]}{'  (void)' if fact.void else ''}  {fact.unit['en']}")
    return 0


def _token(database: Database, options: argparse.Namespace) -> int:
    at = clock.now()
    with opened(database, options, Action.ADMINISTER) as (session, _actor):
        person_id = queries.person_named(session, options.person)
        lasts = timedelta(days=options.days)
        print(actions.issue_token(session, person_id, options.label, tuple(options.scope), at + lasts, at))
    return 0


def _told(row: PersonRow) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "username": row.username,
        "staff_number": row.staff_number,
        "name_zh": row.name["zh"],
        "name_en": row.name["en"],
        "mail": row.mail,
        "unit": row.unit["en"],
        "employed": row.employed,
        "on_leave": row.on_leave,
        "joined_on": plain(row.joined_on),
        "left_on": plain(row.left_on),
    }


RUN = {"import": _import, "list": _list, "show": _show, "token": _token}
