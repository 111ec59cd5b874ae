"""Tell what several processes of `lms serve` hold, after the start and after requests of every kind.

PSS: what a process has alone, and its share of what it has in common with others; their sum is what the machine
gives. On Linux only.

Example: python -m benchmarks.memory --instance /tmp/bench --requests 10000
"""

import argparse
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

from benchmarks.browser import Browser
from benchmarks.items import LESSON, YEARLY, token_of

ROOT = Path(__file__).resolve().parent.parent
LEARNERS = 8
PAGES = ("/", LESSON, "/", LESSON, "/courses", "/handbook", "/my-training", LESSON)
HR_PAGES = (
    "/hr",
    "/hr/reports/standings",
    f"/hr/reports/standings?{YEARLY}&limit=5000",
    f"/hr/reports/standings.csv?{YEARLY}",
)
HR_EVERY = 25  # one page of HR's for so many of learners'


def pss_mb(parent: int) -> float:
    """Return what a process and its children hold."""
    found = subprocess.run(["pgrep", "-P", str(parent)], capture_output=True, text=True, check=False).stdout
    texts = [Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in (parent, *found.split())]
    return sum(int(text.split("\nPss:")[1].split()[0]) for text in texts) / 1024


def ask(port: int, secret: str, learner: int, requests: int) -> None:
    """Read pages as one learner, and now and then as HR."""
    person = Browser(port).arrive(secret, token_of(learner))
    officer = Browser(port).arrive(secret, token_of("hr"))
    for number in range(requests):
        browser, pages = (officer, HR_PAGES) if number % HR_EVERY == 0 else (person, PAGES)
        page = pages[number // (HR_EVERY if browser is officer else 1) % len(pages)]
        answer, _text = browser.ask("GET", page)
        if answer.status >= 500:
            raise RuntimeError(f"{page}: {answer.status}")


def main() -> None:
    """Start the server, ask, and print what it holds."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--instance", type=Path, required=True)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--requests", type=int, default=10_000)
    options = parser.parse_args()
    told = json.loads((options.instance / "bench.json").read_text(encoding="utf-8"))
    environment = {
        **os.environ, "LMS_INSTANCE": str(options.instance), "LMS_DATABASE_URL": told["url"],
        "LMS_SECRET_KEY": told["secret"], "LMS_LOG_LEVEL": "ERROR", "LMS_WORKER": "apart",
    }  # fmt: skip
    words = [sys.executable, "-m", "lms.cli", "serve", "--port", "0", "--no-demo"]
    words += ["--processes", str(options.processes)]
    with subprocess.Popen(words, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        port = int(server.stdout.readline().rpartition(":")[2])
        for done in range(5):
            share = options.requests // 4 // LEARNERS if done else 4
            asking = [
                threading.Thread(target=ask, args=(port, told["secret"], number, share))
                for number in range(LEARNERS)
            ]
            for thread in asking:
                thread.start()
            for thread in asking:
                thread.join()
            so_far = LEARNERS * 4 + done * (options.requests // 4)
            print(
                f"{so_far:6} requests: {pss_mb(server.pid):.0f} MB in {options.processes} processes",
                flush=True,
            )
        server.terminate()


if __name__ == "__main__":
    main()
