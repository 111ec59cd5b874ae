"""`/api/v1/clearances`: one or a thousand, from the facts, within the rights of the token's owner."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from lms.audit.models import AuditEvent
from lms.certification.clearances import actions
from lms.certification.clearances.models import DenialRow
from lms.core import clock
from lms.core.access import Actor, Role
from lms.core.db import By
from lms.people import actions as people
from lms.people.queries import actor_of_person
from tests.certification.loop import SHANGHAI, Firm
from tests.factories import make_unit
from tests.statements import counted

READ = "read-client-files"


class House:
    """Ana may read files, Ben may not; Bruno leads them, Carla is HR, Dario a stranger."""

    def __init__(self, database, app):
        self.database, self.client = database, app.test_client()
        self.today = clock.today(SHANGHAI)
        self.firm = firm = Firm(database, self.today - timedelta(days=400))
        joined = self.today - timedelta(days=300)
        with firm.doing(joined) as session:
            north = make_unit(session, "north", firm.unit, clock.now())
        self.ids = {name: firm.hire(name, joined, north) for name in ("ana", "ben", "bruno")}
        self.ids["carla"] = firm.hire("carla", joined, roles=(Role.HR,))
        self.ids["dario"] = firm.hire("dario", joined)
        with firm.doing(joined) as session:
            people.set_lead(session, north, self.ids["bruno"], joined, clock.now())
        firm.onboard(self.ids["ana"], self.today - timedelta(days=100))

    def token(self, name, *scopes):
        at = clock.now()
        with self.database.transaction(By("tests")) as session:
            given = scopes or ("clearances:read",)
            return people.issue_token(session, self.ids[name], "hr", given, at + timedelta(days=1), at)

    def actor(self, name) -> Actor:
        with self.database.reading() as session:
            return actor_of_person(session, self.ids[name], clock.now())

    def get(self, name, path, **headers):
        headers["Authorization"] = f"Bearer {self.token(name)}"
        return self.client.get(f"/api/v1/clearances/{path}", headers=headers)

    def batch(self, name, body, duty=READ):
        headers = {"Authorization": f"Bearer {self.token(name)}"}
        return self.client.post(f"/api/v1/clearances/{duty}/batch", json=body, headers=headers)

    def recuse(self, name, client="C-1"):
        with self.database.transaction(By("tests")) as session:
            actions.recuse(session, self.actor(name), self.ids[name], client, "a relative", clock.now())


@pytest.fixture
def house(database, app):
    return House(database, app)


def test_an_answer_says_what_why_and_until_when(house):
    ana, ben = house.ids["ana"], house.ids["ben"]
    answer = house.get("carla", f"{READ}/{ana}")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    found = answer.get_json()
    assert (found["allowed"], found["reason"], found["client"]) == (True, "held", None)
    assert found["until"] == house.firm.ask(ana, house.today).standing.valid_until.isoformat()
    assert found["checked_at"].endswith("Z")
    denied = house.get("carla", f"{READ}/{ben}").get_json()
    assert denied["allowed"] is False
    assert {each["code"] for each in denied["reasons"]} == {"standing", "unsigned"}
    assert denied["reasons"][0]["target"] == "annual-confidentiality"


@pytest.mark.parametrize(
    ("name", "status"), [("ana", 200), ("bruno", 200), ("carla", 200), ("dario", 404), ("ben", 404)]
)
def test_only_those_who_may_read_the_record_are_told(house, name, status):
    assert house.get(name, f"{READ}/{house.ids['ana']}").status_code == status


def test_what_is_not_there_and_what_makes_no_sense_is_told_as_a_problem(house):
    ana = house.ids["ana"]
    for path, status in (
        (f"no-duty/{ana}", 404),
        (f"{READ}/{uuid4()}", 404),
        (f"{READ}/{ana}?client=张三", 422),
    ):
        answer = house.get("carla", path)
        assert answer.status_code == status
        assert answer.content_type == "application/problem+json"
    for body in ({}, {"people": []}, {"people": ["x"]}, {"people": [str(uuid4())] * 1001}, [], None):
        assert house.batch("carla", body).status_code in {400, 422}
    assert house.batch("carla", {"people": [str(ana)]}, "no-duty").status_code == 404


def test_a_token_needs_the_scope(house):
    headers = {"Authorization": f"Bearer {house.token('carla', 'people:read')}"}
    assert (
        house.client.get(f"/api/v1/clearances/{READ}/{house.ids['ana']}", headers=headers).status_code == 403
    )
    body = {"people": [str(house.ids["ana"])]}
    assert (
        house.client.post(f"/api/v1/clearances/{READ}/batch", json=body, headers=headers).status_code == 403
    )


def test_a_batch_says_of_each_what_is_said_of_one(house):
    house.recuse("ana")
    for client in ("", "C-1"):
        body = {"people": [str(each) for each in house.ids.values()] + [str(uuid4())], "client": client}
        found = house.batch("carla", body).get_json()
        assert len(found["rows"]) == len(house.ids)
        assert len(found["unknown"]) == 1
        for row in found["rows"]:
            one = house.get("carla", f"{READ}/{row['person']}?client={client}").get_json()
            assert {**row, "checked_at": ""} == {**one, "checked_at": ""}
    kept_away = house.get("carla", f"{READ}/{house.ids['ana']}?client=c-1").get_json()
    assert (kept_away["allowed"], kept_away["reason"]) == (False, "recused")


def test_a_batch_tells_a_manager_of_their_own_and_nothing_of_others(house):
    found = house.batch("bruno", {"people": [str(each) for each in house.ids.values()]}).get_json()
    assert {row["person"] for row in found["rows"]} == {
        str(house.ids[each]) for each in ("ana", "ben", "bruno")
    }
    assert set(found["unknown"]) == {str(house.ids[each]) for each in ("carla", "dario")}


def test_a_batch_costs_the_same_number_of_statements_whatever_its_size(house, database):
    def cost(names):
        secret = house.token("carla")
        headers = {"Authorization": f"Bearer {secret}"}
        body = {"people": [str(house.ids[each]) for each in names], "client": "C-9"}
        with counted(database) as seen:
            assert (
                house.client.post(f"/api/v1/clearances/{READ}/batch", json=body, headers=headers).status_code
                == 200
            )
        return len(seen)

    for names in (["ana"], list(house.ids)):
        cost(names)  # the first time a day also notes denials
    assert cost(["ana", "ben"]) == cost(list(house.ids)) <= 16


def test_a_denial_is_noted_once_a_day_and_reading_is_recorded_each_time(house, database):
    ben = house.ids["ben"]
    for _ in range(3):
        house.get("carla", f"{READ}/{ben}")
    house.batch("carla", {"people": [str(ben), str(house.ids["ana"])]})
    house.get("carla", f"{READ}/{ben}?client=C-7")
    with database.reading() as session:
        rows = session.scalars(select(DenialRow).order_by(DenialRow.client)).all()
        assert [(each.person_id, each.duty, each.client) for each in rows] == [
            (ben, READ, ""),
            (ben, READ, "C-7"),
        ]
        kinds = select(AuditEvent.kind, func.count()).group_by(AuditEvent.kind)
        found = dict(session.execute(kinds).all())
    assert found["ClearancesDenied"] == 2
    assert found["ClearancesRead"] == 5


def test_the_description_names_both(house):
    spec = house.client.get("/api/v1/openapi.json").get_json()
    assert "get" in spec["paths"]["/api/v1/clearances/{duty_id}/{person_id}"]
    assert "post" in spec["paths"]["/api/v1/clearances/{duty_id}/batch"]
