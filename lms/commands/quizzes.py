"""Prove that papers and scores can be had again from what is kept; regrade after a faulty item.

`regrade --dry-run` lists every attempt whose score or outcome would change. Without it a request is filed
(as --as PERSON), which a second person approves.

Examples:
  lms quizzes replay
  lms quizzes regrade CONF-0007 --remedy credit --dry-run
  lms --as erin quizzes regrade CONF-0007 --remedy accept --accept '{"choose": ["b"]}' --reason "Two are right"
"""

import argparse
import json
import sys
from uuid import UUID

from sqlalchemy.orm import Session

from lms.app import open_database
from lms.commands.acting import opened
from lms.core import clock
from lms.core.access import Action
from lms.core.db import By, Database
from lms.core.errors import NotAllowed, message
from lms.core.settings import load
from lms.people.queries import names
from lms.quizzes.actions import RemedyAsked, ask_remedy
from lms.quizzes.queries import replay
from lms.quizzes.queries.regrading import Foreseen, Proposal, foresee, remedy_from, version_of
from lms.quizzes.rules_remedies import RemedyKind
from lms.quizzes.scoring import shown_percent

PROGRESS_EVERY = 1_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare `replay` and `regrade`."""
    what = parser.add_subparsers(dest="what", metavar="WHAT", required=True)
    replaying = what.add_parser(
        "replay", help="redraw every stored paper from its seed and score every attempt again"
    )
    replaying.add_argument("--json", action="store_true", help="print the outcome for a program")
    regrading = what.add_parser(
        "regrade", help="ask for a remedy of a faulty item, or see what it would change"
    )
    regrading.add_argument("item", help="the id of the item")
    regrading.add_argument("--remedy", choices=[each.value for each in RemedyKind], required=True)
    regrading.add_argument(
        "--accept", default="", metavar="JSON", help="the other right answer, as responses are sent"
    )
    regrading.add_argument(
        "--version", type=int, metavar="N", help="which version of the item (default: the newest)"
    )
    regrading.add_argument("--reason", default="", help="why, for the second person who approves")
    regrading.add_argument("--dry-run", action="store_true", help="only list what would change")
    regrading.add_argument("--json", action="store_true", help="print the outcome for a program")


def run(options: argparse.Namespace) -> int:
    """Carry out the command."""
    database = open_database(load())
    try:
        return _replay(database, options) if options.what == "replay" else _regrade(database, options)
    finally:
        database.dispose()


def _replay(database: Database, options: argparse.Namespace) -> int:
    """Replay; 0 when every attempt comes out the same, 1 when one does not."""
    faults, count = [], 0
    with database.reading(By("operator")) as session:
        for count, each in enumerate(replay(session), start=1):
            if each.fault:
                faults.append({"attempt": str(each.attempt_id), "fault": each.fault})
            if count % PROGRESS_EVERY == 0 and sys.stderr.isatty():
                print(f"\r{count} attempts", end="", file=sys.stderr)
    if options.json:
        print(json.dumps({"attempts": count, "faults": faults}))
    else:
        for fault in faults:
            print(f"attempt {fault['attempt']}: {fault['fault']}")
        print(f"{count} attempts replayed, {len(faults)} came out differently.")
    return 1 if faults else 0


def _regrade(database: Database, options: argparse.Namespace) -> int:
    """List what would change, and unless it is a dry run ask a second person for it."""
    kind, approval = RemedyKind(options.remedy), None
    with database.reading(By("operator")) as session:
        version_id = version_of(session, options.item, options.version)
        remedy = remedy_from(session, version_id, kind, options.accept)
        found = list(foresee(session, Proposal(version_id, remedy)))
        rows = _rows(session, found)
    if not options.dry_run:
        with opened(database, options, Action.PUBLISH_CONTENT) as (session, actor):
            if actor is None:
                raise NotAllowed(message("Say who asks for this: lms --as PERSON quizzes regrade …"))
            asked = RemedyAsked(version_id, kind, options.reason, options.accept)
            approval = str(ask_remedy(session, actor.person_id, asked, clock.now()).id)
    if options.json:
        print(json.dumps({"approval": approval, "attempts": rows}, ensure_ascii=False, indent=2))
        return 0
    for row in rows:
        review = "  REVIEW" if row["review"] else ""
        print(f"{row['attempt']}  {row['person']}  {row['quiz']}  {row['before']} -> {row['after']}{review}")
    print(f"{len(rows)} attempts would change.")
    if approval:
        print(f"A second person must approve this at /hr/approvals/{approval}.")
    return 0


def _rows(session: Session, found: list[Foreseen]) -> list[dict[str, object]]:
    called = names(session, {each.attempt.person_id for each in found})
    return [_row(each, called[each.attempt.person_id]["zh"]) for each in found]


def _row(each: Foreseen, name: str) -> dict[str, object]:
    result, attempt = each.regraded, each.attempt
    said = [
        f"{shown_percent(standing.share)} % {'passed' if standing.passed else 'not passed'}"
        for standing in (result.before, result.after)
    ]
    attempt_id: UUID = attempt.id
    return {
        "attempt": str(attempt_id), "person": name, "quiz": attempt.quiz_id, "before": said[0], "after": said[1],
        "computed": f"{shown_percent(result.computed.share)} %", "review": result.review,
    }  # fmt: skip
