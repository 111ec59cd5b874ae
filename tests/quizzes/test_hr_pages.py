"""What HR does about attempts, by its page; and who may not."""

from datetime import timedelta

import pytest

from lms.core import clock
from lms.quizzes import queries
from tests.factories import post, sign_in
from tests.quizzes.published import BY, QUIZ, events, publish_quiz, sit, start, stored


@pytest.fixture
def carla(database, cast, client):
    publish_quiz(database)
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    sign_in(client, cast.carla)
    return cast.carla


def situation(database, person_id):
    with database.reading(BY) as session:
        found = queries.situation_of(session, person_id, QUIZ)
        return found.granted, found.extra_minutes


def test_hr_grants_attempts_and_time_with_a_reason(client, database, cast, carla):
    page = f"/hr/people/{cast.ana}/attempts"
    form = {"grant-quiz": f"quiz/{QUIZ.id}", "grant-attempts": "2", "grant-reason": "The fire alarm rang."}
    assert post(client, page, form).status_code == 303
    form = {"extra-extra_minutes": "15", "extra-reason": "A doctor's letter."}
    assert post(client, f"/hr/people/{cast.ana}/extra-time", form).status_code == 303
    assert situation(database, cast.ana) == (2, 15)
    assert "15 extra minutes" in client.get(page).text
    assert [event.person_id for event in events(database, "AttemptsRead")] == [cast.ana]


@pytest.mark.parametrize(
    "form",
    [
        {"grant-quiz": f"quiz/{QUIZ.id}", "grant-attempts": "2", "grant-reason": " "},
        {"grant-quiz": f"quiz/{QUIZ.id}", "grant-attempts": "11", "grant-reason": "x"},
        {"grant-quiz": "quiz/no-such", "grant-attempts": "1", "grant-reason": "x"},
    ],
)
def test_what_cannot_be_granted_is_refused_and_kept_on_the_page(client, database, cast, carla, form):
    assert post(client, f"/hr/people/{cast.ana}/attempts", form).status_code == 422
    assert situation(database, cast.ana) == (0, 0)


def test_hr_voids_an_attempt_but_not_under_another_person(client, database, cast, carla):
    attempt = sit(database, cast.ana, clock.now() - timedelta(hours=1), right=0)
    form = {"void-reason": "The network was down."}
    elsewhere = post(client, f"/hr/people/{cast.dario}/attempts/{attempt.id}/void", form)
    assert elsewhere.status_code == 404
    assert post(client, f"/hr/people/{cast.ana}/attempts/{attempt.id}/void", form).status_code == 303
    assert stored(database, attempt)[0].state == "voided"
    assert start(database, cast.ana, clock.now()).number == 2


@pytest.mark.parametrize("name", ["ana", "bruno", "dario", "erin", "fang", "grace", "felix", "admin"])
def test_nobody_but_hr_may(client, database, cast, carla, name):
    attempt = start(database, cast.ana, clock.now())
    sign_in(client, getattr(cast, name))
    page = f"/hr/people/{cast.ana}/attempts"
    assert client.get(page).status_code == 403
    assert post(client, page, {"grant-reason": "x"}).status_code == 403
    assert post(client, f"{page}/{attempt.id}/void", {"void-reason": "x"}).status_code == 403
    assert post(client, f"/hr/people/{cast.ana}/extra-time", {"extra-reason": "x"}).status_code == 403
