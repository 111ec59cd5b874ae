"""The `lms` command. Subcommands are loaded when asked for.

Exit status: 0 done; 1 the answer is "no", or problems were found; 2 wrong use.
"""

import argparse
import gc
import importlib
import sys
from types import ModuleType

# name → (module of lms.commands, one line of help)
COMMANDS = {
    "serve": "serve the application (and, on SQLite, do its background work)",
    "init": "create the database and the keys of this installation",
    "db": "upgrade the database, or say where it stands",
    "worker": "do the background work: mail, the daily sweep, sealing",
    "jobs": "list chores and waiting jobs, or run a chore now",
    "audit": "verify the log, or print its last signed checkpoint",
    "doctor": "check every invariant and say what to do",
    "backup": "write everything to one file, while the system is in use",
    "restore": "fill an empty database from a backup",
    "people": "import a roster, list people, show one, make a bearer token",
    "content": "check authored texts, publish them, or ask what answers say of the items",
    "cases": "play cases at random: how often chance and temptation pass",
    "standing": "say how a person stands in a programme, and why",
    "programmes": "foresee what changed rules would do to whom, and have open periods moved",
    "standings": "compare standings with the facts",
    "report": "write a report as CSV, Excel or JSON",
    "evaluations": "list, open, preview, seal or export evaluation cycles",
    "quizzes": "prove that papers and scores can be had again; regrade after a faulty item",
}


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit status."""
    arguments = sys.argv[1:] if arguments is None else arguments
    parser = argparse.ArgumentParser(prog="lms", description="Chizheng: training and certification.")
    parser.add_argument(
        "--as", dest="acting", metavar="PERSON", help="act as this person (id or sign-in name)"
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    wanted = next((word for word in arguments if word in COMMANDS), None)
    for name, line in COMMANDS.items():
        sub = commands.add_parser(name, help=line, formatter_class=argparse.RawDescriptionHelpFormatter)
        if name == wanted:
            module = _loaded(name)
            sub.description = module.__doc__
            module.add_arguments(sub)
            sub.set_defaults(run=module.run)
    options = parser.parse_args(arguments)
    try:
        return int(options.run(options))
    except Exception as error:
        # By name: importing the database library here would slow down every `lms --help`.
        if type(error).__name__ in {"OperationalError", "ProgrammingError"}:
            return _explain_database(error)
        status = _explain(error)
        if status is None:
            raise
        return status


def _loaded(name: str) -> ModuleType:
    """Import a command. What is loaded stays: looking for garbage in it meanwhile takes a third of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        return importlib.import_module(f"lms.commands.{name.replace('-', '_')}")
    finally:
        if enabled:
            gc.enable()


def _explain_database(error: Exception) -> int:
    cause = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
    if "no such table" in cause or "does not exist" in cause or "no such column" in cause:
        print("The database is not up to date: run `lms db upgrade` first.", file=sys.stderr)
    else:
        print(f"The database cannot be used: {cause}. Is LMS_DATABASE_URL right?", file=sys.stderr)
    return 2


def _explain(error: Exception) -> int | None:
    """Say what is wrong and return the exit status; None for an error that nobody foresaw."""
    from lms.core.errors import Invalid, LmsError  # noqa: PLC0415 - `lms --help` needs neither
    from lms.core.settings import SettingsError  # noqa: PLC0415 - nor this

    if not isinstance(error, (SettingsError, LmsError)):
        return None
    if isinstance(error, Invalid):
        for name, reason in error.errors.items():
            print(f"{name}: {reason}", file=sys.stderr)
    else:
        print(str(error), file=sys.stderr)
    return 2 if isinstance(error, SettingsError) else 1


if __name__ == "__main__":
    sys.exit(main())
