"""Courses and lessons: with and without JavaScript, in both languages, within their statements."""

import json
import re

import pytest
from sqlalchemy import func, select

from lms.audit.models import AuditEvent
from lms.core import clock
from lms.core.db import By
from lms.courses import actions, queries
from lms.courses.models import LessonProgress
from lms.courses.rules import RunKind
from tests.content import changed, publish_content
from tests.factories import csrf_of, post, sign_in
from tests.statements import counted

pytestmark = pytest.mark.usefixtures("alone")
COURSE = "/courses/client-confidentiality"
FIRST, SECOND = f"{COURSE}/what-is-client-information", f"{COURSE}/need-to-know"
LAST = f"{COURSE}/the-first-hour"


@pytest.fixture
def ana(client, cast, content):
    sign_in(client, cast.ana)
    return client


def page(client, path, lang="en", **more):
    reply = client.get(path, query_string={"lang": lang}, **more)
    assert reply.status_code == 200, path
    return reply.get_data(as_text=True)


def rows(database, table):
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table))


def test_nobody_reads_without_signing_in(client, content):
    for path in (
        "/courses",
        COURSE,
        FIRST,
        f"{COURSE}/summary",
        "/handbook",
        f"{COURSE}/media/four-classes.zh.svg",
    ):
        assert client.get(path).status_code in {303, 401}, path


def test_the_catalogue_shows_each_course_and_how_far_one_is(ana, database, cast):
    assert "Client confidentiality" in page(ana, "/courses")
    assert "客户信息保密" in page(ana, "/courses", "zh")
    post(ana, f"{FIRST}/finish")
    assert "1 of 6" in page(ana, "/courses")


def test_a_course_shows_one_next_step_from_start_to_quiz(ana, database, cast):
    assert "Start" in page(ana, COURSE)
    reply = post(ana, f"{COURSE}/start")
    assert (reply.status_code, reply.location) == (303, FIRST)
    shown = page(ana, COURSE)
    assert "Begin:" in shown
    for lesson in (
        "what-is-client-information",
        "need-to-know",
        "the-agreement-you-signed",
        "everyday-leaks",
    ):
        post(ana, f"{COURSE}/{lesson}/finish")
    assert "Go on: " in page(ana, COURSE)
    assert post(ana, f"{LAST}/finish").location == "/quizzes/client-confidentiality"
    assert "Take the quiz" in page(ana, COURSE)


def test_finishing_goes_on_to_the_next_lesson_and_twice_is_once(ana, database):
    for _ in range(2):
        reply = post(ana, f"{FIRST}/finish")
        assert (reply.status_code, reply.location) == (303, SECOND)
    assert rows(database, LessonProgress) == 1


def test_the_button_that_goes_on_stands_at_one_place_and_changes_once_the_lesson_is_finished(ana):
    before = page(ana, FIRST)
    assert f'action="{FIRST}/finish"' in before
    post(ana, f"{FIRST}/finish")
    after = page(ana, FIRST)
    assert f'action="{FIRST}/finish"' not in after
    assert f'href="{SECOND}" rel="next"' in after
    assert before.index('class="lesson-next"') < before.index(f"{FIRST}/finish")


def test_a_lesson_shows_contents_previous_next_sources_and_both_languages(ana):
    shown = page(ana, SECOND)
    assert f'href="{FIRST}"' in shown
    assert f"{COURSE}/the-agreement-you-signed" in shown
    assert 'lang="en"' in shown
    assert 'lang="zh-CN"' in page(ana, SECOND, "zh")
    first = page(ana, FIRST)
    assert "What this rests on" in first
    assert "checked on" in first
    assert (
        '<img alt="A pyramid' in first
        or 'src="/courses/client-confidentiality/media/four-classes.en.svg"' in first
    )


def test_a_page_of_nothing_is_not_found(ana):
    elsewhere = (f"{COURSE}/integrity-in-lending", f"{FIRST}/checks/CONF-0001", "/handbook/nothing")
    files = (f"{COURSE}/media/nothing.svg", f"{COURSE}/media/..%2f..%2fcourse.yml")
    for path in ("/courses/nothing", f"{COURSE}/nothing", *elsewhere, *files):
        assert ana.get(path).status_code == 404, path
    for path in (f"{COURSE}/nothing/finish", f"{COURSE}/nothing/seen", "/courses/nothing/start"):
        assert post(ana, path).status_code == 404, path


def test_a_get_changes_nothing(ana, database, cast):
    before = rows(database, AuditEvent)
    for path in ("/courses", COURSE, FIRST, f"{FIRST}/print", f"{COURSE}/summary", "/handbook"):
        page(ana, path)
    assert rows(database, AuditEvent) == before
    for path in (f"{FIRST}/finish", f"{FIRST}/seen", f"{COURSE}/start"):
        assert ana.get(path).status_code in {404, 405}
    with database.reading() as session:
        assert queries.passages_of(session, cast.ana).whole == {}


def test_a_change_without_its_token_is_refused(ana, database):
    assert ana.post(f"{FIRST}/finish").status_code == 400
    assert rows(database, LessonProgress) == 0


def test_progress_is_ones_own(ana, app, database, cast):
    post(ana, f"{FIRST}/finish")
    dario = app.test_client()
    sign_in(dario, cast.dario)
    shown = page(dario, COURSE)
    assert "Start" in shown
    assert f'action="{FIRST}/finish"' in page(dario, FIRST)
    with database.reading() as session:
        assert queries.passages_of(session, cast.dario).whole == {}


@pytest.mark.parametrize("file", ["four-classes.zh.svg", "first-hour.en.svg"])
def test_pictures_come_with_a_fixed_type_and_cannot_run(ana, file):
    reply = ana.get(f"{COURSE}/media/{file}")
    assert reply.status_code == 200
    assert reply.content_type == "image/svg+xml"
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in reply.headers["Content-Security-Policy"]


def test_the_summary_and_the_print_view_are_made_for_paper(ana):
    for path, words in ((f"{COURSE}/summary", "<table"), (f"{FIRST}/print", "What this rests on")):
        shown = page(ana, path)
        assert words in shown
        assert 'class="nav-main"' not in shown
        assert "lesson-next" not in shown


def right_of(content, item_id):
    return [each["id"] for each in content.get("item", item_id).body["options"] if each["right"]]


def wrong_of(content, item_id):
    return [each["id"] for each in content.get("item", item_id).body["options"] if not each["right"]]


CHECK = f"{FIRST}/checks/CONF-C01"


def test_without_javascript_a_check_is_answered_by_the_lesson_itself(ana, content):
    shown = post(ana, f"{CHECK}?lang=en", {"answer": right_of(content, "CONF-C01")}).get_data(as_text=True)
    assert shown.count("data-verdict") == 1
    assert "Right." in shown
    assert '<article class="prose"' in shown
    reply = ana.get(CHECK)
    assert (reply.status_code, reply.location) == (303, f"{FIRST}#check-CONF-C01")


def test_with_javascript_only_the_check_comes_back(ana, content):
    headers = {"HX-Request": "true"}
    shown = post(ana, f"{CHECK}?lang=en", {"answer": wrong_of(content, "CONF-C01")[:1]}, headers=headers)
    text = shown.get_data(as_text=True)
    assert text.lstrip().startswith("<form")
    assert "Not right." in text
    assert "Try again" in text
    again = post(ana, f"{CHECK}?lang=en", {"again": "1"}, headers=headers).get_data(as_text=True)
    assert "data-verdict" not in again


def test_a_program_gets_the_feedback_as_json(ana, content):
    headers = {"Accept": "application/json"}
    reply = post(ana, CHECK, {"answer": right_of(content, "CONF-C01")}, headers=headers)
    assert reply.get_json()["verdict"] == "right"
    assert post(ana, CHECK, {"answer": ["nonsense"]}, headers=headers).get_json() == {"verdict": "unanswered"}


def test_an_empty_answer_leads_back_and_shows_no_key(ana):
    reply = post(ana, CHECK)
    assert (reply.status_code, reply.location) == (303, f"{FIRST}#check-CONF-C01")


def test_before_an_answer_no_byte_tells_the_key_of_a_check(ana, content):
    shown = page(ana, FIRST)
    for each in ("CONF-C01", "CONF-C02", "CONF-C03"):
        body = content.get("item", each).body
        assert body["html"]["en"]["stem"] in shown
        assert body["because"]["en"] not in shown
        assert all(option["because"]["en"] not in shown for option in body["options"] if option["because"])


def test_answers_to_checks_are_not_kept(ana, database, content):
    before = rows(database, AuditEvent)
    post(ana, CHECK, {"answer": right_of(content, "CONF-C01")})
    assert rows(database, AuditEvent) == before


def test_the_place_is_kept_for_other_devices(ana, app, cast, database):
    token = csrf_of(ana)
    reply = ana.post(f"{SECOND}/seen", data={"position": "7"}, headers={"X-CSRFToken": token})
    assert reply.status_code == 204
    ana.post(f"{SECOND}/seen", data={"position": "junk"}, headers={"X-CSRFToken": token})
    phone = app.test_client()
    sign_in(phone, cast.ana)
    assert 'data-place="7"' in page(phone, SECOND)
    assert "data-place" not in page(phone, FIRST)
    post(phone, f"{COURSE}/start")
    assert (
        f'href="{SECOND}"'
        in re.search(r'<header class="page-header">.*?</header>', page(phone, COURSE), re.S)[0]
    )


def test_a_finished_course_says_so_and_can_be_gone_through_again(ana, database, cast, content):
    finish_all(database, cast.ana, content)
    shown = page(ana, COURSE)
    assert "You finished this course on" in shown
    assert "Go through it again" in shown
    assert "Finished on" in page(ana, "/courses")
    post(ana, f"{COURSE}/start")
    assert "Begin:" in page(ana, COURSE)


def finish_all(database, person_id, content):
    from tests.courses.test_runs import scored

    with database.transaction(By("tests")) as session:
        run = actions.open_run(
            session, person_id, RunKind.COURSE, "client-confidentiality", "x:1", clock.now()
        )
    with database.transaction(By("tests")) as session:
        for lesson in content.get("course", "client-confidentiality").body["lessons"]:
            actions.finish_lesson(session, person_id, "client-confidentiality", lesson, clock.now())
        actions.note_result(session, scored(person_id, run.id))


EVIL = "<img src=x onerror=alert(1)><script>alert(2)</script>canary-7d1"


def test_scripts_in_authored_texts_stay_words(client, database, cast):
    folder = "content/courses/client-confidentiality"
    lesson = f"{folder}/01-what-is-client-information.en.md"
    texts = changed(
        (lesson, "title: What client", f"title: >-\n  {EVIL} What client"),
        (lesson, "\n## What counts", f"\n`{EVIL}`\n\n## What counts"),
        (f"{folder}/bank.yml", "At a forum you mention", f"{EVIL} At a forum you mention"),
    )
    publish_content(database, texts)
    sign_in(client, cast.ana)
    for path in (FIRST, f"{FIRST}/print", COURSE):
        shown = page(client, path)
        assert "canary-7d1" in shown
        assert "<img src=x" not in shown
        assert "<script>" not in shown


def test_a_lesson_and_its_view_cost_five_statements_whatever_the_history(ana, database, cast, content):
    token = csrf_of(ana)
    page(ana, FIRST)
    with database.transaction(By("tests")) as session:
        for number in range(12):
            run = actions.open_run(
                session, cast.ana, RunKind.COURSE, "client-confidentiality", f"p:{number}", clock.now()
            )
            run.finished_on = clock.now().date()
            session.flush()
    with counted(database) as statements:
        page(ana, FIRST)
        ana.post(f"{FIRST}/seen", headers={"X-CSRFToken": token})
    assert len(statements) <= 5, "\n".join(statements)
    with counted(database) as statements:
        page(ana, COURSE)
    assert len(statements) <= 4
    with counted(database) as statements:
        page(ana, "/courses")
    assert len(statements) <= 2


def test_finishing_a_lesson_costs_few_statements(ana, database):
    post(ana, f"{COURSE}/start")
    token = csrf_of(ana)
    with counted(database) as statements:
        ana.post(f"{FIRST}/finish", headers={"X-CSRFToken": token})
    assert len(statements) <= 8, "\n".join(statements)


def test_numbers_in_json_feedback_are_plain(ana, content):
    reply = post(
        ana, CHECK, {"answer": right_of(content, "CONF-C01")}, headers={"Accept": "application/json"}
    )
    assert set(json.loads(reply.get_data())) == {"verdict", "options", "because", "see"}
