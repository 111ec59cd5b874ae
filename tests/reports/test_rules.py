"""Which figure a standing counts in, what is soon, who goes first."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from lms.certification.rules_words import State
from lms.reports.rules import (
    RISK,
    UNASKED,
    Asked,
    Entry,
    Figure,
    Line,
    Part,
    Question,
    deadline_of,
    figures_of,
    is_recent,
    is_soon,
    is_wanted,
    overview,
    part_of,
    risk,
)

TODAY = date(2026, 11, 23)
ASKED = Asked(TODAY, TODAY)
TOP, NORTH, SOUTH = UUID(int=1), UUID(int=2), UUID(int=3)
ABOVE = {TOP: (TOP,), NORTH: (NORTH, TOP), SOUTH: (SOUTH, TOP)}


def line(state, since=None, due_on=None, valid_until=None, grace_until=None):
    return Line(
        UUID(int=9),
        "S-1",
        "安娜",
        "Ana",
        NORTH,
        "p",
        state,
        "",
        since,
        due_on,
        None,
        valid_until,
        grace_until,
        None,
        "",
    )


@pytest.mark.parametrize(
    ("state", "soon", "figures", "part"),
    [
        ("certified", False, {Figure.CERTIFIED}, Part.CERTIFIED),
        ("renewal_open", True, {Figure.CERTIFIED, Figure.DUE}, Part.DUE),
        ("renewal_open", False, {Figure.CERTIFIED}, Part.CERTIFIED),
        ("assigned", True, {Figure.DUE}, Part.DUE),
        ("assigned", False, set(), Part.LATER),
        ("grace", True, {Figure.DUE}, Part.DUE),
        ("grace", False, set(), Part.DUE),
        ("overdue", False, {Figure.OVERDUE}, Part.FAILING),
        ("lapsed", False, {Figure.LAPSED}, Part.FAILING),
        ("long_lapsed", False, {Figure.LAPSED}, Part.FAILING),
        ("revoked", False, {Figure.LAPSED}, Part.FAILING),
        ("waived", False, {Figure.WAIVED}, Part.WAIVED),
    ],
)
def test_a_state_counts_in_its_figures_and_in_one_part_of_a_bar(state, soon, figures, part):
    assert set(figures_of(state, soon=soon)) == figures
    assert part_of(state, soon=soon) is part


def test_every_state_is_ranked_or_not_asked():
    assert {*RISK, *UNASKED} == {state.value for state in State}


@pytest.mark.parametrize(
    ("state", "wanted"),
    [
        ("assigned", 1),
        ("certified", 2),
        ("renewal_open", 2),
        ("grace", 3),
        ("overdue", None),
        ("waived", None),
    ],
)
def test_the_deadline_of_a_state(state, wanted):
    days = {number: TODAY + timedelta(days=number) for number in (1, 2, 3)}
    assert deadline_of(state, days[1], days[2], days[3]) == (days[wanted] if wanted else None)


@pytest.mark.parametrize(("after", "soon"), [(-1, False), (0, True), (30, True), (31, False)])
def test_soon_is_today_and_the_thirty_days_after(after, soon):
    assert is_soon(line("assigned", due_on=TODAY + timedelta(days=after)), ASKED) is soon


@pytest.mark.parametrize(("before", "recent"), [(-1, False), (0, True), (6, True), (7, False)])
def test_recent_is_today_and_the_six_days_before(before, recent):
    assert is_recent(line("assigned", since=TODAY - timedelta(days=before)), ASKED) is recent


def test_a_list_without_states_leaves_out_what_nobody_asks():
    assert not is_wanted(line("ended"), Question(ASKED))
    assert is_wanted(line("ended"), Question(ASKED, states=frozenset({"ended"})))
    assert not is_wanted(line("overdue"), Question(ASKED, states=frozenset({"ended"})))
    assert not is_wanted(line("overdue"), Question(ASKED, soon=True))


def test_units_hold_those_below_them_and_the_whole_holds_all_once():
    entries = [
        Entry(NORTH, "a", "certified", 3, 1, 2),
        Entry(SOUTH, "a", "overdue", 2, 0, 0),
        Entry(None, "b", "lapsed", 1, 0, 0),
    ]
    found = overview(entries, ABOVE)
    assert found.whole.total == 6
    assert found.units[TOP].figures == {Figure.CERTIFIED: 3, Figure.DUE: 1, Figure.OVERDUE: 2}
    assert found.units[TOP].bar == [2, 1, 0, 2, 0]
    assert found.units[NORTH].total == 3
    assert found.programmes["b"].bar == [0, 0, 0, 1, 0]
    assert found.moved == {"certified": 2}


def test_the_worst_go_first_and_among_equals_the_nearest_date():
    near, far = TODAY + timedelta(days=1), TODAY + timedelta(days=9)
    rows = [
        line("certified", valid_until=near), line("assigned", due_on=far), line("assigned", due_on=near),
        line("overdue"), line("lapsed"),
    ]  # fmt: skip
    ordered = [(each.state, each.due_on) for each in sorted(rows, key=risk)]
    assert ordered == [
        ("lapsed", None),
        ("overdue", None),
        ("assigned", near),
        ("assigned", far),
        ("certified", None),
    ]
