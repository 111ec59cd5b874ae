"""Check authored texts, publish them, or ask what answers say of the items.

`check` reads files only; every problem stands as file:line:column with a code and a mend. `publish` stores
what has changed: into an empty database at once, later by asking a second person (as --as PERSON). At a
terminal it asks of each changed text that no option names whether the change is material or editorial.

`stats` counts first attempts only; its status is 1 when an item needs a look.

Examples:
  lms content check
  lms content publish --dry-run
  lms --as erin content publish --material 'lesson/client-confidentiality/*' --due 21d \\
      --editorial item/CONF-0007 --reason "Annual review"
  lms content stats --bank confidentiality --format csv
"""

import argparse
import json
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from sqlalchemy.orm import Session

from lms.app import open_database
from lms.authoring.actions import ask_publication, planned, publish
from lms.authoring.files import read_roots
from lms.authoring.publishing import DUE, NewVersion, Sorting, unsorted_texts
from lms.authoring.queries import consequences, current_versions
from lms.authoring.rules import Checked, check
from lms.authoring.supplements import due_from
from lms.commands import content_stats
from lms.core import clock
from lms.core.access import Actor
from lms.core.db import By, Database
from lms.core.errors import NotAllowed, message
from lms.core.i18n import translate
from lms.core.problems import as_json, render
from lms.core.settings import Settings, load
from lms.core.text import Language
from lms.core.versions import newest_publication
from lms.people.queries import actor_of_person, person_named

HERE = Path(__file__).resolve().parent.parent.parent
LOCK = Path("content") / "ids.lock"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what this command understands."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    checking = verbs.add_parser("check", help="report every problem; status 1 when there is an error")
    publishing = verbs.add_parser("publish", help="store what has changed, all or nothing")
    for each in (checking, publishing):
        each.add_argument("root", nargs="*", type=Path, help="a folder that holds content/ (default: here)")
        each.add_argument("--json", action="store_true", help="answer for a machine")
        each.add_argument("--lang", choices=("zh", "en"), help="the language of the answer")
    for name in ("material", "editorial"):
        explanation = f"texts whose change is {name}: ids, kind/id, or patterns with *"
        publishing.add_argument(
            f"--{name}", nargs="+", action="extend", default=[], metavar="ID", help=explanation
        )
    explanation = (
        "how long whoever holds an older text may take for what changed materially (default: %(default)s)"
    )
    publishing.add_argument("--due", default=DUE, metavar="TIME", help=f"{explanation}, such as 21d or 2m")
    content_stats.add_arguments(
        verbs.add_parser("stats", help="item statistics; status 1 when an item needs a look")
    )
    publishing.add_argument("--dry-run", action="store_true", help="only say what would change, and for whom")
    publishing.add_argument("--reason", default="", help="why, for the second person who approves")


def run(options: argparse.Namespace) -> int:
    """Carry out the command."""
    settings = load()
    if options.verb == "stats":
        return content_stats.run(options, settings)
    roots = options.root or [Path.cwd() if (Path.cwd() / "content").is_dir() else HERE]
    language: Language = options.lang or settings.language
    checked = read(roots, settings)
    if options.verb == "check":
        return _report(checked, language, as_text=not options.json)
    if checked.errors:
        return _report(checked, language, as_text=not options.json)
    database = open_database(settings)
    try:
        return _publish(database, checked, options, language, roots)
    finally:
        database.dispose()


def read(roots: Iterable[Path], settings: Settings) -> Checked:
    """Read and check the texts of some folders, review dates included."""
    files, found = read_roots(roots)
    checked = check(files, clock.today(settings.zone))
    return replace(checked, problems=(*found, *checked.problems)) if found else checked


def _report(checked: Checked, language: Language, *, as_text: bool) -> int:
    if as_text:
        for each in checked.problems:
            print(render(each, language))
        counts = message(
            "%(errors)s errors, %(warnings)s warnings",
            errors=len(checked.errors), warnings=len(checked.warnings),
        )  # fmt: skip
        print(translate(counts, language), file=sys.stderr)
    else:
        print(
            json.dumps([as_json(each, language) for each in checked.problems], ensure_ascii=False, indent=2)
        )
    return 1 if checked.errors else 0


def _publish(
    database: Database, checked: Checked, options: argparse.Namespace, language: Language, roots: list[Path]
) -> int:
    due, at = due_from(options.due), clock.now()
    sorting = Sorting(tuple(options.material), tuple(options.editorial), due)
    with database.reading() as session:
        if _may_ask(options):
            sorting = _asked(
                unsorted_texts(current_versions(session), checked.documents, sorting), sorting, language
            )
        versions = planned(session, checked, sorting)
        lines = [translate(each, language) for each in consequences(session, versions, due)]
        first = newest_publication(session) == 0
        actor = _actor(session, options.acting)
    answer: dict[str, object] = {"publication": None, "approval": None}
    answer["versions"] = [_row(each) for each in versions]
    said = message("Nothing has changed.")
    if options.dry_run:
        said = message("Nothing was stored: this was a dry run.")
    elif versions and first:
        with database.transaction(_by(actor)) as session:
            done = publish(session, checked, at, sorting.material, sorting.editorial)
        answer["publication"] = done.publication
        said = message("Published.")
    elif versions:
        answer["approval"] = _ask(database, actor, checked, sorting, options.reason)
        said = message(
            "A second person must approve this at %(path)s; then run this again for ids.lock.",
            path=f"/hr/approvals/{answer['approval']}",
        )
    if not options.dry_run and answer["approval"] is None:
        _write_lock(checked, roots)
    lines.append(translate(said, language))
    print(json.dumps(answer, ensure_ascii=False, indent=2) if options.json else "\n".join(lines))
    return 0


def _may_ask(options: argparse.Namespace) -> bool:
    """Whether somebody sits at a terminal who can say what each change means."""
    return not options.json and sys.stdin.isatty() and sys.stdout.isatty()


def _asked(names: list[str], sorting: Sorting, language: Language) -> Sorting:
    """Ask of each changed text in turn whether its change is material; anything but m or e asks again."""
    material, editorial = list(sorting.material), list(sorting.editorial)
    question = translate(message("material (m) or editorial (e)?"), language)
    for name in names:
        answer = ""
        while answer not in ("m", "e"):
            answer = input(f"{name}: {question} ").strip().lower()
        (material if answer == "m" else editorial).append(name)
    return Sorting(tuple(material), tuple(editorial), sorting.due)


def _actor(session: Session, acting: str | None) -> Actor | None:
    if acting is None:
        return None
    actor = actor_of_person(session, person_named(session, acting), clock.now())
    if actor is None:
        raise NotAllowed
    return actor


def _by(actor: Actor | None) -> By:
    return By(str(actor.person_id) if actor else "operator", credential="command")


def _ask(
    database: Database, actor: Actor | None, checked: Checked, sorting: Sorting, reason: str
) -> str | None:
    if actor is None:
        raise NotAllowed(message("Say who asks for this publication: lms --as PERSON content publish …"))
    with database.transaction(_by(actor)) as session:
        approval = ask_publication(session, actor, checked, sorting, reason, clock.now())
        return str(approval.id) if approval else None


def _row(version: NewVersion) -> dict[str, object]:
    return {"kind": version.kind, "id": version.id, "number": version.number, "change": version.change.value}


def _write_lock(checked: Checked, roots: list[Path]) -> None:
    """Keep ids.lock beside the texts, where there is one tree of them that may be written to."""
    path, text = roots[0] / LOCK, checked.lock_after()
    if len(roots) != 1 or (path.exists() and path.read_text(encoding="utf-8") == text):
        return
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        print(f"{path}: {error.strerror}", file=sys.stderr)
