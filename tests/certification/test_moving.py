"""New rules touch later periods only; moving open ones is foreseen, done by two, and ends as foreseen."""

import json
from datetime import date

import pytest
from sqlalchemy import func, select

from lms import cli
from lms.approvals.actions import approve
from lms.approvals.models import Approval
from lms.approvals.queries import kind_of, payload_of
from lms.audit.models import AuditEvent
from lms.authoring.actions import ask_publication
from lms.authoring.documents_rules import programme_body
from lms.authoring.publishing import Sorting
from lms.certification import actions
from lms.certification.actions import Supposed, Supposition
from lms.certification.models import DecisionRow
from lms.certification.queries import facts_for
from lms.certification.rules_moving import look_of
from lms.core.access import Role
from lms.core.errors import Conflict, NotAllowed, NotFound
from lms.jobs import KINDS
from lms.notices.delivery import Surroundings
from lms.people.queries import actor_of_person
from tests.certification.loop import Firm, instant
from tests.content import changed, real_files
from tests.factories import post, sign_in

PATH = "content/programmes/annual-confidentiality.yml"
ANNUAL = "annual-confidentiality"
LONGER = ((PATH, "grace: 14d", "grace: 40d"),)
TODAY = "2026-03-15"


@pytest.fixture
def firm(database, settings, monkeypatch):
    """Ana is in grace, Ben may renew, Cem is certified, Dee has lapsed; the renewal's rules will change."""
    found = Firm(database)
    found.erin = found.hire("erin", "2025-01-02", roles=(Role.AUTHOR,))
    found.fang = found.hire("fang", "2025-01-02", roles=(Role.APPROVER,))
    found.carla = found.hire("carla", "2025-01-02", roles=(Role.HR,))
    found.ana, found.ben, found.cem, found.dee = (
        found.hire(name, "2025-01-06") for name in ("ana", "ben", "cem", "dee")
    )
    for person, day in (
        (found.ana, "2025-03-10"), (found.ben, "2025-04-20"), (found.cem, "2025-12-01"), (found.dee, "2025-02-10"),
    ):  # fmt: skip
        found.onboard(person, day)
    found.sweep(TODAY)
    found.around = Surroundings(database, settings)
    monkeypatch.setenv("LMS_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("LMS_SECRET_KEY", settings.secret_key)
    monkeypatch.setenv("LMS_INSTANCE", str(settings.instance))
    return found


def publish(firm, day, *edits):
    with firm.doing(day) as session:
        erin, fang = (actor_of_person(session, each, instant(day)) for each in (firm.erin, firm.fang))
        sorting = Sorting(editorial=("*",))
        asked = ask_publication(session, erin, changed(*edits), sorting, "Review", instant(day))
        preview = kind_of(session, "content").preview(session, payload_of(asked))
        approve(session, fang, asked.id, preview.hash, instant(day))
    with firm.doing(day) as session:
        KINDS["reassess-all"](session, {"after": ""}, firm.around, instant(day))


def looks(firm, day):
    with firm.database.reading() as session:
        people = [firm.ana, firm.ben, firm.cem, firm.dee, firm.carla]
        on = date.fromisoformat(day)
        return {key: look_of(facts, on) for key, facts in facts_for(session, people).items()}


def foreseen(firm, day=TODAY):
    with firm.doing(day) as session:
        return actions.foresee_migration(session, ANNUAL, date.fromisoformat(day))


def ask(firm, day=TODAY, by=None):
    with firm.doing(day) as session:
        return actions.ask_migration(session, by or firm.carla, ANNUAL, "Longer grace", instant(day)).id


def approved(firm, asked, day=TODAY, by=None):
    with firm.doing(day) as session:
        actor = actor_of_person(session, by or firm.fang, instant(day))
        approval = session.get_one(Approval, asked)
        preview = kind_of(session, approval.kind).preview(session, payload_of(approval))
        approve(session, actor, asked, preview.hash, instant(day))


def count(firm, table):
    with firm.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table))


def test_new_rules_touch_later_periods_only(firm):
    before = looks(firm, TODAY)
    publish(firm, TODAY, *LONGER)
    firm.sweep(TODAY)
    after = looks(firm, TODAY)
    assert {key for key in before if before[key].state != after[key].state} == set()
    for person in (firm.ana, firm.ben, firm.dee):
        assert after[person, ANNUAL] == before[person, ANNUAL]
    # Cem's renewal has yet to open: it will open under the new rules.
    assert str(before[firm.cem, ANNUAL].grace_until) == "2026-12-15"
    assert str(after[firm.cem, ANNUAL].grace_until) == "2027-01-10"
    assert after[firm.cem, ANNUAL].valid_until == before[firm.cem, ANNUAL].valid_until


def test_a_migration_comes_to_what_its_preview_said(firm):
    publish(firm, TODAY, *LONGER)
    firm.sweep(TODAY)
    found, before = foreseen(firm), looks(firm, TODAY)
    assert set(found.migrated) >= {firm.ana, firm.ben, firm.dee}
    assert firm.cem not in found.migrated
    assert {each.person_id for each in found.moves} == {firm.ana, firm.ben, firm.dee}
    assert found.hash == foreseen(firm).hash
    approved(firm, ask(firm))
    after = looks(firm, TODAY)
    moved = {(each.person_id, each.programme): each for each in found.moves}
    for key, look in after.items():
        expected = moved[key].after if key in moved else before[key]
        assert look == expected, key
    assert after[firm.dee, ANNUAL].state == "grace"
    firm.sweep(TODAY)
    assert firm.check(TODAY) == []
    assert foreseen(firm).migrated == ()
    with firm.database.reading() as session:
        kinds = session.scalars(select(DecisionRow.kind).where(DecisionRow.programme == ANNUAL)).all()
    assert kinds == ["migration"] * len(found.migrated)


def test_a_file_foresees_what_its_publication_and_migration_come_to(firm):
    with firm.doing(TODAY) as session:
        source = changed(*LONGER).corpus.programmes[ANNUAL]
        on = date.fromisoformat(TODAY)
        published = actions.published_as_well(
            session, [Supposed(ANNUAL, programme_body(source))], on, instant(TODAY)
        )
        later = actions.foresee(session, published, on)
        both = actions.foresee(
            session, Supposition(published.history, {ANNUAL: published.versions[ANNUAL]}), on
        )
    assert {each.person_id for each in later.moves} == {firm.cem}
    assert later.versions == {ANNUAL: f"{ANNUAL}@2"}
    publish(firm, TODAY, *LONGER)
    firm.sweep(TODAY)
    found = foreseen(firm)
    assert found.versions == both.versions
    assert set(found.moves) == {each for each in both.moves if each.person_id != firm.cem}
    assert found.migrated == both.migrated


def test_it_takes_a_second_person_and_a_fresh_preview(firm):
    publish(firm, TODAY, *LONGER)
    firm.sweep(TODAY)
    asked = ask(firm)
    with pytest.raises(NotAllowed):
        approved(firm, asked, by=firm.carla)
    firm.finish(firm.ben, "quiz", ANNUAL, TODAY)
    with pytest.raises(Conflict):
        approved(firm, asked)
    assert count(firm, DecisionRow) == 0
    publish(firm, TODAY, (PATH, "grace: 14d", "grace: 50d"))
    with pytest.raises(Conflict):
        approved(firm, asked)
    assert count(firm, DecisionRow) == 0
    approved(firm, ask(firm))
    assert str(firm.ask(firm.dee, TODAY).standing.grace_until) == "2026-04-01"


def test_what_there_is_not_cannot_be_moved(firm):
    with pytest.raises(Conflict):
        ask(firm)
    with pytest.raises(NotFound), firm.doing(TODAY) as session:
        actions.ask_migration(session, firm.carla, "no-such", "Why", instant(TODAY))
    assert count(firm, Approval) == 0


def test_what_is_asked_for_can_change_without_a_date(firm):
    publish(firm, TODAY, (PATH, "  - {quiz: annual-confidentiality}", "  - {course: professional-ethics}"))
    moves = {each.person_id: each for each in foreseen(firm).moves}
    assert moves[firm.ben].differs_in == ("asks",)
    assert moves[firm.ben].after.asks == ("course:professional-ethics",)


def file_of(tmp_path, *edits):
    text = real_files()[PATH].decode()
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "annual.yml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_the_command_lists_counts_and_fingerprints(firm, tmp_path, capsys):
    events = count(firm, AuditEvent)
    path = file_of(tmp_path, ("due: 30d", "due: 20d"))
    assert cli.main(["programmes", "preview", path, "--json"]) == 0
    first = json.loads(capsys.readouterr().out)
    assert first["published"]["versions"] in ({}, {ANNUAL: f"{ANNUAL}@2"})
    assert set(first) == {"published", "migrated"}
    assert first["migrated"]["people"] == len({each["person"] for each in first["migrated"]["moves"]})
    cli.main(["programmes", "preview", path, "--json"])
    assert json.loads(capsys.readouterr().out) == first
    path = file_of(tmp_path, ("grace: 14d", "grace: 40d"))
    assert cli.main(["programmes", "preview", path]) == 0
    said = capsys.readouterr().out
    assert "hash " in said
    assert "→" in said
    assert cli.main(["programmes", "preview", file_of(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["migrated"]["moves"] == []
    assert count(firm, AuditEvent) == events


@pytest.mark.parametrize(
    ("edits", "said"),
    [
        ((("grace: 14d", "grace: 400d"),), "E502"),
        ((("due: 30d", "due: soon"),), "annual.yml:7:6: E115"),
        ((("course: client-confidentiality", "course: nowhere"),), "course/nowhere"),
        (
            (("assign: [{holds: onboarding}]", "assign: [{holds: annual-confidentiality}]"),),
            "annual-confidentiality → annual-confidentiality",
        ),
    ],
)
def test_a_bad_file_is_answered_and_nothing_changes(firm, tmp_path, capsys, edits, said):
    events = count(firm, AuditEvent)
    assert cli.main(["programmes", "preview", file_of(tmp_path, *edits)]) == 1
    assert said in capsys.readouterr().err
    assert count(firm, AuditEvent) == events


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("preview", "no-such-programme"), 1),
        (("preview", "no/such.yml"), 1),
        (("preview",), 2),
        (("migrate", ANNUAL, "--reason", "x"), 1),
    ],
)
def test_wrong_use_is_told(firm, capsys, words, status):
    assert cli.main(["programmes", *words]) == status
    assert capsys.readouterr().err.strip()


def test_hr_sees_the_moves_and_asks_a_second_person(firm, client):
    path = f"/hr/programmes/{ANNUAL}/migration"
    sign_in(client, firm.fang)
    assert client.get(path).status_code == 403
    sign_in(client, firm.carla)
    assert "there is none to move" in client.get(f"{path}?lang=en").text
    publish(firm, TODAY, *LONGER)
    page = client.get(f"{path}?lang=en")
    assert page.status_code == 200
    assert "open periods would be moved" in page.text
    assert "Ana" in page.text
    assert post(client, path, {"reason": ""}).status_code == 422
    assert count(firm, Approval) == 1
    answer = post(client, path, {"reason": "Longer grace for all"})
    assert answer.status_code == 303
    assert "/hr/approvals/" in answer.location
    assert "open periods would be moved" in client.get(f"{answer.location}?lang=en").text
    assert client.get("/hr/programmes/no-such/migration").status_code == 404


def test_the_command_files_the_request(firm, capsys):
    publish(firm, TODAY, *LONGER)
    assert cli.main(["--as", "carla", "programmes", "migrate", ANNUAL, "--reason", "Longer grace"]) == 0
    assert "/hr/approvals/" in capsys.readouterr().out
    assert cli.main(["--as", "fang", "programmes", "migrate", ANNUAL, "--reason", "Longer grace"]) == 1
    assert cli.main(["--as", "nobody", "programmes", "migrate", ANNUAL, "--reason", "Longer grace"]) == 1
    assert cli.main(["--as", "carla", "programmes", "migrate", ANNUAL]) == 1
    with firm.database.reading() as session:
        asked = session.scalars(select(Approval).where(Approval.kind == "migrations")).all()
        assert [each.asker_id for each in asked] == [firm.carla]
