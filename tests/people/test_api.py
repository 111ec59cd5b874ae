"""`/api/v1/people`: by token, within its scope, within the rights of its owner."""

from datetime import timedelta

import pytest

from lms.core import clock
from lms.people import actions, queries
from lms.people.models import SignInSession
from tests.factories import BY, sign_in
from tests.people.test_actor import counting


@pytest.fixture
def token(database, cast):
    """Make a token for one of the cast."""

    def make(name, *scopes, days=9):
        at = clock.now()
        with database.transaction(BY) as session:
            until = at + timedelta(days=days)
            return actions.issue_token(
                session, getattr(cast, name), "HR", scopes or ("people:read",), until, at
            )

    return make


def get(client, path, secret, **headers):
    return client.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {secret}", **headers})


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("carla", "ana bruno carla dario erin fang grace felix admin"),
        ("felix", "ana bruno carla dario erin fang grace felix admin"),
        ("bruno", "ana bruno"),
        ("dario", "dario"),
    ],
)
def test_a_token_shows_those_whose_records_its_owner_may_read(client, cast, token, name, seen):
    secret = token(name)
    items = get(client, "/people", secret).get_json()["items"]
    assert {item["staff_number"] for item in items} == {f"S-{each}" for each in seen.split()}
    for other in ("ana", "dario"):
        status = get(client, f"/people/{getattr(cast, other)}", secret).status_code
        assert status == (200 if other in seen.split() else 404)


def test_people_come_in_pages_without_gaps_at_a_constant_cost(client, database, cast, token):
    secret = token("carla")
    seen, after = [], ""
    while True:
        with counting(database) as statements:
            page = get(client, f"/people?limit=4{after}", secret).get_json()
        assert len(statements) == 4  # the actor, the page, the two of the record
        seen += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert len(seen) == len(set(seen)) == 9
    assert seen == sorted(seen)


def test_a_person_is_told_as_the_document_says(client, cast, token):
    answer = get(client, f"/people/{cast.ana}", token("carla"))
    body = answer.get_json()
    assert body.pop("joined_on") < "2100"
    assert body == {
        "id": str(cast.ana), "staff_number": "S-ana", "name": {"zh": "ana中", "en": "Ana"}, "unit": "north",
        "employed": True, "on_leave": False, "left_on": None,
    }  # fmt: skip
    again = get(client, f"/people/{cast.ana}", token("carla"), **{"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_token_without_the_scope_or_past_its_days_or_invented_opens_nothing(client, database, cast, token):
    assert get(client, "/people", token("carla", "standings:read")).status_code == 403
    assert get(client, "/people", "invented").status_code == 401
    assert get(client, "/people", "").status_code == 401
    secret = token("carla")
    with database.transaction(BY) as session:
        actions.end_token(session, queries.hash_token(secret), clock.now())
    answer = get(client, "/people", secret)
    assert (answer.status_code, answer.content_type) == (401, "application/problem+json")
    assert get(client, "/people?limit=0", token("carla")).status_code == 422


def test_a_token_opens_no_page_and_a_session_of_a_leaver_no_resource(client, database, cast, token):
    assert client.get("/people", headers={"Authorization": f"Bearer {token('carla')}"}).status_code == 403
    secret = sign_in(client, cast.carla)
    assert client.get("/api/v1/people").status_code == 200
    with database.transaction(BY) as session:
        session.get_one(SignInSession, queries.hash_token(secret)).expires_at = clock.now()
    assert client.get("/api/v1/people").status_code == 401
