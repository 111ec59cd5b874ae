"""The pages of one person, one programme, the team, the log and credits."""

import html
import re
from uuid import uuid4

from sqlalchemy import select

from lms.approvals.actions import approve
from lms.approvals.models import Approval
from lms.audit.actions import note_verdict
from lms.audit.chain import parse_signed_note
from lms.audit.queries import verify_log
from lms.audit.signing import Keyring
from lms.people.queries import actor_of_person
from lms.reports import queries
from lms.reports.queries import LogFilter
from tests.certification.loop import KEY
from tests.factories import post, sign_in
from tests.reports.firm import ago, ago_instant
from tests.statements import counted

FORM = {"target": "course:professional-ethics", "evidence": "List of attendance no. 17, kept by HR."}


def get(client, path, status=200):
    answer = client.get(path + ("&" if "?" in path else "?") + "lang=en")
    assert answer.status_code == status, path
    return answer.text


def words(text):
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text)))


def recorded(world, kind):
    with world.firm.database.reading() as session:
        return queries.entries(session, LogFilter(kinds=(kind,)))


def test_a_person_s_page_says_how_it_stands_why_and_since_when(world, client):
    sign_in(client, world.carla)
    page = words(get(client, f"/hr/people/{world.mia}"))
    assert "Annual confidentiality certification" in page
    assert "Lapsed since" in page
    assert "grace_over" in page
    assert "“Annual confidentiality certification”: In grace became Lapsed." in page
    assert "Credit for “Professional ethics”" in page
    assert "Joined: from" in page


def test_a_person_s_page_of_another_day_shows_nothing_that_came_later(world, client):
    sign_in(client, world.carla)
    page = words(get(client, f"/hr/people/{world.mia}?as_of={ago(300)}"))
    assert "became Lapsed" not in page
    assert "Certified" in page
    assert "This is the answer for" in page


def test_what_was_not_sealed_is_not_among_the_facts_as_known_then(world, client):
    world.firm.seal(ago(0), "00:20")
    world.firm.renew(world.ana, ago(1))
    sign_in(client, world.carla)
    assert "Finished “Annual confidentiality quiz”" in words(get(client, f"/hr/people/{world.ana}"))
    then = words(get(client, f"/hr/people/{world.ana}?known_at={ago(0)}T00:20"))
    assert "Finished “Annual confidentiality quiz”" not in then
    assert "Finished “Client confidentiality”" in then


def test_reading_another_s_record_is_recorded_and_one_s_own_is_not(world, client):
    sign_in(client, world.ana)
    get(client, f"/hr/people/{world.ana}")
    assert recorded(world, "RecordRead") == []
    sign_in(client, world.bruno)
    get(client, f"/hr/people/{world.ana}?as_of={ago(9)}")
    (read,) = recorded(world, "RecordRead")
    assert (read.actor_id, read.person_id, read.payload["as_of"]) == (
        world.bruno,
        world.ana,
        ago(9).isoformat(),
    )


def test_strangers_find_nobody(world, client):
    for who, sees in (("bruno", {"ana", "mia", "bruno"}), ("ana", {"ana"}), ("dario", {"dario"})):
        sign_in(client, getattr(world, who))
        for name in ("ana", "mia", "bruno", "dario", "carla"):
            status = client.get(f"/hr/people/{getattr(world, name)}").status_code
            assert status == (200 if name in sees else 404), (who, name)
    assert client.get(f"/hr/people/{uuid4()}").status_code == 404


def test_a_person_s_page_takes_as_many_statements_however_long_the_history(world, client):
    sign_in(client, world.carla)
    found = []
    for who in (world.carla, world.mia):
        client.get(f"/hr/people/{who}")
        with counted(world.firm.database) as seen:
            client.get(f"/hr/people/{who}")
        found.append(len(seen))
    # Reading one's own record is no event: two statements less.
    assert found[1] - found[0] == 2


def test_the_team_shows_those_at_risk_first_and_nobody_else(world, client):
    sign_in(client, world.bruno)
    page = get(client, "/team")
    assert page.index("S-mia") < page.index("S-ana")
    for other in ("S-dario", "S-carla", "S-bruno"):
        assert other not in page
    assert "1 of 2" in words(page)


def test_the_team_of_another_day_is_answered_from_the_facts(world, client):
    sign_in(client, world.bruno)
    now = words(get(client, "/team"))
    assert "Lapsed" in now
    then = words(get(client, f"/team?as_of={ago(300)}"))
    assert "This is the answer for" in then
    assert "Certified" in then
    assert "Lapsed" not in then.replace("Overdue or lapsed", "")
    assert "Dario" not in then
    assert get(client, f"/team?as_of={ago(300)}") == get(client, f"/team?as_of={ago(300)}")
    assert "Mia" not in words(get(client, f"/team?as_of={ago(700)}"))
    world.firm.seal(ago(1))
    known = words(get(client, f"/team?as_of={ago(300)}&known_at={ago(2)}T10:00"))
    assert "by what was sealed" in known
    for wrong in ("as_of=2999-01-01", "as_of=soon", "known_at=later", "known_at=2999-01-01T00:00"):
        assert client.get(f"/team?{wrong}").status_code == 422, wrong


def test_whoever_leads_nobody_has_no_team_page(world, client):
    sign_in(client, world.ana)
    refused = words(get(client, "/team", 403))
    assert not [name for name in ("Bruno", "Mia", "Dario") if name in refused]
    assert 'href="/team"' not in get(client, "/")
    sign_in(client, world.bruno)
    assert 'href="/team"' in get(client, "/")


def test_a_programme_says_its_rules_in_words(world, client):
    sign_in(client, world.felix)
    page = words(get(client, "/hr/programmes/annual-confidentiality"))
    for sentence in (
        "everybody who holds “Onboarding certification”",
        "A certificate is valid for 12 months.",
        "It can be renewed from 60 days before its last day.",
        "After its last day there are 14 days of grace.",
        "Quiz: Annual confidentiality quiz",
    ):
        assert sentence in page
    assert "S-dario" not in page
    get(client, "/hr/programmes/none", 404)


def test_attendance_counts_once_a_second_person_has_approved(world, client):
    sign_in(client, world.carla)
    sent = {**FORM, "people": "dario, S-fang\nS-mia", "occurred_on": ago(2).isoformat()}
    assert post(client, "/hr/credits/new", sent).status_code == 303
    with world.firm.database.reading() as session:
        assert len(session.scalars(select(Approval).where(Approval.kind == "credit")).all()) == 3
    assert "Credit for “Professional ethics” on" not in words(get(client, f"/hr/people/{world.dario}"))
    with world.firm.doing(ago(0), "12:00") as session:
        found = session.scalars(select(Approval).where(Approval.subject == f"person:{world.dario}")).one()
        approver = actor_of_person(session, world.fang, ago_instant(0))
        approve(session, approver, found.id, found.preview_hash, ago_instant(0))
    page = words(get(client, f"/hr/people/{world.dario}"))
    assert "Credit for “Professional ethics” on" in page
    assert "List of attendance no. 17" in page
    assert "Asked by Carla, approved by Fang." in page


def test_a_credit_for_nobody_known_is_refused_and_what_was_typed_is_kept(world, client):
    sign_in(client, world.carla)
    sent = {**FORM, "people": "dario, nobody-at-all", "occurred_on": ago(2).isoformat()}
    answer = post(client, "/hr/credits/new?lang=en", sent)
    assert answer.status_code == 422
    assert "Nobody is known by: nobody-at-all." in answer.text
    assert "List of attendance no. 17" in answer.text
    with world.firm.database.reading() as session:
        assert session.scalars(select(Approval)).all() == []


def test_a_credit_in_the_future_or_for_oneself_is_refused_whole(world, client):
    sign_in(client, world.carla)
    for people, day in (("dario", ago(-2)), ("dario, carla", ago(2))):
        answer = post(
            client, "/hr/credits/new?lang=en", {**FORM, "people": people, "occurred_on": day.isoformat()}
        )
        assert answer.status_code == 422
    with world.firm.database.reading() as session:
        assert session.scalars(select(Approval)).all() == []


def test_the_log_is_filtered_by_kind_person_and_day(world, client):
    sign_in(client, world.felix)
    page = words(get(client, "/audit?kind=Certified&person=S-mia"))
    assert "period:annual-confidentiality:1" in page
    assert "No entry fits" in words(get(client, "/audit?person=nobody-at-all"))
    assert "No entry fits" in words(get(client, "/audit?on=2001-01-01"))
    joined = words(get(client, f"/audit?kind=EmploymentRecorded&on={ago(500)}"))
    assert "Mia" in joined
    assert "Ana" not in joined


def test_the_log_is_read_page_by_page(world, client):
    sign_in(client, world.felix)
    seen, url = [], "/audit?kind=StandingChanged"
    while url:
        page = get(client, url)
        seen += re.findall(r"<dt>Entry</dt>\s*<dd>\s*<code>([^<]+)</code>", page)
        following = re.search(r'href="([^"]+)" rel="next"', page)
        url = html.unescape(following[1]) if following else None
    assert len(seen) == len(set(seen)) > 5


def test_the_log_s_page_tells_how_the_last_verification_ended(world, client):
    sign_in(client, world.felix)
    assert "has not been verified here yet" in words(get(client, "/audit"))
    world.firm.seal(ago(0), "00:20")
    with world.firm.database.reading() as session:
        verdict = verify_log(session, Keyring([KEY.public_key()]))
    with world.firm.doing(ago(0), "00:30") as session:
        note_verdict(session, verdict, ago_instant(0))
    assert "nothing is wrong" in words(get(client, "/audit"))
    with world.firm.database.reading() as session:
        damaged = verify_log(session, Keyring([]))
    with world.firm.doing(ago(0), "00:40") as session:
        note_verdict(session, damaged, ago_instant(0))
    page = words(get(client, "/audit"))
    assert "found the log damaged" in page
    assert "signature_bad" in page


def test_a_checkpoint_is_handed_out_as_it_was_signed(world, client):
    world.firm.seal(ago(0), "00:20")
    sign_in(client, world.felix)
    url = re.search(r'href="(/audit/checkpoints/\d+\.txt)"', get(client, "/audit"))[1]
    answer = client.get(url)
    note = parse_signed_note(answer.text)
    assert Keyring([KEY.public_key()]).signature_is_good(note)
    assert client.get("/audit/checkpoints/999999.txt").status_code == 404
    sign_in(client, world.carla)
    assert client.get(url).status_code == 403
