"""All authored texts of one tree, read and found by id. Pure: a mapping of paths to bytes comes in."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from lms.agreements.source import AgreementSource, read_agreement
from lms.authoring.ids import LockEntry, read_lock
from lms.authoring.media import Media, read_media
from lms.cases.source import CaseSource, DocumentSource, read_case, read_document
from lms.certification.source import ProgrammeSource, read_programme
from lms.certification.source_clearances import ClearancesSource, read_clearances
from lms.core.authored import Place
from lms.core.calendars import CalendarSource, read_calendar
from lms.core.glossary import GlossarySource, read_glossary
from lms.core.problems import Problem, problem
from lms.core.text import Language, Words
from lms.courses.source import (
    CourseSource,
    LessonSource,
    SectionSource,
    read_course,
    read_lesson,
    read_section,
)
from lms.evaluations.source import EvaluationPolicySource, read_evaluation_policy
from lms.quizzes.rules import QuizKind
from lms.quizzes.source import BankSource, read_bank
from lms.quizzes.source_blueprints import BlueprintSource, read_blueprint

Source = TypeVar("Source")
Read = tuple[Source | None, list[Problem]]
LessonId = tuple[str, str]  # course, lesson
Pair = dict[Language, Source]
LANGUAGES: tuple[Language, Language] = ("zh", "en")

_ID = "[A-Za-z0-9][A-Za-z0-9_-]{0,79}"
_COURSE_FILE = re.compile(rf"content/courses/({_ID})/(course|bank|quiz)\.yml")
_LESSON = re.compile(rf"content/courses/({_ID})/([0-9]{{2,3}})-({_ID})\.(zh|en)\.md")
_PAGE = re.compile(rf"content/(agreements|handbook)/({_ID})\.(zh|en)\.md")
_PLAIN = re.compile(rf"content/(programmes|examinations)/({_ID})\.yml")
_MEDIA = re.compile(r"content/(courses/[^/]+|handbook|agreements)/media/([^/]+)")
_POLICY = re.compile(r"content/policies/(evaluation|clearances|calendar)\.yml")
_CASE = re.compile(rf"cases/({_ID})/case\.yml")
_CASE_DOCUMENT = re.compile(rf"cases/({_ID})/documents/({_ID})\.(zh|en)\.md")
_IGNORED = re.compile(r"(?:^|/)(?:\.[^/]*|[^/]*~|README[^/]*|Thumbs\.db|desktop\.ini)$")


@dataclass(frozen=True)
class Corpus:
    """Everything that was read; a text with problems may be here in part.

    `names` holds, per kind, every id that a file stands for, so that a broken file is not also "nothing".
    """

    courses: dict[str, CourseSource] = field(default_factory=dict)
    lessons: dict[LessonId, Pair[LessonSource]] = field(default_factory=dict)
    numbers: dict[LessonId, str] = field(default_factory=dict)
    sections: dict[str, Pair[SectionSource]] = field(default_factory=dict)
    agreements: dict[str, Pair[AgreementSource]] = field(default_factory=dict)
    banks: dict[str, BankSource] = field(default_factory=dict)
    blueprints: dict[str, BlueprintSource] = field(default_factory=dict)
    cases: dict[str, CaseSource] = field(default_factory=dict)
    case_documents: dict[LessonId, Pair[DocumentSource]] = field(default_factory=dict)  # case, document
    programmes: dict[str, ProgrammeSource] = field(default_factory=dict)
    media: dict[tuple[str, str], Media] = field(default_factory=dict)  # folder, file
    evaluation: list[EvaluationPolicySource] = field(default_factory=list)
    clearances: list[ClearancesSource] = field(default_factory=list)
    calendar: list[CalendarSource] = field(default_factory=list)
    glossary: list[GlossarySource] = field(default_factory=list)
    lock: list[LockEntry] = field(default_factory=list)
    names: dict[str, set[str]] = field(default_factory=dict)
    written: dict[str, set[str]] = field(default_factory=dict)  # languages, by path without `.zh.md`

    def known(self, kind: str) -> set[str]:
        """Return the ids of a kind that may be referred to."""
        return self.names.get(kind, set())

    def unread(self, kind: str, name: str) -> bool:
        """Tell whether a file that could not be read may bear an id."""
        holder = {"item": "bank", "check": "bank", "objective": "course"}.get(kind, kind)
        if holder == kind:
            return name in self.known(kind)
        return bool(self.known(holder) - set(self.banks if holder == "bank" else self.courses))

    def name(self, kind: str, *ids: str) -> None:
        """Note ids that files stand for."""
        self.names.setdefault(kind, set()).update(filter(None, ids))


def read_corpus(files: Mapping[str, bytes]) -> tuple[Corpus, list[Problem]]:
    """Read every file; paths begin with `content/` or `cases/` and use slashes."""
    reader = _Reader(Corpus(), [])
    for path in sorted(files, key=_reading_order):
        reader.read(path, files[path])
    return reader.corpus, reader.problems


def _reading_order(path: str) -> tuple[int, str]:
    return (0 if path.endswith("/course.yml") else 1), path


@dataclass
class _Reader:
    corpus: Corpus
    problems: list[Problem]

    def read(self, path: str, data: bytes) -> None:
        for pattern, read in self.table():
            match = pattern.fullmatch(path)
            if match:
                read(path, data, match)
                return
        if not _IGNORED.search(path):
            self.problems.append(problem(path, (1, 1), "W301"))

    def table(self) -> Iterable[tuple[re.Pattern[str], Callable[[str, bytes, re.Match[str]], None]]]:
        return (
            (_LESSON, self.lesson),
            (_COURSE_FILE, self.course_file),
            (_PAGE, self.page),
            (_PLAIN, self.plain),
            (_CASE, self.case),
            (_CASE_DOCUMENT, self.case_document),
            (_MEDIA, self.image),
            (_POLICY, self.policy),
            (re.compile(r"content/glossary\.yml"), self.words),
            (re.compile(r"content/ids\.lock"), self.locked),
        )

    def take(self, read: Read[Source]) -> Source | None:
        source, found = read
        self.problems += found
        return source

    def same_name(self, path: str, place: Place, said: str, name: str) -> None:
        if said and said != name:
            self.problems.append(problem(path, place, "E306", id=said, name=name))

    def keep(
        self, kind: str, known: dict[str, Source], name: str, source: Source, path: str, place: Place
    ) -> None:
        """Keep a source by its id unless another has it."""
        self.corpus.name(kind, name)
        other = known.get(name)
        if other is None:
            known[name or path] = source
        elif name:
            first = getattr(other, "path", "")
            self.problems.append(problem(path, place, "E302", what=f"@{kind} {name}", file=first, line=1))

    def course_file(self, path: str, data: bytes, match: re.Match[str]) -> None:
        folder, kind = match[1], match[2]
        if kind == "course":
            self.course(path, data, folder)
        elif kind == "bank":
            bank = self.take(read_bank(path, data))
            if bank is None or not bank.id:
                self.corpus.name("bank", folder)
            if bank:
                self.keep("bank", self.corpus.banks, bank.id, bank, path, bank.root.place)
        else:
            self.blueprint(path, data, folder)

    def course(self, path: str, data: bytes, folder: str) -> None:
        self.corpus.name("course", folder)
        course = self.take(read_course(path, data))
        if course:
            self.same_name(path, course.root.place, course.id, folder)
            self.corpus.courses[folder] = course

    def blueprint(self, path: str, data: bytes, name: str) -> None:
        source = self.take(read_blueprint(path, data, self.title(path, name)))
        if source is None:
            self.corpus.name("quiz", name)
            self.corpus.name("examination", name)
            return
        if "/examinations/" in path:
            self.same_name(path, source.root.place, source.id, name)
        elif source.kind is QuizKind.EXAMINATION:
            self.problems.append(problem(path, source.root.place, "E307"))
        key = f"{source.kind.value}/{source.id}"
        self.corpus.name(source.kind.value, source.id)
        if key in self.corpus.blueprints and source.id:
            first = self.corpus.blueprints[key].path
            what = f"@{source.kind.value} {source.id}"
            self.problems.append(problem(path, source.root.place, "E302", what=what, file=first, line=1))
        else:
            self.corpus.blueprints[key] = source

    def title(self, path: str, folder: str) -> Words | None:
        """Return the title that a course lends its quiz; a course without one was reported already."""
        if "/courses/" not in path:
            return None
        course = self.corpus.courses.get(folder)
        return course.title if course and course.title else Words(folder, folder)

    def lesson(self, path: str, data: bytes, match: re.Match[str]) -> None:
        name = (match[1], match[3])
        language: Language = "zh" if match[4] == "zh" else "en"
        self.corpus.name("lesson", f"{match[1]}/{match[3]}")
        self.corpus.written.setdefault(path[:-6], set()).add(language)
        number = self.corpus.numbers.setdefault(name, match[2])
        if number != match[2]:
            self.problems.append(problem(path, (1, 1), "E308", number=match[2], other=number))
        lesson = self.take(read_lesson(path, data))
        if lesson:
            self.same_name(path, lesson.page.root.place, lesson.page.id, match[3])
            self.corpus.lessons.setdefault(name, {})[language] = lesson

    def page(self, path: str, data: bytes, match: re.Match[str]) -> None:
        language: Language = "zh" if match[3] == "zh" else "en"
        name = match[2]
        self.corpus.written.setdefault(path[:-6], set()).add(language)
        if match[1] == "agreements":
            self.corpus.name("agreement", name)
            agreement = self.take(read_agreement(path, data))
            if agreement:
                self.same_name(path, agreement.page.root.place, agreement.page.id, name)
                self.corpus.agreements.setdefault(name, {})[language] = agreement
            return
        self.corpus.name("handbook", name)
        section = self.take(read_section(path, data))
        if section:
            self.same_name(path, section.page.root.place, section.page.id, name)
            self.corpus.sections.setdefault(name, {})[language] = section

    def plain(self, path: str, data: bytes, match: re.Match[str]) -> None:
        if match[1] == "examinations":
            self.blueprint(path, data, match[2])
            return
        self.corpus.name("programme", match[2])
        programme = self.take(read_programme(path, data))
        if programme:
            self.same_name(path, programme.root.place, programme.id, match[2])
            self.corpus.programmes[match[2]] = programme

    def case(self, path: str, data: bytes, match: re.Match[str]) -> None:
        self.corpus.name("case", match[1])
        case = self.take(read_case(path, data))
        if case:
            self.same_name(path, case.root.place, case.id, match[1])
            self.corpus.name("case_from", *(() if case.retired else case.pools))
            self.corpus.cases[match[1]] = case

    def case_document(self, path: str, data: bytes, match: re.Match[str]) -> None:
        language: Language = "zh" if match[3] == "zh" else "en"
        self.corpus.written.setdefault(path[:-6], set()).add(language)
        document = self.take(read_document(path, data))
        if document:
            self.same_name(path, document.page.root.place, document.page.id, match[2])
            self.corpus.case_documents.setdefault((match[1], match[2]), {})[language] = document

    def image(self, path: str, data: bytes, match: re.Match[str]) -> None:
        media, found = read_media(path, match[2], data)
        self.problems += found
        self.corpus.media[(match[1], match[2])] = media

    def policy(self, path: str, data: bytes, match: re.Match[str]) -> None:
        if match[1] == "evaluation":
            self.corpus.evaluation.extend(filter(None, [self.take(read_evaluation_policy(path, data))]))
        elif match[1] == "clearances":
            self.corpus.clearances.extend(filter(None, [self.take(read_clearances(path, data))]))
        else:
            self.corpus.calendar.extend(filter(None, [self.take(read_calendar(path, data))]))

    def words(self, path: str, data: bytes, _match: re.Match[str]) -> None:
        self.corpus.glossary.extend(filter(None, [self.take(read_glossary(path, data))]))

    def locked(self, path: str, data: bytes, _match: re.Match[str]) -> None:
        entries, found = read_lock(path, data)
        self.problems += found
        self.corpus.lock.extend(entries)
