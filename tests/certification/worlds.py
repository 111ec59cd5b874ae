"""Hypothesis strategies: programmes that load, and the lives people lead under them."""

from datetime import date, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from lms.certification.rules import Mode, Need, Requirement, refusals
from lms.core.dates import Calendar, Duration, Unit
from tests.certification import making as m

# A busy machine makes drawing slow; that says nothing about the rules.
MODEST = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
FEW = settings(MODEST, max_examples=30)

FIRST = date(2023, 1, 1)
DAYS = 1700
AGREED = Requirement(Need.AGREEMENT, "nda")
HELD = Requirement(Need.PROGRAMME, "onboarding")

offsets = st.integers(0, DAYS)
days = offsets.map(lambda n: FIRST + timedelta(days=n))
early = st.integers(0, 200).map(lambda n: FIRST + timedelta(days=n))
lengths = st.integers(0, 400)


def some(strategy, most):
    return st.lists(strategy, max_size=most)


@st.composite
def intervals(draw, make, open_ended=True):
    first = draw(days)
    last = first + timedelta(days=draw(lengths))
    ends = draw(st.booleans()) or not open_ended
    given = {}
    if draw(st.integers(0, 4)) == 0:
        given["withdrawn"] = first + timedelta(days=draw(lengths))
    return make(first, last if ends else None, **given)


@st.composite
def programmes(draw, modes=tuple(Mode), version="v1", effective_on=FIRST, standing=False):
    mode = draw(st.sampled_from(modes))
    initial = [m.COURSE] + ([m.QUIZ] if draw(st.booleans()) else [])
    if standing:
        initial += draw(st.sampled_from([[], [AGREED], [HELD], [AGREED, HELD]]))
    given = {
        "version": version,
        "mode": mode,
        "period_months": draw(st.sampled_from([1, 6, 12, 24])) if mode is not Mode.FIXED else 12,
        "window": draw(st.sampled_from([Duration(1), Duration(20), Duration(60), Duration(1, Unit.MONTHS)])),
        "grace": draw(st.sampled_from([Duration(0), Duration(1), Duration(14)])),
        "look_back": draw(st.sampled_from([Duration(0), Duration(90)])),
        "long_lapse": draw(st.sampled_from([None, Duration(30), Duration(6, Unit.MONTHS)])),
        "due": draw(st.sampled_from([Duration(1), Duration(30), Duration(1, Unit.MONTHS)])),
        "roll_holidays": draw(st.booleans()),
        "initial": tuple(initial),
        "renewal": draw(st.sampled_from([(), (m.QUIZ,), (m.COURSE, m.QUIZ)])),
    }
    if mode is Mode.FIXED:
        given["grid"] = draw(st.sampled_from([((12, 31),), ((3, 31), (9, 30))]))
        given["minimum_active"] = draw(st.sampled_from([Duration(70), Duration(90)]))
    found = m.programme(effective_on, **given)
    if refusals(found):
        found = m.programme(
            effective_on, **(given | {"window": Duration(20), "grace": Duration(1), "look_back": Duration(0)})
        )
    assert refusals(found) == [], (refusals(found), found)
    return found


@st.composite
def finished_runs(draw):
    """Runs finished alone or in pairs, some weeks apart."""
    on, found = FIRST, []
    for gap in draw(st.lists(st.integers(0, 250), max_size=12)):
        on += timedelta(days=gap)
        both = draw(st.sampled_from([(m.course,), (m.quiz,), (m.course, m.quiz)]))
        found += [make(on) for make in both]
    return found


@st.composite
def employments(draw):
    first = FIRST + timedelta(days=draw(st.integers(0, 200)))
    if draw(st.booleans()):
        return [m.employed(first)]
    last = first + timedelta(days=draw(st.integers(0, 900)))
    if draw(st.booleans()):
        return [m.employed(first, last)]
    again = last + timedelta(days=draw(st.integers(1, 200)))
    return [m.employed(first, last), m.employed(again)]


@st.composite
def extensions(draw):
    granted = draw(days)
    until = granted + timedelta(days=draw(st.integers(0, 200)))
    withdrawn = granted + timedelta(days=draw(st.integers(0, 250))) if draw(st.booleans()) else None
    return m.extended(granted, until, withdrawn)


@st.composite
def revocations(draw):
    on = draw(days)
    return m.revoked(on, on + timedelta(days=draw(st.integers(0, 300))) if draw(st.booleans()) else None)


@st.composite
def lives(draw, modes=tuple(Mode), standing=False, findings=False, changing=False):
    """Facts of all kinds the oracle knows, over about five years."""
    rules = [draw(programmes(modes, standing=standing))]
    rows = []
    if changing:
        second_on = FIRST + timedelta(days=draw(st.integers(100, 900)))
        rules.append(draw(programmes(modes, "v2", second_on, standing=standing)))
        rows += draw(some(days.map(lambda day: m.migrated(day, "v2")), 1))
        rows = [each for each in rows if each.occurred_on >= second_on]
    rows += draw(employments())
    rows += draw(
        st.lists(intervals(m.assigned), min_size=1, max_size=2) | early.map(lambda on: [m.assigned(on)])
    )
    rows += draw(finished_runs())
    rows += draw(some(intervals(m.on_leave), 2))
    rows += draw(some(intervals(m.excluded, open_ended=False), 1))
    rows += draw(some(intervals(m.waived), 1))
    rows += draw(some(extensions(), 2))
    rows += draw(some(revocations(), 2))
    if findings:
        rows += draw(some(days.map(m.found), 2))
    given = {"calendar": Calendar(frozenset(draw(some(days, 8))))}
    if standing:
        rows += [m.text_of(Need.AGREEMENT, "nda", 1, FIRST)]
        rows += draw(some(days.map(lambda day: m.text_of(Need.AGREEMENT, "nda", 2, day)), 1))
        rows += draw(some(st.tuples(days, st.integers(1, 2)).map(lambda it: m.signed(*it)), 3))
        held = draw(days)
        given["held"] = {"onboarding": ((held, held + timedelta(days=draw(st.integers(0, 900)))),)}
    return m.facts(*rules, *rows, **given)
