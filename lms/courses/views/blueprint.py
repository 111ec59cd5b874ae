"""The blueprint of these pages, and what they share."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Response, request

from lms.core import versions
from lms.core.text import Language
from lms.core.versions import Snapshot
from lms.courses import queries
from lms.courses.rules import Passage, Progress, RunKind, progress
from lms.courses.texts import CourseText
from lms.web import context
from lms.web.access import Pages
from lms.web.pages import language

pages = Pages("courses", __name__, template_folder="../templates")


def texts() -> Snapshot:
    """Return the published texts, as of the publication read with the actor."""
    return versions.snapshot(context.db_session())


def me() -> UUID:
    """Return who learns."""
    return context.actor().person_id


def spoken() -> Language:
    """Return the reader's language."""
    return "zh" if language() == "zh" else "en"


@dataclass(frozen=True)
class Standing:
    """Where the reader stands with a course: the run of the whole, how far it is, where reading stopped.

    `changes` are the open runs of what changed in it with how far they are, oldest first.
    """

    passage: Passage | None
    far: Progress
    places: Mapping[str, int]
    changes: tuple[tuple[Passage, Progress], ...]

    def changed(self, lesson: str) -> bool:
        """Whether a lesson has changed and is still to be read again."""
        return any(
            step.kind == "lesson" and step.id == lesson and not step.done
            for _, far in self.changes
            for step in far.steps
        )


def standing(course: CourseText) -> Standing:
    """Return where the reader stands with a course, in two statements."""
    session = context.db_session()
    found = queries.passages_in(session, me(), course.id)
    passage = found.whole.get((RunKind.COURSE, course.id))
    last_seen, places = queries.places_of(session, me(), course.id)
    changes = [
        (each, progress(course.outline_of(each.parts), each, last_seen)) for each in found.changes(course.id)
    ]
    return Standing(passage, progress(course.outline, passage, last_seen), places, tuple(changes))


def below_root(address: str) -> str:
    """Return an address of this site below the application's own path."""
    return f"{request.script_root}/{address}"


def picture(folder: str, file: str) -> Response:
    """Send a published picture with the content type it was checked for."""
    content_type, data = queries.media_of(context.db_session(), texts(), folder, file)
    return Response(data, content_type=content_type)


def entries(course: CourseText, far: Progress, current: str, url: Any) -> list[dict[str, Any]]:
    """Return the contents of a course: its lessons in order with address, minutes and state."""
    return [
        {
            "label": each.title[spoken()], "url": url(each), "minutes": each.minutes,
            "done": far.is_done(each.id), "current": each.id == current,
        }
        for each in course.lessons.values()
    ]  # fmt: skip
