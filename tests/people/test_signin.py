"""Signing in: what it costs, what it tells, what it refuses."""

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from lms.audit.models import AuditEvent
from lms.core import clock
from lms.people import actions, queries
from lms.people.models import Account, Identity, SignInSession
from lms.people.queries import firm_day
from lms.people.rules import EmploymentKind, NewFact
from tests.factories import BY, PASSWORD, csrf_of, post, sign_in, sign_in_by_form
from tests.people.test_actor import counting


def text_of(response):
    """The page without what differs each time."""
    return re.sub(r'(csrf[_-]token" (value|content)=)"[^"]*"', r"\1", response.get_data(as_text=True))


def signed_in(client):
    return client.get("/me/security").status_code == 200


def test_a_person_signs_in_and_out_again(client, cast):
    answer = sign_in_by_form(client, "ana")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert signed_in(client)
    assert post(client, "/sign-out").headers["Location"] == "/sign-in"
    assert not signed_in(client)


def test_signing_in_costs_four_statements(app, client, database, cast):
    data = {"username": "ana", "password": PASSWORD, "csrf_token": csrf_of(client)}
    with counting(database) as seen:
        assert client.post("/sign-in", data=data).status_code == 303
    assert len(seen) <= 4, seen


def test_nothing_tells_a_wrong_name_from_a_wrong_password_or_a_resting_account(client, database, cast):
    unknown = sign_in_by_form(client, "nobody", "wrong-wrong-wrong")
    wrong = sign_in_by_form(client, "ana", "wrong-wrong-wrong")
    with database.transaction(BY) as session:
        session.get_one(Account, cast.ana).locked_until = clock.now() + timedelta(minutes=1)
    resting = sign_in_by_form(client, "ana")
    with database.transaction(BY) as session:
        left = NewFact(EmploymentKind.LEAVE, firm_day(session, clock.now()) - timedelta(days=1))
        actions.record_employment(session, cast.dario, left, clock.now())
    gone = sign_in_by_form(client, "dario")
    assert {each.status_code for each in (unknown, wrong, resting, gone)} == {422}
    pages = [text_of(each).replace(f'value="{name}"', "") for each, name in
             ((unknown, "nobody"), (wrong, "ana"), (resting, "ana"), (gone, "dario"))]  # fmt: skip
    assert len(set(pages)) == 1


def test_a_name_that_does_not_exist_costs_a_hash_as_well(client, cast, monkeypatch):
    from lms.people import passwords

    asked = []
    real = passwords._hasher.verify
    monkeypatch.setattr(
        passwords,
        "_hasher",
        type("Spy", (), {"verify": lambda _self, kept, typed: asked.append(kept) or real(kept, typed)})(),
    )
    sign_in_by_form(client, "nobody", "wrong-wrong-wrong")
    sign_in_by_form(client, "ana", "wrong-wrong-wrong")
    assert len(asked) == 2
    assert {kept.split("$")[3] for kept in asked} == {"m=19456,t=2,p=1"}


def test_five_failures_make_sign_in_rest_for_a_minute_and_each_further_one_for_twice_as_long(client, cast):
    with time_machine.travel("2026-06-01T02:00:00Z", tick=False) as clockwork:
        for _ in range(4):
            sign_in_by_form(client, "ana", "wrong-wrong-wrong")
        assert sign_in_by_form(client, "ana").status_code == 303
        for _ in range(5):
            sign_in_by_form(client.application.test_client(), "ana", "wrong-wrong-wrong")
        assert sign_in_by_form(client.application.test_client(), "ana").status_code == 422
        clockwork.shift(timedelta(seconds=59))
        assert sign_in_by_form(client.application.test_client(), "ana").status_code == 422
        clockwork.shift(timedelta(seconds=1))
        assert sign_in_by_form(client.application.test_client(), "ana", "still-wrong-here").status_code == 422
        clockwork.shift(timedelta(seconds=119))
        assert sign_in_by_form(client.application.test_client(), "ana").status_code == 422
        clockwork.shift(timedelta(seconds=1))
        assert sign_in_by_form(client.application.test_client(), "ana").status_code == 303


def test_a_lock_between_the_check_and_the_session_holds(database, cast):
    now = clock.now()
    with database.transaction(BY) as session:
        session.get_one(Account, cast.ana).locked_until = now + timedelta(minutes=1)
        assert actions.open_session(session, cast.ana, now) is None
    with database.reading() as session:
        assert session.scalar(select(SignInSession.person_id)) is None


def test_signing_in_leaves_nothing_of_the_cookie_before_it(app, client, cast):
    sign_in(client, cast.dario)
    with client.session_transaction() as cookie:
        cookie["planted"] = "by somebody else"
        before = cookie["_user_id"]
    token = csrf_of(client)
    client.post("/sign-in", data={"username": "ana", "password": PASSWORD, "csrf_token": token})
    with client.session_transaction() as cookie:
        assert "planted" not in cookie
        assert cookie["_user_id"] != before
        assert cookie.get("csrf_token") != token


@pytest.mark.parametrize(
    ("asked", "goes"),
    [
        ("/me/security", "/me/security"),
        ("/courses/a?lang=en#b", "/courses/a?lang=en#b"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example/", "/"),
        ("\\\\evil.example", "/"),
        ("http:evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\r\nSet-Cookie: x=y", "/"),
        ("/" + "a" * 600, "/"),
        ("", "/"),
    ],
)
def test_sign_in_leads_on_only_within_this_site(client, cast, asked, goes):
    assert sign_in_by_form(client, "ana", next=asked).headers["Location"] == goes


def test_a_page_asks_to_sign_in_and_leads_back(client, cast):
    answer = client.get("/me/security?x=1", headers={"Accept": "text/html"})
    assert answer.headers["Location"] == "/sign-in?next=/me/security?x%3D1"
    page = client.get(answer.headers["Location"]).get_data(as_text=True)
    assert 'name="next" value="/me/security?x=1"' in page


def test_a_change_without_its_csrf_token_is_refused(client, cast):
    assert client.post("/sign-in", data={"username": "ana", "password": PASSWORD}).status_code == 400
    sign_in(client, cast.ana)
    assert client.post("/sign-out").status_code == 400
    assert signed_in(client)


def test_one_address_that_fails_often_has_to_wait_and_success_does_not_count(client, cast):
    for _ in range(41):
        client.post("/sign-in", data={"csrf_token": csrf_of(client)})
    assert sign_in_by_form(client, "ana").status_code == 429


def test_the_demonstration_password_opens_nothing_outside_a_demonstration(client, database, cast):
    from lms.people import passwords

    with database.transaction(BY) as session:
        session.get_one(Account, cast.ana).password_hash = passwords.hash_password("demo-Chizheng-1")
    assert sign_in_by_form(client, "ana", "demo-Chizheng-1").status_code == 422
    database.kept["demonstration"] = True
    assert sign_in_by_form(client, "ana", "demo-Chizheng-1").status_code == 303


def test_the_language_of_the_sign_in_page_is_kept_for_the_person(client, database, cast):
    client.get("/sign-in?lang=en")
    sign_in_by_form(client, "ana")
    with database.reading() as session:
        assert session.get_one(Identity, cast.ana).language == "en"


def test_every_attempt_is_recorded_without_what_was_typed(client, database, cast):
    sign_in_by_form(client, "nobody@secret", "wrong-wrong-wrong")
    sign_in_by_form(client, "ana", "wrong-wrong-wrong")
    sign_in_by_form(client, "ana")
    with database.reading() as session:
        rows = session.execute(
            select(AuditEvent.kind, AuditEvent.person_id, AuditEvent.object_id, AuditEvent.actor)
            .where(AuditEvent.kind.in_(["SignedIn", "SignInFailed"])).order_by(AuditEvent.seq)
        ).all()  # fmt: skip
    assert [(row.kind, row.person_id) for row in rows] == [
        ("SignInFailed", None), ("SignInFailed", cast.ana), ("SignedIn", cast.ana)
    ]  # fmt: skip
    assert rows[-1].actor == str(cast.ana)
    assert "secret" not in str(rows)


def test_use_of_a_session_is_noted_every_five_minutes_and_otherwise_costs_nothing(client, database, cast):
    with time_machine.travel("2026-06-01T02:00:00Z", tick=False) as clockwork:
        token = sign_in(client, cast.ana)
        clockwork.shift(timedelta(minutes=4))
        with counting(database) as seen:
            client.get("/re-authenticate")
        assert len(seen) == 1
        clockwork.shift(timedelta(minutes=2))
        client.get("/re-authenticate")
        with database.reading() as session:
            row = session.get_one(SignInSession, queries.hash_token(token))
            assert row.last_seen_at == clock.now()
