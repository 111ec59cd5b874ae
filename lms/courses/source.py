"""Courses, lessons and handbook sections from authored files, with all their problems. Pure."""

from dataclasses import dataclass
from datetime import date

from lms.core.authored import Mapping, place_of, read_yaml
from lms.core.authored_page import Page, read_page
from lms.core.authored_schema import Fields
from lms.core.authored_values import Sheet, read_id
from lms.core.markdown_check import Outline, inspect
from lms.core.problems import Problem
from lms.core.text import Language, Words

TAKEAWAY_LIMIT = 8000


@dataclass(frozen=True, slots=True)
class CourseSource:
    """A course.yml; `lessons` are ids in their order, `links` those of the takeaway."""

    path: str
    id: str
    title: Words | None
    summary: Words | None
    owner: str
    objectives: tuple[tuple[str, Words | None], ...]
    lessons: tuple[str, ...]
    takeaway: Words | None
    quiz: str
    retired: bool
    outlines: tuple[tuple[Language, Outline], ...]
    root: Mapping


@dataclass(frozen=True, slots=True)
class Citation:
    """A real rule that a lesson relies on."""

    name: str
    issuer: str
    year: int
    article: str
    checked_on: date | None


@dataclass(frozen=True, slots=True)
class LessonSource:
    """One language of a lesson."""

    page: Page
    minutes: int
    objectives: tuple[str, ...]
    checks: tuple[str, ...]
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class SectionSource:
    """One language of a handbook section."""

    page: Page
    keywords: tuple[str, ...]
    may_depart: str


def read_course(path: str, data: bytes) -> tuple[CourseSource | None, list[Problem]]:
    """Read a course.yml."""
    text, found = read_yaml(path, data)
    if text is None:
        return None, found
    sheet = Sheet(path, found)
    fields = Fields(sheet, text.root, "@course")
    takeaway = fields.words("takeaway", required=False, limit=TAKEAWAY_LIMIT)
    course = CourseSource(
        path=path,
        id=fields.id("course"),
        title=fields.words("title", limit=120),
        summary=fields.words("summary", limit=1000),
        owner=fields.id("owner"),
        objectives=_objectives(sheet, fields),
        lessons=fields.ids("lessons"),
        takeaway=takeaway,
        quiz=fields.id("quiz", required=False),
        retired=fields.flag("retired", default=False),
        outlines=_takeaway_outlines(sheet, text.root, takeaway),
        root=text.root,
    )
    fields.close()
    return course, found


def _objectives(sheet: Sheet, fields: Fields) -> tuple[tuple[str, Words | None], ...]:
    found = []
    for name, value in fields.pairs("objectives"):
        entry = Fields(sheet, value, f"@objective {name.text}", name.place)
        found.append((read_id(sheet, name), entry.words_here(limit=400)))
        entry.close()
    return tuple(found)


def _takeaway_outlines(
    sheet: Sheet, root: Mapping, takeaway: Words | None
) -> tuple[tuple[Language, Outline], ...]:
    if takeaway is None:
        return ()
    found: list[tuple[Language, Outline]] = []
    languages: tuple[Language, Language] = ("zh", "en")
    for language in languages:
        line, column = place_of(root, "takeaway", language)
        found.append((language, inspect(sheet, takeaway.said_in(language), (line + 1, column + 2))))
    return tuple(found)


def read_lesson(path: str, data: bytes) -> tuple[LessonSource | None, list[Problem]]:
    """Read one language of a lesson."""
    reading, found = read_page(path, data)
    if reading is None:
        return None, found
    fields = reading.fields
    lesson = LessonSource(
        page=reading.page,
        minutes=fields.whole("minutes", 1, 120),
        objectives=fields.ids("objectives"),
        checks=fields.ids("checks", required=False),
        citations=_citations(fields),
    )
    fields.close()
    return lesson, found


def _citations(fields: Fields) -> tuple[Citation, ...]:
    found = []
    for entry in fields.records("sources", "source", required=False):
        found.append(
            Citation(
                name=entry.text("name", limit=200),
                issuer=entry.text("issuer", limit=200),
                year=entry.whole("year", 1900, 2200),
                article=entry.text("article", required=False, limit=200),
                checked_on=entry.day("checked_on"),
            )
        )
        entry.close()
    return tuple(found)


def read_section(path: str, data: bytes) -> tuple[SectionSource | None, list[Problem]]:
    """Read one language of a handbook section."""
    reading, found = read_page(path, data)
    if reading is None:
        return None, found
    fields = reading.fields
    keywords = tuple(one.text for one in fields.scalars("keywords", required=False))
    section = SectionSource(reading.page, keywords, fields.text("may_depart", required=False, limit=400))
    fields.close()
    return section, found
