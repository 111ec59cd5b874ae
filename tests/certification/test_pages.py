"""My training, the record, certificates and their verification, the resources: as each principal sees them."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.audit.models import AuditEvent
from lms.certification.models import Certificate
from lms.cli import main
from lms.core import clock
from lms.core.access import Role
from lms.core.db import By
from lms.jobs import KINDS
from lms.notices.delivery import Surroundings, work
from lms.people.actions import issue_token, set_lead
from lms.people.queries import unit_tree
from tests.certification.loop import SHANGHAI, Firm, instant
from tests.factories import make_unit, sign_in
from tests.statements import counted

TODAY = clock.today(SHANGHAI)


def ago(days):
    return (TODAY - timedelta(days=days)).isoformat()


@pytest.fixture
def firm(database):
    return Firm(database, ago(400))


def certificate_of(database, person, programme):
    with database.reading() as session:
        query = select(Certificate.number).where(
            Certificate.person_id == person, Certificate.programme == programme
        )
        return session.scalar(query)


def test_a_new_hire_sees_one_sentence_one_button_and_what_is_owed(firm, client, database):
    ana = firm.hire("ana", ago(5))
    sign_in(client, ana)
    page = client.get("/?lang=en").get_data(as_text=True)
    assert "“Onboarding certification” is due in 25 days" in page
    assert page.count("btn btn-primary") == 1
    assert 'href="/agreements/confidentiality-agreement"' in page
    assert "about" in page


def test_my_training_costs_at_most_four_statements(firm, client, database):
    ana = firm.hire("ana", ago(300))
    firm.onboard(ana, ago(290))
    sign_in(client, ana)
    client.get("/")
    with counted(database) as seen:
        assert client.get("/").status_code == 200
    assert len(seen) <= 4, seen


def test_the_page_of_one_to_whom_nothing_is_asked_says_so(database, client, cast):
    sign_in(client, cast.dario)
    assert "Nothing has been asked of you yet." in client.get("/?lang=en").get_data(as_text=True)


def test_one_who_has_done_all_sees_what_they_hold_until_when(firm, client, database):
    ana = firm.hire("ana", ago(20))
    firm.onboard(ana, ago(10))
    sign_in(client, ana)
    page = client.get("/?lang=en").get_data(as_text=True)
    assert "Nothing is owed. “Annual confidentiality certification” is valid through" in page
    assert "timeline" in page
    assert "btn-primary" not in page


def test_the_page_is_right_while_the_worker_is_stopped(firm, client, database):
    ana = firm.hire("ana", ago(40))
    sign_in(client, ana)
    assert firm.state(ana, "onboarding") == "assigned"
    assert "has been overdue since" in client.get("/?lang=en").get_data(as_text=True)


def test_the_record_shows_every_fact(firm, client, database):
    ana = firm.hire("ana", ago(20))
    firm.onboard(ana, ago(10))
    sign_in(client, ana)
    page = client.get("/me/record?lang=en").get_data(as_text=True)
    for words in ("Joined", "Assigned", "Finished", "First certification", "Everything was completed on"):
        assert words in page
    assert certificate_of(database, ana, "onboarding") in page


def test_anybody_with_the_number_learns_what_it_is_worth_and_little_of_the_holder(firm, client, database):
    ana = firm.hire("ana", ago(20), name_zh="李伟", name_en="Li Wei")
    firm.onboard(ana, ago(10))
    number = certificate_of(database, ana, "onboarding")
    page = client.get(f"/certificates/{number}?lang=en").get_data(as_text=True)
    assert "This certificate is valid today." in page
    assert "L. W." in page
    assert "Li Wei" not in page
    assert "李伟" not in page
    assert "李*" in client.get(f"/certificates/{number.lower()}?lang=zh").get_data(as_text=True)
    told = client.get(f"/certificates/{number.replace('-', ' ')}.json").get_json()
    assert (told["outcome"], told["number"], told["holder"]["en"]) == ("valid", number, "L. W.")
    assert client.get("/certificates/CZ-0000-0000-0000-0000-0000-0000-0000").status_code == 404


def test_the_certificate_of_one_who_has_left_says_so(firm, client, database):
    ana = firm.hire("ana", ago(20))
    firm.onboard(ana, ago(10))
    firm.employ(ana, "leave", ago(2))
    number = certificate_of(database, ana, "onboarding")
    assert client.get(f"/certificates/{number}.json").get_json()["outcome"] == "holder_left"


def test_an_old_certificate_says_that_it_has_expired(firm, client, database):
    ana = firm.hire("ana", ago(399))
    firm.onboard(ana, ago(390))
    number = certificate_of(database, ana, "annual-confidentiality")
    assert client.get(f"/certificates/{number}.json").get_json()["outcome"] == "expired"


def test_the_document_is_built_once_after_sealing_and_only_for_those_who_may(firm, app, settings, database):
    ana = firm.hire("ana", ago(20), name_zh="李伟", name_en="Li Wei")
    dario, carla = firm.hire("dario", ago(20)), firm.hire("carla", ago(20), roles=(Role.HR,))
    firm.onboard(ana, ago(10))
    number = certificate_of(database, ana, "onboarding")
    clients = {}
    for name, person in (("ana", ana), ("dario", dario), ("carla", carla)):
        clients[name] = app.test_client()
        sign_in(clients[name], person)
    waiting = clients["ana"].get(f"/certificates/{number}.pdf?lang=en")
    assert waiting.status_code == 202
    assert "is valid already" in waiting.get_data(as_text=True)
    firm.seal(TODAY)
    around = Surroundings(database, settings)
    while work(around, KINDS, clock.now()):
        pass
    first = clients["ana"].get(f"/certificates/{number}.pdf")
    assert first.data.startswith(b"%PDF")
    assert clients["carla"].get(f"/certificates/{number}.pdf").data == first.data
    assert clients["dario"].get(f"/certificates/{number}.pdf").status_code == 404
    with database.reading() as session:
        kinds = list(session.scalars(select(AuditEvent.kind).where(AuditEvent.kind == "CertificateRead")))
    assert kinds == ["CertificateRead"]


@pytest.fixture
def tokens(firm, database):
    """Ana learns, Bruno leads her unit, Carla is HR, Dario works elsewhere; each with a token."""
    with firm.doing(ago(100)) as session:
        other = make_unit(session, "south", at=instant(ago(100)))
    people = {
        "ana": firm.hire("ana", ago(50)), "bruno": firm.hire("bruno", ago(50)),
        "carla": firm.hire("carla", ago(50), other, (Role.HR,)), "dario": firm.hire("dario", ago(50), other),
    }  # fmt: skip
    with firm.doing(ago(50)) as session:
        set_lead(session, firm.unit, people["bruno"], TODAY - timedelta(days=50), instant(ago(50)))
    firm.onboard(people["ana"], ago(30))
    scopes = ("standings:read",)
    with database.transaction(By("tests")) as session:
        until = clock.now() + timedelta(days=1)
        made = {
            name: issue_token(session, each, "x", scopes, until, clock.now()) for name, each in people.items()
        }
    return {name: {"Authorization": f"Bearer {token}"} for name, token in made.items()}, people


def rows_of(client, headers, path="/api/v1/standings"):
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json()["rows"]


def test_each_token_reads_the_standings_its_owner_may_read(tokens, client):
    headers, people = tokens

    def seen(name, query=""):
        return {row["person"] for row in rows_of(client, headers[name], f"/api/v1/standings{query}")}

    everybody = {str(each) for each in people.values()}
    assert seen("carla") == everybody
    assert seen("bruno") == {str(people["ana"]), str(people["bruno"])}
    assert seen("dario") == {str(people["dario"])}
    assert seen("dario", f"?person={people['ana']}") == set()
    assert seen("dario", f"?as_of={ago(20)}") == {str(people["dario"])}
    assert seen("carla", "?unit=south") == {str(people["carla"]), str(people["dario"])}
    assert seen("carla", f"?unit=south&as_of={ago(1)}") == {str(people["carla"]), str(people["dario"])}
    assert seen("carla", "?state=certified") == {str(people["ana"])}
    assert client.get("/api/v1/standings").status_code == 401


def test_standings_come_in_pages_with_a_tag(tokens, client):
    headers, _ = tokens
    found, after = [], ""
    while True:
        answer = client.get(f"/api/v1/standings?limit=2&after={after}", headers=headers["carla"])
        found += [(row["person"], row["programme"]) for row in answer.get_json()["rows"]]
        after = answer.get_json()["next"]
        if after is None:
            break
    assert len(found) == len(set(found)) == 5
    again = {**headers["carla"], "If-None-Match": answer.headers["ETag"]}
    first = client.get("/api/v1/standings?limit=2", headers=headers["carla"])
    again["If-None-Match"] = first.headers["ETag"]
    assert client.get("/api/v1/standings?limit=2", headers=again).status_code == 304


def test_an_instant_that_is_not_sealed_is_refused_in_the_api(tokens, client):
    headers, _ = tokens
    moment = (clock.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    answer = client.get(f"/api/v1/standings?known_at={moment}", headers=headers["carla"])
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"


def test_the_command_and_the_api_answer_alike(tokens, client, settings, monkeypatch, capsys):
    headers, _ = tokens
    monkeypatch.setattr("lms.commands.standing.load", lambda: settings)
    monkeypatch.setattr("lms.commands.standings.load", lambda: settings)
    assert main(["standing", "ana", "onboarding", "--as-of", ago(3), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    rows = rows_of(client, headers["ana"], f"/api/v1/standings?programme=onboarding&as_of={ago(3)}")
    assert told == rows[0]
    assert main(["standing", "ana", "onboarding"]) == 0
    assert main(["standing", "ana", "onboarding", "--known-at", "tomorrow"]) == 1
    assert main(["standings", "check"]) in (0, 1)


def test_the_unit_asked_about_is_that_of_the_day_as_known_then(tokens, firm, client):
    """Somebody moved back in time after the instant: by what was known then they were in the old unit."""
    headers, people = tokens
    firm.seal(ago(20))
    moment, ana = instant(ago(19), "12:00").strftime("%Y-%m-%dT%H:%M:%SZ"), str(people["ana"])
    with firm.database.reading() as session:
        south = next(node.id for node in unit_tree(session) if node.code == "south")
    firm.employ(people["ana"], "move", ago(10), from_on=ago(40), unit=south)
    firm.seal(ago(10))

    def seen(unit, known):
        more = f"&known_at={known}" if known else ""
        path = f"/api/v1/standings?unit={unit}&as_of={ago(30)}{more}"
        return ana in {row["person"] for row in rows_of(client, headers["carla"], path)}

    assert (seen("desk", ""), seen("south", "")) == (False, True)
    assert (seen("desk", moment), seen("south", moment)) == (True, False)
