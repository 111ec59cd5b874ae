"""What must hold whatever the facts; the numbers are those of the list in docs/certification.md."""

from dataclasses import fields, replace
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import assume, given
from hypothesis import strategies as st

from lms.certification.rules import (
    Closing,
    Mode,
    Need,
    Overlay,
    missing,
    periods,
    refusals,
    spans,
    standing_bytes,
    status,
)
from lms.core.dates import Duration, day_before
from tests.certification import making as m
from tests.certification.worlds import DAYS, FEW, FIRST, MODEST, days, lives

LIVELY = lives(standing=True, findings=True, changing=True)
CERTIFIED_ON = date(2024, 3, 10)


def sample(first=FIRST, step=67, count=32):
    return [first + timedelta(days=step * n) for n in range(count)]


def occurred(fact):
    for name in ("occurred_on", "from_on", "granted_on", "effective_on", "completed_on"):
        if hasattr(fact, name):
            return getattr(fact, name)
    raise AssertionError(fact)


def up_to(facts, day):
    """What had occurred by a day; later ends, withdrawals and annulments had not."""
    found = {}
    for each in fields(facts):
        rows = getattr(facts, each.name)
        if not isinstance(rows, tuple) or each.name in {"rules"}:
            continue
        kept = [row for row in rows if occurred(row) <= day]
        found[each.name] = tuple(_undone_after(row, day) for row in kept)
    return replace(facts, **found)


def _undone_after(row, day):
    for name in ("withdrawn_on", "annulled_on"):
        if getattr(row, name, None) is not None and getattr(row, name) > day:
            row = replace(row, **{name: None})
    return row


@MODEST
@given(LIVELY)
def test_property_2_one_open_period_and_one_live_validity(facts):
    for day in sample():
        found = periods(facts, day)
        assert sum(each.is_open for each in found) <= 1
        assert [each.n for each in found] == list(range(1, len(found) + 1))
        live = [each for each in found if each.valid_from and each.valid_days > 0]
        live.sort(key=lambda each: each.valid_from)
        for one, other in pairwise(live):
            assert one.valid_until is not None
            assert one.valid_until < other.valid_from


@MODEST
@given(LIVELY, days)
def test_property_4_what_occurs_later_changes_no_earlier_answer(facts, day):
    one, other = status(facts, day), status(up_to(facts, day), day)
    assert (one.state, one.since, one.valid_until) == (other.state, other.since, other.valid_until)


@MODEST
@given(LIVELY, days, st.integers(0, 200))
def test_property_4_what_is_recorded_later_changes_no_answer_known_before(facts, day, late):
    known_at = m.at(FIRST + timedelta(days=900))
    recorded = m.at(FIRST + timedelta(days=901 + late))
    early = {}
    for each in fields(facts):
        rows = getattr(facts, each.name)
        if isinstance(rows, tuple) and rows and hasattr(rows[0], "recorded_at"):
            rows = tuple(
                replace(row, recorded_at=m.at(FIRST)) if row.recorded_at <= known_at else row for row in rows
            )
            early[each.name] = rows
    before = replace(facts, **early)
    more = replace(
        before,
        credits=(*before.credits, m.course(day, recorded_at=recorded), m.quiz(day, recorded_at=recorded)),
        leave=(*before.leave, m.on_leave(day, recorded_at=recorded)),
        revocations=(*before.revocations, m.revoked(day, recorded_at=recorded)),
        employment=tuple(
            replace(each, until_on=day, until_at=recorded) if each.until_on is None else each
            for each in before.employment
        ),
    )
    answers = [standing_bytes(status(each, day, known_at), "p", "q", day, 7) for each in (before, more)]
    assert answers[0] == answers[1]


def test_property_4_a_void_fact_still_answers_for_what_was_known():
    row = m.course("2024-03-10", voided_at=m.at("2024-06-01"))
    facts, day = m.facts(row), date(2024, 4, 10)
    assert status(facts, day, m.at("2024-05-31")).state == "certified"
    assert status(facts, day, m.at("2024-06-01")).state == "overdue"
    assert status(facts, day).state == "overdue"


@MODEST
@given(LIVELY, days, st.integers(0, 100), st.integers(0, 100))
def test_property_13_an_extension_never_moves_an_anchor(facts, day, longer, withdrawn):
    row = m.extended(day, day + timedelta(days=longer), day + timedelta(days=withdrawn))
    more = replace(facts, extensions=(*facts.extensions, row))
    for one, other in zip(periods(facts), periods(more), strict=False):
        if one.basis == other.basis == "first" and one.completed_on == other.completed_on:
            assert one.anchor == other.anchor
            assert one.valid_until == other.valid_until


@MODEST
@given(st.integers(0, 30), st.integers(0, 60))
def test_property_13_an_extension_withdrawn_before_the_unextended_date_is_a_no_op(granted, longer):
    start = date(2024, 3, 1) + timedelta(days=granted)
    row = m.extended(start, date(2024, 3, 31) + timedelta(days=longer), "2024-03-31")
    base, more = m.facts(), m.facts(row)
    assert [status(base, day).state for day in sample(count=30)] == [
        status(more, day).state for day in sample(count=30)
    ]
    assert status(more, start).due_on == date(2024, 3, 31)


@MODEST
@given(LIVELY, st.integers(1, 399))
def test_property_14_splitting_or_doubling_a_leave_changes_nothing(facts, cut):
    assume(facts.leave)
    whole = facts.leave[0]
    middle = whole.from_on + timedelta(days=cut)
    assume(middle <= whole.last_on)
    halves = (replace(whole, until_on=day_before(middle)), replace(whole, id="lve-second", from_on=middle))
    expected = spans(facts)
    assert spans(replace(facts, leave=(*halves, *facts.leave[1:]))) == expected
    assert (
        spans(replace(facts, leave=(*facts.leave, replace(whole, id="lve-again", from_on=middle))))
        == expected
    )


@MODEST
@given(lives(findings=True))
def test_property_14_nobody_lapses_on_a_leave_and_leave_makes_nobody_certified(facts):
    found = spans(facts)
    for before, after in pairwise(found):
        if Overlay.ON_LEAVE in before.overlays & after.overlays:
            assert (before.state, after.state) not in {
                ("assigned", "overdue"),
                ("grace", "lapsed"),
                ("grace", "long_lapsed"),
            }
    for day in sample():
        standing = status(facts, day)
        if standing.state in {"certified", "renewal_open"} and standing.valid_until:
            assert day <= standing.valid_until


@MODEST
@given(st.integers(0, 900), st.integers(0, 300), st.booleans())
def test_property_15_moving_out_and_back_launders_nothing(gone, away, with_revocation):
    rows = [m.course(CERTIFIED_ON)] + ([m.revoked("2024-06-01")] if with_revocation else [])
    out = date(2024, 3, 1) + timedelta(days=gone)
    back = out + timedelta(days=away + 1)
    moved = m.facts(*rows, m.assigned("2024-03-01", out), m.assigned(back))
    stayed = m.facts(*rows)
    assert [each.opened_on for each in periods(moved, out)] == [
        each.opened_on for each in periods(stayed, out)
    ]
    before, after = status(moved, out).state, status(moved, back).state
    if before in {"overdue", "revoked", "long_lapsed"}:
        assert after == before
    if before == "lapsed":
        assert after in {"lapsed", "long_lapsed"}


def may_be_printed(period):
    return period.closed_reason is Closing.EARNED and period.revoked_on is None


def as_printed(facts, period):
    """The certificate as it was on the day it was earned: nobody had left yet."""
    on = max(period.opened_on, period.completed_on)
    then = next(each for each in periods(facts, on) if each.n == period.n)
    return m.printed(then.opened_on, then.completed_on, then.valid_from, then.valid_until)


@FEW
@given(lives(changing=True, standing=True), days, st.data())
def test_property_17_no_issued_certificate_is_shortened_by_a_correction(facts, day, data):
    stand = tuple(each for each in facts.revocations if each.annulled_on is None)
    facts = replace(facts, revocations=stand)
    issued = tuple(as_printed(facts, each) for each in periods(facts) if may_be_printed(each))
    assume(issued)
    printed = replace(facts, issued=issued)
    assert spans(printed) == spans(facts)
    assume(facts.credits)
    void = data.draw(st.sampled_from(facts.credits))
    corrected = replace(printed, credits=(*(c for c in facts.credits if c is not void), m.course(day)))
    for certificate in issued:
        first = max(certificate.completed_on, certificate.valid_from)
        before, after = status(printed, first), status(corrected, first)
        if before.state in {"certified", "renewal_open"}:
            assert after.state in {"certified", "renewal_open"}
            assert after.valid_until is None or before.valid_until <= after.valid_until


@MODEST
@given(lives(), st.integers(0, 900), st.sampled_from([1, 6, 24]))
def test_property_20_new_rules_alter_no_validity_and_a_migration_only_what_is_open(facts, later, months):
    day = FIRST + timedelta(days=later)
    rules = replace(facts.rules[0], version="v2", effective_on=day, grace=Duration(0), window=Duration(1))
    if rules.mode is not Mode.FIXED:
        rules = replace(rules, period_months=months)
    assume(refusals(rules) == [])
    earned = [each for each in periods(facts, day) if each.valid_from]
    for migrations in ((), (m.migrated(day, "v2"),)):
        changed = replace(facts, rules=(*facts.rules, rules), migrations=migrations)
        now = [each for each in periods(changed, day) if each.valid_from]
        for one, other in zip(earned, now, strict=False):
            if one.completed_on < day:
                assert (one.valid_from, one.valid_until) == (other.valid_from, other.valid_until)


@FEW
@given(LIVELY, days)
def test_property_21_a_material_change_opens_no_period_and_moves_no_date(facts, day):
    change = m.text_of(Need.COURSE, "unrelated", 2, day)
    assert spans(replace(facts, content=(*facts.content, change))) == spans(facts)
    change = m.text_of(Need.COURSE, "confidentiality", 2, FIRST + timedelta(days=DAYS))
    for one, other in zip(sample(), sample(), strict=True):
        changed = status(replace(facts, content=(*facts.content, change)), one)
        assert (changed.state, changed.valid_until) == (
            status(facts, other).state,
            status(facts, other).valid_until,
        )


@MODEST
@given(lives(findings=True, changing=True), st.integers(0, 40))
def test_property_22_every_state_has_a_way_back_to_certified(facts, ahead):
    day = FIRST + timedelta(days=DAYS + ahead)
    standing = status(facts, day)
    assume(standing.state not in {"ended", "not_required", "certified", "renewal_open"})
    when = day + timedelta(days=1)
    calm = replace(facts, waivers=())
    after = replace(calm, credits=(*calm.credits, m.course(when), m.quiz(when)))
    assume(status(calm, when).state not in {"ended", "not_required"})
    assert status(after, when).state in {"certified", "renewal_open"}


@MODEST
@given(LIVELY, st.integers(0, 30))
def test_property_25_spans_equal_status_on_every_day(facts, offset):
    every = spans(facts)
    assert every[0].from_on == date.min
    assert every[-1].until_on is None
    for one, other in pairwise(every):
        assert one.until_on == day_before(other.from_on)
        assert (one.state, one.overlays) != (other.state, other.overlays)
    for day in sample(FIRST + timedelta(days=offset)):
        standing = status(facts, day)
        here = next(each for each in every if each.from_on <= day <= each.last_on)
        assert (standing.state, standing.overlays) == (here.state, here.overlays)
        after = next((each for each in every if each.from_on > day), None)
        expected = (after.from_on, after.state) if after else (None, None)
        assert (standing.next_change_on, standing.next_state) == expected
        assert standing.since is None or status(facts, standing.since).state == standing.state


@MODEST
@given(LIVELY)
def test_whoever_owes_dated_credit_is_told_what_is_missing(facts):
    for day in sample():
        state = status(facts, day).state
        lacking = [each for each in missing(facts, day) if each.met_on is None]
        if state in {"assigned", "overdue", "lapsed", "long_lapsed"}:
            assert lacking
        for each in missing(facts, day):
            assert each.met_on is None or each.met_on <= day
