"""Cases in programmes: a named case, and one of a pool that was not met last time."""

from datetime import date, timedelta

import pytest

from lms.authoring.rules import Checked
from lms.certification.rules_credits import is_repeat
from tests.cases.small import CASE, EXPERT, FAILING, FILES, play_through
from tests.certification.loop import Firm, instant
from tests.content import checked
from tests.factories import sign_in

OTHER = "other-gift"
PROGRAMME = """\
programme: careful
title: {zh: 谨慎, en: Careful}
kind: mandatory
assign: [{all: true}]
due: 30d
period: 12m
renewal: anniversary
window: 60d
grace: 14d
look_back: 90d
initial: [{case: small-gift}]
renewal_path: [{case_from: conduct, not_seen: 1}]
"""


def content() -> Checked:
    """Two cases in one pool, and a programme that asks for one and then for another."""
    twin = {
        path.replace(CASE, OTHER): data.replace(CASE.encode(), OTHER.encode()) for path, data in FILES.items()
    }
    return checked({**FILES, **twin, "content/programmes/careful.yml": PROGRAMME.encode()})


@pytest.fixture
def firm(database):
    return Firm(database, "2025-01-01", content())


def test_a_case_certifies_and_the_next_period_asks_for_another_of_the_pool(firm, database):
    ana = firm.hire("ana", "2025-02-01")
    assert firm.state(ana, "careful") == "assigned"
    play_through(database, ana, FAILING, instant("2025-02-02"))
    assert firm.state(ana, "careful") == "assigned"
    play_through(database, ana, EXPERT, instant("2025-02-03"))
    assert firm.state(ana, "careful") == "certified"
    firm.sweep("2026-01-10")
    assert firm.state(ana, "careful") == "renewal_open"
    play_through(database, ana, EXPERT, instant("2026-01-11"))
    assert firm.state(ana, "careful") == "renewal_open"  # the same case as last time
    play_through(database, ana, EXPERT, instant("2026-01-12"), OTHER)
    assert firm.state(ana, "careful") == "certified"
    assert firm.row(ana, "careful").valid_until.year == 2027
    assert firm.check("2026-01-12") == []


DAY = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("others", "last_met", "repeat"),
    [
        (set(), {"x": DAY}, False),  # the only one of its pool
        ({"y"}, {}, False),
        ({"y"}, {"y": DAY}, False),
        ({"y"}, {"x": DAY}, True),
        ({"y", "z"}, {"x": DAY, "y": DAY}, True),  # z is left
        ({"y"}, {"x": DAY, "y": DAY + timedelta(days=1)}, False),
        ({"y"}, {"x": DAY + timedelta(days=1), "y": DAY}, True),
    ],
)
def test_a_case_met_before_counts_again_only_when_no_other_was_left(others, last_met, repeat):
    assert is_repeat("x", others, last_met) is repeat


def test_the_page_of_my_training_leads_to_the_case_and_to_its_pool(firm, database, client):
    ana = firm.hire("ana", "2025-02-01")
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    sign_in(client, ana)
    assert f'href="/cases/{CASE}"' in client.get("/").text
