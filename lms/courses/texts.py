"""Published courses, lessons and checks as the pages use them, read once a publication. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from lms.core.errors import NotFound
from lms.core.versions import Snapshot, Version
from lms.courses.rules import Outline, Parts, RunKind, narrowed
from lms.courses.tables import with_cards
from lms.quizzes.queries.published import blueprint_of, candidates

Both = Mapping[str, str]


@dataclass(frozen=True)
class LessonText:
    """A lesson: `html` by language, `sources` by language with the day each was checked."""

    version_id: int
    course: str
    id: str
    title: Both
    minutes: int
    html: Both
    checks: tuple[str, ...]
    sources: Mapping[str, tuple[Mapping[str, Any], ...]]
    reviewed_on: date | None


@dataclass(frozen=True)
class CourseText:
    """A course with its lessons in order; `takeaway` is the one-page summary's HTML, absent where none.

    `quiz_items` are the items that papers of its quiz may have.
    """

    version_id: int
    id: str
    title: Both
    summary: Both
    objectives: tuple[tuple[str, Both], ...]
    lessons: Mapping[str, LessonText]
    takeaway: Both | None
    quiz: str | None
    quiz_title: Both | None
    quiz_minutes: int
    quiz_items: frozenset[str] = frozenset()

    @property
    def outline(self) -> Outline:
        """What there is to do, for the rules of progress."""
        return Outline(
            {each.id: each.minutes for each in self.lessons.values()}, self.quiz, self.quiz_minutes
        )

    @property
    def minutes(self) -> int:
        """How long all lessons and the quiz take."""
        return sum(each.minutes for each in self.lessons.values()) + self.quiz_minutes

    def outline_of(self, parts: Parts | None) -> Outline:
        """What there is to do in a passage through these parts; without any, through the whole."""
        return narrowed(self.outline, parts, self.quiz_items)

    def lesson(self, lesson_id: str) -> LessonText:
        """Return one of its lessons.

        Raises NotFound, also for a lesson of another course.
        """
        if lesson_id not in self.lessons:
            raise NotFound
        return self.lessons[lesson_id]


def courses_in(snapshot: Snapshot) -> Mapping[str, CourseText]:
    """Return the published courses by id, in the order of their ids."""
    return snapshot.derived("courses.texts", _read_courses)


def course_in(snapshot: Snapshot, course_id: str) -> CourseText:
    """Return a published course.

    Raises NotFound.
    """
    found = courses_in(snapshot).get(course_id)
    if found is None:
        raise NotFound
    return found


def _read_courses(snapshot: Snapshot) -> Mapping[str, CourseText]:
    return {version.content_id: _course(snapshot, version) for version in snapshot.all("course")}


def _course(snapshot: Snapshot, version: Version) -> CourseText:
    body = version.body
    lessons = (snapshot.find("lesson", f"{version.content_id}/{each}") for each in body["lessons"])
    quiz = snapshot.find(RunKind.QUIZ, body["quiz"]) if body["quiz"] else None
    return CourseText(
        version_id=version.id,
        id=version.content_id,
        title=body["title"],
        summary=body["summary"],
        objectives=tuple((each["id"], each["text"]) for each in body["objectives"]),
        lessons={each.body["id"]: _lesson(version.content_id, each) for each in lessons if each},
        takeaway=_shown(body["html"], version.content_id) if body["html"] else None,
        quiz=quiz.content_id if quiz else None,
        quiz_title=quiz.body["title"] if quiz else None,
        quiz_minutes=quiz.body["minutes"] if quiz else 0,
        quiz_items=_items(snapshot, quiz) if quiz else frozenset(),
    )


def _items(snapshot: Snapshot, quiz: Version) -> frozenset[str]:
    """The items that papers of a quiz may have."""
    return frozenset(candidates(snapshot, snapshot.parsed(quiz, blueprint_of)))


def _lesson(course: str, version: Version) -> LessonText:
    body = version.body
    return LessonText(
        version_id=version.id,
        course=course,
        id=body["id"],
        title=body["title"],
        minutes=body["minutes"],
        html=_shown(body["html"], course),
        checks=tuple(body["checks"]),
        sources={
            language: tuple(_source(each) for each in listed) for language, listed in body["sources"].items()
        },
        reviewed_on=_day(body["reviewed_on"]),
    )


def _source(body: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**body, "checked_on": _day(body["checked_on"])}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _shown(html: Both, course: str) -> Both:
    folder = f'src="/courses/{course}/media/'
    return {language: with_cards(text.replace('src="media:', folder)) for language, text in html.items()}
