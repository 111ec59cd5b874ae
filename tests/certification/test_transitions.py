"""The transition table: the day before, the day itself and the day after."""

from datetime import timedelta

import pytest

from lms.certification.rules import Overlay, ReasonCode, periods, status
from lms.core.dates import Calendar
from tests.certification.making import (
    assigned,
    course,
    day,
    employed,
    excluded,
    extended,
    facts,
    fixed,
    on_leave,
    programme,
    quiz,
    revoked,
    waived,
)

CERTIFIED = course("2024-03-10")
"""Valid through 2025-03-10, window from 2025-01-09, grace to 03-24, long lapse over on 2026-03-24."""
NO_GRACE = programme(grace="0d")
LONG_LEAVE = on_leave("2025-03-20", "2028-03-20")

ROWS = [
    ("first source appears", (), "2024-03-01", "not_required", "assigned"),
    ("complete while assigned", (CERTIFIED,), "2024-03-10", "assigned", "certified"),
    (
        "certified by prior credit",
        (course("2024-02-20"),),
        "2024-03-01",
        "not_required",
        "certified",
    ),
    ("due date passes", (), "2024-04-01", "assigned", "overdue"),
    ("complete while overdue", (course("2024-06-01"),), "2024-06-01", "overdue", "certified"),
    ("the window opens", (CERTIFIED,), "2025-01-09", "certified", "renewal_open"),
    ("renewed in the window", (CERTIFIED, quiz("2025-02-01")), "2025-02-01", "renewal_open", "certified"),
    ("renewed on the last day", (CERTIFIED, quiz("2025-03-10")), "2025-03-10", "renewal_open", "certified"),
    ("validity ends", (CERTIFIED,), "2025-03-11", "renewal_open", "grace"),
    ("validity ends, no grace", (CERTIFIED, NO_GRACE), "2025-03-11", "renewal_open", "lapsed"),
    ("renewed in grace", (CERTIFIED, quiz("2025-03-24")), "2025-03-24", "grace", "certified"),
    ("grace ends", (CERTIFIED,), "2025-03-25", "grace", "lapsed"),
    ("renewed while lapsed", (CERTIFIED, quiz("2025-03-26")), "2025-03-26", "lapsed", "certified"),
    ("lapsed for long", (CERTIFIED,), "2026-03-25", "lapsed", "long_lapsed"),
    ("grace ends after long", (CERTIFIED, LONG_LEAVE), "2028-03-26", "grace", "long_lapsed"),
    ("initial path after long", (CERTIFIED, course("2026-05-01")), "2026-05-01", "long_lapsed", "certified"),
    ("revoked while valid", (CERTIFIED, revoked("2024-08-01")), "2024-08-01", "certified", "revoked"),
    ("revoked in the window", (CERTIFIED, revoked("2025-02-01")), "2025-02-01", "renewal_open", "revoked"),
    (
        "annulled within validity",
        (CERTIFIED, revoked("2024-08-01", annulled="2024-08-20")),
        "2024-08-20",
        "revoked",
        "certified",
    ),
    ("revoked in grace", (CERTIFIED, revoked("2025-03-15")), "2025-03-15", "grace", "revoked"),
    (
        "initial path after revocation",
        (CERTIFIED, revoked("2024-08-01"), course("2024-09-01")),
        "2024-09-01",
        "revoked",
        "certified",
    ),
    (
        "revocation annulled",
        (CERTIFIED, revoked("2024-08-01", annulled="2025-02-01")),
        "2025-02-01",
        "revoked",
        "renewal_open",
    ),
    ("extended while overdue", (extended("2024-05-01", "2024-05-31"),), "2024-05-01", "overdue", "assigned"),
    (
        "extended while lapsed",
        (CERTIFIED, extended("2025-06-01", "2025-06-30")),
        "2025-06-01",
        "lapsed",
        "grace",
    ),
    (
        "an extension runs out",
        (CERTIFIED, extended("2025-06-01", "2025-06-30")),
        "2025-07-01",
        "grace",
        "lapsed",
    ),
    ("waived", (waived("2024-04-10", "2024-05-10"),), "2024-04-10", "overdue", "waived"),
    ("waived while assigned", (waived("2024-03-10", "2024-03-20"),), "2024-03-10", "assigned", "waived"),
    ("waived in grace", (CERTIFIED, waived("2025-03-15", "2025-03-20")), "2025-03-15", "grace", "waived"),
    (
        "waived while lapsed",
        (CERTIFIED, waived("2025-05-01", "2025-05-20")),
        "2025-05-01",
        "lapsed",
        "waived",
    ),
    (
        "waived while long lapsed",
        (CERTIFIED, waived("2026-05-01", "2026-05-20")),
        "2026-05-01",
        "long_lapsed",
        "waived",
    ),
    ("a waiver ends", (waived("2024-04-10", "2024-05-10"),), "2024-05-11", "waived", "overdue"),
    ("left", (employed("2024-01-01", "2024-07-31"), CERTIFIED), "2024-08-01", "certified", "ended"),
    ("left while overdue", (employed("2024-01-01", "2024-07-31"),), "2024-08-01", "overdue", "ended"),
    (
        "left while revoked",
        (employed("2024-01-01", "2024-07-31"), CERTIFIED, revoked("2024-06-01")),
        "2024-08-01",
        "revoked",
        "ended",
    ),
    (
        "re-hired",
        (employed("2024-01-01", "2024-07-31"), employed("2024-10-01"), CERTIFIED),
        "2024-10-01",
        "ended",
        "assigned",
    ),
    (
        "re-hired without a source",
        (employed("2024-01-01", "2024-07-31"), employed("2024-10-01"), assigned("2024-03-01", "2024-08-31")),
        "2024-10-01",
        "ended",
        "not_required",
    ),
    ("no source any more", (assigned("2024-03-01", "2024-06-30"),), "2024-07-01", "overdue", "not_required"),
    ("excluded", (excluded("2024-03-10", "2024-03-20"),), "2024-03-10", "assigned", "not_required"),
    ("hired", (employed("2024-03-15"),), "2024-03-15", "not_required", "assigned"),
]


@pytest.mark.parametrize(("name", "rows", "on", "before", "after"), ROWS, ids=[row[0] for row in ROWS])
def test_a_state_changes_on_its_day(name, rows, on, before, after):
    given, on = facts(*rows), day(on)
    eve, morning, morrow = (status(given, on + timedelta(days=n)) for n in (-1, 0, 1))
    assert (eve.state, morning.state, morrow.state) == (before, after, after)
    assert morning.since == morrow.since == on
    assert (eve.next_change_on, eve.next_state) == (on, after)


SAME = {"practice before the window": (CERTIFIED, quiz("2024-12-20"))}
"""Rows of the table in which nothing changes: the same on the three days, and for ever after."""


def test_practice_before_the_window_changes_nothing_on_any_day():
    given, plain = facts(*SAME["practice before the window"]), facts(CERTIFIED)
    for n in (-1, 0, 1):
        on = day("2024-12-20") + timedelta(days=n)
        one, other = status(given, on), status(plain, on)
        assert (one.state, one.valid_until, one.since) == (other.state, other.valid_until, other.since)
        assert one.state == "certified"


def test_a_pass_before_the_window_refreshes_nothing():
    given = facts(CERTIFIED, quiz("2025-01-08"))
    assert status(given, day("2025-01-08")).state == "certified"
    assert status(given, day("2025-01-09")).state == "renewal_open"
    assert status(given, day("2025-01-09")).valid_until == day("2025-03-10")


@pytest.mark.parametrize(
    ("completed", "valid_from", "valid_until"),
    [
        ("2025-01-09", "2025-03-11", "2026-03-10"),
        ("2025-03-10", "2025-03-11", "2026-03-10"),
        ("2025-03-11", "2025-03-11", "2026-03-10"),
        ("2025-03-24", "2025-03-24", "2026-03-10"),
        ("2025-03-25", "2025-03-25", "2026-03-25"),
    ],
)
def test_an_anniversary_is_kept_through_grace_and_lost_by_a_lapse(completed, valid_from, valid_until):
    standing = status(facts(CERTIFIED, quiz(completed)), day(completed))
    assert (standing.valid_from, standing.valid_until) == (day(valid_from), day(valid_until))


def test_between_an_early_renewal_and_the_old_end_the_new_dates_are_shown():
    standing = status(facts(CERTIFIED, quiz("2025-02-01")), day("2025-02-15"))
    assert (standing.state, standing.window_opens_on) == ("certified", day("2026-01-09"))
    assert ReasonCode.NOT_YET_IN_FORCE in {reason.code for reason in standing.reasons}


@pytest.mark.parametrize(
    ("completed", "valid_until"),
    [
        ("2024-09-30", "2024-12-31"),
        ("2024-10-02", "2024-12-31"),
        ("2024-10-03", "2025-12-31"),
        ("2024-12-31", "2025-12-31"),
    ],
)
def test_a_fixed_expiry_is_the_first_grid_date_that_leaves_the_minimum(completed, valid_until):
    given = facts(fixed(look_back="0d"), course(completed))
    assert status(given, day("2025-01-01")).valid_until in (day(valid_until),)


def test_a_prior_credit_counts_within_the_look_back_from_the_day_the_source_appears():
    for on, state in (("2023-12-01", "assigned"), ("2023-12-02", "certified")):
        standing = status(facts(course(on), employed("2023-01-01")), day("2024-03-01"))
        assert standing.state == state
    assert (standing.valid_from, standing.valid_until) == (day("2024-03-01"), day("2024-12-02"))
    assert ReasonCode.PRIOR_CREDIT in {reason.code for reason in standing.reasons}


def test_a_prior_credit_whose_validity_is_over_does_not_count():
    rules = fixed(look_back="180d", minimum_active="60d", window="30d")
    given = facts(rules, assigned("2025-01-15"), course("2024-10-01"))
    assert status(given, day("2025-01-15")).state == "assigned"
    assert status(facts(rules, assigned("2025-01-15"), course("2024-11-02")), day("2025-01-15")).state == (
        "certified"
    )


def test_the_due_date_counts_from_trigger_publication_and_record_whichever_is_last():
    for rows, due in (
        ((), "2024-03-31"),
        ((programme("2024-04-01"),), "2024-05-01"),
        ((assigned("2024-03-01", recorded_at=assigned("2024-05-01").recorded_at),), "2024-05-31"),
        ((programme(due="1m"), assigned("2024-01-31")), "2024-02-29"),
    ):
        assert status(facts(*rows), day("2024-06-01")).due_on == day(due)


def test_two_sources_are_one_obligation_until_both_have_ended():
    given = facts(assigned("2024-03-01", "2024-03-20"), assigned("2024-03-10", "2024-05-31"))
    assert status(given, day("2024-03-25")).due_on == day("2024-03-31")
    assert status(given, day("2024-04-01")).state == "overdue"
    assert status(given, day("2024-06-01")).state == "not_required"


def test_a_due_date_rolls_off_holidays_and_validity_does_not():
    holidays = Calendar(frozenset({day("2024-03-31"), day("2024-04-01"), day("2025-03-10")}))
    given = facts(programme(roll_holidays=True), course("2024-06-01"), calendar=holidays)
    assert status(given, day("2024-03-05")).due_on == day("2024-04-02")
    assert status(given, day("2024-04-02")).state == "assigned"
    assert status(given, day("2024-04-03")).state == "overdue"
    given = facts(programme(roll_holidays=True), CERTIFIED, calendar=holidays)
    assert status(given, day("2024-03-10")).valid_until == day("2025-03-10")


def test_leave_moves_due_date_and_grace_but_never_validity():
    away = on_leave("2025-03-20", "2025-03-29")
    standing = status(facts(CERTIFIED, away), day("2025-03-20"))
    assert (standing.grace_until, standing.valid_until) == (day("2025-04-03"), day("2025-03-10"))
    assert (standing.state, standing.overlays) == ("grace", {Overlay.ON_LEAVE})
    assert status(facts(on_leave("2024-03-31", "2024-04-09")), day("2024-04-01")).due_on == day("2024-04-10")
    assert status(facts(on_leave("2024-04-01", "2024-04-09")), day("2024-04-01")).due_on == day("2024-03-31")


def test_an_endless_leave_leaves_no_last_day_but_the_other_changes_stay():
    standing = status(facts(CERTIFIED, on_leave("2025-01-01")), day("2025-01-05"))
    assert standing.grace_until is None
    assert (standing.next_change_on, standing.next_state) == (day("2025-01-09"), "renewal_open")
    assert status(facts(on_leave("2024-03-05")), day("2026-01-01")).state == "assigned"


def test_back_from_three_years_of_leave_one_is_in_grace_and_owes_the_initial_path():
    rows = (CERTIFIED, LONG_LEAVE)
    standing = status(facts(*rows), day("2028-03-21"))
    assert standing.state == "grace"
    assert ReasonCode.INITIAL_PATH_OWED in {reason.code for reason in standing.reasons}
    assert status(facts(*rows, quiz("2028-03-22")), day("2028-03-22")).state == "grace"
    standing = status(facts(*rows, course("2028-03-22")), day("2028-03-22"))
    assert (standing.state, standing.valid_until) == ("certified", day("2029-03-22"))


def test_an_extension_never_helps_who_has_long_lapsed():
    given = facts(CERTIFIED, extended("2026-04-01", "2026-05-01"))
    assert status(given, day("2026-04-02")).state == "long_lapsed"


def test_an_extension_withdrawn_reaches_the_day_before_or_the_end_of_a_leave_then_running():
    row = extended("2024-04-10", "2024-06-30", "2024-05-10")
    for rows, last in (((row,), "2024-05-09"), ((row, on_leave("2024-05-05", "2024-05-20")), "2024-05-20")):
        given = facts(*rows)
        assert status(given, day(last)).state == "assigned"
        assert status(given, day(last) + timedelta(days=1)).state == "overdue"


def test_a_new_certificate_after_a_revocation_ends_the_old_ones_validity_the_day_before():
    given = facts(CERTIFIED, revoked("2024-08-01"), course("2024-09-01"))
    old, new = periods(given, day("2024-09-01"))
    assert (old.valid_until, new.valid_from) == (day("2024-08-31"), day("2024-09-01"))
    assert (old.revoked_on, new.revoked_on) == (day("2024-08-01"), None)
    assert periods(given, day("2024-08-31"))[0].valid_until == day("2025-03-10")


def test_a_credit_earned_before_a_revocation_never_counts_again_even_after_a_re_hire():
    rows = (employed("2024-01-01", "2024-08-31"), employed("2024-10-01"), course("2024-08-10"))
    assert status(facts(*rows), day("2024-10-01")).state == "certified"
    rows = (*rows, CERTIFIED, revoked("2024-08-15"))
    assert status(facts(*rows), day("2024-10-01")).state == "assigned"


def test_an_annulment_after_a_new_certificate_changes_nothing():
    rows = (CERTIFIED, course("2024-09-01"))
    late = facts(*rows, revoked("2024-08-01", annulled="2024-09-01"))
    assert status(late, day("2024-12-01")).valid_until == day("2025-09-01")
    in_time = facts(*rows, revoked("2024-08-01", annulled="2024-08-31"))
    assert status(in_time, day("2024-12-01")).valid_until == day("2025-03-10")
    assert status(in_time, day("2024-08-30")).state == "revoked"


def test_leaving_ends_validity_on_the_last_day_and_nothing_is_resumed():
    given = facts(employed("2024-01-01", "2024-07-31"), employed("2024-10-01"), CERTIFIED)
    assert status(given, day("2024-08-15")).valid_until == day("2024-07-31")
    again = status(given, day("2024-10-01"))
    assert (again.valid_until, again.due_on) == (None, day("2024-10-31"))


def test_a_programme_without_a_period_never_expires():
    rules = programme(period_months=None, window=None, renewal=(), long_lapse=None, grace="0d")
    standing = status(facts(rules, CERTIFIED), day("2060-01-01"))
    assert (standing.state, standing.valid_until, standing.next_change_on) == ("certified", None, None)
