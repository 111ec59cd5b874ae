"""What can be decided, and whom a rule made by hand is about: pure rules, by cases and by properties."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.certification.rules import Standing, State
from lms.certification.rules_decisions import objections
from lms.certification.rules_events import DecisionKind
from lms.certification.rules_sources import HandKind, HandRule, Placement, Situation, days_by_hand
from lms.core.dates import FOREVER, contains

TODAY = date(2026, 3, 10)
UNIT, ELSEWHERE = UUID(int=1), UUID(int=2)
DAYS = st.integers(-400, 400).map(lambda days: TODAY + timedelta(days))


def standing(state, **days):
    return Standing(state=State(state), **days)


def wrong(kind, found, until=None, first=TODAY):
    return objections(DecisionKind(kind), found, (first, until), TODAY)


@pytest.mark.parametrize(
    ("state", "days", "until", "field"),
    [
        ("assigned", {"due_on": date(2026, 3, 20)}, date(2026, 3, 19), "until_on"),
        ("assigned", {"due_on": date(2026, 3, 20)}, date(2026, 3, 20), "until_on"),
        ("assigned", {"due_on": date(2026, 3, 20)}, date(2026, 3, 21), None),
        ("overdue", {"due_on": date(2026, 3, 1)}, date(2026, 3, 10), "until_on"),
        ("overdue", {"due_on": date(2026, 3, 1)}, date(2026, 3, 11), None),
        ("lapsed", {"grace_until": date(2026, 3, 1)}, date(2026, 3, 11), None),
        ("long_lapsed", {"grace_until": date(2024, 3, 1)}, date(2026, 3, 11), "programme"),
        ("certified", {"grace_until": date(2026, 9, 1)}, date(2027, 3, 11), "programme"),
        ("not_required", {}, date(2027, 3, 11), "programme"),
        ("assigned", {}, date(2027, 3, 11), "programme"),
    ],
)
def test_an_extension_only_ever_adds_days_to_what_is_owed(state, days, until, field):
    assert list(wrong("extension", standing(state, **days), until)) == ([field] if field else [])


@given(st.sampled_from(list(State)), DAYS, DAYS)
def test_no_extension_that_is_let_through_shortens(state, due_on, until):
    if not wrong("extension", standing(state, due_on=due_on), until):
        assert until > due_on
        assert until > TODAY


@pytest.mark.parametrize("kind", ["waiver", "exclusion", "extension"])
def test_what_lasts_needs_a_last_day_not_before_the_first(kind):
    owed = standing("overdue", due_on=date(2026, 3, 1))
    assert list(wrong(kind, owed)) == ["until_on"]
    assert list(wrong(kind, owed, date(2026, 3, 9))) == ["until_on"]
    assert list(wrong(kind, owed, date(2026, 4, 1), date(2026, 4, 2) if kind != "extension" else TODAY)) == (
        ["until_on"] if kind != "extension" else []
    )


@pytest.mark.parametrize("state", list(State))
def test_only_what_is_valid_or_in_grace_can_be_revoked(state):
    fine = state in {State.CERTIFIED, State.RENEWAL_OPEN, State.GRACE, State.WAIVED}
    assert list(wrong("revocation", Standing(state=state))) == ([] if fine else ["programme"])


def hand(kind, target, from_on=TODAY, until_on=None):
    return HandRule("1", "annual", HandKind(kind), target, from_on, until_on)


@given(DAYS, st.none() | DAYS, DAYS, DAYS, DAYS)
def test_a_rule_over_a_unit_asks_on_its_own_days_and_those_in_the_unit_alone(first, last, came, went, day):
    went = max(came, went)
    situation = Situation(
        employed=((came, FOREVER),),
        placements=(Placement(UNIT, came, went), Placement(ELSEWHERE, went + timedelta(1), FOREVER)),
        units={"north": {UNIT}},
    )
    rule = hand("unit", "north", first, last)
    (days,) = days_by_hand([rule], situation, TODAY).values()
    in_force = first <= day and (last is None or day <= last)
    assert contains(days, day) == (in_force and came <= day <= went)


@given(DAYS, DAYS, st.none() | DAYS, DAYS)
def test_a_rule_over_days_of_joining_asks_whoever_joined_on_them_as_long_as_they_stay(
    joined, first, last, day
):
    situation = Situation(employed=((joined, FOREVER),))
    rule = hand("joined", f"{first}/{last or ''}", date.min)
    (days,) = days_by_hand([rule], situation, TODAY).values()
    meant = first <= joined and (last is None or joined <= last)
    assert contains(days, day) == (meant and joined <= day)


def test_a_rule_over_a_role_asks_while_the_role_is_held():
    held = {"author": ((date(2026, 1, 1), date(2026, 6, 30)),)}
    situation = Situation(employed=((date(2020, 1, 1), FOREVER),), roles=held)
    assert days_by_hand([hand("role", "author")], situation, TODAY) == {
        "hand:1": ((TODAY, date(2026, 6, 30)),)
    }
