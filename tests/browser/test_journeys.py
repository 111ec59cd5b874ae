"""The product's journey in a real browser: from the first sign-in to the certificate, and who may see it."""

import io
import re

import pytest
from pypdf import PdfReader

from tests.browser.conftest import sign_in
from tests.browser.keys import answer, answer_one, press

pytestmark = pytest.mark.browser
NAMES = {"zh": "安娜", "en": "Ana"}
COURSES = ("client-confidentiality", "professional-ethics")


def sign_agreement(page, language: str) -> None:
    page.goto("/agreements/confidentiality-agreement")
    page.fill("[name=typed_name]", NAMES[language])
    press(page, "#sign button[type=submit]")


def read_course(page, course: str) -> None:
    page.goto(f"/courses/{course}")
    press(page, "main a.btn-primary")
    for _ in range(12):
        if not page.locator(".lesson-next form button").count():
            break
        press(page, ".lesson-next form button")
    assert "/quizzes/" in page.url or page.locator("a[href*='/quizzes/']").count()


def pass_quiz(page, quiz: str, language: str) -> None:
    page.goto(f"/quizzes/{quiz}")
    page.click("main form button.btn-primary")
    page.wait_for_url("**/attempts/*")
    answer(page, language)
    hand_in(page)


def hand_in(page) -> None:
    page.locator("#attempt button[type=submit]:visible").last.click()
    page.locator("[data-submit-now]").click()
    page.wait_for_url("**/result")


def become_certified(page, language: str) -> None:
    sign_in(page, "ana", language)
    sign_agreement(page, language)
    for course in COURSES:
        read_course(page, course)
        pass_quiz(page, course, language)
    pass_quiz(page, "onboarding-final", language)


@pytest.mark.parametrize(("language", "width"), [("zh", 1280), ("en", 390)])
def test_a_newcomer_becomes_certified_and_only_those_who_may_see_it_do(visit, server, language, width):
    page = visit(language=language, width=width)
    become_certified(page, language)
    page.goto("/")
    link = page.locator("a[href^='/certificates/']").first
    number = re.search(r"/certificates/([^/.]+)", link.get_attribute("href")).group(1)

    stranger = visit(language=language, allow=("404", "403"))
    stranger.goto(f"/certificates/{number}")
    assert NAMES[language] not in stranger.locator("main").inner_text()

    page.goto(f"/certificates/{number}")
    expect_pdf(page, number)

    carla = visit(language=language)
    sign_in(carla, "carla", language)
    carla.goto("/hr/reports/standings?q=ana" if language == "en" else "/hr/reports/standings?q=安娜")
    assert NAMES[language] in carla.locator("main").inner_text()
    with carla.expect_download() as download:
        carla.locator("a[href*='standings.csv']").first.click()
    text = download.value.path().read_bytes().decode("utf-8-sig")
    assert NAMES[language] in text
    person = re.search(r"/hr/people/([0-9a-f-]{36})", carla.content()).group(1)

    sign_in(stranger, "dario", language)
    for path in (f"/hr/people/{person}", f"/certificates/{number}.pdf", "/hr/reports/standings"):
        assert stranger.request.get(path).status in {403, 404}, path
    assert stranger.goto(f"/hr/people/{person}").status == 404


def expect_pdf(page, number: str) -> None:
    """The PDF is made once its event is sealed: within seconds, while the worker runs."""
    for _ in range(40):
        answer = page.request.get(f"/certificates/{number}.pdf")
        if answer.headers["content-type"].startswith("application/pdf"):
            break
        page.wait_for_timeout(500)
    text = "".join(each.extract_text() for each in PdfReader(io.BytesIO(answer.body())).pages)
    assert number in text.replace("\n", "")
    assert "Ana" in text


def test_nothing_acknowledged_is_lost_when_the_server_is_killed_in_the_middle_of_an_attempt(visit, server):
    page = visit(allow=("Failed to load", "ERR_", "NetworkError"))
    sign_in(page, "ana")
    read_course(page, COURSES[0])
    page.goto(f"/quizzes/{COURSES[0]}")
    page.click("main form button.btn-primary")
    page.wait_for_url("**/attempts/*")
    questions = page.locator("fieldset[data-slot]").all()
    for question in questions[:4]:
        answer_one(question, "zh")
    page.wait_for_function("document.querySelector('[data-saved]').textContent.trim() !== ''", timeout=15_000)
    server.kill()
    for question in questions[4:]:
        answer_one(question, "zh")
    page.locator("[data-notice=offline]").wait_for(state="visible", timeout=20_000)
    server.start()
    page.locator("[data-notice=offline]").wait_for(state="hidden", timeout=60_000)
    hand_in(page)
    assert "100" in page.locator("main").inner_text()
