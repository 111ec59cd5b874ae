"""The directory's pages: what HR can do, what nobody else can."""

import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.audit.models import AuditEvent
from lms.core import clock
from lms.core.access import Role
from lms.core.errors import Conflict, NotAllowed
from lms.people import actions, queries
from lms.people.models import Account, Identity
from lms.people.queries import firm_day
from lms.people.rules import EmploymentKind, NewFact, RoleRequested
from tests.factories import APPROVAL, BY, csrf_of, make_person, post, sign_in, without_mail
from tests.people.test_actor import counting

READERS = ("carla", "felix", "admin")
STRANGERS = ("ana", "bruno", "dario", "erin", "fang", "grace")


def person_pages(cast):
    return ["/people", f"/people/{cast.ana}", "/people/units"]


def changing_pages(cast):
    return [
        "/people/new", f"/people/{cast.ana}/edit", "/people/import", "/people/activation", "/people/units/new",
        f"/people/units/{cast.north}",
    ]  # fmt: skip


@pytest.mark.parametrize("name", READERS)
def test_hr_auditor_and_administrator_read_the_directory(client, cast, name):
    sign_in(client, getattr(cast, name))
    assert [client.get(page).status_code for page in person_pages(cast)] == [200] * 3
    changing = [client.get(page).status_code for page in changing_pages(cast)]
    assert set(changing) == ({403} if name == "felix" else {200})


@pytest.mark.parametrize("name", STRANGERS)
def test_nobody_else_does(client, cast, name):
    sign_in(client, getattr(cast, name))
    pages = [*person_pages(cast), *changing_pages(cast)]
    assert {client.get(page).status_code for page in pages} == {403}
    assert post(client, f"/people/{cast.ana}/roles", {"role": "author"}).status_code == 403


def test_a_person_who_does_not_exist_is_not_found(client, cast):
    sign_in(client, cast.carla)
    assert client.get(f"/people/{cast.north}").status_code == 404
    assert client.get("/people/not-an-id").status_code == 404


def test_the_list_costs_the_same_for_many_and_pages_without_gaps(client, database, cast):
    sign_in(client, cast.carla)
    with counting(database) as few:
        client.get("/people")
    with database.transaction(BY) as session:
        for n in range(60):
            make_person(session, f"p{n:03}", cast.south)
    with counting(database) as many:
        page = client.get("/people").get_data(as_text=True)
    assert len(few) == len(many) <= 6
    seen = re.findall(r'row-link" href="/people/([0-9a-f-]{36})"', page)
    following = re.search(r'href="([^"]*)" rel="next"', page).group(1).replace("&amp;", "&")
    seen += re.findall(
        r'row-link" href="/people/([0-9a-f-]{36})"', client.get(following).get_data(as_text=True)
    )
    assert len(seen) == len(set(seen)) == 69


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=ana", {"ana"}),
        ("q=ANA@example", {"ana"}),
        ("q=dario中", {"dario"}),
        ("q=S-br", {"bruno"}),
        ("q=%25", set()),
        ("state=left", set()),
        ("state=nonsense&q=carla", {"carla"}),
    ],
)
def test_people_are_found_by_name_number_or_address(client, cast, query, found):
    sign_in(client, cast.carla)
    page = client.get(f"/people?{query}").get_data(as_text=True)
    assert set(re.findall(r"S-(\w+)</a>", page)) == found


def test_a_list_of_a_unit_holds_those_below_it(client, cast):
    sign_in(client, cast.carla)
    north = client.get(f"/people?unit={cast.north}").get_data(as_text=True)
    assert set(re.findall(r"S-(\w+)</a>", north)) == {"ana", "bruno"}
    assert (
        len(re.findall(r"S-(\w+)</a>", client.get(f"/people?unit={cast.head}").get_data(as_text=True))) == 9
    )


def test_hr_adds_somebody_and_gets_a_printed_link_once(client, database, cast, settings):
    sign_in(client, cast.carla)
    data = {"staff_number": "N-1", "name_zh": "新人", "unit": str(cast.south), "joined_on": "2026-01-05"}
    answer = post(client, "/people/new", data)
    assert answer.status_code == 303
    person_id = answer.headers["Location"].rsplit("/", 1)[1]
    sheet = post(client, "/people/activation", {"person": person_id, "way": "print"}).get_data(as_text=True)
    address = re.search(r"<code>(\S+/link/\S+)</code>", sheet).group(1)
    assert address.startswith(settings.base_url)
    assert client.get(address.removeprefix(settings.base_url)).status_code == 200
    assert post(client, "/people/new", data).status_code == 422


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("staff_number", ""), ("staff_number", "S-ana"), ("name_zh", ""), ("mail", "not an address"),
        ("username", "ana"), ("username", "with space"), ("unit", "00000000-0000-0000-0000-000000000000"),
        ("joined_on", "yesterday"), ("name_zh", "长" * 81),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told_beside_its_field_and_nothing_is_kept(client, database, cast, field, value):
    sign_in(client, cast.carla)
    data = {
        "staff_number": "N-1",
        "name_zh": "新人",
        "unit": str(cast.south),
        "joined_on": "2026-01-05",
        field: value,
    }
    answer = post(client, "/people/new", data)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.get_data(as_text=True)
    with database.reading() as session:
        assert session.query(Identity).count() == 9


def test_hr_records_a_move_a_leave_and_declares_it_void(client, database, cast):
    sign_in(client, cast.carla)
    at = clock.now()
    with database.reading() as session:
        today = firm_day(session, at)
    facts = f"/people/{cast.ana}/facts"
    assert post(client, facts, {"kind": "move", "from_on": today, "unit": str(cast.south)}).status_code == 303
    assert post(client, facts, {"kind": "leave", "from_on": today - timedelta(days=1)}).status_code == 303
    assert post(client, facts, {"kind": "move", "from_on": today, "unit": str(cast.south)}).status_code == 422
    assert post(client, facts, {"kind": "king", "from_on": today}).status_code == 422
    with database.reading() as session:
        assert queries.person(session, cast.ana).employed is False
        fact = queries.facts_shown(session, cast.ana)[0]
    void = f"{facts}/{fact.id}/void"
    assert client.get(void).status_code == 200
    assert post(client, void, {"reason": ""}).status_code == 422
    assert post(client, void, {"reason": "She stays."}).status_code == 303
    assert post(client, void, {"reason": "Again."}).status_code == 422
    assert post(client, f"/people/{cast.dario}/facts/{fact.id}/void", {"reason": "No."}).status_code in {
        404,
        422,
    }
    with database.reading() as session:
        assert queries.person(session, cast.ana).unit_id == cast.south


def test_nobody_records_their_own_employment_or_gives_a_role_to_themselves(client, cast):
    sign_in(client, cast.carla)
    answer = post(client, f"/people/{cast.carla}/facts", {"kind": "leave", "from_on": "2030-01-01"})
    assert answer.status_code == 422
    for role in ("author", "approver"):
        answer = post(
            client, f"/people/{cast.carla}/roles", {"role": role, "role_reason": "I would like to."}
        )
        assert answer.status_code == 422


def test_a_role_that_takes_two_people_is_asked_for_and_others_are_given(client, database, cast):
    asked = []
    database.reactions = {**database.reactions, RoleRequested: (lambda _session, event: asked.append(event),)}
    sign_in(client, cast.carla)
    assert post(client, f"/people/{cast.ana}/roles", {"role": "author"}).status_code == 303
    assert post(client, f"/people/{cast.ana}/roles", {"role": "author"}).status_code == 422
    assert post(client, f"/people/{cast.ana}/roles", {"role": "approver"}).status_code == 422
    answer = post(client, f"/people/{cast.ana}/roles", {"role": "approver", "role_reason": "Fang retires."})
    assert answer.status_code == 303
    assert [(each.person_id, each.role, each.asker_id) for each in asked] == [
        (cast.ana, "approver", cast.carla)
    ]
    with database.reading() as session:
        assert queries.roles_of(session, cast.ana) == ["author"]
    assert post(client, f"/people/{cast.ana}/roles/author/end").status_code == 303
    assert post(client, f"/people/{cast.ana}/roles/author/end").status_code == 404
    assert post(client, f"/people/{cast.ana}/roles/learner/end").status_code == 404


def test_the_action_itself_refuses_a_sensitive_role_without_an_approval(database, cast):
    with database.transaction(BY) as session:
        for role in (Role.HR, Role.APPROVER, Role.AUDITOR, Role.ADMINISTRATOR):
            with pytest.raises(NotAllowed):
                actions.grant_role(session, cast.ana, role, clock.now())
            with pytest.raises(NotAllowed):
                actions.grant_founding_role(session, cast.ana, role, clock.now())
        actions.grant_role(session, cast.ana, Role.APPROVER, clock.now(), APPROVAL)
    with database.reading() as session:
        row = session.scalar(
            select(AuditEvent).where(AuditEvent.kind == "RoleChanged").order_by(AuditEvent.seq.desc())
        )
        assert (row.person_id, row.approval_id) == (cast.ana, APPROVAL)


def test_the_last_administrator_stays(database, cast):
    with database.transaction(BY) as session, pytest.raises(Conflict):
        actions.end_role(session, cast.admin, Role.ADMINISTRATOR, clock.now())


def test_roles_and_leads_end_with_the_employment(database, cast):
    now = clock.now()
    with database.transaction(BY) as session:
        day = firm_day(session, now)
        for person_id in (cast.erin, cast.bruno):
            last = NewFact(EmploymentKind.LEAVE, day - timedelta(days=1))
            actions.record_employment(session, person_id, last, now)
        assert queries.roles_of(session, cast.erin) == []
        assert cast.north not in queries.leads_on(session, day)
        again = NewFact(EmploymentKind.REHIRE, day, unit_id=cast.north)
        actions.record_employment(session, cast.erin, again, now)
        assert queries.roles_of(session, cast.erin) == []


def test_a_link_goes_to_the_registered_address_and_is_printed_only_without_one(client, database, cast):
    sign_in(client, cast.carla)
    link = f"/people/{cast.ana}/link"
    assert post(client, link, {"way": "mail"}).status_code == 303
    assert post(client, link, {"way": "print"}).status_code == 403
    with database.transaction(BY) as session:
        without_mail(session, cast.ana)
    assert post(client, link, {"way": "mail"}).status_code == 422
    assert "/link/" in post(client, link, {"way": "print"}).get_data(as_text=True)


def test_a_changed_identity_is_recorded_by_field_and_never_by_value(client, database, cast):
    sign_in(client, cast.carla)
    data = {
        "staff_number": "S-ana",
        "name_zh": "ana中",
        "name_en": "Zzyzx Name",
        "mail": "zzyzx@example.test",
    }
    assert post(client, f"/people/{cast.ana}/edit", data).status_code == 303
    with database.reading() as session:
        found = queries.person(session, cast.ana)
        assert (found.name["en"], found.mail, found.username) == ("Zzyzx Name", "ana@example.test", "ana")
        assert queries.mail_change_waiting(session, cast.ana).new_mail == "zzyzx@example.test"
        from lms.audit.models import AuditBody

        assert not any("zzyzx" in (body or "").lower() for body in session.scalars(select(AuditBody.body)))


def test_units_are_made_renamed_moved_and_led(client, database, cast):
    sign_in(client, cast.carla)
    data = {"code": "desk", "name_en": "Desk", "parent": str(cast.north)}
    assert post(client, "/people/units/new", data).status_code == 303
    assert post(client, "/people/units/new", data).status_code == 422
    assert post(client, "/people/units/new", {**data, "code": "a/b"}).status_code == 422
    with database.reading() as session:
        desk = next(node for node in queries.unit_tree(session) if node.code == "desk")
        assert desk.path == ("head", "north", "desk")
        today = firm_day(session, clock.now())
    below = {"code": "north", "name_en": "North", "parent": str(desk.id)}
    assert post(client, f"/people/units/{cast.north}", below).status_code == 422
    assert (
        post(client, f"/people/units/{desk.id}/lead", {"person": "dario", "from_on": today}).status_code
        == 303
    )
    assert (
        post(client, f"/people/units/{desk.id}/lead", {"person": "nobody", "from_on": today}).status_code
        == 422
    )
    assert post(client, f"/people/units/{desk.id}/lead/end", {"until_on": today}).status_code == 303
    assert post(client, f"/people/units/{cast.ana}/lead/end", {"until_on": today}).status_code == 404


def test_a_roster_is_shown_before_it_is_imported_and_not_if_things_moved_on(client, database, cast):
    sign_in(client, cast.carla)
    text = b"staff_number,name_en,unit,joined_on\nR-1,Rita,north,2026-01-05\n"

    def shown():
        data = {"file": (io.BytesIO(text), "roster.csv"), "csrf_token": csrf_of(client)}
        page = client.post("/people/import", data=data, content_type="multipart/form-data").get_data(
            as_text=True
        )
        return {
            name: re.search(f'name="{name}" value="([^"]*)"', page).group(1) for name in ("roster", "shown")
        }

    first = shown()
    with database.reading() as session:
        assert session.query(Identity).count() == 9
    with database.transaction(BY) as session:
        actions.create_unit(session, queries_new_unit(), clock.now())
        actions.set_lead(session, cast.south, cast.dario, firm_day(session, clock.now()), clock.now())
    assert post(client, "/people/import/do", first).status_code == 303
    assert post(client, "/people/import/do", first).status_code == 422
    with database.reading() as session:
        assert queries.person(session, queries.person_named(session, "R-1")).unit_id == cast.north
        assert session.query(Identity).count() == 10
    bad = {"file": (io.BytesIO(b"staff_number\nx\n"), "r.csv"), "csrf_token": csrf_of(client)}
    page = client.post("/people/import", data=bad, content_type="multipart/form-data").get_data(as_text=True)
    assert 'name="shown"' not in page


def queries_new_unit():
    from lms.people.rules import NewUnit

    return NewUnit("other", "别处", "Elsewhere")


def test_activation_lists_those_without_a_password_and_mails_or_prints(client, database, cast):
    with database.transaction(BY) as session:
        for person_id in (cast.ana, cast.dario):
            session.get_one(Account, person_id).password_hash = ""
        without_mail(session, cast.dario)
    sign_in(client, cast.carla)
    page = client.get("/people/activation").get_data(as_text=True)
    assert set(re.findall(r'name="person" value="([0-9a-f-]{36})"', page)) == {str(cast.ana), str(cast.dario)}
    both = {"person": [str(cast.ana), str(cast.dario)]}
    assert post(client, "/people/activation", {**both, "way": "mail"}).status_code == 303
    sheet = post(client, "/people/activation", {**both, "way": "print"}).get_data(as_text=True)
    assert sheet.count("data:image/svg+xml") == 1
    assert "S-dario" in sheet
    assert post(client, "/people/activation", {"way": "print"}).status_code == 422


def test_a_password_is_reset_for_a_person_who_is_signed_out_everywhere(app, client, cast):
    other = app.test_client()
    sign_in(other, cast.ana)
    sign_in(client, cast.admin)
    assert post(client, f"/people/{cast.ana}/sessions/end").status_code == 303
    assert other.get("/me/security").status_code == 401
