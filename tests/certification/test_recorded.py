"""Fifty answers given once are given again, byte for byte, on every run and every database."""

import json

import pytest

from lms.certification.presenting import standing_document
from lms.certification.queries import standings_as_of
from tests.certification.loop import instant
from tests.certification.recorded import ANSWERS, HOW_MANY, LAST, asked, made, questions
from tests.kept import kept


class World:
    def __init__(self, firm):
        self.firm = firm


@pytest.fixture
def firm(database):
    return kept("recorded", database, lambda empty: World(made(empty))).firm


def recorded():
    return json.loads(ANSWERS.read_text(encoding="utf-8"))


def test_fifty_answers_are_the_same_bytes_for_ever(firm):
    expected, found = recorded(), asked(firm)
    assert len(expected) == HOW_MANY == len(found)
    for before, after in zip(expected, found, strict=True):
        assert after == before, (before["person"], before["as_of"], before["known_at"])


def test_the_questions_reach_what_matters():
    bodies = [json.loads(each["answer"]) for each in recorded()]
    states = {each["state"] for each in bodies}
    assert states >= {"assigned", "overdue", "certified", "renewal_open", "lapsed", "not_required", "ended"}
    assert sum(each["position"] is not None for each in bodies) >= HOW_MANY // 3
    assert any(each["overlays"] for each in bodies)


def test_what_happens_later_changes_no_answer_as_known_before(firm):
    """The known half of the fifty, after two more years of acts."""
    before = [each for each in asked(firm) if each["known_at"]]
    for person in firm.people.values():
        firm.finish(person, "quiz", "secrecy", "2026-06-01")
    firm.decide("revocation", firm.people["ana"], "2026-06-02")
    firm.employ(firm.people["ben"], "absence", "2026-06-03", from_on="2025-01-01", until_on="2025-12-31")
    firm.sweep("2027-06-01")
    assert [each for each in asked(firm) if each["known_at"]] == before
    assert firm.check("2027-06-01") == []


def test_many_at_once_and_one_at_a_time_answer_alike(firm):
    people = list(firm.people.values())
    for _, _, as_of, known in questions()[:12]:
        moment = instant(known) if known else None
        with firm.database.reading() as session:
            many = standings_as_of(session, people, as_of, moment)
        for (person, programme), answer in many.items():
            assert firm.ask(person, as_of, programme, moment).canonical() == answer.canonical()
            assert standing_document(answer)["as_of"] == as_of.isoformat()
    firm.sweep(LAST.isoformat())
    assert firm.check(LAST.isoformat()) == []
