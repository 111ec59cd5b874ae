"""Foresee what changed rules would do to whom, and have open periods moved to them.

`preview` reads a programme's file, or every programme in a folder that holds content/, and says who would stand
otherwise if it were published today, and who besides if the open periods went on under it. It stores nothing.
Given the id of a published programme, it says what moving its open periods to its newest rules would do.
`migrate` asks a second person to do that (as --as PERSON).

Examples:
  lms programmes preview content/programmes/annual-confidentiality.yml
  lms programmes preview --content . --json
  lms programmes preview annual-confidentiality
  lms --as carla programmes migrate annual-confidentiality --reason "Shorter grace from this year on"
"""

import argparse
import json
import sys
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from lms.app import open_database
from lms.authoring.documents_rules import programme_body
from lms.certification import actions
from lms.certification.actions import Supposed, Supposition
from lms.certification.moving import lines_of, summary
from lms.certification.queries import history_of
from lms.certification.rules import Need, cycles
from lms.certification.rules_moving import Foreseen
from lms.certification.source import ProgrammeSource, read_programme
from lms.commands.acting import opened
from lms.commands.content import read
from lms.core import clock
from lms.core.access import Action
from lms.core.errors import Invalid, Message, NotAllowed, message
from lms.core.i18n import translate
from lms.core.problems import Problem, render
from lms.core.settings import Settings, load
from lms.core.versions import snapshot
from lms.people.queries import firm_day, names

PUBLISHED = message("If it is published and open periods stay under their rules:")
MIGRATED = message("If the open periods are moved to it as well:")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what this command understands."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    preview = verbs.add_parser("preview", help="say who would stand otherwise; stores nothing")
    preview.add_argument(
        "file", nargs="?", metavar="FILE", help="a programme's file, or the id of a published programme"
    )
    preview.add_argument(
        "--content", type=Path, metavar="DIR", help="a folder that holds content/, instead of a file"
    )
    preview.add_argument("--json", action="store_true", help="answer for a machine")
    migrate = verbs.add_parser("migrate", help="ask a second person to move open periods to the newest rules")
    migrate.add_argument("programme", help="the id of a published programme")
    migrate.add_argument("--reason", default="", help="why, for the second person who approves")


def run(options: argparse.Namespace) -> int:
    """Carry out the command; 1 when a file has errors."""
    settings = load()
    if options.verb == "migrate":
        return _migrate(settings, options)
    if (options.file is None) == (options.content is None):
        print("Name a file or a programme, or a folder with --content.", file=sys.stderr)
        return 2
    sources, problems = _sources(settings, options)
    for each in problems:
        print(render(each, settings.language), file=sys.stderr)
    if any(each.is_error for each in problems):
        return 1
    database = open_database(settings)
    try:
        with database.reading() as session:
            answers = _answers(session, options.file, sources)
            _print(session, settings, answers, as_json=options.json)
    finally:
        database.dispose()
    return 0


def _migrate(settings: Settings, options: argparse.Namespace) -> int:
    database = open_database(settings)
    try:
        with opened(database, options, Action.ENTER_FACTS) as (session, actor):
            if actor is None:
                raise NotAllowed(message("Say who asks for this: lms --as PERSON programmes migrate …"))
            approval = actions.ask_migration(
                session, actor.person_id, options.programme, options.reason, clock.now()
            )
            path = f"/hr/approvals/{approval.id}"
    finally:
        database.dispose()
    print(translate(message("A second person must approve this at %(path)s.", path=path), settings.language))
    return 0


def _sources(
    settings: Settings, options: argparse.Namespace
) -> tuple[list[ProgrammeSource], Iterable[Problem]]:
    """Read the programmes meant; a name that is no file is that of a published programme."""
    if options.content is not None:
        checked = read([options.content], settings)
        return list(checked.corpus.programmes.values()), checked.errors
    path = Path(options.file)
    if not path.suffix and not path.exists():
        return [], ()
    try:
        source, problems = read_programme(str(path), path.read_bytes())
    except OSError as error:
        raise Invalid({"file": message("This file cannot be read: %(why)s.", why=error.strerror)}) from error
    return [source] if source is not None else [], problems


def _answers(
    session: Session, name: str | None, sources: list[ProgrammeSource]
) -> list[tuple[Message, Foreseen]]:
    at = clock.now()
    on = firm_day(session, at)
    if not sources:
        return [(MIGRATED, actions.foresee_migration(session, name or "", on))]
    changed = [each for each in sources if _differs(session, each)]
    _refuse(session, changed)
    documents = [Supposed(each.id, programme_body(each)) for each in changed]
    published = actions.published_as_well(session, documents, on, at)
    live = {each.id: published.versions[each.id] for each in changed if not each.retired}
    return [
        (PUBLISHED, actions.foresee(session, published, on)),
        (MIGRATED, actions.foresee(session, Supposition(published.history, live), on)),
    ]


def _differs(session: Session, source: ProgrammeSource) -> bool:
    old = snapshot(session).versions.get(("programme", source.id))
    return old is None or dict(old.body) != _as_stored(programme_body(source))


def _as_stored(body: Mapping[str, object]) -> Any:
    return json.loads(json.dumps(body))


def _refuse(session: Session, sources: list[ProgrammeSource]) -> None:
    """Refuse what a check of all texts would: targets that are nowhere, programmes in a ring."""
    current = snapshot(session)
    known = {each.id for each in sources}
    errors: dict[str, Message] = {}
    needed = {name: set(text.needs) for name, text in history_of(session).programmes.items()}
    for source in sources:
        asked = [(each.need, each.target) for each in (*source.initial, *source.renewal_path)]
        asked += [(Need.PROGRAMME, rule.target) for rule in source.assign if rule.kind == "holds"]
        needed[source.id] = {target for need, target in asked if need is Need.PROGRAMME}
        missing = sorted(
            f"{need.value}/{target}"
            for need, target in asked
            if current.find(need.value, target) is None and not (need is Need.PROGRAMME and target in known)
        )
        if missing:
            errors[source.path] = message(
                "This asks for what is not published: %(names)s.", names=", ".join(missing)
            )
    for ring in cycles(needed):
        errors[ring[0]] = message(
            "These programmes rest on one another in a ring: %(names)s. Take one of them out.",
            names=" → ".join((*ring, ring[0])),
        )
    if errors:
        raise Invalid(errors)


def _print(
    session: Session, settings: Settings, answers: list[tuple[Message, Foreseen]], *, as_json: bool
) -> None:
    if as_json:
        keys = ("published", "migrated") if len(answers) > 1 else ("migrated",)
        body = {
            key: {"people": found.people, "hash": found.hash, **found.plain()}
            for key, (_, found) in zip(keys, answers, strict=True)
        }
        print(json.dumps(body, ensure_ascii=False, indent=2))
        return
    language = settings.language
    for title, found in answers:
        print(translate(title, language))
        for sentence in summary(found):
            print(f"  {translate(sentence, language)}")
        called = names(session, {each.person_id for each in found.moves})
        for line in lines_of(found):
            before, after = (_say(each, language) for each in (line.before, line.after))
            who = called[line.person_id].get(language, "")
            print(f"  {who}  {line.programme}  {translate(line.what, language)}: {before} → {after}")
        print(f"  hash {found.hash}")


def _say(value: Message | date, language: str) -> str:
    return translate(value, language) if isinstance(value, Message) else value.isoformat()
