"""Thousands of rows as HTML in little time: what repeats is rendered once, by the template that escapes it."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any
from uuid import UUID

from flask import current_app, url_for
from markupsafe import escape

from lms.reports import labels
from lms.reports.catalogue import Field, Kind, Report, Row
from lms.reports.presenting import Memo, Words
from lms.reports.rules import Figure, Overview, Tally
from lms.reports.views.blueprint import moment
from lms.web.pages import day
from lms.web.templating import number, stacked

Paint = Callable[[Any], str]
# The address of a unit or a programme, what it is called, how deep it lies, what is counted of it.
Counted = tuple[str, str, int, Tally]
INDENTS = ("0", "3", "4", "5")
MARK = "\0"  # which no text holds: it parts the pieces of a row


def painted(report: Report, rows: Iterable[Row], words: Words) -> str:
    """Return rows as HTML: the name links to the person's page."""
    module: Any = _module()
    paints = [_paint(each, words.say(each.heading), module) for each in report.fields[1:]]
    address = person_addresses()
    before_url, before_name, before_cells, end = str(module.row(MARK, MARK, MARK)).split(MARK)
    parts: list[str] = []
    for _key, person, cells in rows:
        parts += (before_url, escape(address(person)), before_name, escape(cells[0]), before_cells)
        parts += [paint(value) for paint, value in zip(paints, cells[1:], strict=True)]
        parts.append(end)
    return "".join(parts)


def tallied(rows: Iterable[Counted], whole: Overview, words: Words) -> str:
    """Return units or programmes with their figures and a bar, as HTML; the longest bar is the whole."""
    module: Any = _module()
    pieces = str(module.tally(*[MARK] * 5)).split(MARK)
    openings = [(each, _opening(module, "number", words.say(labels.FIGURES[each]))) for each in Figure]
    drawn = [str(module.piece(tone, MARK, MARK)).split(MARK) for _, tone in labels.PARTS.values()]
    parts: list[str] = []
    for url, label, depth, tally in rows:
        numbers = [f"{opening}{escape(number(tally.figures[each]))}</td>" for each, opening in openings]
        bar = []
        for place, begins, width in stacked(tally.bar, whole.whole.total or 1):
            before, between, end = drawn[place]
            bar.append(f"{before}{begins}{between}{width}{end}")
        filled = (INDENTS[min(depth, 3)], escape(url), escape(label), "".join(numbers), "".join(bar))
        parts += [part for pair in zip(pieces, filled, strict=False) for part in pair]
        parts.append(pieces[-1])
    return "".join(parts)


def person_addresses() -> Callable[[object], str]:
    """Return what gives the address of a person's page, on the day and by the knowledge asked about."""
    return addresses("reports.person", "person_id", **moment())


def addresses(endpoint: str, name: str, **kept: Any) -> Callable[[object], str]:
    """Return what gives addresses that differ in one id only."""
    nobody = str(UUID(int=0))
    values: dict[str, Any] = {**kept, name: nobody}
    before, _, after = url_for(endpoint, **values).partition(nobody)
    return lambda wanted: f"{before}{wanted}{after}"


def _module() -> Any:
    return current_app.jinja_env.get_template("reports/cells.html").make_module()


def _opening(module: Any, kind: str, label: str) -> str:
    return str(module.cell(kind, label, MARK)).partition(MARK)[0]


def _paint(field: Field, label: str, module: Any) -> Paint:
    """Return what renders the cells of a column."""
    opening = _opening(module, field.kind.value, label)
    if field.is_unique:
        return lambda value: f"{opening}{escape(value)}</td>"

    def once(value: Any) -> str:
        if value is None or value == "":
            return str(module.blank(field.kind.value))
        shown = day(value) if field.kind is Kind.DATE and isinstance(value, date) else value
        return f"{opening}{module.state(value) if field.kind is Kind.STATE else escape(shown)}</td>"

    return Memo(once).__getitem__
