"""The one writer of exports: nothing in a file runs, a day is a day, Chinese opens right."""

import csv
import io
import json
from datetime import date

import openpyxl
import pytest

from lms.core.tables import BOM, FORMULA_STARTS, Column, Counted, sheet_name, write

COLUMNS = (Column("name", "姓名"), Column("on", "On"), Column("score", "Score"))
ROWS = [
    {"name": "安娜, “A”", "on": date(2026, 3, 31), "score": 87.5},
    {"name": "", "on": None, "score": 0},
]


def made(form, rows=ROWS, **more):
    file = io.BytesIO()
    write(file, form, COLUMNS, rows, **more)
    return file.getvalue()


def test_csv_begins_with_a_mark_and_holds_days_as_iso():
    text = made("csv").decode()
    assert text.startswith(BOM)
    rows = list(csv.reader(io.StringIO(text.removeprefix(BOM))))
    assert rows == [["姓名", "On", "Score"], ["安娜, “A”", "2026-03-31", "87.5"], ["", "", "0"]]


def test_excel_holds_days_as_days_and_numbers_as_numbers():
    sheet = openpyxl.load_workbook(io.BytesIO(made("xlsx", title="a/b[c]"))).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == ("姓名", "On", "Score")
    assert rows[1][1].date() == date(2026, 3, 31)
    assert rows[1][2] == 87.5
    assert rows[2] == (None, None, 0)
    assert sheet.freeze_panes == "A2"


def test_json_holds_its_head_and_every_row():
    document = json.loads(made("json", head={"report": "x"}))
    assert document == {"report": "x", "rows": [{**ROWS[0], "on": "2026-03-31"}, ROWS[1]]}
    assert json.loads(made("json", rows=[])) == {"rows": []}


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_what_begins_like_a_formula_is_text(start):
    rows = [{"name": f"{start}HYPERLINK(1)", "on": None, "score": None}]
    text = made("csv", rows=rows).decode().removeprefix(BOM)
    assert list(csv.reader(io.StringIO(text, newline="")))[1][0].startswith("'")
    cell = openpyxl.load_workbook(io.BytesIO(made("xlsx", rows=rows))).active["A2"]
    assert cell.data_type == "s"


def test_many_rows_are_written_one_by_one():
    counted = Counted({"name": str(number), "on": None, "score": number} for number in range(3_001))
    assert made("csv", rows=counted).count(b"\r\n") == 3_002
    assert counted.count == 3_001


def test_a_title_becomes_a_sheet_s_name():
    assert sheet_name("a/b[c]:*?") == "a b c"
    assert sheet_name("[]") == "Sheet1"
    assert len(sheet_name("x" * 50)) == 31
