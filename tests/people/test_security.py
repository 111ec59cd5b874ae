"""One's own sign-in: password, second factor, sessions, links."""

import re
from datetime import timedelta

import pyotp
import pytest
import time_machine
from sqlalchemy import select

from lms.audit.models import AuditBody
from lms.core import clock
from lms.core.access import Role
from lms.core.errors import NotFound
from lms.people import actions, queries
from lms.people.models import Account, Identity, Unit
from lms.people.rules import LinkIssued
from tests.factories import BY, PASSWORD, make_person, post, sign_in, sign_in_by_form, without_mail

NEW = "another-Quiet-harbour-7"
NOON = "2026-06-01T04:00:00Z"


def links_of(database):
    """Collect the links issued from now on, as the reaction that mails them would see them."""
    seen = []
    database.reactions = {**database.reactions, LinkIssued: (lambda session, event: seen.append(event),)}
    return seen


def change(client, present=PASSWORD, new=NEW, again=None):
    data = {"password": present, "new_password": new, "again": again or new}
    return post(client, "/me/security/password", data)


def enrol(client):
    post(client, "/me/security/second-factor/start")
    page = client.get("/me/security/second-factor").get_data(as_text=True)
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", page).group(1)
    answer = post(client, "/me/security/second-factor", {"code": pyotp.TOTP(secret).at(clock.now())})
    return secret, re.findall(r"<code>([a-z0-9]{5}-[a-z0-9]{5})</code>", answer.get_data(as_text=True))


def test_a_new_password_replaces_the_old_and_ends_every_other_session(app, client, cast):
    sign_in(client, cast.ana)
    other = app.test_client()
    sign_in(other, cast.ana)
    assert change(client).status_code == 303
    assert client.get("/me/security").status_code == 200
    assert other.get("/me/security").status_code == 401
    assert sign_in_by_form(app.test_client(), "ana").status_code == 422
    assert sign_in_by_form(app.test_client(), "ana", NEW).status_code == 303


@pytest.mark.parametrize(
    ("present", "new", "again"),
    [
        ("not-the-present-one", NEW, NEW),
        (PASSWORD, "short", "short"),
        (PASSWORD, "Ana-likes-the-sea", "Ana-likes-the-sea"),
        (PASSWORD, "chizheng-2026-2026", "chizheng-2026-2026"),
        (PASSWORD, "demo-Chizheng-1", "demo-Chizheng-1"),
        (PASSWORD, NEW, "something-different-1"),
    ],
)
def test_a_password_is_changed_only_knowing_the_present_one_and_to_a_good_one(
    client, cast, present, new, again
):
    sign_in(client, cast.ana)
    answer = change(client, present, new, again)
    assert answer.status_code == 422
    assert 'class="error"' in answer.get_data(as_text=True)
    assert sign_in_by_form(client.application.test_client(), "ana").status_code == 303


def test_a_person_ends_one_session_or_all_others_but_never_a_stranger_s(app, client, cast):
    sign_in(client, cast.ana)
    phone, tablet, dario = (app.test_client() for _ in range(3))
    handle = queries.hash_token(sign_in(phone, cast.ana)).hex()
    sign_in(tablet, cast.ana)
    sign_in(dario, cast.dario)
    assert post(dario, f"/me/security/sessions/{handle}/end").status_code == 404
    assert phone.get("/me/security").status_code == 200
    assert post(client, f"/me/security/sessions/{handle}/end").status_code == 303
    assert [phone.get("/me/security").status_code, tablet.get("/me/security").status_code] == [401, 200]
    assert post(client, "/me/security/sessions/end").status_code == 303
    assert tablet.get("/me/security").status_code == 401
    assert client.get("/me/security").status_code == 200
    assert dario.get("/me/security").status_code == 200


def test_with_a_second_factor_the_password_alone_opens_nothing(app, client, cast):
    with time_machine.travel(NOON, tick=False) as clockwork:
        sign_in(client, cast.ana)
        secret, codes = enrol(client)
        assert len(codes) == 10
        clockwork.shift(30)
        visitor = app.test_client()
        assert (
            sign_in_by_form(visitor, "ana", next="/me/security")
            .headers["Location"]
            .startswith("/sign-in/code")
        )
        assert visitor.get("/me/security").status_code == 401
        code = pyotp.TOTP(secret).at(clock.now())
        answer = post(visitor, "/sign-in/code", {"code": code, "next": "/me/security"})
        assert (answer.status_code, answer.headers["Location"]) == (303, "/me/security")
        replayed = app.test_client()
        sign_in_by_form(replayed, "ana")
        assert post(replayed, "/sign-in/code", {"code": code}).status_code == 422
        assert post(replayed, "/sign-in/code", {"code": codes[0].upper()}).status_code == 303
        again = app.test_client()
        sign_in_by_form(again, "ana")
        assert post(again, "/sign-in/code", {"code": codes[0]}).status_code == 422
        assert post(again, "/sign-in/code", {"code": codes[1]}).status_code == 303


def test_guessed_codes_make_sign_in_rest(app, client, cast):
    with time_machine.travel(NOON, tick=False) as clockwork:
        sign_in(client, cast.ana)
        secret, codes = enrol(client)
        clockwork.shift(60)
        visitor = app.test_client()
        sign_in_by_form(visitor, "ana")
        for _ in range(5):
            assert post(visitor, "/sign-in/code", {"code": "abc-def"}).status_code == 422
        right = pyotp.TOTP(secret).at(clock.now())
        assert post(visitor, "/sign-in/code", {"code": right}).status_code == 422
        assert post(visitor, "/sign-in/code", {"code": codes[0]}).status_code == 422
        clockwork.shift(61)
        assert post(visitor, "/sign-in/code", {"code": codes[0]}).status_code == 303


def test_the_second_step_waits_five_minutes_and_falls_with_the_password(app, client, cast):
    with time_machine.travel(NOON, tick=False) as clockwork:
        sign_in(client, cast.ana)
        _, codes = enrol(client)
        late, changed = app.test_client(), app.test_client()
        sign_in_by_form(late, "ana")
        clockwork.shift(timedelta(minutes=5, seconds=1))
        assert post(late, "/sign-in/code", {"code": codes[0]}).headers["Location"].startswith("/sign-in")
        sign_in_by_form(changed, "ana")
        clockwork.shift(1)
        assert change(client).status_code == 303
        assert post(changed, "/sign-in/code", {"code": codes[0]}).headers["Location"].startswith("/sign-in")
        assert changed.get("/me/security").status_code == 401


def test_changing_the_second_factor_needs_a_fresh_password(client, cast):
    with time_machine.travel(NOON, tick=False) as clockwork:
        sign_in(client, cast.ana)
        enrol(client)
        clockwork.shift(timedelta(minutes=5, seconds=1))
        off = "/me/security/second-factor/off"
        assert post(client, off).headers["Location"] == "/re-authenticate?next=/me/security"
        assert post(client, "/re-authenticate", {"password": "wrong-wrong-wrong"}).status_code == 422
        answer = post(client, "/re-authenticate?next=/me/security", {"password": PASSWORD})
        assert answer.headers["Location"] == "/me/security"
        assert post(client, off).status_code == 303
        assert post(client, off).status_code == 409
        assert sign_in_by_form(client.application.test_client(), "ana").headers["Location"] == "/"


def test_an_activation_link_sets_a_password_once(app, client, database, cast):
    with database.transaction(BY) as session:
        session.get_one(Account, cast.ana).password_hash = ""
        without_mail(session, cast.ana)
        token = actions.issue_link(session, cast.ana, clock.now(), by_mail=False, by_another=True)
    assert sign_in_by_form(client, "ana").status_code == 422
    assert client.get(f"/link/{token}").status_code == 200
    assert client.get(f"/link/{token}").status_code == 200
    assert post(client, f"/link/{token}", {"new_password": "short", "again": "short"}).status_code == 422
    assert post(client, f"/link/{token}", {"new_password": NEW, "again": NEW}).status_code == 303
    assert client.get(f"/link/{token}").status_code == 404
    assert post(client, f"/link/{token}", {"new_password": PASSWORD, "again": PASSWORD}).status_code == 404
    assert sign_in_by_form(client, "ana", NEW).status_code == 303
    with database.reading() as session:
        assert queries.signing_barred_until(session, cast.ana, clock.now()) is None


def test_a_link_expires_and_a_newer_one_ends_it(client, database, cast):
    now = clock.now()
    with database.transaction(BY) as session:
        first = actions.issue_link(session, cast.ana, now, by_mail=False, by_another=False)
        second = actions.issue_link(session, cast.ana, now, by_mail=False, by_another=False)
    with database.reading() as session:
        assert queries.link_of(session, first, now) is None
        assert queries.link_of(session, second, now + timedelta(hours=3, minutes=59)) is not None
        assert queries.link_of(session, second, now + timedelta(hours=4)) is None
    with database.transaction(BY) as session, pytest.raises(NotFound):
        actions.redeem_link(session, second, "hash", now + timedelta(hours=4))


def test_a_reset_by_another_bars_signing_for_72_hours_and_drops_the_second_factor(client, database, cast):
    now = clock.now()
    with database.transaction(BY) as session:
        session.get_one(Account, cast.ana).totp_secret = "A" * 32
        token = actions.issue_link(session, cast.ana, now, by_mail=True, by_another=True)
        actions.redeem_link(session, token, "hash", now)
    with database.reading() as session:
        until = queries.signing_barred_until(session, cast.ana, now + timedelta(hours=71, minutes=59))
        assert until == session.get_one(Account, cast.ana).credentials_reset_at + timedelta(hours=72)
        assert queries.signing_barred_until(session, cast.ana, now + timedelta(hours=72)) is None
        assert session.get_one(Account, cast.ana).totp_secret == ""


def test_a_forgotten_password_tells_nothing_and_the_link_goes_to_the_registered_address_alone(
    client, database, cast
):
    links = links_of(database)
    with database.transaction(BY) as session:
        without_mail(session, cast.dario)
    forged = {"base_url": "http://evil.example"}
    pages = set()
    for name in ("ana", "ANA@example.test", "nobody", "dario"):
        token = client.get("/csrf", **forged).get_json()["csrf_token"]
        answer = client.post("/forgot", data={"username": name, "csrf_token": token}, **forged)
        assert answer.status_code == 200
        pages.add(re.sub(r'csrf-token" content="[^"]*"', "", answer.get_data(as_text=True)))
    assert len(pages) == 1
    assert "evil.example" not in pages.pop()
    assert [(each.person_id, each.by_mail) for each in links] == [(cast.ana, True)]
    assert client.get(f"/link/{links[0].token}").status_code == 200


def test_the_secret_of_a_link_is_in_no_log(client, database, cast):
    with database.transaction(BY) as session:
        token = actions.issue_link(session, cast.ana, clock.now(), by_mail=True, by_another=False)
    with database.reading() as session:
        bodies = " ".join(body or "" for body in session.scalars(select(AuditBody.body)))
    assert token not in bodies
    assert '"purpose"' in bodies


def test_an_empty_installation_gets_its_first_administrator_once(client, database):
    now = clock.now()
    with database.transaction(BY) as session:
        token = actions.issue_first_administrator_link(session, now)
    data = {
        "username": "root",
        "staff_number": "1",
        "name_en": "Rona Root",
        "new_password": NEW,
        "again": NEW,
    }
    assert post(client, f"/link/{token}", {**data, "name_en": ""}).status_code == 422
    assert post(client, f"/link/{token}", data).status_code == 303
    assert sign_in_by_form(client, "root", NEW).status_code == 303
    with database.reading() as session:
        person_id = session.scalar(select(Identity.person_id))
        assert queries.actor_of_person(session, person_id, now).roles == {Role.LEARNER, Role.ADMINISTRATOR}
        assert session.scalar(select(Unit.parent_id)) is None
    assert client.get(f"/link/{token}").status_code == 404


def test_a_link_for_the_first_administrator_is_worth_nothing_once_there_is_somebody(client, database):
    now = clock.now()
    with database.transaction(BY) as session:
        token = actions.issue_first_administrator_link(session, now)
        top = actions.create_unit(session, actions_unit(), now)
        make_person(session, "early", top)
    data = {
        "username": "root",
        "staff_number": "1",
        "name_en": "Rona Root",
        "new_password": NEW,
        "again": NEW,
    }
    assert post(client, f"/link/{token}", data).status_code == 404
    with database.reading() as session:
        assert session.scalars(select(Identity.username)).all() == ["early"]


def actions_unit():
    from lms.people.rules import NewUnit

    return NewUnit("firm", "公司", "Firm")
