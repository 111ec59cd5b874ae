"""The pages of quizzes in a real browser: answers save themselves, nothing is lost, nothing is inaccessible."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from lms.quizzes import queries
from tests.factories import PASSWORD
from tests.quizzes.published import BY, QUIZ, publish_quiz

pytestmark = pytest.mark.browser
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture
def published(database):
    """What the firm has published."""
    publish_quiz(database)


@pytest.fixture
def open_page(browser, served, published, cast):
    contexts, complaints = [], []

    def opened(path, username="ana", language="en", width=1280):
        context = browser.new_context(
            locale={"en": "en-GB", "zh": "zh-CN"}[language], viewport={"width": width, "height": 844}
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{served}/sign-in?lang={language}")
        page.fill("[name=username]", username)
        page.fill("[name=password]", PASSWORD)
        page.locator("main button[type=submit]").click()
        page.wait_for_url(lambda url: "/sign-in" not in url)
        page.goto(served + path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def begin(page):
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(re.compile(r"/attempts/[0-9a-f-]+$"))
    return page


def choose(page, slot, option="b"):
    box = page.locator(f"fieldset[data-slot='{slot}'] input[value='{option}']")
    page.locator(f"[data-goto='{slot}']").click()
    box.check()


def last_attempt(database, cast):
    with database.transaction(BY) as session:
        return queries.attempts_of(session, cast.ana)[0]


def test_answers_save_themselves_and_the_paper_is_handed_in_once(open_page, database, cast):
    page = begin(open_page(f"/quizzes/{QUIZ.id}"))
    for slot in range(1, 10):
        choose(page, slot)
    expect(page.locator("[data-saved]")).to_have_text(re.compile(r"^Saved \d\d:\d\d$"), timeout=10_000)
    page.reload()
    expect(page.locator("fieldset.question input:checked")).to_have_count(9)
    page.get_by_role("button", name="Check and hand in").click()
    expect(page.locator("[data-unanswered] li")).to_have_text(["10"])
    page.locator("[data-submit-now]").click()
    page.wait_for_url(re.compile(r"/result$"))
    expect(page.locator("h1")).to_have_text("Passed")
    assert last_attempt(database, cast).score == "9/10"


def test_two_windows_are_both_told_and_the_newest_answer_counts(open_page, database, cast):
    one = begin(open_page(f"/quizzes/{QUIZ.id}"))
    path = "/" + one.url.split("/", 3)[3]
    other = open_page(path)
    choose(one, 1, "a")
    expect(one.locator("[data-saved]")).to_have_text(re.compile("^Saved"), timeout=10_000)
    choose(other, 1, "b")
    expect(other.locator("[data-notice=elsewhere]")).to_be_visible(timeout=10_000)
    choose(one, 2, "b")
    expect(one.locator("[data-notice=elsewhere]")).to_be_visible(timeout=10_000)
    expect(one.locator("[data-saved]")).to_have_text(re.compile("^Saved"), timeout=10_000)
    one.get_by_role("button", name="Check and hand in").click()
    one.locator("[data-submit-now]").click()
    one.wait_for_url(re.compile(r"/result$"))
    assert last_attempt(database, cast).score == "1/5"


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_page_of_a_quiz_has_an_axe_finding(open_page, served, cast, language, width):
    page = open_page(f"/quizzes/{QUIZ.id}", language=language, width=width)
    found = {"quiz": findings(page)}
    begin(page)
    found["attempt"] = findings(page)
    attempt = page.url
    page.goto(f"{attempt}/review")
    found["review"] = findings(page)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(re.compile(r"/result$"))
    found["result"] = findings(page)
    hr = open_page(f"/hr/people/{cast.ana}/attempts", username="carla", language=language, width=width)
    found["hr"] = findings(hr)
    assert {name: each for name, each in found.items() if each} == {}


def findings(page):
    for details in page.locator("main details").all():
        details.evaluate("each => { each.open = true }")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "a sideways scroll"
    violations = Axe().run(page, options=AXE).response["violations"]
    return [(each["id"], [node["html"][:160] for node in each["nodes"]]) for each in violations]
