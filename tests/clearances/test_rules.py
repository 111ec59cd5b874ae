"""What a clearance says, from day to day: tables with the day before, on and after, and properties."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.certification.clearances.reading import _stretch
from lms.certification.clearances.rules import (
    Because,
    Code,
    Demand,
    Duty,
    DutyFacts,
    Opening,
    Recusal,
    Stretch,
    clearance,
    client_of,
    glass_refusal,
    hindrances,
    withdrawn,
)
from lms.certification.rules import Overlay, State, spans, status
from lms.core.dates import FOREVER, union
from tests.certification import making as m
from tests.certification.worlds import FEW, FIRST, MODEST, lives

NONE = frozenset()
PLENTY = frozenset({State.CERTIFIED, State.RENEWAL_OPEN})
ALL = PLENTY | {State.GRACE}
DUTY = Duty("read", {"zh": "读", "en": "Read"}, ("yearly",), ("nda",), PLENTY, while_on_leave=False)
DAY = date(2026, 6, 1)
FIRST_TEXT = (Demand(1, date(2026, 1, 31)),)


def day(n):
    return DAY + timedelta(days=n)


def facts(*stretches, signed=((date(2026, 1, 1), 1),), demands=FIRST_TEXT, **more):
    given = {"employed": ((date(2025, 1, 1), FOREVER),), "programmes": {"yearly": stretches}}
    return DutyFacts(
        **{**given, "signed": {"nda": tuple(signed)}, "demands": {"nda": tuple(demands)}, **more}
    )


def certified(until=None, state=State.CERTIFIED, overlays=NONE):
    return Stretch(state, overlays, date(2026, 1, 1), until)


def codes(found):
    return [each.code for each in found.reasons]


def test_through_the_last_day_and_not_a_day_longer():
    held = facts(certified(day(0)), Stretch(State.LAPSED, NONE, day(1), None))
    found = clearance(DUTY, held, day(0))
    assert (found.allowed, found.reason, found.until, found.next_change_on) == (
        True,
        Code.HELD,
        day(0),
        day(1),
    )
    after = clearance(DUTY, held, day(1))
    assert (after.allowed, after.until, after.next_change_on) == (False, None, None)
    assert after.reasons == (Because(Code.STANDING, "yearly", State.LAPSED, day(1)),)


@pytest.mark.parametrize("state", [each for each in State if each not in PLENTY])
def test_no_other_state_suffices_unless_the_duty_says_so(state):
    assert not clearance(DUTY, facts(certified(state=state)), DAY).allowed


def test_grace_suffices_at_most_through_the_programme_s_own_days():
    held = facts(Stretch(State.GRACE, NONE, day(0), day(60), day(14)))
    duty = replace(DUTY, states=ALL)
    assert clearance(duty, held, day(14)).allowed
    assert clearance(duty, held, day(14)).until == day(14)
    assert codes(clearance(duty, held, day(15))) == [Code.GRACE_OVER]
    assert codes(clearance(DUTY, held, day(0))) == [Code.STANDING]


def test_an_overdue_supplement_denies_whatever_the_state():
    held = facts(certified(overlays=frozenset({Overlay.SUPPLEMENT_OVERDUE})))
    assert codes(clearance(DUTY, held, DAY)) == [Code.SUPPLEMENT_OVERDUE]
    due = facts(certified(overlays=frozenset({Overlay.SUPPLEMENT_DUE})))
    assert clearance(DUTY, due, DAY).allowed


def test_leave_denies_its_days_only_and_only_where_the_duty_says_so():
    held = facts(certified(), leave=((day(2), day(4)),))
    assert [clearance(DUTY, held, day(n)).allowed for n in range(1, 6)] == [True, False, False, False, True]
    assert clearance(DUTY, held, day(3)).until == day(4)
    assert clearance(replace(DUTY, while_on_leave=True), held, day(3)).allowed


def test_nobody_is_cleared_before_they_join_or_after_they_leave():
    held = facts(certified(), employed=((day(0), day(3)),))
    assert [clearance(DUTY, held, day(n)).allowed for n in (-1, 0, 3, 4)] == [False, True, True, False]


def test_an_old_signature_holds_through_the_due_date_of_the_new_text():
    demands = (Demand(1, date(2026, 1, 31)), Demand(4, day(10)))
    held = facts(certified(), demands=demands)
    assert clearance(DUTY, held, day(10)).allowed
    assert clearance(DUTY, held, day(11)).reasons == (Because(Code.SIGN_AGAIN, "nda", None, day(10)),)
    again = facts(certified(), signed=((date(2026, 1, 1), 1), (day(12), 4)), demands=demands)
    assert [clearance(DUTY, again, day(n)).allowed for n in (11, 12)] == [False, True]
    assert codes(clearance(DUTY, facts(certified(), signed=()), DAY)) == [Code.UNSIGNED]


def test_a_recusal_denies_that_client_alone_and_for_its_days():
    held = facts(certified(), recusals=(Recusal("C-1", day(1), day(3)),))
    told = [clearance(DUTY, held, day(n), "C-1").allowed for n in range(5)]
    assert told == [True, False, False, False, True]
    assert clearance(DUTY, held, day(2), "C-2").allowed
    assert clearance(DUTY, held, day(2)).allowed
    assert clearance(DUTY, held, day(0), "C-1").until == day(0)


AT = datetime(2026, 6, 1, 2, tzinfo=UTC)
OPEN = Opening("read", "", AT, AT + timedelta(minutes=30))


def test_an_emergency_opens_a_duty_for_its_minutes_and_no_instant_longer():
    held = facts(certified(state=State.LAPSED), openings=(OPEN,))
    told = [clearance(DUTY, held, DAY, "", AT + timedelta(minutes=n)).allowed for n in (-1, 0, 29, 30)]
    assert told == [False, True, True, False]
    found = clearance(DUTY, held, DAY, "", AT)
    assert found.reason is Code.OPENED
    assert found.expires_at == OPEN.until_at
    assert not clearance(replace(DUTY, id="meet"), held, DAY, "", AT).allowed
    for_one = facts(certified(state=State.LAPSED), openings=(OPEN._replace(client="C-1"),))
    assert [clearance(DUTY, for_one, DAY, each, AT).allowed for each in ("C-1", "C-2", "")] == [
        True,
        False,
        False,
    ]


def test_an_emergency_lifts_no_recusal_and_employs_nobody():
    kept_away = facts(certified(), recusals=(Recusal("C-1", day(-9)),), openings=(OPEN,))
    assert not clearance(DUTY, kept_away, DAY, "C-1", AT).allowed
    assert not clearance(DUTY, facts(certified(), employed=(), openings=(OPEN,)), DAY, "", AT).allowed


@pytest.mark.parametrize(
    ("given", "minutes", "refused"),
    [
        (facts(certified(state=State.LAPSED)), 30, False),
        (facts(certified(state=State.LAPSED)), 60, False),
        (facts(certified(state=State.LAPSED)), 61, True),
        (facts(certified(state=State.LAPSED)), 0, True),
        (facts(certified()), 30, True),
        (facts(certified(state=State.LAPSED), employed=()), 30, True),
        (facts(certified(), recusals=(Recusal("C-1", day(0)),)), 30, True),
    ],
)
def test_what_may_be_asked_for_in_an_emergency(given, minutes, refused):
    assert (glass_refusal(DUTY, given, DAY, "C-1", minutes) is not None) == refused


def test_a_duty_published_no_more_is_denied():
    assert not withdrawn("read").allowed
    assert glass_refusal(replace(DUTY, glass_minutes=0), facts(), DAY, "", 1) is not None


@pytest.mark.parametrize("text", ["", " ", "张三公司", "a b", "-A", "A" * 41, "A\nB", "a@b"])
def test_what_is_no_reference_is_refused(text):
    with pytest.raises(ValueError):
        client_of(text)


def test_a_reference_is_kept_in_one_form():
    assert client_of("  c-2041/b ") == "C-2041/B"


# Properties, over the lives of certification's own tests.


def read_from(life) -> DutyFacts:
    return DutyFacts(
        employed=union((each.from_on, each.until_on or FOREVER) for each in life.employment),
        leave=union((each.from_on, each.until_on or FOREVER) for each in life.leave),
        programmes={"yearly": tuple(_stretch(life, each, with_grace=True) for each in spans(life))},
        signed={"nda": ((FIRST, 1),)},
        demands={"nda": (Demand(1, FIRST),)},
    )


dates = st.integers(0, 1700).map(lambda n: FIRST + timedelta(days=n))
states = st.sampled_from([frozenset({State.CERTIFIED}), PLENTY, ALL])


@MODEST
@given(lives(), dates, states)
def test_nobody_is_cleared_whose_standing_does_not_suffice(life, on, suffices):
    duty, standing = replace(DUTY, states=suffices), status(life, on)
    found = clearance(duty, read_from(life), on)
    if standing.state not in suffices or Overlay.SUPPLEMENT_OVERDUE in standing.overlays:
        assert not found.allowed
    if found.allowed and standing.state is State.GRACE:
        longest = max(rules.grace.count for rules in life.rules)
        assert on <= standing.valid_until + timedelta(days=longest)
    if State.GRACE not in suffices and Overlay.ON_LEAVE in standing.overlays:
        assert not found.allowed


@MODEST
@given(lives(), dates, states)
def test_to_need_more_never_allows_more(life, on, suffices):
    duty, read = replace(DUTY, states=suffices), read_from(life)
    more = [
        replace(duty, programmes=("yearly", "other")),
        replace(duty, agreements=("nda", "other")),
        replace(duty, states=frozenset({State.CERTIFIED})),
    ]
    less = [replace(duty, programmes=()), replace(duty, agreements=()), replace(duty, while_on_leave=True)]
    allowed = clearance(duty, read, on).allowed
    assert all(clearance(each, read, on).allowed <= allowed for each in more)
    assert all(clearance(each, read, on).allowed >= allowed for each in less)


@FEW
@given(lives(), dates, states)
def test_until_and_the_next_change_are_the_first_days_on_which_the_answer_differs(life, on, suffices):
    duty, read = replace(DUTY, states=suffices), read_from(life)
    found, now = clearance(duty, read, on), hindrances(duty, read, on)
    horizon = [on + timedelta(days=n) for n in range(1, 500)]
    flips = next((each for each in horizon if bool(hindrances(duty, read, each)) != bool(now)), None)
    differs = next((each for each in horizon if hindrances(duty, read, each) != now), None)
    if flips is not None:
        assert found.until == flips - timedelta(days=1)
    else:
        assert found.until is None or found.until >= horizon[-1]
    if differs is not None:
        assert found.next_change_on == differs
    else:
        assert found.next_change_on is None or found.next_change_on > horizon[-1]


recusals = st.lists(st.builds(Recusal, st.sampled_from(["A", "B"]), dates, st.none() | dates), max_size=4)
signatures = st.lists(st.tuples(dates, st.integers(1, 3)), max_size=4)


@MODEST
@given(recusals, signatures, dates, st.randoms())
def test_the_order_of_facts_does_not_matter(kept_away, signed, on, random):
    demands = (
        Demand(1, FIRST),
        Demand(2, FIRST + timedelta(days=300)),
        Demand(3, FIRST + timedelta(days=900)),
    )
    stretch = Stretch(State.CERTIFIED, NONE, date.min, None)
    openings = tuple(Opening("read", "", AT, AT + timedelta(minutes=n)) for n in (5, 20))
    given = facts(stretch, signed=signed, demands=demands, recusals=tuple(kept_away), openings=openings)
    other = list(kept_away), list(signed), list(openings)
    for each in other:
        random.shuffle(each)
    again = facts(
        stretch, signed=other[1], demands=demands, recusals=tuple(other[0]), openings=tuple(other[2])
    )
    for client in ("", "A"):
        assert (
            clearance(DUTY, given, on, client, AT).allowed == clearance(DUTY, again, on, client, AT).allowed
        )
        assert clearance(DUTY, given, on, client, AT).until == clearance(DUTY, again, on, client, AT).until
        told, twice = clearance(DUTY, given, on, client), clearance(DUTY, again, on, client)
        assert told.reasons == twice.reasons


def test_making_gives_grace_days_that_no_leave_moves():
    rows = [m.course("2024-03-10"), m.on_leave("2025-03-01", "2025-04-30")]
    life = m.facts(*rows)
    read = read_from(life)
    grace = [each for each in read.programmes["yearly"] if each.state is State.GRACE]
    assert grace
    assert {each.grace_through for each in grace} == {date(2025, 3, 24)}
    assert grace[-1].until_on > date(2025, 3, 24)
