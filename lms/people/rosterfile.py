"""A roster file (CSV) → rows, with every bad line named. Pure.

Columns: staff_number, name_zh, name_en, mail, unit, roles, manager, joined_on, left_on; the order is free,
a column that is left out is left alone.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from lms.core.access import GRANTED_ROLES, Role
from lms.core.errors import Message, message

COLUMNS = ("staff_number", "name_zh", "name_en", "mail", "unit", "roles", "manager", "joined_on", "left_on")
REQUIRED = frozenset({"staff_number", "unit", "joined_on"})
LONGEST_CELL = 254
MOST_ROWS = 20_000
DAY = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", re.ASCII)


@dataclass(frozen=True)
class Problem:
    """What is wrong with a line (counted from 1, the heading included); `column` is empty for the whole."""

    line: int
    column: str
    what: Message


@dataclass(frozen=True)
class Row:
    """One line that could be read; None in a field says that the file has no such column.

    `roles` are exact where given: empty for a blank cell that leaves them alone is None as well.
    """

    line: int
    staff_number: str
    name_zh: str | None
    name_en: str | None
    mail: str | None
    unit: str
    roles: frozenset[Role] | None
    manager: str
    joined_on: date
    left_on: date | None


@dataclass(frozen=True)
class RosterFile:
    """What a file holds; `encoding` says how it was read."""

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]
    encoding: str


def read(data: bytes) -> RosterFile:
    """Read a roster, UTF-8 with or without a mark, else GB18030; every problem is reported at once."""
    text, encoding = decode(data)
    if text is None:
        return RosterFile(
            (), (_at(1, "", message("This file is neither UTF-8 nor GB18030 text.")),), encoding
        )
    table = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        heading = [cell.strip().lower() for cell in next(table, [])]
        problems = list(_against_heading(heading))
        if problems:
            return RosterFile((), tuple(problems), encoding)
        rows: list[Row] = []
        for cells in table:
            if any(cell.strip() for cell in cells):
                _take(rows, problems, table.line_num, heading, cells)
            if len(rows) + len(problems) > MOST_ROWS:
                problems.append(_at(table.line_num, "", message("There are more than 20,000 lines.")))
                break
    except csv.Error as error:
        problem = Problem(table.line_num, "", message("This is not CSV: %(why)s.", why=str(error)))
        return RosterFile((), (problem,), encoding)
    twice = list(_repeated(rows))
    problems.extend(twice)
    lines = {each.line for each in twice}
    rows = [row for row in rows if row.line not in lines]
    return RosterFile(
        tuple(rows), tuple(sorted(problems, key=lambda each: (each.line, each.column))), encoding
    )


def decode(data: bytes) -> tuple[str | None, str]:
    """Return the text and the name of its encoding; no text when it is none of those expected."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text, "UTF-8" if encoding == "utf-8-sig" else "GB18030"
    return None, ""


def _delimiter(text: str) -> str:
    heading = text.split("\n", 1)[0]
    return max(",;\t", key=heading.count)


def _against_heading(heading: list[str]) -> Iterator[Problem]:
    if not any(heading):
        yield _at(1, "", message("The file is empty: its first line names the columns."))
        return
    for name in heading:
        if name not in COLUMNS:
            known = ", ".join(COLUMNS)
            what = message("There is no column %(name)s. The columns are: %(known)s.", name=name, known=known)
            yield Problem(1, name, what)
        elif heading.count(name) > 1:
            yield Problem(1, name, message("The column %(name)s is there twice.", name=name))
    for name in COLUMNS:
        if name in REQUIRED and name not in heading:
            yield Problem(1, name, message("The column %(name)s is missing.", name=name))
    if "name_zh" not in heading and "name_en" not in heading:
        yield _at(1, "name_zh", message("A column for the names is missing."))


def _take(rows: list[Row], problems: list[Problem], line: int, heading: list[str], cells: list[str]) -> None:
    if len(cells) > len(heading) and any(cell.strip() for cell in cells[len(heading) :]):
        problems.append(_at(line, "", message("This line has more cells than the heading.")))
        return
    values = {name: cell.strip() for name, cell in zip(heading, [*cells, *[""] * len(heading)], strict=False)}
    found = list(_against_cells(line, values))
    roles, unknown = _roles(values.get("roles", ""))
    for each in unknown:
        known = ", ".join(role.value for role in Role)
        what = message("There is no role %(name)s. The roles are: %(known)s.", name=each, known=known)
        found.append(Problem(line, "roles", what))
    joined_on, left_on = _day(values["joined_on"]), _day(values.get("left_on", ""))
    problems.extend(found)
    if found or joined_on is None:
        return
    rows.append(
        Row(
            line=line,
            staff_number=values["staff_number"],
            name_zh=values.get("name_zh"),
            name_en=values.get("name_en"),
            mail=values["mail"].lower() if "mail" in values else None,
            unit=values["unit"],
            roles=roles,
            manager=values.get("manager", ""),
            joined_on=joined_on,
            left_on=left_on,
        )
    )


def _against_cells(line: int, values: Mapping[str, str]) -> Iterator[Problem]:
    for name, value in values.items():
        if len(value) > LONGEST_CELL:
            yield _at(line, name, message("This cell is too long."))
        elif not value.isprintable():
            yield _at(line, name, message("There are characters here that cannot be shown."))
        elif not value and name in REQUIRED:
            yield _at(line, name, message("This cell is empty."))
        elif name in {"joined_on", "left_on"} and value and _day(value) is None:
            yield _at(line, name, message("This is not a day; write it like 2026-03-31."))
    first, last = _day(values["joined_on"]), _day(values.get("left_on", ""))
    if first and last and last < first:
        yield _at(line, "left_on", message("The last day lies before the first."))


def _day(text: str) -> date | None:
    found = DAY.fullmatch(text)
    if found is None:
        return None
    try:
        return date(*(int(part) for part in found.groups()))
    except ValueError:
        return None


def _roles(text: str) -> tuple[frozenset[Role] | None, list[str]]:
    words = [word.strip().lower().replace(" ", "_") for word in re.split("[;；、]", text) if word.strip()]
    unknown = [word for word in words if word not in set(Role)]
    given = frozenset(Role(word) for word in words if word in set(Role))
    return (given & frozenset(GRANTED_ROLES) if words else None), unknown


def _repeated(rows: list[Row]) -> Iterator[Problem]:
    """Name lines about the same employment; a number given again is the comparison's business."""
    first: dict[tuple[str, date], int] = {}
    for row in rows:
        line = first.setdefault((row.staff_number, row.joined_on), row.line)
        if line != row.line:
            what = message(
                "Staff number %(number)s is in line %(line)s as well.", number=row.staff_number, line=line
            )
            yield Problem(row.line, "staff_number", what)


def _at(line: int, column: str, what: Message) -> Problem:
    return Problem(line, column, what)
