"""Signing binds a person who has just proven who they are to the exact text that was shown."""

import io
import json
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from pypdf import PdfReader
from sqlalchemy import func, select, update

from lms.agreements.actions import ProofNeeded, Signing, sign
from lms.agreements.evidence import evidence_problems
from lms.agreements.models import Signature
from lms.agreements.queries import agreement_in, signatures_for
from lms.agreements.rules import AgreementSigned, name_problem
from lms.audit.actions import seal
from lms.audit.models import AuditEvent
from lms.audit.signing import Keyring, private_key_from
from lms.authoring.publishing import Sorting
from lms.core import clock
from lms.core.db import By
from lms.core.errors import Conflict, Invalid, NotAllowed, NotFound
from lms.core.versions import snapshot
from lms.people.models import Account, SignInSession
from lms.people.queries import actor_of_person
from tests.authoring.test_publish import AGREEMENT, actor, ask, decide, edited
from tests.factories import PASSWORD, post, sign_in

ID = "confidentiality-agreement"
PATH = f"/agreements/{ID}"
KEY = private_key_from("31" * 32)


@pytest.fixture
def text(database, content):
    return agreement_in(content, ID)


def signing(text, name="Ana", language="en"):
    return Signing(ID, language, text.sha256(language), name)


def do(database, person_id, what, *, at=None, stale=timedelta(0)):
    at = at or clock.now()
    with database.transaction(By(str(person_id))) as session:
        who = replace(actor_of_person(session, person_id, at), authenticated_at=at - stale)
        return sign(session, who, what, at).id


def count(database, table=Signature, *where):
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table).where(*where))


def test_a_signature_holds_the_exact_text_the_name_and_the_day(database, cast, text):
    heard = []
    database.reactions = {AgreementSigned: (lambda _session, event: heard.append(event),)}
    do(database, cast.ana, signing(text))
    with database.reading() as session:
        row = session.scalars(select(Signature)).one()
        event = session.scalars(select(AuditEvent).where(AuditEvent.kind == "AgreementSigned")).one()
        assert (row.html_sha256, row.zh_sha256) == (text.sha256("en"), text.sha256("zh"))
        assert (row.typed_name, row.language, row.signature_level) == ("Ana", "en", "re-authenticated")
        assert (row.version_id, row.event_id) == (text.version_id, event.id)
        (happened,) = heard
        assert (happened.person_id, happened.signed_on) == (cast.ana, row.signed_on)
    assert (happened.agreement_id, happened.version_id) == (ID, text.version_id)


def test_signing_twice_is_signing_once(database, cast, text):
    assert do(database, cast.ana, signing(text)) == do(database, cast.ana, signing(text, "ana中", "zh"))
    assert count(database) == 1
    assert count(database, AuditEvent, AuditEvent.kind == "AgreementSigned") == 1


@pytest.mark.parametrize("minutes", [4, 5])
def test_within_five_minutes_of_the_password_one_may_sign(database, cast, text, minutes):
    assert do(database, cast.ana, signing(text), stale=timedelta(minutes=minutes))


@pytest.mark.parametrize("stale", [timedelta(minutes=5, microseconds=1), timedelta(days=1)])
def test_later_the_password_is_needed_again(database, cast, text, stale):
    with pytest.raises(ProofNeeded):
        do(database, cast.ana, signing(text), stale=stale)
    assert count(database) == 0


@pytest.mark.parametrize(
    "changes", [{"shown_sha256": "0" * 64}, {"shown_sha256": ""}, {"language": "fr"}, {"language": "zh"}]
)
def test_only_the_text_that_was_shown_can_be_signed(database, cast, text, changes):
    with pytest.raises(Conflict, match="text has changed"):
        do(database, cast.ana, replace(signing(text), **changes))
    assert count(database) == 0


@pytest.mark.parametrize(
    ("typed", "accepted"),
    [
        ("Li Wei", True),
        ("  li   WEI ", True),
        ("李伟", True),
        ("李 伟", True),
        ("Li", False),
        ("", False),
        ("Li Wei Wei", False),
    ],
)
def test_the_typed_name_is_the_recorded_one_in_either_language(typed, accepted):
    assert (name_problem(typed, {"zh": "李伟", "en": "Li Wei"}) is None) is accepted


def test_a_person_without_a_name_in_one_language_cannot_sign_with_nothing():
    assert name_problem("", {"zh": "李伟", "en": ""}) is not None
    assert name_problem(" ", {"zh": "", "en": " "}) is not None


def test_another_name_is_refused(database, cast, text):
    with pytest.raises(Invalid, match="full name"):
        do(database, cast.ana, signing(text, "Bruno"))
    assert count(database) == 0


@pytest.mark.parametrize(("hours", "allowed"), [(71, False), (72, True)])
def test_a_reset_by_somebody_else_bars_signing_for_72_hours(database, cast, text, hours, allowed):
    at = clock.now()
    with database.transaction(By("tests")) as session:
        reset_at = at - timedelta(hours=hours)
        session.execute(
            update(Account).where(Account.person_id == cast.ana).values(credentials_reset_at=reset_at)
        )
    if allowed:
        assert do(database, cast.ana, signing(text), at=at)
        return
    with pytest.raises(NotAllowed, match="72 hours"):
        do(database, cast.ana, signing(text), at=at)
    assert count(database) == 0


def test_a_new_text_asks_for_a_new_signature_and_the_old_one_stays(database, cast, text):
    do(database, cast.ana, signing(text))
    erin, fang = actor(database, cast.erin), actor(database, cast.fang)
    decide(database, fang, ask(database, erin, edited(AGREEMENT), Sorting(material=("*",))))
    with database.reading() as session:
        newer = agreement_in(snapshot(session), ID)
    with pytest.raises(Conflict):
        do(database, cast.ana, signing(text))
    do(database, cast.ana, signing(newer))
    assert count(database) == 2


def test_signatures_are_read_by_those_who_may(database, cast, text):
    do(database, cast.ana, signing(text))
    with database.reading() as session:
        for who in (cast.ana, cast.bruno, cast.carla, cast.felix):
            asking = actor_of_person(session, who, clock.now())
            assert len(signatures_for(session, asking, cast.ana)) == 1
        with pytest.raises(NotFound):
            signatures_for(session, actor_of_person(session, cast.dario, clock.now()), cast.ana)


# In the browser


@pytest.fixture
def ana(client, cast, text):
    sign_in(client, cast.ana)
    return client


def form(text, name="Ana", language="en"):
    return {"typed_name": name, "language": language, "shown_sha256": text.sha256(language)}


def test_the_page_shows_the_whole_text_the_statement_and_the_form(ana, text):
    for language in ("zh", "en"):
        shown = ana.get(PATH, query_string={"lang": language}).get_data(as_text=True)
        assert text.html[language] in shown
        assert text.intent[language] in shown
        assert text.sha256(language) in shown


def test_signing_in_the_browser_shows_the_day_and_takes_the_form_away(ana, text, database):
    reply = post(ana, PATH, form(text))
    assert (reply.status_code, reply.location) == (303, PATH)
    shown = ana.get(PATH, query_string={"lang": "en"}).get_data(as_text=True)
    assert "You signed this on" in shown
    assert "shown_sha256" not in shown
    assert count(database) == 1


def test_a_wrong_name_is_told_and_what_was_typed_is_kept(ana, text, database):
    reply = post(ana, f"{PATH}?lang=en", form(text, "Anna Other"))
    assert reply.status_code == 422
    shown = reply.get_data(as_text=True)
    assert "Type your full name as it stands in your record" in shown
    assert 'value="Anna Other"' in shown
    assert count(database) == 0


def test_after_five_minutes_the_password_is_asked_for_and_the_name_is_kept(ana, text, database, cast):
    with database.transaction(By("tests")) as session:
        long_ago = clock.now() - timedelta(minutes=6)
        session.execute(update(SignInSession).values(authenticated_at=long_ago))
    reply = post(ana, PATH, form(text))
    assert reply.status_code == 303
    assert reply.location.startswith("/re-authenticate?next=")
    assert count(database) == 0
    proven = post(ana, "/re-authenticate", {"password": PASSWORD, "next": PATH})
    assert (proven.status_code, proven.location) == (303, PATH)
    assert 'value="Ana"' in ana.get(PATH).get_data(as_text=True)
    post(ana, PATH, form(text))
    assert count(database) == 1


def test_a_changed_text_is_told(ana, text, database):
    reply = post(ana, f"{PATH}?lang=en", {**form(text), "shown_sha256": "0" * 64})
    assert reply.status_code == 409
    assert "The text has changed" in reply.get_data(as_text=True)


def test_signing_needs_its_token_and_a_get_signs_nothing(ana, text, database):
    assert ana.post(PATH, data=form(text)).status_code == 400
    ana.get(PATH, query_string=form(text))
    assert count(database) == 0


def seal_log(database):
    with database.transaction(By("worker")) as session:
        seal(session, KEY, clock.now())


def test_the_copy_waits_for_the_seal_then_proves_itself_and_is_always_the_same(ana, text, database):
    post(ana, PATH, form(text))
    assert ana.get(f"{PATH}/copy.pdf").status_code == 409
    seal_log(database)
    first, second = (ana.get(f"{PATH}/copy.pdf") for _ in range(2))
    assert first.status_code == 200, first.get_data(as_text=True)
    assert first.content_type == "application/pdf"
    assert first.data == second.data
    reader = PdfReader(io.BytesIO(first.data))
    (evidence,) = reader.attachments["evidence.json"]
    assert evidence_problems(evidence.decode(), Keyring([KEY.public_key()]).signature_is_good) == []
    assert json.loads(evidence)["signature"]["typed_name"] == "Ana"


def test_nobody_gets_anothers_copy(ana, app, cast, text, database):
    post(ana, PATH, form(text))
    seal_log(database)
    for who in (cast.dario, cast.bruno, cast.carla):
        other = app.test_client()
        sign_in(other, who)
        assert other.get(f"{PATH}/copy.pdf").status_code == 404
        assert other.get(f"{PATH}/copy.pdf?version={text.version_id}").status_code == 404
    assert ana.get(f"{PATH}/copy.pdf?version=999999").status_code == 404


def test_an_agreement_that_is_not_published_is_not_found(ana):
    assert ana.get("/agreements/nothing").status_code == 404
    assert post(ana, f"/agreements/{uuid4()}", {"typed_name": "Ana"}).status_code == 404
