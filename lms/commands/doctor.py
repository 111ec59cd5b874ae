"""Check the installation and every invariant over the whole database; say what to do about what is wrong.

Example: lms doctor
"""

import argparse
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.app import open_database
from lms.commands.doctor_checks import CHECKS, Check, Complaints
from lms.core.db import Database
from lms.core.errors import Message, message
from lms.core.i18n import translate
from lms.core.installation import is_demonstration
from lms.core.settings import Settings, SettingsError, check_secret, load
from lms.core.versions import Publication
from lms.migrations import steps

LEAST_FREE_MB = 500
SECRET_FILES = ("audit.key", "demo-secret", "config.toml")


@dataclass(frozen=True)
class Found:
    """One thing wrong, and its mend."""

    check: str
    what: Message
    mend: Message

    def for_machines(self) -> dict[str, str]:
        """Return it as JSON holds it, in both languages."""
        found = {"check": self.check, "what": str(self.what), "mend": str(self.mend)}
        return found | {"what_zh": translate(self.what, "zh"), "mend_zh": translate(self.mend, "zh")}

    def for_people(self) -> str:
        """Return it as lines, in both languages."""
        lines = (f"{self.check}: {self.what}", f"    {self.mend}")
        return "\n".join((*lines, f"    {translate(self.what, 'zh')}", f"    {translate(self.mend, 'zh')}"))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what this command understands."""
    parser.add_argument("--json", action="store_true", help="for a machine")


def run(options: argparse.Namespace) -> int:
    """Run every check; 1 when something is wrong."""
    settings = load()
    database = open_database(settings)
    try:
        found = examine(database, settings)
    finally:
        database.dispose()
    if options.json:
        print(json.dumps([each.for_machines() for each in found], indent=1, ensure_ascii=False))
        return 1 if found else 0
    for each in found:
        print(each.for_people())
    end = message("%(count)s things need attention.", count=len(found)) if found else message("All is well.")
    print(f"{end} / {translate(end, 'zh')}")
    return 1 if found else 0


def examine(database: Database, settings: Settings) -> list[Found]:
    """Return everything that is wrong; with an older schema only that is looked at."""
    if (stands := steps.current(database.engine)) != steps.head():
        what = message("the database is at %(revision)s", revision=stands or "0000")
        return [Found("schema", what, message("Run `lms db upgrade`."))]
    found = []
    with database.reading() as session:
        for name, check in {**SURROUNDINGS, **CHECKS}.items():
            found += [Found(name, what, mend) for what, mend in check(session, settings)]
    return found


def _settings(session: Session, settings: Settings) -> Complaints:
    demonstration = is_demonstration(session)
    if not settings.smtp_url and not demonstration:
        yield (
            message("no mail server is set: people read notices only in the application"),
            message("Set LMS_SMTP_URL."),
        )
    if session.scalar(select(Publication.id).limit(1)) is None:
        yield message("no texts are published"), message("Run `lms content publish`.")


def _secrets(session: Session, settings: Settings) -> Complaints:
    if not is_demonstration(session):
        try:
            check_secret(settings)
        except SettingsError:
            yield (
                message("the secret key is missing, too short, or can be guessed"),
                message(
                    "Set LMS_SECRET_KEY in the environment or in config.toml to 32 random characters or more, then "
                    "restart."
                ),
            )
    for path in (settings.instance / name for name in SECRET_FILES):
        if os.name == "posix" and path.exists() and path.stat().st_mode & 0o077:
            yield (
                message("others on this machine can read %(file)s", file=path.name),
                message("Run `chmod 600 %(file)s` in the instance folder.", file=path.name),
            )


def _disk(_session: Session, settings: Settings) -> Complaints:
    folder = settings.instance if settings.instance.exists() else Path.cwd()
    free_mb = shutil.disk_usage(folder).free // 1_000_000
    if free_mb < LEAST_FREE_MB:
        yield (
            message("only %(megabytes)s MB are free on the disk of the instance folder", megabytes=free_mb),
            message("Make room, or move the instance folder: a full disk lets nobody save an answer."),
        )


SURROUNDINGS: dict[str, Check] = {"settings": _settings, "secrets": _secrets, "disk": _disk}
