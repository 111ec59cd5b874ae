"""Create the database and the keys of this installation, and publish the texts that came with it.

Prints a one-time link that makes the first administrator. Running it again changes nothing.

Example: lms init
"""

import argparse
from dataclasses import dataclass

from sqlalchemy import func, select

from lms.app import open_database
from lms.authoring import shipped
from lms.authoring.actions import planned, publish
from lms.authoring.publishing import Sorting
from lms.authoring.rules import Checked
from lms.core import clock
from lms.core.db import By, Database
from lms.core.errors import Invalid
from lms.core.installation import Installation, is_demonstration
from lms.core.problems import render
from lms.core.settings import Settings, SettingsError, load
from lms.core.versions import Publication
from lms.jobs import audit_key
from lms.migrations import steps
from lms.people.actions import issue_first_administrator_link
from lms.people.queries import is_empty

PUBLISHED = "texts-published"  # the last publication and the texts it was found to hold
OPERATOR = By("operator", credential="command")


@dataclass(frozen=True)
class State:
    """What the installation is, and lines to greet whoever started it."""

    demonstration: bool
    empty: bool
    greeting: tuple[str, ...] = ()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what this command understands: nothing."""


def run(_options: argparse.Namespace) -> int:
    """Prepare the installation and say how to go on."""
    settings = load()
    database = open_database(settings)
    try:
        state = prepare(database, settings)
        print("Ready.", *greeting(database, settings, state), sep="\n")
    finally:
        database.dispose()
    return 0


def prepare(database: Database, settings: Settings) -> State:
    """Set up, publish into an empty database; later starts only say what is not published."""
    set_up(database, settings)
    with database.transaction(OPERATOR) as session:
        if session.scalar(select(Installation.id)) is None:
            session.add(Installation(id=1, demonstration=False, made_at=clock.now()))
    lines = publish_first(database, settings)
    with database.reading() as session:
        demonstration, empty = is_demonstration(session), is_empty(session)
    database.kept["demonstration"] = demonstration
    return State(demonstration, empty, lines)


def set_up(database: Database, settings: Settings) -> None:
    """Make the instance folder and the keys, and bring the tables up to date."""
    settings.instance.mkdir(parents=True, exist_ok=True)
    steps.upgrade(database.engine)
    audit_key(settings)


def publish_first(database: Database, settings: Settings) -> tuple[str, ...]:
    """Publish the texts into an empty database, or say how many changes wait to be published.

    Raises SettingsError when the texts that came with the program have errors.
    """
    if not shipped.are_there():
        return ("There is no content/ folder here: publish texts with `lms content publish`.",)
    with database.reading() as session:
        last = session.scalar(select(func.max(Publication.id)))
    state = f"{last} {shipped.fingerprint()}"
    if last is not None and _kept(settings) == state:
        return ()  # as at an earlier start, when nothing waited
    checked = shipped.shipped_texts()
    if last is None:
        if checked.errors:
            first = "\n  ".join(render(each, "en") for each in checked.errors[:10])
            raise SettingsError(f"The texts in content/ cannot be published:\n  {first}")
        with database.transaction(OPERATOR) as session:
            publish(session, checked, clock.now())
        return ()
    with database.reading() as session:
        changes = _waiting(session, checked)
    if not changes:
        (settings.instance / PUBLISHED).write_text(state, encoding="ascii")
        return ()
    return (f"{changes} changes in content/ are not published.",)


def _kept(settings: Settings) -> str:
    file = settings.instance / PUBLISHED
    return file.read_text(encoding="ascii") if file.exists() else ""


def _waiting(session: object, checked: Checked) -> int:
    try:
        return len(planned(session, checked, Sorting(("*",))))  # type: ignore[arg-type]
    except Invalid:
        return len(checked.errors)


def greeting(database: Database, settings: Settings, state: State) -> tuple[str, ...]:
    """Say how to sign in: the first administrator's link while there is nobody yet."""
    if not state.empty:
        return state.greeting
    with database.transaction(OPERATOR) as session:
        token = issue_first_administrator_link(session, clock.now())
    link = f"{settings.base_url}/link/{token}"
    return (*state.greeting, f"Make the first administrator (works once, for a day): {link}")
