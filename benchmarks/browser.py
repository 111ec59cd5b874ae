"""A reader's browser, as far as a load driver needs one, and the server under measure. Standard library only."""

import base64
import hashlib
import hmac
import json
import os
import re
import subprocess
import sys
import time
from http.client import HTTPConnection, HTTPResponse
from http.cookies import SimpleCookie
from pathlib import Path
from types import TracebackType
from urllib.parse import urlencode

TICKS = os.sysconf("SC_CLK_TCK")
CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class UnexpectedAnswer(Exception):
    """The server did not answer as the item needs."""


class Browser:
    """One connection with its cookies."""

    def __init__(self, port: int) -> None:
        self.connection = HTTPConnection("127.0.0.1", port, timeout=120)
        self.cookies: dict[str, str] = {}
        self.csrf = ""

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[HTTPResponse, str]:
        """Send a request and read the whole answer."""
        sent = {"Accept": "text/html", "User-Agent": "benchmark", **(headers or {})}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self.connection.request(method, path, body, sent)
        answer = self.connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        for header in answer.headers.get_all("Set-Cookie") or ():
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(header).items()}
        return answer, text

    def get(self, path: str) -> str:
        """Read a page.

        Raises UnexpectedAnswer for anything but 200.
        """
        answer, text = self.ask("GET", path)
        if answer.status != 200:
            raise UnexpectedAnswer(f"GET {path}: {answer.status} {text[:300]}")
        return text

    def post(self, path: str, form: dict[str, str], status: int = 303) -> str:
        """Send a form; return where it leads.

        Raises UnexpectedAnswer for another status.
        """
        body = urlencode({**form, "csrf_token": self.csrf}).encode()
        answer, text = self.ask("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})
        if answer.status != status:
            raise UnexpectedAnswer(f"POST {path}: {answer.status} {text[:300]}")
        return answer.headers.get("Location") or ""

    def send(self, path: str, value: object) -> None:
        """Send JSON as the page's script does.

        Raises UnexpectedAnswer for anything but 200.
        """
        headers = {"Content-Type": "application/json", "Accept": "application/json", "X-Window": "w1"}
        answer, text = self.ask(
            "POST", path, json.dumps(value).encode(), {**headers, "X-CSRFToken": self.csrf}
        )
        if answer.status != 200:
            raise UnexpectedAnswer(f"POST {path}: {answer.status} {text[:300]}")

    def close(self) -> None:
        """Hang up."""
        self.connection.close()

    def arrive(self, secret: str, token: str) -> "Browser":
        """Carry the cookie of somebody who has signed in, and fetch the token against forged forms."""
        self.cookies = {
            "chizheng": signed(secret, {"_user_id": token, "_fresh": True, "seen": int(time.time())})
        }
        self.csrf = json.loads(self.get("/csrf"))["csrf_token"]
        return self


def signed(secret: str, session: dict[str, object]) -> str:
    """Return a Flask session cookie: base64 of JSON, the time, an HMAC under a key derived for cookies."""

    def plain(data: bytes) -> str:
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    at = int(time.time())
    body = plain(json.dumps(session, separators=(",", ":")).encode())
    text = f"{body}.{plain(at.to_bytes((at.bit_length() + 7) // 8, 'big'))}"
    key = hmac.new(secret.encode(), b"cookie-session", hashlib.sha1).digest()
    return f"{text}.{plain(hmac.new(key, text.encode(), hashlib.sha1).digest())}"


class Server:
    """A server process under measure."""

    def __init__(self, what: str, instance: Path, *, profiles: bool = False) -> None:
        words = [sys.executable, "-m", "benchmarks.server", what, str(instance), *(["--profile"] * profiles)]
        with (instance / f"{what}.log").open("w", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
                cwd=Path(__file__).resolve().parent.parent,
            )  # fmt: skip
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line.strip().isdigit():
            self.process.wait()
            raise UnexpectedAnswer(f"the server did not start: see {instance / f'{what}.log'}")
        self.port = int(line)

    def __enter__(self) -> "Server":
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()
        self.process.wait(20)

    def cpu_seconds(self) -> float:
        """Return what the process has computed so far, in user and system time."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory_kb(self) -> int:
        """Return the resident memory."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.findall(r"VmRSS:\s+(\d+)", status)[0])

    def counters(self) -> dict[str, int]:
        """Return what the server has counted."""
        found: dict[str, int] = json.loads(self._told("/-/counters"))
        return found

    def profile(self) -> str:
        """Return where time went since the last call."""
        return self._told("/-/profile")

    def _told(self, path: str) -> str:
        browser = Browser(self.port)
        try:
            return browser.get(path)
        finally:
            browser.close()
