"""A registered address gives way only when its own mailbox, or two people, say so."""

import io
import re
from datetime import timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from lms.approvals.models import Approval
from lms.audit.models import AuditBody, AuditEvent
from lms.core import clock
from lms.core.db import By
from lms.core.errors import Conflict, Invalid, NotFound
from lms.notices.models import Job
from lms.people import actions, queries
from lms.people.models import Identity, MailChange, MailChangeEnd
from lms.people.rules import LinkIssued
from lms.people.rules_mail import (
    CONFIRM_WITHIN,
    MailChangeAsked,
    MailEnd,
    MailStep,
    link_objection,
    mail_step,
)
from tests.factories import csrf_of, post, sign_in, without_mail
from tests.people.test_actor import counting

NEW, OLD = "ana.new@example.test", "ana@example.test"
ADDRESSES = st.sampled_from(["", "a@x.test", "b@x.test", "c@x.test"])


def reader(app):
    """A browser that reads English."""
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def client(app):
    return reader(app)


@pytest.fixture
def asked(database):
    """The questions put from now on, as the reaction that mails them sees them."""
    seen, others = [], database.reactions[MailChangeAsked]
    database.reactions = {
        **database.reactions,
        MailChangeAsked: (*others, lambda session, event: seen.append(event)),
    }
    return seen


def enter(database, cast, mail=NEW, at=None, person=None):
    """Carla enters an address for Ana."""
    with database.transaction(By(str(cast.carla))) as session:
        return actions.change_identity(session, person or cast.ana, {"mail": mail}, at or clock.now())


def mail_of(database, person):
    with database.reading() as session:
        return queries.addressee(session, person).mail


def waiting(database, person):
    with database.reading() as session:
        return queries.mail_change_waiting(session, person)


def outcomes(database):
    with database.reading() as session:
        rows = session.execute(
            select(MailChangeEnd.outcome, AuditEvent.kind)
            .join(AuditEvent, AuditEvent.id == MailChangeEnd.event_id)
            .order_by(MailChangeEnd.ended_at, MailChangeEnd.outcome)
        )
        return [tuple(row) for row in rows]


@given(present=ADDRESSES, wanted=ADDRESSES, waits=st.none() | ADDRESSES)
def test_an_address_never_gives_way_without_being_asked(present, wanted, waits):
    step = mail_step(present, wanted, waits)
    assert (step is MailStep.NOW) <= (present == "")
    assert (step is MailStep.NOTHING) == (wanted in (present, waits))
    assert mail_step(present, wanted, wanted) is MailStep.NOTHING


@pytest.mark.parametrize("ended", [None, *MailEnd])
@pytest.mark.parametrize("seconds", [-1, 0, 1])
def test_a_link_confirms_only_what_waits_and_only_before_it_expires(ended, seconds):
    expires_at = clock.now()
    why = link_objection(ended, expires_at, expires_at + timedelta(seconds=seconds))
    assert (why is None) == (ended is None and seconds < 0)


def test_every_end_of_a_link_is_told_in_its_own_words():
    at = clock.now()
    ends = [link_objection(ended, at, at) for ended in (None, *MailEnd)]
    assert len({str(each) for each in ends}) == 4  # confirmed or approved: it is registered either way


def test_a_changed_address_waits_and_everything_goes_to_the_old_one(client, database, cast, asked):
    assert enter(database, cast) is MailStep.ASK
    assert mail_of(database, cast.ana) == OLD
    found = waiting(database, cast.ana)
    assert (found.new_mail, found.asker["en"], found.expires_at - found.asked_at) == (
        NEW,
        "Carla",
        CONFIRM_WITHIN,
    )
    issued = []
    database.reactions = {**database.reactions, LinkIssued: (lambda session, event: issued.append(event),)}
    assert post(client, "/forgot", {"username": NEW}).status_code == 200
    assert issued == []
    assert post(client, "/forgot", {"username": OLD}).status_code == 200
    assert [each.person_id for each in issued] == [cast.ana]


def test_whoever_follows_the_link_is_asked_and_changes_it_once(app, client, database, cast, asked):
    enter(database, cast)
    link = f"/mail/{asked[0].token}"
    page = client.get(link).get_data(as_text=True)
    assert NEW in page and OLD in page and "Carla" in page
    assert mail_of(database, cast.ana) == OLD
    app.config["WTF_CSRF_ENABLED"] = True
    assert client.post(link).status_code in {400, 403}
    assert mail_of(database, cast.ana) == OLD
    assert post(client, link).status_code == 303
    assert mail_of(database, cast.ana) == NEW
    assert waiting(database, cast.ana) is None
    for answer in (client.get(link), post(client, link)):
        assert answer.status_code == 404
        assert "registered already" in answer.get_data(as_text=True)
    assert outcomes(database) == [("confirmed", "MailChangeEnded")]
    with database.reading() as session:
        kinds = list(session.scalars(select(AuditEvent.kind).where(AuditEvent.person_id == cast.ana)))
        assert {"MailChangeAsked", "MailChangeEnded", "IdentityChanged", "MailChanged"} <= set(kinds)
        assert session.get_one(Identity, cast.ana).new_mail is None


def test_no_address_and_no_token_is_in_the_log_or_with_the_facts(client, database, cast, asked):
    enter(database, cast)
    post(client, f"/mail/{asked[0].token}")
    with database.reading() as session:
        bodies = " ".join(body or "" for body in session.scalars(select(AuditBody.body)))
        assert "example.test" not in bodies
        assert asked[0].token not in bodies
        assert "example.test" not in " ".join(
            session.scalars(select(Job.payload).where(Job.kind == "confirm-mail"))
        )
        kept = [value for row in session.scalars(select(MailChange)) for value in vars(row).values()]
        assert asked[0].token not in kept


def test_an_expired_link_says_so_and_changes_nothing(client, database, cast, asked):
    before = clock.now() - CONFIRM_WITHIN
    enter(database, cast, at=before)
    link = f"/mail/{asked[0].token}"
    for answer in (client.get(link), post(client, link)):
        assert answer.status_code == 404
        assert "has expired" in answer.get_data(as_text=True)
    assert mail_of(database, cast.ana) == OLD
    sign_in(client, cast.carla)
    assert "Not confirmed at the old address in time" in client.get(f"/people/{cast.ana}").get_data(
        as_text=True
    )
    assert enter(database, cast) is MailStep.ASK


def test_an_unknown_link_is_not_found(client, cast):
    answer = client.get("/mail/nothing-like-it")
    assert answer.status_code == 404
    assert "not known" in answer.get_data(as_text=True)
    assert "This link no longer works" in answer.get_data(as_text=True)


def test_a_later_change_takes_the_place_of_the_one_that_waits(client, database, cast, asked):
    enter(database, cast)
    assert enter(database, cast) is MailStep.NOTHING
    assert enter(database, cast, "third@example.test") is MailStep.ASK
    first, second = (f"/mail/{each.token}" for each in asked)
    answer = post(client, first)
    assert answer.status_code == 404
    assert "A later change" in answer.get_data(as_text=True)
    assert post(client, second).status_code == 303
    assert mail_of(database, cast.ana) == "third@example.test"
    assert sorted(outcomes(database)) == [("confirmed", "MailChangeEnded"), ("superseded", "MailChangeEnded")]


def test_removing_an_address_is_asked_too_and_a_first_one_is_not(client, database, cast, asked):
    assert enter(database, cast, "") is MailStep.ASK
    assert mail_of(database, cast.ana) == OLD
    assert post(client, f"/mail/{asked[0].token}").status_code == 303
    assert mail_of(database, cast.ana) == ""
    assert enter(database, cast, NEW) is MailStep.NOW
    assert mail_of(database, cast.ana) == NEW
    assert len(asked) == 1


def test_other_details_change_at_once_and_leave_a_waiting_address_alone(client, database, cast, asked):
    sign_in(client, cast.carla)
    data = {"staff_number": "S-ana", "name_zh": "安娜", "name_en": "Ana Nova", "mail": NEW}
    assert post(client, f"/people/{cast.ana}/edit", data).status_code == 303
    assert (
        post(client, f"/people/{cast.ana}/edit", {**data, "name_en": "Ana N.", "mail": OLD}).status_code
        == 303
    )
    with database.reading() as session:
        found = queries.person(session, cast.ana)
        assert (found.name["en"], found.mail) == ("Ana N.", OLD)
    assert waiting(database, cast.ana).new_mail == NEW
    assert len(asked) == 1
    assert post(client, f"/people/{cast.ana}/edit", {**data, "mail": "no address"}).status_code == 422


def test_the_person_s_page_says_what_waits_and_hr_withdraws_it(app, client, database, cast, asked):
    sign_in(client, cast.carla)
    page = f"/people/{cast.ana}"
    with counting(database) as without:
        assert "Waiting to be confirmed" not in client.get(page).get_data(as_text=True)
    enter(database, cast)
    with counting(database) as with_one:
        shown = client.get(page).get_data(as_text=True)
    assert "Waiting to be confirmed at the old address since" in shown
    assert NEW in shown
    assert len(with_one) == len(without)
    auditor = reader(app)
    sign_in(auditor, cast.felix)
    read = auditor.get(page).get_data(as_text=True)
    assert NEW in read
    assert "/mail/withdraw" not in read
    assert post(auditor, f"{page}/mail/withdraw").status_code == 403
    assert post(client, f"{page}/mail/withdraw").status_code == 303
    assert post(client, f"{page}/mail/withdraw").status_code == 409
    assert client.get(f"{page}/mail/lost").status_code == 409
    answer = client.get(f"/mail/{asked[0].token}")
    assert answer.status_code == 404
    assert "withdrawn" in answer.get_data(as_text=True)
    assert mail_of(database, cast.ana) == OLD


@pytest.mark.parametrize("name", ["ana", "bruno", "dario", "erin", "fang", "grace", "felix"])
def test_nobody_but_hr_withdraws_or_asks(client, database, cast, asked, name):
    enter(database, cast)
    sign_in(client, getattr(cast, name))
    for act in ("withdraw", "lost"):
        assert post(client, f"/people/{cast.ana}/mail/{act}", {"reason": "lost"}).status_code == 403
    assert waiting(database, cast.ana) is not None


def ask_second(client, cast, reason="the phone is gone"):
    return post(client, f"/people/{cast.ana}/mail/lost", {"reason": reason})


def the_request(database):
    with database.reading() as session:
        found = session.scalars(select(Approval)).one()
        session.expunge(found)
        return found


def test_two_people_change_it_when_the_old_mailbox_is_lost(app, client, database, cast, asked):
    enter(database, cast)
    sign_in(client, cast.carla)
    assert client.get(f"/people/{cast.ana}/mail/lost").status_code == 200
    assert ask_second(client, cast, " ").status_code == 422
    assert ask_second(client, cast).status_code == 303
    assert ask_second(client, cast).status_code == 422
    request = the_request(database)
    assert "example.test" not in request.payload
    url, decision = f"/hr/approvals/{request.id}", {"approve": "1", "preview_hash": request.preview_hash}
    assert post(client, url, decision).status_code == 403
    assert mail_of(database, cast.ana) == OLD
    second = reader(app)
    sign_in(second, cast.fang)
    page = second.get(url).get_data(as_text=True)
    assert NEW in page and OLD in page
    assert post(second, url, decision).status_code == 303
    assert mail_of(database, cast.ana) == NEW
    assert outcomes(database) == [("approved", "MailChangeEnded")]
    with database.reading() as session:
        told = set(session.scalars(select(Job.kind)))
        assert {"mail", "address-mail"} <= told
        ended = select(AuditEvent.approval_id).where(AuditEvent.kind == "MailChangeEnded")
        assert session.scalars(ended).one() == request.id
        bodies = " ".join(body or "" for body in session.scalars(select(AuditBody.body)))
        assert "example.test" not in bodies
    assert second.get(url).status_code == 200
    assert client.get("/hr/approvals").status_code == 200


@pytest.mark.parametrize("how", ["confirmed", "withdrawn", "superseded"])
def test_a_request_is_stale_once_the_change_no_longer_waits(app, client, database, cast, asked, how):
    enter(database, cast)
    sign_in(client, cast.carla)
    ask_second(client, cast)
    if how == "confirmed":
        post(reader(app), f"/mail/{asked[0].token}")
    elif how == "withdrawn":
        post(client, f"/people/{cast.ana}/mail/withdraw")
    else:
        enter(database, cast, "third@example.test")
    before, request = mail_of(database, cast.ana), the_request(database)
    second = reader(app)
    sign_in(second, cast.fang)
    url = f"/hr/approvals/{request.id}"
    assert second.get(url).status_code == 200
    assert post(second, url, {"approve": "1", "preview_hash": request.preview_hash}).status_code == 409
    assert mail_of(database, cast.ana) == before


def test_one_s_own_address_is_not_changed_by_asking_for_oneself(client, database, cast, asked):
    enter(database, cast, "carla.new@example.test", person=cast.carla)
    sign_in(client, cast.carla)
    assert f"/people/{cast.carla}/mail/lost" not in client.get(f"/people/{cast.carla}").get_data(as_text=True)
    answer = post(client, f"/people/{cast.carla}/mail/lost", {"reason": "mine"})
    assert answer.status_code == 422
    assert mail_of(database, cast.carla) == "carla@example.test"


def test_what_does_not_wait_is_neither_withdrawn_nor_approved(database, cast, asked):
    at = clock.now()
    with database.transaction(By("operator")) as session:
        with pytest.raises(Conflict):
            actions.withdraw_mail_change(session, cast.ana, at)
        with pytest.raises(Conflict):
            actions.request_mail_approval(session, cast.ana, cast.carla, "lost", at)
        with pytest.raises(Invalid):
            actions.request_mail_approval(session, cast.ana, cast.carla, " ", at)
        with pytest.raises(NotFound):
            actions.approve_mail_change(session, cast.north, at, None)
        actions.change_identity(session, cast.ana, {"mail": NEW}, at)
        actions.withdraw_mail_change(session, cast.ana, at)
        with pytest.raises(Conflict):
            actions.approve_mail_change(session, asked[0].change_id, at, None)
        assert queries.mail_change(session, asked[0].change_id).asker is None


ROSTER = "staff_number,name_zh,name_en,mail,unit,joined_on\n{number},{zh},{en},{mail},head/{unit},{joined}\n"


def test_a_roster_s_dry_run_says_what_will_be_asked_and_asks_once(client, database, cast, asked):
    sign_in(client, cast.carla)
    with database.transaction(By("operator")) as session:
        without_mail(session, cast.dario)
        people = {name: queries.person(session, getattr(cast, name)) for name in ("ana", "dario")}

    def preview(name):
        person = people[name]
        text = ROSTER.format(
            number=person.staff_number, zh=person.name["zh"], en=person.name["en"],
            mail=f"{name}.new@example.test", unit=person.unit_code, joined=person.joined_on,
        )  # fmt: skip
        data = {"file": (io.BytesIO(text.encode()), "r.csv"), "csrf_token": csrf_of(client)}
        page = client.post("/people/import", data=data, content_type="multipart/form-data")
        return page.get_data(as_text=True)

    page = preview("ana")
    assert "(will be asked at the old address)" in page
    sent = {name: re.search(f'name="{name}" value="([^"]*)"', page).group(1) for name in ("roster", "shown")}
    assert post(client, "/people/import/do", sent).status_code == 303
    assert mail_of(database, cast.ana) == OLD
    assert waiting(database, cast.ana).new_mail == NEW
    assert "Nothing would change" in preview("ana")
    assert "(will be asked at the old address)" not in preview("dario")
    with time_machine.travel(clock.now() + CONFIRM_WITHIN, tick=False):
        sign_in(client, cast.carla)
        assert "(will be asked at the old address)" in preview("ana")
