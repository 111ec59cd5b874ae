"""Serve the application.

On SQLite the background work (mail, sweep, sealing) runs inside; on PostgreSQL run `lms worker` beside it.

Example: lms serve --port 8080
"""

import argparse
import os
import secrets
import signal
import socket
import sys
import threading
from typing import Any, TextIO

from waitress import create_server

from lms.app import create_app, open_database
from lms.commands.init import State, greeting, prepare, set_up
from lms.core import forking
from lms.core.db import Database
from lms.core.installation import is_demonstration, kept_secret
from lms.core.memory import settle
from lms.core.settings import Settings, SettingsError, check_secret, load
from lms.core.versions import snapshot
from lms.demo.names import PASSWORD
from lms.jobs import make_worker
from lms.people.queries import is_empty

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
STOP_SECONDS = 5
MOST_PROCESSES = 32


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what this command understands."""
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default 127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, help="the port (default 8000; 0 takes a free one)")
    parser.add_argument(
        "--processes", type=int, default=1, metavar="N", help="serve in this many processes (default 1)"
    )
    demo = parser.add_mutually_exclusive_group()
    demo.add_argument(
        "--demo", action="store_true", help="make the demonstration firm if the database is empty"
    )
    demo.add_argument("--demo-when-empty", action="store_true", help=argparse.SUPPRESS)
    demo.add_argument("--no-demo", action="store_true", help="never make the demonstration firm")


def run(options: argparse.Namespace) -> int:
    """Prepare the database and serve until interrupted."""
    settings = load()
    if options.processes != 1 and not (1 < options.processes <= MOST_PROCESSES and forking.can_fork()):
        print(f"--processes takes 1 to {MOST_PROCESSES}; on Windows 1.", file=sys.stderr)
        return 2
    try:
        listening = listen(options.host, options.port)
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else str(error)
        print(
            f"Port {options.port} of {options.host} cannot be used: {why}. Choose another: --port 8001",
            file=sys.stderr,
        )
        return 2
    with listening:
        settings = reached_at(settings, options.host, listening.getsockname()[1])
        database = open_database(settings)
        try:
            state = begin(database, settings, options)
            ready = with_secret(settings, demonstration=state.demonstration)
            lines = how_to_sign_in() if state.demonstration else ()
            said = (*greeting(database, ready, state), *lines)
            _serve(ready, database, listening, said, options.processes)
        finally:
            database.dispose()
    return 0


def listen(host: str, port: int) -> socket.socket:
    """Take the port before anything is made: a second server must not get far.

    Raises OSError when it is taken, or the address is not of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=1024)


def reached_at(settings: Settings, host: str, port: int) -> Settings:
    """Return the settings with links that lead to where one serves, unless the operator named another address."""
    if "base_url" in settings.model_fields_set or host not in LOOPBACK:
        return settings
    place = f"[{host}]" if ":" in host else host
    return settings.model_copy(update={"base_url": f"http://{place}:{port}"})


def begin(database: Database, settings: Settings, options: argparse.Namespace) -> State:
    """Prepare the database, with the demonstration firm where it is wanted and there is nobody yet.

    Raises SettingsError where the firm may not be made, or not be served.
    """
    set_up(database, settings)
    with database.reading() as session:
        nobody, is_demo = is_empty(session), is_demonstration(session)
    at_home = options.host in LOOPBACK and settings.is_default_sqlite
    if options.demo and not at_home:
        raise SettingsError(
            "The demonstration firm lives only in the default SQLite database, served on 127.0.0.1: "
            "unset LMS_DATABASE_URL and leave out --host."
        )
    if options.demo and not nobody and not is_demo:
        raise SettingsError(
            "There are people in this database: the demonstration firm is made in an empty one. "
            "Point LMS_INSTANCE at a new folder."
        )
    if nobody and at_home and (options.demo or options.demo_when_empty):
        make_firm(database, settings)
    state = prepare(database, settings)
    if state.demonstration and options.host not in LOOPBACK:
        raise SettingsError(
            "This database holds the demonstration firm, whose passwords are known: serve it on 127.0.0.1."
        )
    return state


def make_firm(database: Database, settings: Settings) -> None:
    """Make the demonstration firm, with a bar on a terminal and a few plain lines elsewhere."""
    from lms.demo.making import make_demonstration  # noqa: PLC0415 - once in an installation's life

    print("正在建立示例公司 / Making the demonstration firm …", file=sys.stderr, flush=True)
    make_demonstration(database, settings, Progress(sys.stderr))


class Progress:
    """A bar on a terminal; elsewhere a line at each quarter."""

    def __init__(self, stream: TextIO) -> None:
        self._stream, self._drawn = stream, 0

    def __call__(self, done: int, whole: int) -> None:
        """Show how far it is, where that has changed."""
        percent = 100 * done // whole
        if percent == self._drawn or (percent % 25 and not self._stream.isatty()):
            return
        self._drawn = percent
        if self._stream.isatty():
            bar = "█" * (percent * 2 // 5)
            end = "\n" if percent == 100 else ""
            print(f"\r{bar:·<40} {percent:3} %", end=end, file=self._stream, flush=True)
        else:
            print(f"{percent} %", file=self._stream, flush=True)


def how_to_sign_in() -> tuple[str, ...]:
    """Say whom a newcomer can be in the demonstration firm, in both languages."""
    return (
        f"用户名 / Sign-in names (密码 / password {PASSWORD}):",
        "  ana     安娜 新员工 / a newcomer who owes onboarding",
        "  liwei   李伟 客户经理，可以续期 / a relationship manager who may renew",
        "  bruno   鲍宁 直属上级 / line manager of both",
        "  carla   柯岚 人力资源 / HR",
        "  dario   狄睿 其他部门 / somebody of another unit",
        "  helen   何琳 人力资源，第二审批人 / HR, the second of two people",
        "  erin    艾琳 编写人 / author;  fang 方敏 审批人 / approver",
        "  grace   葛静 行为管理专员 / conduct officer;  felix 费立 审计 / auditor;  admin 管理员 / administrator",
    )


def with_secret(settings: Settings, *, demonstration: bool) -> Settings:
    """Return settings with a secret: the operator's, or for a demonstration one kept in the instance folder."""
    if not demonstration or settings.secret_key:
        check_secret(settings)
        return settings
    secret = kept_secret(settings.instance / "demo-secret", secrets.token_urlsafe(48))
    return settings.model_copy(update={"secret_key": secret})


def _serve(
    settings: Settings, database: Database, listening: socket.socket, lines: tuple[str, ...], processes: int
) -> None:
    app = create_app(settings, database)
    print(f"Chizheng 持正: {address_of(listening)}", *lines, sep="\n", flush=True)
    if processes == 1:
        settle()
        _answer(app, settings, database, listening, works=True)
        return
    _warm(app, database)
    settle()
    forking.run(processes, lambda number: _answer(app, settings, database, listening, works=number == 0))


def _warm(app: Any, database: Database) -> None:
    """Load what every process would load for itself, then hang up: no connection may cross a fork."""
    for name in app.jinja_env.list_templates(extensions=["html"]):
        app.jinja_env.get_template(name)
    with database.reading() as session:
        snapshot(session)
    database.dispose()


def _answer(
    app: Any, settings: Settings, database: Database, listening: socket.socket, *, works: bool
) -> None:
    """Serve in this process; `works`: with the worker inside, where the settings want one inside."""
    server = create_server(app, sockets=[listening], threads=settings.threads, ident=None)
    signal.signal(signal.SIGTERM, _stop)
    worker = None
    inside = settings.worker == "embedded" or (
        settings.worker == "auto" and settings.url.startswith("sqlite")
    )
    if works and inside:
        worker = make_worker(database, settings)
        working = threading.Thread(target=worker.run, name="worker", daemon=True)
        working.start()
    try:
        server.run()
    finally:
        if worker:
            worker.stop()
            working.join(STOP_SECONDS)
        server.close()


def address_of(listening: socket.socket) -> str:
    """Return what to type into a browser."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _stop(_signal: int, _frame: object) -> None:
    raise SystemExit(0)
