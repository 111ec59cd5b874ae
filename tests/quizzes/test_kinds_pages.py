"""A paper with an item of every kind over HTTP: without a script, without keys, with feedback, with odd answers."""

import re
from uuid import UUID

import pytest

from lms.quizzes import queries
from lms.quizzes.queries.replay import replay
from lms.quizzes.rules import ItemKind
from tests.factories import csrf_of, post, sign_in
from tests.quizzes.every_kind import ITEMS, QUIZ, form_fields, key_document, publish_every_kind, slots_of
from tests.quizzes.published import BY

PUBLIC = {
    "match": {"stems", "targets"}, "number": {"units"}, "text": set(), "cloze": {"parts"},
    "hotspot": {"options", "image", "alt", "regions"},
}  # fmt: skip
ODD = [
    {"pairs": {"statement": {"to": "cabinet"}}}, {"pairs": {"cup": "\u0000"}}, {"order": ["papers", "papers"]},
    {"order": [1, None]}, {"number": "1e999", "unit": "万元"}, {"number": {"a": 1}}, {"number": "٣"},
    {"text": "x" * 90_000}, {"text": ["锁屏"]}, {"gaps": {"where": ["柜"]}}, {"gaps": {"__class__": "x"}},
    {"choose": ["papers", "computer", "cup"]}, {"point": [1, 2]}, {}, {"choose": {"a": True}},
]  # fmt: skip


@pytest.fixture
def ana(database, cast, client):
    publish_every_kind(database)
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    sign_in(client, cast.ana)
    return cast.ana


def start(client):
    return post(client, f"/quizzes/{QUIZ.id}").location


def send(client, path, answers):
    headers = {"X-CSRFToken": csrf_of(client), "Accept": "application/json"}
    return client.post(f"{path}/responses", json=answers, headers=headers)


def attempt_of(database, path):
    with database.transaction(BY) as session:
        return queries.attempt_with_batches(session, UUID(path.rsplit("/", 1)[1]))[0]


def test_a_paper_of_every_kind_is_answered_without_a_script_and_scored_whole(client, database, ana):
    path = start(client)
    slots = slots_of(database, ana)
    assert {item.kind for item in slots.values()} == set(ItemKind)
    page = client.get(path).text
    assert page.count("<fieldset") == ITEMS
    assert page.count("An old friend waits beside your desk") == 1
    fields = {}
    for slot, item in slots.items():
        fields |= form_fields(slot, item)
    for name in fields:
        assert f'name="{name}"' in page, name
    assert post(client, f"{path}/responses?as_of=0", fields).location == path
    again = client.get(path).text
    assert len(re.findall(r"<option[^>]*\sselected", again)) == 3 + 4 + 1  # pairs, places, the unit
    assert 'value="cabinet"' in again
    review = client.get(post(client, f"{path}/submit?as_of=1", fields).location).text
    assert "Every question is answered." in review
    post(client, f"{path}/submit", {"confirmed": "1"})
    found = attempt_of(database, path)
    assert (found.score, found.passed) == ("1/1", True)
    shown = client.get(f"{path}/result").text
    for words in (
        "Anybody can read a screen that is on.",
        "Drawers have no lock.",
        "within 2%",
        "Right: cabinet",
    ):
        assert words in shown, words
    with database.transaction(BY) as session:
        assert [each.fault for each in replay(session)] == [""]


def test_no_key_of_any_kind_reaches_the_browser_before_release(client, database, ana):
    path = start(client)
    slots = slots_of(database, ana)
    answers = [{"slot": slot, "seq": slot, "response": None} for slot in slots]
    sent = [client.get(path), client.get(f"/api/v1{path}"), send(client, path, answers)]
    sent += [client.get(f"{path}/review"), post(client, f"{path}/submit"), client.get(f"{path}/result")]
    secrets = {
        '"1.25"',
        "2%",
        "12,500",
        "锁定屏幕",
        "lock it",
        "cupboard",
        "锁住",
        "because",
        '"right"',
        '"to"',
    }
    for item in slots.values():
        texts = [item.because, *(option.because for option in item.options)]
        texts += [part.because for part in getattr(item.detail, "pairs", getattr(item.detail, "gaps", ()))]
        secrets |= {words.said_in(language) for words in texts if words for language in ("zh", "en")}
    for number, reply in enumerate(sent):
        told = reply.data.decode()
        assert [secret for secret in secrets if secret in told] == [], number


def test_a_program_is_given_what_each_kind_needs_and_nothing_more(client, database, ana):
    path = start(client)
    slots = client.get(f"/api/v1{path}").get_json()["slots"]
    assert len(slots) == ITEMS
    for each in slots:
        own = set(each) - {"slot", "item", "kind", "stem", "response", "set"}
        assert own == PUBLIC.get(each["kind"], {"options"}), each["kind"]
    answers = [
        {"slot": slot, "seq": slot, "response": key_document(item)}
        for slot, item in slots_of(database, ana).items()
    ]
    assert send(client, path, answers).status_code == 200
    post(client, f"{path}/submit")
    assert attempt_of(database, path).score == "1/1"


def test_an_answer_that_no_browser_sends_is_kept_and_earns_nothing(client, database, ana):
    path = start(client)
    seq = 0
    for slot in range(1, ITEMS + 1):
        for odd in ODD:
            seq += 1
            assert send(client, path, [{"slot": slot, "seq": seq, "response": odd}]).status_code == 200
    assert client.get(path).status_code == 200
    post(client, f"{path}/submit")
    found = attempt_of(database, path)
    assert (found.state, found.score) == ("scored", "0/1")
    assert client.get(f"{path}/result").status_code == 200


def test_odd_fields_of_a_form_earn_nothing_and_break_nothing(client, database, ana):
    path = start(client)
    fields = {}
    for slot in range(1, ITEMS + 1):
        for rest in ("", "-", "-papers", "-statement", "-number", "-unit", "-gap-where", "-gap-", "-x-y-z"):
            fields[f"slot-{slot}{rest}"] = "\u202e9999"
    fields |= {"slot-": "1", "slot--": "1", "slot-99999999-a": "1", "slot-１": "1", "slot": "1"}
    assert post(client, f"{path}/responses?as_of=0", fields).status_code == 303
    assert client.get(path).status_code == 200
    post(client, f"{path}/submit")
    assert attempt_of(database, path).score == "0/1"


def test_a_failed_paper_says_of_no_part_what_was_right(client, database, ana):
    path = start(client)
    post(client, f"{path}/submit")
    page = client.get(f"{path}/result").text
    assert "Not passed" in page
    assert "The right answer" not in page
