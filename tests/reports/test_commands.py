"""`lms report`, `lms evaluations`, `lms audit` on a firm of their own."""

import csv
import io
import json

import openpyxl
import pytest
from sqlalchemy import select

from lms.approvals.models import Approval
from lms.audit.chain import parse_signed_note
from lms.cli import main
from lms.jobs import seal_log
from lms.notices.delivery import Surroundings
from lms.reports import queries
from lms.reports.queries import LogFilter
from tests.conftest import SECRET
from tests.factories import sign_in
from tests.reports.firm import ago, ago_instant


@pytest.fixture
def lms(world, settings, monkeypatch, capfdbinary):
    """Runs a command; returns its exit status and what it wrote."""
    environment = {"INSTANCE": str(settings.instance), "DATABASE_URL": settings.url, "SECRET_KEY": SECRET}
    for name, value in environment.items():
        monkeypatch.setenv(f"LMS_{name}", value)

    def run(*arguments):
        capfdbinary.readouterr()
        status = main(list(arguments))
        return status, capfdbinary.readouterr().out

    return run


def recorded(world, kind):
    with world.firm.database.reading() as session:
        return queries.entries(session, LogFilter(kinds=(kind,)))


def test_a_report_is_written_as_on_the_page(world, client, lms):
    sign_in(client, world.carla)
    for name in ("standings", "people", "due"):
        status, out = lms("report", name, "--language", "en", "--unit", "north")
        assert status == 0
        assert out == client.get(f"/hr/reports/{name}.csv?lang=en&unit={world.north}").data
    found = recorded(world, "ReportExported")
    assert {each.actor for each in found} == {"operator", str(world.carla)}


def test_a_report_of_another_day_as_json_and_excel(world, lms, tmp_path):
    _, out = lms("report", "standings", "--as-of", ago(150).isoformat(), "--format", "json")
    document = json.loads(out)
    assert document["as_of"] == ago(150).isoformat()
    mine = {row["programme"]: row["state"] for row in document["rows"] if row["staff_number"] == "S-mia"}
    assert sorted(mine.values()) == ["certified", "renewal_open"]
    assert lms("report", "people", "--format", "xlsx", "--out", str(tmp_path / "x.xlsx"))[0] == 0
    assert len(list(openpyxl.load_workbook(tmp_path / "x.xlsx").active.rows)) == 8


def test_a_report_asks_for_sense_and_for_permission(world, lms):
    assert lms("report", "people", "--unit", "nowhere")[0] == 1
    assert lms("report", "people", "--known-at", "soon")[0] == 1
    assert lms("report", "people", "--as-of", ago(-1).isoformat())[0] == 1
    assert lms("--as", "dario", "report", "people")[0] == 1
    assert lms("--as", "felix", "report", "people")[0] == 0


def test_a_cycle_from_opening_to_the_request_for_its_seal(world, lms):
    first, last = ago(400).isoformat(), ago(30).isoformat()
    assert lms("--as", "carla", "evaluations", "open", "past", "--from", first, "--until", last)[0] == 0
    assert json.loads(lms("evaluations", "list", "--json")[1]) == [
        {"id": "past", "starts_on": first, "ends_on": last, "state": "open"}
    ]
    document = json.loads(lms("evaluations", "export", "past", "--format", "json")[1])
    assert document["seal"] is None
    ana = next(row for row in document["rows"] if row["person"] == str(world.ana))
    assert set(ana) == {"person", "components", "total", "grade"}
    assert set(ana["components"]["certification"]) >= {"score", "weight", "evidence"}
    rows = list(csv.reader(io.StringIO(lms("evaluations", "export", "past")[1].decode("utf-8-sig"))))
    assert len(rows) == len(document["rows"]) + 1
    assert b"4 people" in lms("evaluations", "preview", "past")[1]
    assert lms("evaluations", "seal", "past", "--reason", "Over.")[0] == 1
    assert lms("--as", "felix", "evaluations", "seal", "past", "--reason", "Over.")[0] == 1
    assert lms("--as", "carla", "evaluations", "seal", "past", "--reason", "Over.")[0] == 0
    with world.firm.database.reading() as session:
        asked = session.scalars(select(Approval)).one()
        assert (asked.kind, asked.asker_id) == ("evaluation-seal", world.carla)


def test_the_log_is_verified_and_its_checkpoint_printed(world, settings, lms, tmp_path):
    assert lms("audit", "checkpoint")[0] == 1
    seal_log(Surroundings(world.firm.database, settings), ago_instant(0))
    status, note = lms("audit", "checkpoint")
    assert status == 0
    assert parse_signed_note(note.decode()).size > 100
    (tmp_path / "anchor.txt").write_bytes(note)
    status, out = lms("audit", "verify", "--anchor", str(tmp_path / "anchor.txt"), "--json")
    verdict = json.loads(out)
    assert (status, verdict["holds"], verdict["anchors"]) == (0, True, 1)
    (tmp_path / "anchor.txt").write_text(f"3:{'0' * 64}\n")
    status, out = lms("audit", "verify", "--anchor", str(tmp_path / "anchor.txt"))
    assert status == 1
    assert b"anchor_mismatch" in out
    assert [each.payload["holds"] for each in recorded(world, "LogVerified")] == [False, True]
