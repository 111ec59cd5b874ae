"""What lessons, agreements and handbook sections have in common: front matter and a Markdown body. Pure."""

from dataclasses import dataclass
from datetime import date

from lms.core.authored import Mapping, Text, read_markdown
from lms.core.authored_schema import Fields
from lms.core.authored_values import Sheet
from lms.core.markdown_check import Outline, outline_of
from lms.core.problems import Problem


@dataclass(frozen=True, slots=True)
class Page:
    """One language of a long text."""

    path: str
    id: str
    title: str
    reviewed_on: date | None
    review_by: date | None
    retired: bool
    body: str
    body_line: int
    outline: Outline
    root: Mapping


@dataclass(frozen=True, slots=True)
class PageReading:
    """A page being read: its common part, and the fields that its slice goes on to ask for."""

    page: Page
    fields: Fields
    sheet: Sheet


def read_page(path: str, data: bytes) -> tuple[PageReading | None, list[Problem]]:
    """Read the common part of a page; the caller asks `fields` for the rest and then closes them.

    Where there is a reading, its sheet holds all problems.
    """
    text, found = read_markdown(path, data)
    if text is None:
        return None, found
    sheet = Sheet(path, found)
    fields = Fields(sheet, text.root, "@front")
    return PageReading(_common(sheet, fields, text), fields, sheet), found


def _common(sheet: Sheet, fields: Fields, text: Text) -> Page:
    reviewed_on, review_by = (
        fields.day("reviewed_on", required=False),
        fields.day("review_by", required=False),
    )
    if reviewed_on and review_by and review_by < reviewed_on:
        sheet.add(fields.at("review_by"), "E118")
    return Page(
        path=text.path,
        id=fields.id("id"),
        title=fields.text("title", limit=120),
        reviewed_on=reviewed_on,
        review_by=review_by,
        retired=fields.flag("retired", default=False),
        body=text.body,
        body_line=text.body_line,
        outline=outline_of(sheet, text),
        root=text.root,
    )
