"""Real threads on a real database: nothing acknowledged is lost, and each step happens once."""

import json
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from fractions import Fraction

import pytest

from lms.core import clock
from lms.quizzes import background
from lms.quizzes.documents import answers_from
from tests.factories import csrf_of, sign_in
from tests.quizzes.published import NOON, QUIZ, events, publish_quiz, save, start, stored, submit
from tests.statements import counted

THREADS = 8
MINUTE = timedelta(minutes=1)


@pytest.fixture
def ana(database, cast):
    publish_quiz(database)
    return cast.ana


def at_once(*calls):
    """Run calls in as many threads, released together; return their results in order."""
    gate = threading.Barrier(len(calls))

    def run(call):
        gate.wait(timeout=30)
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [each.result(timeout=120) for each in [pool.submit(run, call) for call in calls]]


def test_eight_threads_that_start_at_once_get_one_attempt(database, ana):
    attempts = at_once(*[lambda: start(database, ana)] * THREADS)
    assert len({each.id for each in attempts}) == 1
    assert len(events(database, "AttemptStarted")) == 1


def test_eight_threads_that_submit_at_once_submit_and_score_once(database, ana):
    attempt = start(database, ana)
    save(database, attempt, NOON + MINUTE, *[(slot, slot, "b") for slot in range(1, 11)])
    done = at_once(*[lambda: submit(database, attempt, NOON + 2 * MINUTE)] * THREADS)
    assert {each.state for each in done} == {"scored"}
    assert {each.score for each in done} == {"1/1"}
    assert len(events(database, "AttemptSubmitted")) == len(events(database, "AttemptScored")) == 1


def test_an_attempt_without_an_answer_is_abandoned_once_whoever_closes_it(database, ana):
    attempt = start(database, ana)
    at = attempt.deadline_at + timedelta(seconds=61)
    calls = [lambda: submit(database, attempt, at), lambda: background.close_and_score(database, at)]
    at_once(*(calls * 4))
    assert stored(database, attempt)[0].state == "abandoned"
    assert len(events(database, "AttemptAbandoned")) == 1
    assert events(database, "AttemptSubmitted") == events(database, "AttemptScored") == []


def test_the_worker_and_the_learner_who_close_at_once_close_once(database, ana):
    attempt = start(database, ana)
    save(database, attempt, NOON + MINUTE, (1, 1, "b"))
    at = attempt.deadline_at + timedelta(seconds=61)
    calls = [lambda: submit(database, attempt, at), lambda: background.close_and_score(database, at)]
    at_once(*(calls * 4))
    found, _ = stored(database, attempt)
    assert (found.state, found.submitted_at) == ("scored", attempt.deadline_at)
    assert len(events(database, "AttemptSubmitted")) == len(events(database, "AttemptScored")) == 1


def test_saves_beside_a_submit_count_if_and_only_if_they_were_acknowledged_as_counting(database, ana):
    attempt = start(database, ana)
    acknowledged = {}

    def answer(slot):
        reply = save(database, attempt, NOON + MINUTE, (slot, slot, "b"), device=f"window{slot}")
        acknowledged[slot] = not reply.closed

    calls = [lambda slot=slot: answer(slot) for slot in range(1, THREADS)]
    at_once(*calls, lambda: submit(database, attempt, NOON + MINUTE))
    found, batches = stored(database, attempt)
    assert len(batches) == THREADS - 1
    assert sorted(batch.number for batch in batches) == list(range(1, THREADS))
    kept = {answers_from(batch.body)[0].slot: not batch.late for batch in batches}
    assert kept == acknowledged
    assert Fraction(found.score) == Fraction(sum(acknowledged.values()), 10)


def test_the_same_delivery_repeated_by_eight_threads_is_kept_once(database, ana):
    attempt = start(database, ana)
    at_once(*[lambda: save(database, attempt, NOON + MINUTE, (1, 1, "b"), (2, 2, "c"))] * THREADS)
    _, batches = stored(database, attempt)
    assert len(batches) == 1


def test_under_eight_windows_every_acknowledged_answer_is_there(database, ana):
    attempt = start(database, ana)
    rounds = 6

    def work(window):
        seqs = []
        for number in range(1, rounds + 1):
            seq = number * 100 + window
            reply = save(
                database, attempt, NOON + MINUTE, (1 + (window + number) % 10, seq, "b"), device=f"w{window}"
            )
            assert reply.saved >= seq
            seqs.append(seq)
        return seqs

    sent = at_once(*[lambda window=window: work(window) for window in range(THREADS)])
    found, batches = stored(database, attempt)
    held = Counter(each["seq"] for batch in batches for each in json.loads(batch.body))
    assert held == Counter(seq for seqs in sent for seq in seqs)
    assert found.saves == len(batches) == THREADS * rounds


def test_eight_learners_over_http_all_finish_with_what_they_answered(app, database, cast):
    publish_quiz(database)
    people = [cast.ana, cast.bruno, cast.carla, cast.dario, cast.erin, cast.fang, cast.grace, cast.felix]
    clients = []
    for person in people:
        client = app.test_client()
        sign_in(client, person)
        clients.append(client)

    def sit(client, right):
        token = csrf_of(client)
        headers = {"X-CSRFToken": token, "Accept": "application/json"}
        path = client.post(f"/quizzes/{QUIZ.id}", data={"csrf_token": token}).location
        for slot in range(1, 11):
            answer = {"slot": slot, "seq": slot, "response": {"choose": ["b" if slot <= right else "a"]}}
            assert client.post(f"{path}/responses", json=[answer], headers=headers).status_code == 200
        done = client.post(f"{path}/submit", data={"csrf_token": token})
        assert client.get(done.location).status_code == 200
        return path

    at_once(*[lambda c=client, r=right: sit(c, r) for right, client in enumerate(clients, start=1)])
    scored = events(database, "AttemptScored")
    assert len(scored) == len(events(database, "AttemptSubmitted")) == len(people)
    assert Counter(event.person_id for event in scored) == Counter(people)
    with counted(database) as seen:
        assert background.close_and_score(database, clock.now()).scored == 0
    assert len(seen) == 2
