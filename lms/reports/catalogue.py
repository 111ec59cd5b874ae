"""The reports there are: their columns, which are those of the screen and of every file, and their rows."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice
from typing import Any

from sqlalchemy.orm import Session

from lms.certification.rules import Overlay
from lms.core.errors import Message, NotFound, message
from lms.core.tables import Column
from lms.people.queries import people_without_mail
from lms.reports import labels
from lms.reports.presenting import Words, instant_text, percent
from lms.reports.queries import Page, attempt_rows, certificate_rows, lines, people_rows
from lms.reports.queries.lines import key_of
from lms.reports.rules import LATE_STATES, Line, Question, is_soon


class Kind(StrEnum):
    """How a cell is shown."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    STATE = "state"


@dataclass(frozen=True)
class Field:
    """A column: its stable name, its heading, how its cells are shown, whether they hardly repeat."""

    key: str
    heading: Message
    kind: Kind = Kind.TEXT
    is_unique: bool = False


# A row is the key by which paging goes on, the person's id, and the cells in the order of the columns.
Row = tuple[str, Any, tuple[Any, ...]]
Rows = Callable[[Session, Question, Page, Words], Iterator[Row]]


NOTHING_FITS = message("Nothing fits these filters.")


@dataclass(frozen=True)
class Report:
    """One report. `filters` names what it can be narrowed by besides the unit and a text."""

    name: str
    title: Message
    lead: Message
    fields: tuple[Field, ...]
    rows: Rows
    filters: frozenset[str] = frozenset()
    empty: Message = NOTHING_FITS


WHO = (
    Field("name", message("Name")),
    Field("staff_number", message("Staff number"), is_unique=True),
    Field("unit", message("Unit")),
)
STANDING = (
    *WHO,
    Field("programme", message("Programme")),
    Field("state", message("State"), Kind.STATE),
    Field("since", message("Since"), Kind.DATE),
    Field("due_on", message("Due on"), Kind.DATE),
    Field("valid_until", message("Valid through"), Kind.DATE),
    Field("grace_until", message("Grace through"), Kind.DATE),
    Field("overlays", message("Besides")),
)


def _standing_cells(line: Line, words: Words) -> tuple[Any, ...]:
    return (
        words.name(line.name_zh, line.name_en), line.staff_number, words.units[line.unit_id],
        words.programmes[line.programme], line.state, line.since, line.due_on, line.valid_until,
        line.grace_until, words.overlays[line.overlays] if line.overlays else "",
    )  # fmt: skip


def standing_rows(session: Session, question: Question, page: Page, words: Words) -> Iterator[Row]:
    """Yield standings by staff number and programme."""
    for line in lines(session, question, page):
        person_id = str(line.person_id)
        yield f"{person_id}~{line.programme}", person_id, _standing_cells(line, words)


def due_rows(session: Session, question: Question, page: Page, words: Words) -> Iterator[Row]:
    """Yield standings on which something must be done within 30 days, the nearest first."""
    found = sorted(lines(session, replace(question, soon=True)), key=_due_order)
    if page.after:
        start = next(
            (i for i, line in enumerate(found, 1) if key_of(line.person_id, line.programme) == page.after), 0
        )
        found = found[start:]
    for line in islice(found, page.limit):
        days = (line.deadline - question.asked.as_of).days if line.deadline else None
        who = (words.name(line.name_zh, line.name_en), line.staff_number, words.units[line.unit_id])
        what = (words.programmes[line.programme], line.state, line.deadline, days)
        yield key_of(line.person_id, line.programme), str(line.person_id), (*who, *what)


def unmailed_rows(session: Session, question: Question, page: Page, words: Words) -> Iterator[Row]:
    """Yield what people without an e-mail address must do: due within 30 days or late, by unit and staff number."""
    unmailed = people_without_mail(session)
    asked = question.asked
    found = [
        line
        for line in lines(session, question)
        if line.person_id in unmailed
        and (is_soon(line, asked) or line.state in LATE_STATES)
        and Overlay.ON_LEAVE.value not in line.overlays.split()
    ]
    found.sort(key=lambda line: (words.units[line.unit_id], line.staff_number, line.programme))
    keys = [key_of(line.person_id, line.programme) for line in found]
    start = keys.index(page.after) + 1 if page.after in keys else 0
    for line in islice(found, start, None if page.limit is None else start + page.limit):
        who = (words.name(line.name_zh, line.name_en), line.staff_number, words.units[line.unit_id])
        what = (
            words.programmes[line.programme],
            line.state,
            line.deadline or line.valid_until or line.due_on,
        )
        yield key_of(line.person_id, line.programme), str(line.person_id), (*who, *what)


def _due_order(line: Line) -> tuple[Any, ...]:
    return line.deadline, line.staff_number, line.person_id.hex, line.programme


def person_cells(session: Session, question: Question, page: Page, words: Words) -> Iterator[Row]:
    """Yield those employed, by staff number."""
    yes, no = words.say(labels.YES), words.say(labels.NO)
    for row in people_rows(session, question, page):
        person_id = str(row.person_id)
        who = (words.name(row.name_zh, row.name_en), row.staff_number, words.units[row.unit_id])
        yield person_id, person_id, (*who, row.joined_on, row.left_on, yes if row.on_leave else no)


def certificate_cells(session: Session, question: Question, page: Page, words: Words) -> Iterator[Row]:
    """Yield certificates, the newest first."""
    yes, no = words.say(labels.YES), words.say(labels.NO)
    for row in certificate_rows(session, question, page):
        who = (words.name(row.name_zh, row.name_en), row.staff_number, words.units[row.unit_id])
        what = (
            words.programmes[row.programme],
            row.number,
            row.completed_on,
            row.valid_from,
            row.valid_until,
        )
        yield str(row.id), str(row.person_id), (*who, *what, yes if row.superseded else no)


def attempt_cells(session: Session, question: Question, page: Page, words: Words) -> Iterator[Row]:
    """Yield attempts handed in, the newest first."""
    passed = {True: words.say(labels.PASSED), False: words.say(labels.NOT_PASSED), None: ""}
    for row in attempt_rows(session, question, page):
        who = (words.name(row.name_zh, row.name_en), row.staff_number, words.units[row.unit_id])
        handed_in = instant_text(row.submitted_at, words.zone)
        what = (words.targets[row.quiz_id], row.number, handed_in and handed_in.strftime("%Y-%m-%d %H:%M"))
        result = (words.attempts[row.state], percent(row.score), passed[row.passed], row.credited_on)
        yield str(row.id), str(row.person_id), (*who, *what, *result)


REPORTS: Mapping[str, Report] = {
    each.name: each
    for each in (
        Report(
            "standings", message("Standings"), message("Who stands how in which programme."), STANDING,
            standing_rows, frozenset({"programme", "state"}),
        ),
        Report(
            "due", message("Due in 30 days"),
            message("What must be done in the next 30 days to get or to keep a certificate, the nearest first."),
            (
                *WHO, Field("programme", message("Programme")), Field("state", message("State"), Kind.STATE),
                Field("deadline", message("Last day"), Kind.DATE), Field("days", message("Days left"), Kind.NUMBER),
            ),
            due_rows, frozenset({"programme"}), message("Nothing is due in the next 30 days."),
        ),
        Report(
            "without-mail", message("To be told on paper"),
            message("What people without e-mail must do: due within 30 days, or late. Print it, hand it out."),
            (
                *WHO, Field("programme", message("Programme")), Field("state", message("State"), Kind.STATE),
                Field("deadline", message("Last day"), Kind.DATE),
            ),
            unmailed_rows, frozenset({"programme"}), message("Nobody without e-mail has to be told anything."),
        ),
        Report(
            "people", message("People"), message("Everybody employed on the day."),
            (
                *WHO, Field("joined_on", message("Joined"), Kind.DATE),
                Field("left_on", message("Last day"), Kind.DATE),
                Field("on_leave", message("On leave")),
            ),
            person_cells,
        ),
        Report(
            "certificates", message("Certificates"), message("Every certificate issued, the newest first."),
            (
                *WHO, Field("programme", message("Programme")), Field("number", message("Number"), is_unique=True),
                Field("completed_on", message("Completed on"), Kind.DATE),
                Field("valid_from", message("Valid from"), Kind.DATE),
                Field("valid_until", message("Valid through"), Kind.DATE),
                Field("superseded", message("Superseded")),
            ),
            certificate_cells, frozenset({"programme"}), message("No certificate has been issued."),
        ),
        Report(
            "attempts", message("Attempts"), message("Quizzes and examinations handed in, the newest first."),
            (
                *WHO, Field("target", message("Quiz or examination")), Field("number", message("Attempt"), Kind.NUMBER),
                Field("submitted_at", message("Handed in")), Field("state", message("State")),
                Field("score_percent", message("Score in per cent"), Kind.NUMBER),
                Field("outcome", message("Outcome")), Field("credited_on", message("Credited on"), Kind.DATE),
            ),
            attempt_cells,
        ),
    )
}  # fmt: skip


def report_named(name: str) -> Report:
    """Return a report.

    Raises NotFound.
    """
    if name not in REPORTS:
        raise NotFound
    return REPORTS[name]


def columns(report: Report, words: Words, form: str) -> list[Column]:
    """Return the columns of a file; JSON has the person's id beside them."""
    found = [Column(each.key, words.say(each.heading)) for each in report.fields]
    return [Column("person", "person"), *found] if form == "json" else found


def written(report: Report, rows: Iterator[Row], words: Words, form: str) -> Iterator[tuple[Any, ...]]:
    """Yield rows for files, by column: what the screen says, days as days; JSON has states as codes."""
    if form == "json":
        return ((person_id, *cells) for _, person_id, cells in rows)
    state = next((i for i, each in enumerate(report.fields) if each.kind is Kind.STATE), None)
    if state is None:
        return (cells for _, _, cells in rows)
    return ((*cells[:state], words.states[cells[state]], *cells[state + 1 :]) for _, _, cells in rows)


def head(report: Report, question: Question, unit: str | None) -> dict[str, Any]:
    """Return what a JSON file says besides its rows; a text searched for may be a name and is left out."""
    known = question.asked.known_at
    return {
        "report": report.name,
        "as_of": question.asked.as_of.isoformat(),
        "known_at": known.isoformat() if known else None,
        "unit": unit,
        "programme": question.programme or None,
        "states": sorted(question.states),
    }
