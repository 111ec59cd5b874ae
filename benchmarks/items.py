"""The work items: what a reader does, request by request, as a browser would send it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from benchmarks.browser import CSRF, Browser, UnexpectedAnswer

LESSON = "/courses/client-confidentiality/what-is-client-information"
QUIZ = "/quizzes/professional-ethics"  # draws ten items
YEARLY = "programme=annual-confidentiality"
SLOT = re.compile(r'name="slot-(\d+)"[^>]*value="([^"]+)"')
BATCHES = ((1, 2, 3), (4, 5, 6, 7), (8, 9, 10))


@dataclass
class Someone:
    """Who does an item: a browser, a sign-in name, and who has not taken the quiz yet (each may once a day)."""

    browser: Browser
    name: str
    password: str
    fresh: Iterator[Browser]


Work = Callable[[Someone], Any]


def sign_in(someone: Someone) -> None:
    """Open the form and send it, as somebody whom the browser does not know."""
    browser = someone.browser
    browser.cookies = {}
    found = CSRF.search(browser.get("/sign-in"))
    if found is None:
        raise UnexpectedAnswer("the form of sign-in has no token")
    browser.csrf = found[1]
    browser.post("/sign-in", {"username": someone.name, "password": someone.password})


def my_training(someone: Someone) -> None:
    """Read what one owes."""
    someone.browser.get("/")


def lesson(someone: Someone) -> None:
    """Read a lesson; the page says that it was seen."""
    someone.browser.get(LESSON)
    someone.browser.post(f"{LESSON}/seen", {"position": "3"}, 204)


def quiz(someone: Someone) -> None:
    """Start, read the paper, save ten answers in three batches, hand in, read the result: seven requests."""
    browser = next(someone.fresh)
    path = browser.post(QUIZ, {})
    page = browser.get(path)
    choices = {int(slot): {"choose": [value]} for slot, value in reversed(SLOT.findall(page))}
    if page.count("<fieldset") != 10:
        raise UnexpectedAnswer("the paper has not ten questions")
    for slots in BATCHES:
        answers = [{"slot": n, "seq": n, "response": choices.get(n)} for n in slots]
        browser.send(f"{path}/responses", answers)
    browser.get(browser.post(f"{path}/submit", {}))


def hr_first_page(someone: Someone) -> None:
    """Open the firm at a glance."""
    someone.browser.get("/hr")


def report_first_page(someone: Someone) -> None:
    """Open the first page of the list of standings."""
    someone.browser.get("/hr/reports/standings")


def report_html(someone: Someone) -> None:
    """Read the standings of everybody in one programme on one page."""
    page = someone.browser.get(f"/hr/reports/standings?{YEARLY}&limit=5000")
    if "</html>" not in page:
        raise UnexpectedAnswer("the report broke off")


def report_csv(someone: Someone) -> None:
    """Export the same as CSV."""
    someone.browser.get(f"/hr/reports/standings.csv?{YEARLY}")


@dataclass(frozen=True)
class Item:
    """A work item with its bars: CPU in ms (besides a password's hash) and SQL statements."""

    name: str
    work: Work
    cpu_ms: float
    statements: int
    rounds: int  # at one learner; as many again are shared by more learners
    as_hr: bool = False


ITEMS = (
    Item("sign in", sign_in, 24, 4, 30),
    Item("my training", my_training, 3, 4, 100),
    Item("lesson, view recorded", lesson, 3, 5, 80),
    Item("quiz cycle of 10 items", quiz, 22, 30, 40),
    Item("HR page", hr_first_page, 5, 6, 40, as_hr=True),
    Item("report, first page", report_first_page, 5, 6, 40, as_hr=True),
    Item("report, 2,000 people, HTML", report_html, 25, 6, 10, as_hr=True),
    Item("report, 2,000 people, CSV", report_csv, 15, 6, 10, as_hr=True),
)


def _floor(path: str) -> Work:
    return lambda someone: someone.browser.get(path)


FLOORS = (
    Item("an empty route", _floor("/empty"), 0, 0, 200),
    Item("one SELECT by key", _floor("/select"), 0, 1, 200),
    Item("one committed INSERT", _floor("/insert"), 0, 1, 100),
    Item("one password hash", _floor("/hash"), 20, 0, 20),
)


def token_of(number: object) -> str:
    """Return the secret of a person's session, as `fill` made it."""
    return sha256(f"benchmark session {number}".encode()).hexdigest()
