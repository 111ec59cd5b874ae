"""HR assigns a programme by a rule or by name, with everybody named who moves and everybody who does not, and why."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from lms.approvals.models import Approval
from lms.certification.models import AssignmentRow, RuleRow
from lms.certification.queries.hands import hand_rules
from lms.core import clock
from lms.jobs import KINDS
from lms.notices.delivery import Surroundings, work
from tests.factories import post, sign_in
from tests.reports.firm import ago
from tests.reports.test_deciding import (
    BACKWARDS,
    ahead,
    approve,
    hash_in,
    page_of,
    seen,
    through,
    total,
    totals,
)
from tests.reports.test_pages import get, words
from tests.statements import counted

ANNUAL = "annual-confidentiality"
ADDRESS = f"/hr/programmes/{ANNUAL}/assign?lang=en"
PAGE = f"/hr/programmes/{ANNUAL}"


def rule(**sent):
    return {"who": "unit", "unit": "desk", "from_on": ahead(0), "due_on": ahead(30), **sent}


def made(world, client, **sent):
    """Let Carla ask for a rule and Fang approve; return the rule."""
    sign_in(client, world.carla)
    asked = through(client, ADDRESS, rule(**sent))
    assert approve(client, world.fang, asked).status_code == 303
    sign_in(client, world.carla)
    with world.firm.database.reading() as session:
        return hand_rules(session, ANNUAL)[-1]


def due(world, who):
    return world.firm.row(getattr(world, who)).due_on


def test_a_rule_over_a_unit_names_everybody_it_moves_and_says_why_the_others_stay(world, client):
    sign_in(client, world.carla)
    preview = seen(client, ADDRESS, rule())
    text = words(preview.text)
    assert "It is about 7 people and moves 4 of them; here they are." in text
    for who in ("Dario", "Carla", "Felix", "Fang"):
        assert f"/hr/people/{getattr(world, who.lower())}" in preview.text
    assert "3 people stay as they are" in text
    assert "Bruno: holds it already, valid through" in text
    assert "Mia: owes it already: Lapsed" in text
    assert total(world, RuleRow) == 0


def test_what_was_previewed_is_what_happens(world, client):
    found = made(world, client)
    assert (found.target, found.due) == ("desk", "30d")
    for who in ("dario", "carla", "felix", "fang"):
        assert (world.firm.state(getattr(world, who)), due(world, who)) == ("assigned", ago(-30))
    assert world.firm.state(world.mia) == "lapsed"
    page = page_of(world, client, "dario")
    assert "“Annual confidentiality certification” is asked for from" in page
    assert "Asked by Carla, approved by Fang." in page
    shown = words(get(client, PAGE))
    assert "everybody in Desk unit and below" in shown
    assert world.firm.check(ago(0).isoformat()) == []


def test_whoever_comes_to_the_unit_later_owes_it_with_as_many_days(world, client):
    made(world, client, unit="south")
    late = world.firm.hire("late", ago(0), world.south)
    assert (world.firm.state(late), world.firm.row(late).due_on) == ("assigned", ago(-30))
    elsewhere = world.firm.hire("elsewhere", ago(0), world.north)
    assert world.firm.state(elsewhere) == ""


def test_whoever_is_entered_already_and_comes_later_owes_it_from_that_day(world, client, settings):
    coming = world.firm.hire("coming", ago(0), world.north)
    world.firm.employ(coming, "move", ago(0).isoformat(), ahead(10), unit=world.south)
    made(world, client, unit="south")
    around = Surroundings(world.firm.database, settings)
    while work(around, KINDS, clock.now()):
        pass
    with world.firm.database.reading() as session:
        query = select(AssignmentRow.from_on).where(
            AssignmentRow.person_id == coming, AssignmentRow.programme == ANNUAL
        )
        assert session.scalars(query).all() == [ago(-10)]


def test_a_rule_ends_by_two_and_moves_whom_it_had_assigned(world, client):
    found = made(world, client)
    end = f"/hr/rules/{found.id}/end?lang=en"
    preview = words(seen(client, end, {"until_on": ahead(0)}).text)
    assert "moves 4 of them" in preview
    asked = through(client, end, {"until_on": ahead(0)})
    assert approve(client, world.fang, asked).status_code == 303
    world.firm.sweep(ago(-1).isoformat())
    assert world.firm.state(world.dario) == "not_required"
    sign_in(client, world.carla)
    answer = seen(client, end, {"until_on": ahead(0)}, 422)
    assert "This rule has been ended already." in words(answer.text)


@pytest.mark.parametrize(
    ("sent", "about", "moved"),
    [
        ({"who": "role", "role": "auditor"}, "everybody with the role: auditor", {"felix"}),
        (
            {"who": "joined", "joined_from": ago(4).isoformat(), "joined_until": ago(3).isoformat()},
            "everybody who joined from",
            {"felix", "fang"},
        ),
    ],
)
def test_rules_over_a_role_and_over_days_of_joining(world, client, sent, about, moved):
    made(world, client, **sent)
    people = {"ana", "bruno", "carla", "dario", "felix", "fang", "mia"}
    with world.firm.database.reading() as session:
        query = select(AssignmentRow.person_id).where(AssignmentRow.source_key.like("hand:%"))
        found = set(session.scalars(query))
    assert found == {getattr(world, who) for who in moved}
    assert moved < people
    assert about in words(get(client, PAGE))


def test_people_by_name_take_no_second_person_and_are_withdrawn_by_two(world, client):
    sign_in(client, world.carla)
    sent = rule(who="named", people="dario, S-mia")
    preview = words(seen(client, ADDRESS, sent).text)
    assert "It is about 2 people and moves 1 of them" in preview
    assert "Mia: owes it already: Lapsed" in preview
    assert through(client, ADDRESS, sent).endswith(PAGE)
    assert (world.firm.state(world.dario), due(world, "dario")) == ("assigned", ago(-30))
    assert total(world, Approval) == 0
    answer = seen(client, ADDRESS, sent)
    again = post(client, ADDRESS, {**sent, "reason": "twice", "preview_hash": hash_in(answer)})
    assert "This person was assigned this programme from this day already." in words(again.text)
    with world.firm.database.reading() as session:
        query = select(AssignmentRow.id).where(
            AssignmentRow.person_id == world.dario, AssignmentRow.source == "person"
        )
        made_by_name = str(session.scalar(query))
    away = f"/hr/people/{world.dario}/decide/unassign?lang=en"
    asked = through(client, away, {"assignment": made_by_name, "until_on": ahead(0)})
    assert approve(client, world.fang, asked).status_code == 303
    world.firm.sweep(ago(-1).isoformat())
    assert world.firm.state(world.dario) == "not_required"


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"unit": ""}, "Unit: Choose one."),
        ({"unit": "moon"}, "Unit: Not a valid choice."),
        ({"who": "role", "role": ""}, "Role: Choose one."),
        ({"who": "joined"}, "Joined from: Say from which day of joining on."),
        ({"who": "joined", "joined_from": ahead(0), "joined_until": ahead(-3)}, BACKWARDS),
        ({"who": "named", "people": ""}, "People: Name at least one person."),
        ({"who": "named", "people": "dario, nobody-here"}, "People: Nobody is known by: nobody-here."),
        ({"from_on": ahead(-1)}, "Owed from: Assign from today on"),
        ({"due_on": ahead(0)}, "Due on: It is due after the day from which it is owed."),
        ({"due_on": "soon"}, "Due on: Not a valid date value."),
        ({"reason": ""}, "Reason: This field is required."),
    ],
)  # fmt: skip
def test_what_cannot_be_assigned_is_told_at_the_field(world, client, sent, told):
    sign_in(client, world.carla)
    before = (*totals(world), total(world, RuleRow), total(world, AssignmentRow))
    answer = seen(client, ADDRESS, rule(**sent), 422)
    assert told in words(answer.text)
    assert (*totals(world), total(world, RuleRow), total(world, AssignmentRow)) == before


def test_somebody_who_joins_between_preview_and_confirmation_makes_it_stale(world, client):
    sign_in(client, world.carla)
    old = hash_in(seen(client, ADDRESS, rule()))
    world.firm.hire("between", ago(0), world.north)
    answer = post(client, ADDRESS, {**rule(), "reason": "r", "preview_hash": old})
    assert answer.status_code == 409
    assert "It is about 8 people and moves 5 of them" in words(answer.text)
    assert total(world, Approval) == 0


def test_the_preview_takes_as_many_statements_however_many_people(world, client):
    sign_in(client, world.carla)
    found = []
    for unit in ("south", "desk"):
        seen(client, ADDRESS, rule(unit=unit))
        with counted(world.firm.database) as statements:
            seen(client, ADDRESS, rule(unit=unit))
        found.append(len(statements))
    assert found[0] == found[1]


def test_only_hr_assigns(world, client):
    for who in ("ana", "bruno", "felix", "fang"):
        sign_in(client, getattr(world, who))
        assert client.get(ADDRESS).status_code == 403
        assert client.get(f"/hr/rules/{uuid4()}/end").status_code == 403
    sign_in(client, world.carla)
    assert client.get(f"/hr/rules/{uuid4()}/end").status_code == 404
    assert client.get("/hr/programmes/none/assign").status_code == 404
