"""The one writer of exports: CSV, Excel and JSON of the same rows, and nothing in them that runs.

A cell that a spreadsheet would take for a formula gets a quote in front (CSV) or is written as text
(Excel). CSV is UTF-8 with a byte order mark, so that Excel opens Chinese right.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any

BOM = "\ufeff"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
SHEET_NAME_MOST = 31
ROWS_A_CHUNK = 500

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}


@dataclass(frozen=True)
class Column:
    """A column: its stable name in JSON, its heading in the reader's language."""

    key: str
    heading: str


# By the keys of the columns, or a tuple of cells in their order.
Row = Mapping[str, Any] | tuple[Any, ...]


def _cells(row: Row, columns: Sequence[Column]) -> Sequence[Any]:
    return row if isinstance(row, tuple) else [row.get(column.key) for column in columns]


def plain(value: Any) -> Any:
    """Return a value as every format can hold it; days and instants as ISO text."""
    if value is None:
        return ""
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (list, tuple, set, frozenset)):
        return "; ".join(str(plain(each)) for each in value)
    return str(value)


def harmless(value: Any) -> Any:
    """Return a cell as CSV holds it, which no spreadsheet takes for a formula."""
    if type(value) is date:
        return value.isoformat()
    text = value if type(value) is str else plain(value)
    return f"'{text}" if isinstance(text, str) and text.startswith(FORMULA_STARTS) else text


def csv_chunks(columns: Sequence[Column], rows: Iterable[Row]) -> Iterator[str]:
    """Yield a CSV file in pieces, so that its size does not matter."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write(BOM)
    writer.writerow([harmless(column.heading) for column in columns])
    for number, row in enumerate(rows, 1):
        writer.writerow([harmless(value) for value in _cells(row, columns)])
        if number % ROWS_A_CHUNK == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def write_xlsx(target: IO[bytes], columns: Sequence[Column], rows: Iterable[Row], title: str) -> None:
    """Write an Excel file of one sheet with a fixed head, a row at a time; days are days there, too."""
    import xlsxwriter  # noqa: PLC0415 - heavy, and seldom asked for

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        sheet = book.add_worksheet(sheet_name(title))
        head, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(columns):
            sheet.set_column(place, place, max(12, min(40, len(column.heading) * 2)))
            sheet.write_string(0, place, column.heading, head)
        for line, row in enumerate(rows, 1):
            for place, value in enumerate(_cells(row, columns)):
                if type(value) is date:
                    sheet.write_datetime(line, place, value, day)
                elif value is not None and value != "":
                    sheet.write(line, place, plain(value))


class Counted:
    """Rows that are counted as they go by."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows, self.count = rows, 0

    def __iter__(self) -> Iterator[Row]:
        for row in self._rows:
            self.count += 1
            yield row


def sheet_name(title: str) -> str:
    """Return a title as Excel takes it for a sheet."""
    cleaned = "".join(" " if char in "[]:*?/\\'" else char for char in title).strip()
    return cleaned[:SHEET_NAME_MOST] or "Sheet1"


def json_chunks(columns: Sequence[Column], rows: Iterable[Row], head: Mapping[str, Any]) -> Iterator[str]:
    """Yield a JSON object in pieces: what `head` says, then `rows`."""
    keys = [column.key for column in columns]
    opening = json.dumps(dict(head), ensure_ascii=False)
    yield opening[:-1] + (", " if head else "") + '"rows": ['
    for number, row in enumerate(rows):
        document = dict(zip(keys, _cells(row, columns), strict=True))
        yield (",\n" if number else "\n") + json.dumps(document, ensure_ascii=False, default=plain)
    yield "\n]}\n"


def write(
    file: IO[bytes],
    form: str,
    columns: Sequence[Column],
    rows: Iterable[Row],
    *,
    head: Mapping[str, Any] | None = None,
    title: str = "",
) -> None:
    """Write a table as csv, xlsx or json; `head` goes into JSON, `title` names the sheet of Excel."""
    if form == "xlsx":
        write_xlsx(file, columns, rows, title)
        return
    chunks = csv_chunks(columns, rows) if form == "csv" else json_chunks(columns, rows, head or {})
    for chunk in chunks:
        file.write(chunk.encode())
