"""The whole loop in the database, moved by acts and by the sweep alone."""

import pytest

from tests.certification.loop import Firm


@pytest.fixture
def firm(database):
    return Firm(database)


def test_the_loop_from_joining_to_the_return_after_a_lapse(firm):
    ana = firm.hire("ana", "2025-02-03")
    assert firm.state(ana, "onboarding") == "assigned"
    assert str(firm.row(ana, "onboarding").due_on) == "2025-03-05"
    firm.sweep("2025-03-05")
    assert firm.state(ana, "onboarding") == "assigned"
    firm.sweep("2025-03-06")
    assert firm.state(ana, "onboarding") == "overdue"
    firm.onboard(ana, "2025-03-10")
    assert firm.state(ana, "onboarding") == "certified"
    # The course done for onboarding is within the look-back of the yearly programme.
    assert firm.state(ana) == "certified"
    assert str(firm.row(ana).valid_until) == "2026-03-10"
    firm.sweep("2026-01-08")
    assert firm.state(ana) == "certified"
    firm.sweep("2026-01-09")
    assert firm.state(ana) == "renewal_open"
    firm.sweep("2026-03-11")
    assert firm.state(ana) == "grace"
    firm.sweep("2026-03-25")
    assert firm.state(ana) == "lapsed"
    assert firm.check("2026-03-25") == []
    firm.renew(ana, "2026-04-02")
    assert firm.state(ana) == "certified"
    assert str(firm.row(ana).valid_until) == "2027-04-02"
    assert firm.check("2026-04-02") == []
