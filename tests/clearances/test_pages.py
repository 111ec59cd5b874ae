"""The page of clearances, recusals and emergencies by two people, and the log HR and auditors read."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from lms.approvals.models import Approval
from lms.approvals.queries import kind_of, payload_of
from lms.certification.clearances.models import GlassRow, RecusalRow
from lms.core import clock
from lms.core.access import Role
from lms.notices.models import NoticeRow
from tests.clearances.test_api import READ, House
from tests.factories import post, sign_in
from tests.statements import counted


@pytest.fixture
def house(database, app):
    found = House(database, app)
    joined = found.today - timedelta(days=300)
    found.ids["fang"] = found.firm.hire("fang", joined, roles=(Role.APPROVER,))
    found.ids["felix"] = found.firm.hire("felix", joined, roles=(Role.AUDITOR,))
    found.app = app
    return found


def browser(house, name):
    client = house.app.test_client()
    sign_in(client, house.ids[name])
    return client


def approve(house, name, kind):
    with house.database.reading() as session:
        asked = session.scalars(select(Approval).where(Approval.kind == kind, Approval.state == "open")).one()
        shown = kind_of(session, kind).preview(session, payload_of(asked)).hash
        path = f"/hr/approvals/{asked.id}"
    assert browser(house, name).get(path).status_code == 200
    return post(browser(house, name), path, {"approve": "1", "preview_hash": shown})


def test_the_page_says_what_one_may_do_and_why_not_the_rest(house, database):
    page = browser(house, "ana").get("/clearances?lang=en").text
    assert page.count("Allowed") == 2
    assert "Not allowed" not in page
    client = browser(house, "ben")
    client.get("/clearances?lang=en")
    with counted(database) as seen:
        page = client.get("/clearances").text
    assert len(seen) <= 16, seen
    assert page.count("Not allowed") == 2
    assert "is not signed." in page
    assert "It is an emergency" in page
    assert "今天" in client.get("/clearances?lang=zh").text


@pytest.mark.parametrize(
    ("name", "status"),
    [("ben", 404), ("bruno", 200), ("carla", 200), ("felix", 200), ("dario", 404), ("ana", 200)],
)
def test_who_sees_ana_s_page(house, name, status):
    assert browser(house, name).get(f"/clearances/{house.ids['ana']}").status_code == status


@pytest.mark.parametrize(("name", "status"), [("ana", 403), ("bruno", 403), ("carla", 200), ("felix", 200)])
def test_who_sees_the_log(house, name, status):
    assert browser(house, name).get("/clearances/log").status_code == status


def test_one_keeps_away_from_a_client_at_once_and_two_others_end_it(house):
    ana = browser(house, "ana")
    form = {"client": "c-77", "reason": "my brother works there"}
    assert post(ana, "/clearances/recusals", form).status_code == 303
    assert post(ana, "/clearances/recusals", form).status_code == 422
    assert post(ana, "/clearances/recusals", {**form, "client": "张三公司"}).status_code == 422
    assert "C-77" in ana.get("/clearances").text
    assert "Not allowed" in ana.get("/clearances?client=C-77&lang=en").text
    assert "Not allowed" not in ana.get("/clearances?client=C-78&lang=en").text
    with house.database.reading() as session:
        recusal = session.scalars(select(RecusalRow.id)).one()
    path = f"/clearances/recusals/{recusal}/end"
    assert post(ana, path, {"reason": "over"}).status_code == 403
    assert post(browser(house, "dario"), path, {"reason": "over"}).status_code == 404
    bruno = browser(house, "bruno")
    assert bruno.get(path).status_code == 200
    assert post(bruno, path, {"reason": ""}).status_code == 422
    assert post(bruno, path, {"reason": "he left that client"}).status_code == 303
    assert approve(house, "fang", "recusal-end").status_code == 303
    with time_machine.travel(clock.now() + timedelta(days=1), tick=False):
        assert "Not allowed" not in browser(house, "ana").get("/clearances?client=C-77&lang=en").text
    assert "Not allowed" in ana.get("/clearances?client=C-77&lang=en").text
    assert post(bruno, path, {"reason": "again"}).status_code == 409


def test_a_manager_or_hr_keeps_somebody_away_and_a_stranger_cannot(house):
    form, path = {"client": "C-5", "reason": "declared a gift"}, f"/clearances/{house.ids['ana']}/recusals"
    assert post(browser(house, "dario"), path, form).status_code == 404
    assert post(browser(house, "felix"), path, form).status_code == 404
    assert post(browser(house, "bruno"), path, form).status_code == 303
    assert post(browser(house, "carla"), path, {**form, "client": "C-6"}).status_code == 303


EMERGENCY = f"/clearances/emergency/{READ}"
GLASS = {"client": "", "minutes": "20", "reason": "the court asks for the file today"}


def test_an_emergency_is_told_at_once_opened_by_a_second_person_and_ends_by_itself(house):
    ben = browser(house, "ben")
    assert ben.get(f"/clearances/emergency/{READ}").status_code == 200
    assert post(ben, EMERGENCY, GLASS).status_code == 303
    with house.database.reading() as session:
        told = set(session.scalars(select(NoticeRow.person_id).where(NoticeRow.code == "glass_asked")))
    assert told == {house.ids["bruno"], house.ids["carla"]}
    answer = f"{READ}/{house.ids['ben']}"
    assert house.get("carla", answer).get_json()["allowed"] is False
    assert approve(house, "fang", "break-glass").status_code == 303
    found = house.get("carla", answer).get_json()
    assert (found["allowed"], found["reason"]) == (True, "break_glass")
    assert found["expires_at"]
    assert {each["code"] for each in found["reasons"]} == {"break_glass", "standing", "unsigned"}
    with house.database.reading() as session:
        glass = session.scalars(select(GlassRow)).one()
        assert glass.until_at - glass.from_at == timedelta(minutes=20)
        opened = set(session.scalars(select(NoticeRow.person_id).where(NoticeRow.code == "glass_opened")))
        assert opened == {house.ids["bruno"], house.ids["carla"]}
        review, until = f"/clearances/emergencies/{glass.id}/review", glass.until_at
    seen = {"outcome": "justified", "remark": "the court's letter is on file"}
    assert post(browser(house, "carla"), review, seen).status_code == 409
    with time_machine.travel(until, tick=False):
        assert house.get("carla", answer).get_json()["allowed"] is False
        assert "待复核" in browser(house, "carla").get("/clearances/log?lang=zh").text
        assert post(browser(house, "felix"), review, seen).status_code == 403
        assert post(browser(house, "carla"), review, seen).status_code == 303
        assert post(browser(house, "carla"), review, seen).status_code == 409
        assert "the court&#39;s letter is on file" in browser(house, "felix").get("/clearances/log").text


def test_nobody_opens_a_duty_to_themselves_or_to_their_manager(house):
    assert post(browser(house, "ben"), EMERGENCY, GLASS).status_code == 303
    with house.database.reading() as session:
        asked = session.scalars(select(Approval)).one()
        shown = kind_of(session, asked.kind).preview(session, payload_of(asked)).hash
        path = f"/hr/approvals/{asked.id}"
    assert post(browser(house, "ben"), path, {"approve": "1", "preview_hash": shown}).status_code == 403
    assert post(browser(house, "bruno"), path, {"approve": "1", "preview_hash": shown}).status_code == 404


def test_one_who_reports_to_the_person_does_not_open_it(house):
    joined = house.today - timedelta(days=300)
    with house.database.reading() as session:
        north = session.execute(select(Approval.id)).first()
        assert north is None
    from lms.people.models import PersonNow

    with house.database.reading() as session:
        unit = session.scalars(select(PersonNow.unit_id).where(PersonNow.person_id == house.ids["ben"])).one()
    house.ids["gao"] = house.firm.hire("gao", joined, unit, roles=(Role.APPROVER,))
    assert post(browser(house, "bruno"), EMERGENCY, GLASS).status_code == 303
    assert approve(house, "gao", "break-glass").status_code == 403
    with house.database.reading() as session:
        assert session.scalars(select(GlassRow)).all() == []


def test_an_hour_later_it_is_no_emergency_any_more(house):
    assert post(browser(house, "ben"), EMERGENCY, GLASS).status_code == 303
    with time_machine.travel(clock.now() + timedelta(minutes=61), tick=False):
        assert approve(house, "fang", "break-glass").status_code == 409


@pytest.mark.parametrize(
    "wrong", [{"minutes": "61"}, {"minutes": "x"}, {"reason": ""}, {"client": "某公司"}, {"minutes": "0"}]
)
def test_what_makes_no_sense_is_told_and_files_nothing(house, wrong):
    assert post(browser(house, "ben"), EMERGENCY, {**GLASS, **wrong}).status_code == 422
    with house.database.reading() as session:
        assert session.scalars(select(Approval)).all() == []


def test_who_may_do_it_anyway_has_no_emergency(house):
    assert post(browser(house, "ana"), EMERGENCY, GLASS).status_code == 422
    assert post(browser(house, "ana"), "/clearances/emergency/nothing", GLASS).status_code == 404
