"""The formulas against a slow day-by-day telling of the same rules."""

from datetime import timedelta

from hypothesis import given

from lms.certification.rules import Overlay, spans, status
from tests.certification.oracle import Oracle, covers
from tests.certification.test_properties import sample
from tests.certification.worlds import DAYS, FEW, FIRST, lives

CERTIFIED = {"certified", "renewal_open", "grace", "lapsed", "long_lapsed"}


def assert_same(facts):
    last = FIRST + timedelta(days=DAYS + 600)
    told = Oracle(facts).tell(FIRST, last)
    expected = {day: state for day, (state, _) in told.items()}
    for span in spans(facts):
        day, until = max(span.from_on, FIRST), min(span.last_on, last)
        while day <= until:
            assert (day, span.state.value) == (day, expected[day])
            day += timedelta(days=1)
    for day in sample(count=30):
        standing, (state, valid_until) = status(facts, day), told[day]
        if state in CERTIFIED:
            assert (day, standing.valid_until) == (day, valid_until)
        away = any(covers(each, day) for each in facts.leave)
        if state not in {"ended", "not_required"}:
            assert (Overlay.ON_LEAVE in standing.overlays) is away, day


@FEW
@given(lives())
def test_states_agree_with_a_day_by_day_telling(facts):
    assert_same(facts)


@FEW
@given(lives(standing=True))
def test_states_agree_with_it_when_agreements_and_programmes_are_asked_for(facts):
    assert_same(facts)


@FEW
@given(lives(findings=True))
def test_states_agree_with_it_when_findings_are_made(facts):
    assert_same(facts)


@FEW
@given(lives(changing=True))
def test_states_agree_with_it_when_rules_change_and_periods_migrate(facts):
    assert_same(facts)
