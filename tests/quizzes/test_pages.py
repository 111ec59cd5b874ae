"""The pages and resources of quizzes over HTTP: cycle, strangers, keys, sign-out, statements."""

import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from sqlalchemy import update

from lms.core import clock
from lms.people.actions import sessions
from lms.people.queries import hash_token
from lms.quizzes import actions, background, queries
from lms.quizzes.models import Attempt
from lms.quizzes.views import papers
from tests.factories import csrf_of, post, sign_in
from tests.quizzes.published import BY, CANARY, QUIZ, RUN_2, answer_all, events, publish_quiz, stored, submit
from tests.quizzes.published import start as start_directly
from tests.statements import counted

EN = {"Accept-Language": "en"}


@pytest.fixture
def ana(database, cast, client):
    publish_quiz(database)
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    sign_in(client, cast.ana)
    return cast.ana


def begin(client) -> str:
    """Start the quiz by its page; return the path of the attempt."""
    reply = post(client, f"/quizzes/{QUIZ.id}")
    assert reply.status_code == 303
    return reply.location


def send(client, path, answers, **headers):
    """Save answers as the page's script does."""
    token = {"X-CSRFToken": csrf_of(client), "Accept": "application/json", **headers}
    return client.post(f"{path}/responses", json=answers, headers=token)


def choose(slot, seq, option="b"):
    return {"slot": slot, "seq": seq, "response": option and {"choose": [option]}}


def attempt_of(database, path):
    with database.transaction(BY) as session:
        return queries.attempt_with_batches(session, UUID(path.rsplit("/", 1)[1]))[0]


def form_action(page: str, name="action") -> str:
    return re.search(rf'<form id="attempt"[^>]*\s{name}="([^"]+)"', page)[1].replace("&amp;", "&")


def test_the_first_page_says_the_rules(client, ana):
    page = client.get(f"/quizzes/{QUIZ.id}").text
    assert "Confidentiality quiz" in page
    assert "20 minutes" in page
    assert "at least 80%" in page
    assert CANARY not in page


def test_a_whole_cycle_without_a_script(client, database, ana):
    path = begin(client)
    page = client.get(path).text
    assert page.count("<fieldset") == 10
    save_url, submit_url = f"{path}/responses?as_of=0", form_action(page)
    assert save_url in page
    assert post(client, save_url, {"slot-1": "b", "slot-2": "a"}).location == path
    page = client.get(path).text
    assert len(re.findall(r"<input[^>]*\schecked", page)) == 2
    submit_url = form_action(page)
    filled = {f"slot-{slot}": "b" for slot in range(1, 10)}
    review = post(client, submit_url, filled)
    assert review.location == f"{path}/review"
    shown = client.get(review.location).text
    assert f"{path}#question-10" in shown
    assert "#question-9" not in shown
    assert attempt_of(database, path).state == "in_progress"
    done = post(client, f"{path}/submit", {"confirmed": "1"})
    assert done.location == f"{path}/result"
    found = attempt_of(database, path)
    assert (found.state, found.score, found.passed) == ("scored", "9/10", True)
    assert "Passed" in client.get(done.location).text


def test_a_form_overwrites_nothing_that_it_merely_repeats(client, database, ana):
    path = begin(client)
    old_form = form_action(client.get(path).text)
    assert send(client, path, [choose(1, 1, "b")], **{"X-Window": "phone"}).status_code == 200
    post(client, old_form, {"slot-2": "b"})
    page = client.get(path).text
    assert len(re.findall(r'name="slot-1" value="b" checked', page)) == 1
    assert len(re.findall(r'name="slot-2" value="b" checked', page)) == 1


def cycle(client, database) -> list[str]:
    """Start, answer, hand in and read the result; return the statements this took."""
    token = csrf_of(client)
    headers = {"X-CSRFToken": token, "Accept": "application/json", "X-Window": "w1"}
    with counted(database) as seen:
        path = client.post(f"/quizzes/{QUIZ.id}", data={"csrf_token": token}).location
        assert client.get(path).status_code == 200
        for slots in (range(1, 4), range(4, 8), range(8, 11)):
            answers = [choose(slot, slot) for slot in slots]
            assert client.post(f"{path}/responses", json=answers, headers=headers).status_code == 200
        done = client.post(f"{path}/submit", data={"csrf_token": token})
        assert client.get(done.location).status_code == 200
    assert attempt_of(database, path).score == "1/1"
    return seen


def test_the_cycle_of_ten_items_takes_at_most_30_statements(client, database, ana):
    client.get(f"/quizzes/{QUIZ.id}")  # the process has read the content
    seen = cycle(client, database)
    assert len(seen) <= 30, "\n".join(seen)


def test_the_statements_of_a_cycle_do_not_grow_with_history(client, database, cast, ana):
    for number in range(1, 6):
        at = clock.now() - timedelta(days=40) * number
        attempt = start_directly(database, ana, at, run_id=str(uuid4()))
        answer_all(database, attempt, at)
        submit(database, attempt, at)
    with_history = cycle(client, database)
    sign_in(client, cast.dario)
    assert len(with_history) == len(cycle(client, database))


def test_strangers_are_told_that_there_is_nothing(client, database, cast, ana):
    path = begin(client)
    sign_in(client, cast.dario)
    token = csrf_of(client)
    for way in ("", "/result", "/review"):
        assert client.get(path + way).status_code == 404
    assert client.get(f"/api/v1{path}").status_code == 404
    assert post(client, f"{path}/submit").status_code == 404
    assert post(client, f"{path}/submit?as_of=0", {"slot-1": "b"}).status_code == 404
    assert post(client, f"{path}/responses?as_of=0", {"slot-1": "b"}).status_code == 404
    headers = {"X-CSRFToken": token, "Accept": "application/json"}
    for way in (path, f"/api/v1{path}"):
        assert client.post(f"{way}/responses", json=[choose(1, 1)], headers=headers).status_code == 404
        assert client.post(f"{way}/responses", json=[], headers=headers).status_code == 404
    assert client.get(f"/attempts/{uuid4()}").status_code == 404
    found = attempt_of(database, path)
    assert (found.state, found.saves) == ("in_progress", 0)


def test_no_key_reaches_the_browser_before_release(client, database, ana):
    path = begin(client)
    sent = [client.get(f"/quizzes/{QUIZ.id}"), client.get(path), client.get(f"/api/v1{path}")]
    sent += [
        send(client, path, [choose(slot, slot, "a") for slot in range(1, 11)]),
        client.get(f"{path}/review"),
    ]
    sent.append(post(client, f"{path}/submit"))
    sent += [client.get(f"{path}/result"), client.get(f"/api/v1{path}"), client.get(f"/quizzes/{QUIZ.id}")]
    for reply in sent:
        bytes_sent = reply.data.decode() + str(reply.headers)
        assert CANARY not in bytes_sent
        assert '"right"' not in bytes_sent
        assert "because" not in bytes_sent
    assert "Not passed" in sent[6].text


def test_after_a_pass_keys_and_feedback_are_shown(client, ana):
    path = begin(client)
    send(client, path, [choose(slot, slot) for slot in range(1, 10)])
    post(client, f"{path}/submit")
    page = client.get(f"{path}/result").text
    assert page.count(f"{CANARY}-en-") >= 10
    assert "90%" in page


def test_a_score_just_below_the_cut_is_never_shown_as_the_cut(client, database, ana):
    path = begin(client)
    post(client, f"{path}/submit")
    with database.transaction(BY) as session:
        session.execute(update(Attempt).values(score="7999/10000"))
    page = client.get(f"{path}/result").text
    assert "79.9%" in page
    assert page.count("80%") == 1  # what is needed


def test_keys_are_held_back_while_the_quiz_is_owed_in_another_run(client, database, ana):
    path = begin(client)
    send(client, path, [choose(slot, slot) for slot in range(1, 11)])
    post(client, f"{path}/submit")
    with database.transaction(BY) as session:
        actions.open_run(session, ana, QUIZ, RUN_2, clock.now())
    assert CANARY not in client.get(f"{path}/result").text
    with database.transaction(BY) as session:
        actions.close_run(session, ana, QUIZ, RUN_2, clock.now())
    assert CANARY in client.get(f"{path}/result").text


def test_signed_out_in_the_middle_one_signs_in_and_goes_on(client, database, cast, ana):
    path = begin(client)
    assert send(client, path, [choose(1, 1)]).get_json()["saved"] == 1
    with client.session_transaction() as cookie:
        token = cookie["_user_id"]
    with database.transaction(BY) as session:
        sessions.end_session(session, ana, hash_token(token), clock.now())
    refused = send(client, path, [choose(2, 2)])
    assert refused.status_code == 401
    assert refused.content_type == "application/problem+json"
    sign_in(client, ana)
    assert send(client, path, [choose(2, 2)]).get_json()["saved"] == 2
    found, batches = stored(database, attempt_of(database, path))
    assert (found.last_seq, len(batches)) == (2, 2)


def test_without_a_token_of_this_session_nothing_is_saved(client, database, ana):
    path = begin(client)
    for way in (path, f"/api/v1{path}"):
        reply = client.post(f"{way}/responses", json=[choose(1, 1)], headers={"Accept": "application/json"})
        assert reply.status_code == 400
    assert attempt_of(database, path).saves == 0


def test_two_windows_are_both_told(client, ana):
    path = begin(client)
    assert send(client, path, [choose(1, 1)], **{"X-Window": "one"}).get_json()["elsewhere"] is False
    assert send(client, path, [choose(1, 2, "a")], **{"X-Window": "two"}).get_json()["elsewhere"] is True
    assert send(client, path, [choose(2, 3)], **{"X-Window": "one"}).get_json()["elsewhere"] is True
    assert 'name="slot-1" value="a" checked' in client.get(path).text


@pytest.mark.parametrize(
    "body",
    [
        [{"slot": 1}],
        [{"slot": "1", "seq": 1, "response": None}],
        [{"slot": True, "seq": 1, "response": None}],
        [{"slot": 1, "seq": -1, "response": None}],
        [{"slot": 1, "seq": 2**40, "response": None}],
        [{"slot": 11, "seq": 1, "response": None}],
        [{"slot": 0, "seq": 1, "response": None}],
        [{"slot": 1, "seq": 1, "response": "b"}],
        [choose(1, 1)] * 501,
        ["b"],
        7,
        [{"slot": 1, "seq": 1, "response": {"choose": ["x" * 200_000]}}],
    ],
    ids=range(12),
)
def test_what_is_not_an_answer_is_refused(client, database, ana, body):
    path = begin(client)
    assert send(client, path, body).status_code == 422
    assert attempt_of(database, path).saves == 0


def test_an_answer_that_cannot_be_read_is_kept_and_counts_as_invalid(client, database, ana):
    path = begin(client)
    assert send(client, path, [{"slot": 1, "seq": 1, "response": {"choose": ["zz"]}}]).status_code == 200
    assert "checked" not in client.get(path).text
    post(client, f"{path}/submit")
    assert attempt_of(database, path).score == "0/1"


def test_after_handing_in_an_answer_is_kept_as_late_and_said_so(client, database, ana):
    path = begin(client)
    post(client, f"{path}/submit")
    reply = send(client, path, [choose(1, 1)])
    assert (reply.status_code, reply.get_json()["closed"]) == (409, True)
    _, batches = stored(database, attempt_of(database, path))
    assert [batch.late for batch in batches] == [True]
    assert client.get(path).location == f"{path}/result"


def test_when_scoring_fails_the_paper_is_in_and_the_worker_scores_it(client, database, ana, monkeypatch):
    path = begin(client)
    send(client, path, [choose(slot, slot) for slot in range(1, 11)])
    with monkeypatch.context() as broken:
        broken.setattr(papers.actions, "score_attempt", lambda *_: 1 / 0)
        assert post(client, f"{path}/submit").location == f"{path}/result"
        assert "nothing is lost" in client.get(f"{path}/result").text
    assert attempt_of(database, path).state == "submitted"
    assert background.close_and_score(database, clock.now()) == background.Done(closed=0, scored=1, failed=())
    assert attempt_of(database, path).score == "1/1"


def test_an_expired_attempt_is_closed_by_the_worker_and_leads_to_its_result(client, database, ana):
    path = begin(client)
    send(client, path, [choose(slot, slot) for slot in range(1, 10)])
    later = clock.now() + timedelta(minutes=22)
    with time_machine.travel(later, tick=False):
        assert client.get(path).location == f"{path}/result"
        assert "being handed in" in client.get(f"{path}/result").text
        assert background.close_and_score(database, later) == background.Done(closed=1, scored=1, failed=())
        assert background.close_and_score(database, later) == background.Done(closed=0, scored=0, failed=())
        assert "Passed" in client.get(f"{path}/result").text
    assert len(events(database, "AttemptSubmitted")) == 1


def test_one_attempt_that_cannot_be_scored_does_not_stop_the_rest(database, cast, ana, monkeypatch):
    at = clock.now() - timedelta(hours=1)
    broken, sound = start_directly(database, ana, at), start_directly(database, cast.dario, at)
    for attempt in (broken, sound):
        answer_all(database, attempt, at)
    score = background.score_attempt

    def fails_for_one(session, attempt_id, now):
        return 1 / 0 if attempt_id == broken.id else score(session, attempt_id, now)

    monkeypatch.setattr(background, "score_attempt", fails_for_one)
    done = background.close_and_score(database, clock.now())
    assert (done.closed, done.scored, done.failed) == (2, 1, (broken.id,))
    assert stored(database, sound)[0].state == "scored"


def test_a_paper_for_programs_has_slots_without_keys(client, ana):
    path = begin(client)
    body = client.get(f"/api/v1{path}").get_json()
    assert body["state"] == "in_progress"
    assert [slot["slot"] for slot in body["slots"]] == list(range(1, 11))
    assert set(body["slots"][0]) == {"slot", "item", "kind", "stem", "options", "response"}
    assert set(body["slots"][0]["options"][0]) == {"id", "text"}
    token = {"X-CSRFToken": csrf_of(client)}
    reply = client.post(f"/api/v1{path}/responses", json=choose(3, 7), headers=token).get_json()
    assert set(reply) >= {"saved", "deadline_at", "now"}
    assert reply["saved"] == 7
    assert client.get(f"/api/v1{path}").get_json()["slots"][2]["response"] == {"choose": ["b"]}


def test_a_change_needs_post(client, ana):
    path = begin(client)
    assert client.get(f"{path}/submit").status_code == 405
    assert client.get(f"{path}/responses").status_code == 405


def test_who_is_not_signed_in_is_led_to_sign_in(app, client, ana):
    path = begin(client)
    stranger = app.test_client()
    for way in (f"/quizzes/{QUIZ.id}", path, f"{path}/result"):
        assert stranger.get(way, headers={"Accept": "text/html"}).status_code == 303
    assert stranger.get(f"/api/v1{path}").status_code == 401
