"""The product as a newcomer meets it: `lms serve --demo` in a process of its own, and a real browser."""

import fcntl
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from lms.app import create_app, open_database
from tests.browser.house import build_house, served
from tests.conftest import make_settings, missing

ROOT = Path(__file__).parent.parent.parent
CHROMIUM = os.environ.get("LMS_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]
ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)")
PASSWORD = "demo-Chizheng-1"


class Server:
    """A served instance that can be killed in the middle of anything and started again at its address."""

    def __init__(self, instance: Path) -> None:
        self.instance, self.process, self.port = instance, None, free_port()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, *options: str) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
        environment |= {"LMS_INSTANCE": str(self.instance), "LMS_BASE_URL": self.url}
        words = [sys.executable, "-m", "lms.cli", "serve", "--port", str(self.port), *options]
        log = (self.instance.parent / "server.log").open("ab")
        self.process = subprocess.Popen(words, cwd=ROOT, env=environment, stdout=log, stderr=log)
        log.close()
        self._wait()

    def _wait(self) -> None:
        end = time.monotonic() + 400
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise AssertionError(
                    (self.instance.parent / "server.log").read_text(encoding="utf-8")[-3000:]
                )
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=2) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                time.sleep(0.2)
        raise AssertionError("the server did not answer in time")

    def kill(self) -> None:
        """End it as a power failure would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory):
    """An instance with the demonstration firm, made by the command that newcomers use, once for all workers."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "demonstration"
    folder.mkdir(exist_ok=True)
    instance, made = folder / "instance", folder / "made"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            server = Server(instance)
            server.start("--demo")
            server.stop()
            made.touch()
    return instance


@pytest.fixture
def server(demonstration, tmp_path):
    """A served copy of the demonstration firm, for one test alone."""
    instance = tmp_path / "instance"
    shutil.copytree(demonstration, instance)
    served = Server(instance)
    served.start()
    yield served
    served.stop()


@pytest.fixture(scope="session")
def house(empty_sqlite, tmp_path_factory):
    """A firm in which every page has something to show, served in a thread: made once a run."""
    folder = tmp_path_factory.mktemp("house")
    path = folder / "lms.sqlite3"
    path.write_bytes(empty_sqlite.read_bytes())
    settings = make_settings(folder, f"sqlite:///{path}")
    database = open_database(settings)
    with served(build_house(create_app(settings, database), database, settings)) as running:
        yield running
    database.dispose()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    if CHROMIUM is None:
        missing("browser", "there is no Chromium")
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": ARGUMENTS}


@pytest.fixture
def visit(browser, server):
    """Open a fresh browser window on the server; a page that complains to its console fails the test."""
    windows, complaints = [], []

    def opened(*, language="zh", width=1280, allow=()):
        locale = {"locale": "zh-CN" if language == "zh" else "en-GB", "timezone_id": "Asia/Shanghai"}
        window = browser.new_context(
            base_url=server.url, viewport={"width": width, "height": 844 if width < 500 else 900}, **locale
        )
        window.set_default_timeout(20_000)
        windows.append(window)
        page = window.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))

        def note(entry):
            if entry.type == "error" and not any(word in entry.text for word in allow):
                complaints.append(f"{entry.text} at {entry.location}")

        page.on("console", note)
        return page

    yield opened
    for window in windows:
        window.close()
    assert complaints == []


def sign_in(page, name: str, language: str = "zh") -> None:
    """Sign in through the form, then switch to the language of the test."""
    page.goto("/sign-in")
    page.fill("[name=username]", name)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    page.goto(f"/?lang={language}")
