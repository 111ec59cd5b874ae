"""Worked examples as docs/certification.md writes them: a block of facts, then a table of days and answers."""

import re
from dataclasses import dataclass
from datetime import date

from lms.certification.rules import Facts, Standing, status
from tests.certification import making as m

BLOCK = re.compile(r"^### ([^\n]+)\n(.*?)^```facts\n(.*?)^```\n\n((?:\|[^\n]*\n)+)", re.MULTILINE | re.DOTALL)
LINE = re.compile(r"(\w+)(?: (\d{4}-\d\d-\d\d))?(?: to (\d{4}-\d\d-\d\d))?(?: (.*))?")
NONE = "–"
MAKERS = {
    "employed": m.employed, "assigned": m.assigned, "leave": m.on_leave, "excluded": m.excluded, "waived": m.waived,
    "extension": m.extended, "course": m.course, "quiz": m.quiz, "revoked": m.revoked, "finding": m.found,
}  # fmt: skip
RULES = {"yearly": m.programme, "fixed": m.fixed}


@dataclass(frozen=True)
class Example:
    """One example: its facts and, by day, the cells that the table states."""

    name: str
    facts: Facts
    rows: tuple[tuple[date, tuple[str, ...]], ...]


def examples_in(text: str) -> list[Example]:
    """Read every example of a document. Raises ValueError for a line nobody understands."""
    found = []
    for name, _prose, facts, table in BLOCK.findall(text):
        lines = [[cell.strip() for cell in row.strip().strip("|").split("|")] for row in table.splitlines()]
        rows = tuple((date.fromisoformat(cells[0]), tuple(cells[1:])) for cells in lines[2:])
        found.append(Example(name, facts_of(facts), rows))
    return found


def facts_of(text: str) -> Facts:
    """Read a block of facts, one a line: a word, its day, perhaps `to` another, perhaps durations."""
    rows = []
    for line in text.strip().splitlines():
        match = LINE.fullmatch(line.strip())
        if match is None or match[1] not in MAKERS.keys() | RULES.keys():
            raise ValueError(f"nobody understands {line!r}")
        word, first, last, more = match.groups()
        if word in RULES:
            rows.append(RULES[word](**dict(each.split("=") for each in (more or "").split())))
        else:
            rows.append(MAKERS[word](first, *([last] if last else [])))
    return m.facts(*rows)


def cells_of(standing: Standing) -> tuple[str, ...]:
    """Return what a table states of a standing: state, valid from, valid through, due or grace, beside it."""
    last_on = standing.due_on or standing.grace_until
    beside = ", ".join(f"`{each.value}`" for each in sorted(standing.overlays))
    days = (standing.valid_from, standing.valid_until, last_on)
    return (f"`{standing.state.value}`", *(day.isoformat() if day else NONE for day in days), beside or NONE)


def answers(example: Example) -> list[tuple[date, tuple[str, ...]]]:
    """Return the rows as the product answers them."""
    return [(day, cells_of(status(example.facts, day))) for day, _ in example.rows]
