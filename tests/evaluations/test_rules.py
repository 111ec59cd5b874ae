"""The formula: exact, bounded, blind to what nobody is to blame for."""

from datetime import date, timedelta
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.core.canonical import canonical_json
from lms.evaluations.rules import (
    Assessed,
    Component,
    Cycle,
    LineCode,
    PersonFacts,
    Policy,
    StandingDays,
    as_document,
    evaluate,
    rescaled,
    shown,
)

ANA = UUID(int=1)
YEAR = Cycle("2026", date(2026, 1, 1), date(2026, 12, 31))
CREDIT = {
    "certified": 1,
    "renewal_open": 1,
    "assigned": 1,
    "grace": Fraction(1, 2),
    "overdue": 0,
    "lapsed": 0,
}
CREDIT |= {"long_lapsed": 0, "revoked": 0, "supplement_overdue": 0}
ZERO = frozenset(state for state, credit in CREDIT.items() if not credit)
POLICY = Policy(
    version=1,
    bands=(("A", 90), ("B", 75), ("C", 60), ("D", 0)),
    weights={Component.CERTIFICATION: 40, Component.ASSESSMENT: 15},
    standing_credit={state: Fraction(credit) for state, credit in CREDIT.items()},
    cut_score_points=60,
    full_marks_points=100,
    gate_kinds=frozenset({"mandatory"}),
    gate_states=ZERO,
    gate_cap="C",
)


def span(state, first, last, *, overlays=(), kind="mandatory", programme="annual"):
    return StandingDays(programme, kind, state, frozenset(overlays), first, last)


def score_of(evaluation, component):
    return next(figure.score for figure in evaluation.figures if figure.component is component)


def certification(*spans, outages=()):
    return score_of(evaluate(POLICY, PersonFacts(ANA, spans, (), outages), YEAR), Component.CERTIFICATION)


def test_a_year_in_good_standing_earns_all():
    assert certification(span("certified", date(2025, 5, 1), None)) == 100


def test_ten_days_overdue_of_a_hundred_cost_ten():
    first = date(2026, 3, 1)
    good = span("certified", first, first + timedelta(days=89))
    bad = span("overdue", first + timedelta(days=90), first + timedelta(days=99))
    waived = span("waived", first + timedelta(days=100), None)
    assert certification(good, bad, waived) == 90


def test_grace_days_earn_half():
    assert certification(span("grace", date(2026, 1, 1), date(2026, 12, 31))) == 50


@pytest.mark.parametrize("state", ["not_required", "waived", "ended"])
def test_what_is_not_owed_counts_on_neither_side(state):
    assert certification(span(state, date(2026, 1, 1), None)) is None


def test_leave_counts_on_neither_side():
    off = span("overdue", date(2026, 1, 1), date(2026, 6, 30), overlays=["on_leave"])
    assert certification(off, span("certified", date(2026, 7, 1), None)) == 100


def test_an_outage_takes_its_days_out():
    bad = span("overdue", date(2026, 2, 1), date(2026, 2, 10))
    good = span("certified", date(2026, 2, 11), date(2026, 2, 20))
    assert certification(bad, good) == 50
    assert certification(bad, good, outages=[(date(2026, 2, 1), date(2026, 2, 10))]) == 100
    overlapping = [(date(2026, 1, 20), date(2026, 2, 5)), (date(2026, 2, 4), date(2026, 2, 10))]
    assert certification(bad, good, outages=overlapping) == 100


def test_only_mandatory_programmes_count():
    assert certification(span("lapsed", date(2026, 1, 1), None, kind="special")) is None


def test_a_supplement_overdue_takes_the_credit_of_the_day():
    assert certification(span("certified", date(2026, 1, 1), None, overlays=["supplement_overdue"])) == 0


@pytest.mark.parametrize(
    ("score", "points"),
    [("4/5", 60), ("1", 100), ("9/10", 80), ("2/5", 30), ("0", 0), ("79/100", Fraction(237, 4))],
)
def test_the_cut_score_earns_sixty_and_full_marks_a_hundred(score, points):
    assert (
        rescaled(POLICY, Assessed("a", "exam", date(2026, 5, 5), Fraction(score), Fraction(4, 5))) == points
    )


def test_weights_of_components_left_out_go_to_the_others():
    found = evaluate(POLICY, PersonFacts(ANA, (span("certified", date(2026, 1, 1), None),)), YEAR)
    assert (found.total, found.grade) == (100, "A")
    assert LineCode.NO_EXAMINATION in {line.code for line in found.lines}


def test_nothing_to_measure_gives_no_grade():
    found = evaluate(POLICY, PersonFacts(ANA), YEAR)
    assert (found.total, found.grade) == (None, None)


def test_a_zero_state_at_the_cut_off_caps_the_grade_at_c():
    spans = (
        span("certified", date(2026, 1, 1), date(2026, 12, 30)),
        span("lapsed", date(2026, 12, 31), None),
    )
    found = evaluate(POLICY, PersonFacts(ANA, spans), YEAR)
    assert found.total > 90
    assert (found.grade, found.capped) == ("C", True)
    assert any(line.code is LineCode.GATE for line in found.lines)


def test_the_gate_never_lifts_a_worse_grade():
    found = evaluate(POLICY, PersonFacts(ANA, (span("lapsed", date(2026, 1, 1), None),)), YEAR)
    assert (found.grade, found.capped) == ("D", False)


def test_a_leave_at_the_cut_off_closes_no_gate():
    spans = (
        span("certified", date(2026, 1, 1), date(2026, 12, 1)),
        span("lapsed", date(2026, 12, 2), None, overlays=["on_leave"]),
    )
    assert evaluate(POLICY, PersonFacts(ANA, spans), YEAR).grade == "A"


def test_display_cuts_and_never_rounds_up():
    assert shown(Fraction(8999, 100)) == "89.9"
    assert shown(Fraction(90)) == "90.0"


STATES = [*CREDIT, "not_required", "waived", "ended"]
STATES.remove("supplement_overdue")


@st.composite
def histories(draw):
    """Spans that follow each other without a gap over the cycle and beyond."""
    day, spans = date(2025, 11, 1), []
    for _ in range(draw(st.integers(1, 8))):
        last = day + timedelta(days=draw(st.integers(0, 120)))
        overlays = draw(st.sets(st.sampled_from(["on_leave", "supplement_overdue"])))
        spans.append(span(draw(st.sampled_from(STATES)), day, last, overlays=overlays))
        day = last + timedelta(days=1)
    return tuple(spans)


scores = st.fractions(0, 1, max_denominator=40)
assessed = st.builds(
    Assessed,
    st.uuids().map(str),
    st.just("exam"),
    st.dates(date(2025, 12, 1), date(2027, 1, 31)),
    scores,
    st.just(Fraction(4, 5)),
)


@given(histories(), st.lists(assessed, max_size=5), st.randoms())
def test_figures_stay_in_range_and_the_order_of_facts_does_not_matter(spans, attempts, random):
    found = evaluate(POLICY, PersonFacts(ANA, spans, tuple(attempts)), YEAR)
    for value in (found.total, *(figure.score for figure in found.figures)):
        assert value is None or 0 <= value <= 100
    mixed, shuffled = list(spans), list(attempts)
    random.shuffle(mixed)
    random.shuffle(shuffled)
    again = evaluate(POLICY, PersonFacts(ANA, tuple(mixed), tuple(shuffled)), YEAR)
    assert (again.total, again.grade) == (found.total, found.grade)


@given(histories(), st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.integers(0, 60))
def test_putting_bad_days_on_leave_never_lowers_anyone(spans, first, length):
    last = first + timedelta(days=length)
    before = evaluate(POLICY, PersonFacts(ANA, spans), YEAR)
    softened = []
    for each in spans:
        bad = each.state in ZERO and first <= each.from_on and each.until_on <= last
        softened.append(
            StandingDays(
                each.programme,
                each.kind,
                each.state,
                each.overlays | ({"on_leave"} if bad else set()),
                each.from_on,
                each.until_on,
            )
        )
    after = evaluate(POLICY, PersonFacts(ANA, tuple(softened)), YEAR)
    assert before.total is None or after.total is None or after.total >= before.total


@given(histories())
def test_the_same_facts_give_the_same_bytes(spans):
    one, two = (
        canonical_json(as_document(evaluate(POLICY, PersonFacts(ANA, spans), YEAR))) for _ in range(2)
    )
    assert one == two
