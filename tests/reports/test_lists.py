"""Lists, figures and files on a database: equal to each other, to the facts, and true when the sweep is behind."""

import csv
import html
import io
import re
from dataclasses import replace
from datetime import timedelta

import openpyxl
import pytest

from lms.people.actions import change_identity
from lms.reports import queries
from lms.reports.queries.lines import _derived
from lms.reports.rules import Asked, Figure, Question
from tests.factories import sign_in
from tests.reports.firm import ago, ago_instant
from tests.statements import counted

TODAY = ago(0)


def cells(text):
    """The rows of the page's table: words only."""
    body = text.split("<tbody", 1)[1].split("</tbody>", 1)[0] if "<tbody" in text else ""
    rows = re.findall(r"<tr role=\"row\">(.*?)</tr>", body, re.S)
    return [
        [
            html.unescape(re.sub(r"<[^>]+>", "", cell)).strip()
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)
        ]
        for row in rows
    ]


def get(client, path):
    answer = client.get(path + ("&" if "?" in path else "?") + "lang=en")
    assert answer.status_code == 200, path
    return answer.text


def files_of(client, path):
    name, _, query = path.partition("?")
    data = client.get(f"{name}.csv?{query}&lang=en").data
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{name}.xlsx?{query}&lang=en").data))
    sheet = [[plain(cell) for cell in row] for row in book.active.iter_rows(values_only=True)]
    return rows, sheet, client.get(f"{name}.json?{query}&lang=en").get_json()


def plain(cell):
    if hasattr(cell, "date"):
        return cell.date().isoformat()
    return "" if cell is None else str(cell)


def test_each_number_is_the_length_of_the_list_behind_it(world, client):
    sign_in(client, world.carla)
    page = get(client, "/hr")
    shown = re.findall(
        r'figure-number[^"]*">([\d,]+)</span>\s*<span class="figure-label">\s*<a href="([^"]+)">([^<]+)', page
    )
    assert [name for _, _, name in shown][:5] == [
        "Certified",
        "Due in 30 days",
        "Overdue",
        "Lapsed",
        "Waived",
    ]
    assert [int(number) for number, _, _ in shown][:5] == [5, 4, 1, 1, 0]
    for number, url, name in shown:
        assert len(cells(get(client, html.unescape(url)))) == int(number), name


def test_the_overview_takes_six_statements_whatever_the_number_of_people(world, client):
    sign_in(client, world.carla)
    found = []
    for _ in range(2):
        client.get("/hr")
        with counted(world.firm.database) as seen:
            client.get("/hr")
        found.append(len(seen))
        for number in range(3):
            world.firm.hire(f"more{len(found)}{number}", ago(9), world.south)
    assert found == [6, 6]


@pytest.mark.parametrize(
    "path",
    [
        "/hr/reports/standings",
        "/hr/reports/due",
        "/hr/reports/people",
        "/team",
        "/hr/reports/standings?as_of=",
    ],
)
def test_statements_do_not_grow_with_people(world, client, path):
    path = path + (ago(30).isoformat() if path.endswith("=") else "")
    sign_in(client, world.bruno if path == "/team" else world.carla)
    found = []
    for _ in range(2):
        client.get(path)
        with counted(world.firm.database) as seen:
            client.get(path)
        found.append(len(seen))
        for number in range(3):
            world.firm.hire(f"more{len(found)}{number}", ago(9), world.north)
    assert found[0] == found[1]
    if "as_of" not in path:
        assert found[0] <= 6


def test_a_list_is_true_while_the_sweep_is_behind(world):
    with world.firm.database.reading() as session:
        for days in (0, 5, 40, 200, 800):
            day = TODAY + timedelta(days=days)
            question = Question(Asked(day, day))
            live = list(queries.lines(session, question))
            derived = list(_derived(session, question))
            shown = [each._replace(next_change_on=None, certificate="") for each in live]
            assert shown == derived
            tree = queries.tree_of(session)
            counts, coming, changed = queries.overview_of(session, question, tree)
            assert counts.whole.total == len(live)
            narrowed = list(queries.lines(session, replace(question, soon=True)))
            assert counts.whole.figures[Figure.DUE] == len(narrowed)
            assert [each.deadline for each in coming] == sorted(each.deadline for each in coming)
            assert len(changed) == min(8, sum(counts.moved.values()))


def test_another_day_is_answered_as_it_was(world, client):
    sign_in(client, world.carla)
    before = cells(get(client, f"/hr/reports/standings?as_of={ago(150)}&q=S-mia"))
    assert [row[4] for row in before] == ["Renewal open", "Certified"]
    assert [row[4] for row in cells(get(client, "/hr/reports/standings?q=S-mia"))] == ["Lapsed", "Certified"]
    assert "Dario" not in get(client, f"/hr/reports/people?as_of={ago(150)}")
    assert "for" in get(client, f"/hr?as_of={ago(150)}")


def test_what_was_not_sealed_by_then_was_not_known(world, client):
    world.firm.seal(ago(0), "00:20")
    sign_in(client, world.carla)
    world.firm.renew(world.ana, ago(1))
    now = cells(get(client, "/hr/reports/standings?q=S-ana&programme=annual-confidentiality"))
    then = cells(
        get(client, f"/hr/reports/standings?q=S-ana&programme=annual-confidentiality&known_at={ago(0)}T00:20")
    )
    assert [row[4] for row in (*now, *then)] == ["Certified", "Renewal open"]


def test_an_instant_after_the_last_checkpoint_is_refused(world, client):
    sign_in(client, world.carla)
    assert client.get("/hr?known_at=2099-01-01T00:00").status_code == 422
    assert client.get(f"/hr?as_of={TODAY + timedelta(days=1)}").status_code == 422
    assert client.get("/hr?as_of=yesterday").status_code == 422


@pytest.mark.parametrize("as_of", ["", "&as_of="])
def test_pages_hold_every_row_once(world, client, as_of):
    sign_in(client, world.carla)
    query = as_of + (ago(2).isoformat() if as_of else "")
    for name in ("standings", "people", "due", "certificates"):
        whole = cells(get(client, f"/hr/reports/{name}?{query}"))
        found, url = [], f"/hr/reports/{name}?limit=2{query}"
        while url:
            page = get(client, url)
            found += cells(page)
            following = re.search(r'href="([^"]+)" rel="next"', page)
            url = html.unescape(following[1]) if following else None
        assert found == whole, name
        assert len(whole) > 3, name


def test_a_unit_stands_for_itself_and_those_below(world, client):
    sign_in(client, world.carla)
    north = {row[1] for row in cells(get(client, f"/hr/reports/people?unit={world.north}"))}
    assert north == {"S-ana", "S-bruno", "S-mia"}
    assert len(cells(get(client, f"/hr/reports/people?unit={world.firm.unit}"))) == 7
    states = "state=lapsed&state=overdue"
    assert {row[1] for row in cells(get(client, f"/hr/reports/standings?{states}"))} == {"S-mia", "S-dario"}


def test_files_hold_the_rows_and_columns_of_the_screen(world, client):
    sign_in(client, world.carla)
    for name in ("standings", "due", "people", "certificates"):
        path = f"/hr/reports/{name}?unit={world.north}"
        page = get(client, path)
        head = [html.unescape(each) for each in re.findall(r'<th scope="col"[^>]*>([^<]+)</th>', page)]
        rows, sheet, document = files_of(client, path)
        assert rows[0] == head
        assert sheet == rows
        screen = cells(page)
        assert len(rows) - 1 == len(screen) == len(document["rows"]) > 0
        for shown, row in zip(screen, rows[1:], strict=True):
            assert [cell for cell in row if not re.match(r"\d{4}-\d\d-\d\d", cell)] == [
                cell for cell in shown if not re.match(r"\d+ \w+ \d{4}", cell)
            ]
        assert document["report"] == name
        assert document["unit"] == str(world.north)


def test_an_export_is_recorded_with_its_rows_and_without_the_text_searched(world, client):
    sign_in(client, world.carla)
    client.get("/hr/reports/people.csv?q=ana").get_data()
    with world.firm.database.reading() as session:
        found = queries.entries(session, queries.LogFilter(kinds=("ReportExported",)))
    assert [(each.payload["rows"], each.payload["form"], each.payload["filters"]) for each in found] == [
        (1, "csv", {})
    ]
    assert found[0].actor_id == world.carla


def test_a_name_like_a_formula_runs_in_no_spreadsheet(world, client):
    with world.firm.doing(ago(0)) as session:
        change_identity(session, world.dario, {"name_en": "=1+2", "name_zh": "=1+2"}, ago_instant(0))
    sign_in(client, world.carla)
    rows, _, _ = files_of(client, "/hr/reports/people?q=S-dario")
    assert rows[1][0] == "'=1+2"
    book = openpyxl.load_workbook(io.BytesIO(client.get("/hr/reports/people.xlsx?q=S-dario").data))
    assert (book.active["A2"].value, book.active["A2"].data_type) == ("=1+2", "s")


def test_a_search_finds_names_in_both_languages_and_takes_signs_for_themselves(world, client):
    sign_in(client, world.carla)
    assert len(cells(get(client, "/hr/reports/people?q=DARIO"))) == 1
    assert len(cells(get(client, "/hr/reports/people?q=mia中"))) == 1
    assert cells(get(client, "/hr/reports/people?q=%25")) == []


@pytest.mark.parametrize("who", ["ana", "bruno", "dario", "fang"])
def test_nobody_else_sees_the_firm(world, client, who):
    sign_in(client, getattr(world, who))
    for path in (
        "/hr",
        "/hr/reports/people",
        "/hr/reports/people.csv",
        "/hr/programmes/onboarding",
        "/audit",
    ):
        assert client.get(path).status_code == 403, path


def test_hr_does_not_read_the_log_and_the_auditor_enters_nothing(world, client):
    sign_in(client, world.carla)
    assert client.get("/audit").status_code == 403
    sign_in(client, world.felix)
    assert client.get("/hr/credits/new").status_code == 403


def test_there_are_no_other_reports(world, client):
    sign_in(client, world.carla)
    assert client.get("/hr/reports/salaries").status_code == 404
    assert client.get("/hr/reports/people.pdf").status_code == 404
