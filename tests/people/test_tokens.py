"""Tokens of other systems: made on a page by an administrator, shown once, ended there."""

import re

from sqlalchemy import select

from lms.people.models import ApiToken
from tests.factories import post, sign_in

FORM = {"label": "HR system", "person": "carla", "scope": ["people:read"], "days": "30"}


def test_a_token_is_shown_once_and_opens_what_its_scope_names(database, cast, client, app):
    sign_in(client, cast.admin)
    page = post(client, "/people/tokens?lang=en", FORM)
    assert page.status_code == 200
    secret = re.search(r"<code>([\w-]{40,})</code>", page.text)[1]
    assert secret not in client.get("/people/tokens?lang=en").text
    assert "HR system" in client.get("/people/tokens?lang=en").text
    with database.reading() as session:
        assert secret not in str([row.token_hash for row in session.scalars(select(ApiToken))])
    other, headers = app.test_client(), {"Authorization": f"Bearer {secret}"}
    assert len(other.get("/api/v1/people", headers=headers).get_json()["items"]) == 9
    assert other.get("/api/v1/standings", headers=headers).status_code == 403


def test_an_ended_token_opens_nothing(cast, client, app):
    sign_in(client, cast.admin)
    page = post(client, "/people/tokens", FORM).text
    secret = re.search(r"<code>([\w-]{40,})</code>", page)[1]
    end = re.search(r'action="(/people/tokens/[0-9a-f]+/end)"', page)[1]
    assert post(client, end).status_code == 303
    assert post(client, end).status_code == 404
    answer = app.test_client().get("/api/v1/people", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 401
    assert "HR system" not in client.get("/people/tokens").text


def test_what_makes_no_sense_is_told_beside_its_field(database, cast, client):
    sign_in(client, cast.admin)
    for wrong in (
        {"person": "nobody"},
        {"scope": []},
        {"scope": ["everything"]},
        {"days": "0"},
        {"label": ""},
    ):
        assert post(client, "/people/tokens", {**FORM, **wrong}).status_code == 422, wrong
    with database.reading() as session:
        assert session.scalars(select(ApiToken)).all() == []


def test_only_administrators_see_tokens(cast, client):
    for who in ("ana", "bruno", "carla", "felix", "fang"):
        sign_in(client, getattr(cast, who))
        assert client.get("/people/tokens").status_code == 403
        assert post(client, "/people/tokens", FORM).status_code == 403
