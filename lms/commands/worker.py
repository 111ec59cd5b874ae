"""Do the background work: mail, the daily sweep, closing attempts, sealing the log. Several may run.

Example: lms worker
"""

import argparse
import signal
import sys

from lms.app import open_database
from lms.core.log import configure
from lms.core.settings import load
from lms.jobs import make_worker


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what this command understands."""
    parser.add_argument("--once", action="store_true", help="do what is due now, then end")


def run(options: argparse.Namespace) -> int:
    """Work until told to stop."""
    settings = load()
    configure(settings.log_level)
    database = open_database(settings)
    worker = make_worker(database, settings)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: worker.stop())
    try:
        if options.once:
            while worker.once():
                pass
        else:
            print("Working. Ctrl-C ends it.", file=sys.stderr, flush=True)
            worker.run()
    finally:
        database.dispose()
    return 0
