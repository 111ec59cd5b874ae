"""`lms people`: the same roster, list and tokens from the command line."""

import json
from datetime import timedelta

import pytest

from lms import cli
from lms.core import clock
from lms.people import queries
from lms.people.models import Identity


@pytest.fixture
def lms(settings, database, monkeypatch, capsys):
    """Run the command on the test's database; return status, output and complaints."""
    monkeypatch.setenv("LMS_INSTANCE", str(settings.instance))
    monkeypatch.setenv("LMS_DATABASE_URL", settings.url)
    monkeypatch.setenv("LMS_SECRET_KEY", settings.secret_key)

    def run(*words):
        status = cli.main([str(word) for word in words])
        out, err = capsys.readouterr()
        return status, out, err

    return run


def counted_people(database):
    with database.reading() as session:
        return session.query(Identity).count()


ROSTER = """staff_number,name_zh,name_en,unit,roles,manager,joined_on
7,七,Seven,Firm/East,author,8,2026-01-05
8,八,Eight,Firm,,,2026-01-05
"""


def test_a_dry_run_tells_and_changes_nothing_the_import_does_it_once(lms, database, tmp_path):
    file = tmp_path / "roster.csv"
    file.write_bytes(ROSTER.encode("gb18030"))
    status, out, err = lms("people", "import", file, "--dry-run")
    assert (status, counted_people(database)) == (0, 0)
    assert "line 2: joins 2026-01-05" in out
    assert "unit to be made: Firm/East" in out
    assert "GB18030" in err
    assert lms("people", "import", file)[0] == 0
    assert counted_people(database) == 2
    status, out, _ = lms("people", "import", file, "--json")
    assert (status, json.loads(out)["steps"]) == (0, [])


def test_a_bad_line_is_named_and_the_status_is_1(lms, database, tmp_path):
    file = tmp_path / "roster.csv"
    file.write_text(ROSTER + "9,,,Firm,,,2026-01-05\n", encoding="utf-8")
    status, out, _ = lms("people", "import", file)
    assert (status, counted_people(database)) == (1, 0)
    assert "line 4, name_zh: " in out


def test_people_are_listed_and_shown(lms, cast):
    listed = json.loads(lms("people", "list", "--json")[1])
    assert {each["username"] for each in listed} >= {"ana", "bruno", "carla", "dario"}
    assert "S-ana\tana\tana中\tAna\tNorth unit" in lms("people", "list", "--find", "ana")[1]
    shown = json.loads(lms("people", "show", "S-ana", "--json")[1])
    assert (shown["username"], shown["facts"][0]["kind"]) == ("ana", "join")
    status, _, err = lms("people", "show", "nobody")
    assert (status, bool(err)) == (1, True)


def test_a_command_acts_within_the_rights_of_whom_it_acts_as(lms, cast, tmp_path):
    file = tmp_path / "roster.csv"
    file.write_text(ROSTER, encoding="utf-8")
    assert lms("--as", "dario", "people", "import", file)[0] == 1
    assert lms("--as", "felix", "people", "import", file)[0] == 1
    assert lms("--as", "felix", "people", "list")[0] == 0
    assert lms("--as", "carla", "people", "import", file)[0] == 0
    assert lms("--as", "carla", "people", "token", "ana", "--scope", "people:read", "--label", "x")[0] == 1


def test_a_token_opens_what_its_scopes_say_until_it_expires(lms, database, cast):
    status, out, _ = lms(
        "--as", "admin", "people", "token", "carla", "--scope", "people:read", "--label", "HR", "--days", 2
    )
    assert status == 0
    now = clock.now()
    with database.reading() as session:
        actor = queries.actor_of_token(session, out.strip(), now)
        assert (actor.person_id, actor.scopes, actor.credential) == (cast.carla, {"people:read"}, "token")
        assert queries.actor_of_token(session, out.strip(), now + timedelta(days=2)) is None
        assert queries.actor_of_token(session, "other", now) is None
