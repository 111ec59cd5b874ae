"""My training, put together for the page: what is owed and the next step, what is held. Reads nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from lms.cases.queries import cases_in
from lms.cases.showing import pool_title
from lms.certification.queries.records import FactLine
from lms.certification.queries.standings import StandingLine
from lms.certification.rules import Need, Overlay, ReasonCode, State
from lms.core.dates import days_between
from lms.core.errors import Message, message
from lms.core.versions import Snapshot
from lms.courses.queries import Passages
from lms.courses.rules import Parts, RunKind, progress
from lms.courses.texts import courses_in

Both = Mapping[str, str]
OWED = frozenset(
    {
        State.ASSIGNED,
        State.OVERDUE,
        State.RENEWAL_OPEN,
        State.GRACE,
        State.LAPSED,
        State.LONG_LAPSED,
        State.REVOKED,
    }
)
HELD = frozenset({State.CERTIFIED, State.RENEWAL_OPEN, State.GRACE})
SUPPLEMENTS = frozenset({Overlay.SUPPLEMENT_DUE, Overlay.SUPPLEMENT_OVERDUE})
_BESIDE = frozenset({ReasonCode.SUPPLEMENT_OWED, ReasonCode.FINDING_OWED})
SIGNING_MINUTES = 6
CHANGES = "/courses/{}/changes"
PATHS = {
    Need.AGREEMENT: "/agreements/{}",
    Need.COURSE: "/courses/{}",
    Need.QUIZ: "/quizzes/{}",
    Need.EXAMINATION: "/quizzes/{}",
    Need.CASE: "/cases/{}",
    Need.CASE_FROM: "/cases?pool={}",
}


@dataclass(frozen=True)
class Step:
    """One thing to do. `path` is empty where nothing of it is published; `percent` is how far it is.

    `changed` is absent unless it is what changed in a text done before.
    """

    need: Need
    target: str
    title: Both
    path: str
    minutes_left: int
    percent: int
    is_done: bool
    has_begun: bool
    changed: "Changed | None" = None

    @property
    def key(self) -> tuple[Need, str, int]:
        """What it is, whichever programme asks for it."""
        return self.need, self.target, self.changed.publication if self.changed else 0


@dataclass(frozen=True)
class Changed:
    """What of a text is to be done again, and by when; the whole of it without lessons and questions."""

    publication: int
    lessons: tuple[Both, ...]
    questions: int
    by: date | None


@dataclass(frozen=True)
class Owed:
    """A programme that is owed. `by` is the day that counts, absent where there is none."""

    programme: str
    title: Both
    line: StandingLine
    steps: tuple[Step, ...]
    by: date | None

    @property
    def done(self) -> int:
        """How many steps are done."""
        return sum(step.is_done for step in self.steps)

    @property
    def minutes_left(self) -> int:
        """How long the rest takes."""
        return sum(step.minutes_left for step in self.steps if not step.is_done)

    @property
    def next_step(self) -> Step | None:
        """The first thing that is not done; None where nothing can be done."""
        return next((step for step in self.steps if not step.is_done and step.path), None)


@dataclass(frozen=True)
class Held:
    """A programme that is held."""

    programme: str
    title: Both
    line: StandingLine


@dataclass(frozen=True)
class Training:
    """What the page shows: the sentence, the button's step, what is owed by date, held, and set aside."""

    sentence: Message
    next_step: Step | None
    owed: tuple[Owed, ...]
    held: tuple[Held, ...]
    minutes_left: int
    aside: tuple[Held, ...] = ()


def training_of(lines: Iterable[StandingLine], passages: Passages, texts: Snapshot, today: date) -> Training:
    """Put together where a person stands today."""
    lines = list(lines)
    owed = sorted((_owed(each, passages, texts) for each in lines if _is_owed(each)), key=_urgency)
    held = [
        Held(each.programme, title_of(texts, "programme", each.programme), each)
        for each in lines
        if each.state in HELD
    ]
    aside = [
        Held(each.programme, title_of(texts, "programme", each.programme), each)
        for each in lines
        if is_set_aside(each)
    ]
    following = next((each.next_step for each in owed if each.next_step), None)
    steps = {step.key: step for each in owed for step in each.steps if not step.is_done}
    minutes = sum(step.minutes_left for step in steps.values())
    sentence = _sentence(owed, held, aside, today)
    return Training(sentence, following, tuple(owed), tuple(held), minutes, tuple(aside))


def is_set_aside(line: StandingLine) -> bool:
    """Whether a decision, and nothing else, is why a programme is not owed."""
    excluded = any(each.code is ReasonCode.EXCLUDED for each in line.standing.reasons)
    return line.state is State.WAIVED or (line.state is State.NOT_REQUIRED and excluded)


def title_of(texts: Snapshot, kind: str, target: str) -> Both:
    """Return the title of something published, its id where it is not published any more."""
    version = texts.versions.get((kind, target))
    return version.body["title"] if version else {"zh": target, "en": target}


def returned(facts: Iterable[FactLine]) -> list[Message]:
    """Say what coming back to the firm, or from leave, means for what is owed; the latest of each."""
    latest: dict[str, date] = {}
    for each in facts:
        if each.kind in RETURNED:
            latest[each.kind] = max(each.occurred_on, latest.get(each.kind, date.min))
    return [Message(RETURNED[kind].text, {"day": day}) for kind, day in sorted(latest.items())]


RETURNED = {
    "employment.rehire": message(
        "You came back to the firm on %(day)s: nothing is resumed, and what you finished shortly before counts."
    ),
    "employment.absence_end": message(
        "You came back from leave on %(day)s: the days of leave do not count against you."
    ),
}


def _is_owed(line: StandingLine) -> bool:
    return line.state in OWED or bool(line.standing.overlays & SUPPLEMENTS)


def _urgency(owed: Owed) -> tuple[date, str]:
    return owed.by or date.max, owed.programme


def _owed(line: StandingLine, passages: Passages, texts: Snapshot) -> Owed:
    standing = line.standing
    by = standing.due_on or (
        standing.valid_until if line.state is State.RENEWAL_OPEN else standing.grace_until
    )
    if standing.overlays & SUPPLEMENTS and line.state not in OWED:
        by = min((each.on for each in standing.reasons if each.code in _BESIDE and each.on), default=None)
    steps = tuple(_step(each, passages, texts) for each in line.steps)
    return Owed(line.programme, title_of(texts, "programme", line.programme), line, steps, by)


def _step(row: Mapping[str, Any], passages: Passages, texts: Snapshot) -> Step:
    if row.get("supplement"):
        return _changed_step(row, passages, texts)
    need, target, is_done = Need(row["need"]), row["target"], row["met_on"] is not None
    title = pool_title(target) if need is Need.CASE_FROM else title_of(texts, need.value, target)
    in_pool = cases_in(texts, target) if need is Need.CASE_FROM else []
    published = in_pool[0] if in_pool else texts.find(need.value, target)
    path = PATHS[need].format(target) if published and need in PATHS else ""
    minutes, percent, begun = SIGNING_MINUTES, 0, False
    if need is Need.COURSE and published:
        passage = passages.whole.get((RunKind.COURSE, target))
        if passage is not None and passage.finished_on is not None:
            passage = None
        found = progress(courses_in(texts)[target].outline, passage)
        minutes, percent, begun = found.minutes_left, found.percent, found.has_begun
    elif published and need in (Need.QUIZ, Need.EXAMINATION, Need.CASE, Need.CASE_FROM):
        minutes = published.body["minutes"]
    elif need is Need.PROGRAMME:
        minutes = 0
    changed = Changed(0, (), 0, _day(row["due_on"])) if "due_on" in row else None
    left, percent = (0, 100) if is_done else (minutes, percent)
    return Step(need, target, title, path, left, percent, is_done, begun, changed)


def _changed_step(row: Mapping[str, Any], passages: Passages, texts: Snapshot) -> Step:
    """What changed in a course: the lessons and questions that can still be had, and how far one is in them."""
    target, publication = row["target"], row["supplement"]
    course = courses_in(texts).get(target)
    parts = Parts(publication, tuple(row["lessons"]), tuple(row["items"]))
    passage = passages.parts.get((target, publication))
    title, by = title_of(texts, RunKind.COURSE, target), _day(row["due_on"])
    if course is None:
        nothing = Changed(publication, (), 0, by)
        return Step(Need.COURSE, target, title, "", 0, 0, is_done=False, has_begun=False, changed=nothing)
    far = progress(course.outline_of(parts), passage)
    lessons = tuple(course.lessons[each].title for each in course.outline_of(parts).lessons)
    questions = sum(each in course.quiz_items for each in parts.items)
    path = CHANGES if passage and passage.finished_on is None else PATHS[Need.COURSE]
    changed = Changed(publication, lessons, questions, by)
    return Step(
        Need.COURSE,
        target,
        title,
        path.format(target),
        far.minutes_left,
        far.percent,
        is_done=False,
        has_begun=far.has_begun,
        changed=changed,
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _sentence(owed: list[Owed], held: list[Held], aside: list[Held], today: date) -> Message:
    """One sentence that says where the person stands, about the most urgent thing there is."""
    if owed:
        return _about(owed[0], today)
    ending = [each for each in held if each.line.standing.valid_until]
    if ending:
        first = min(ending, key=lambda each: each.line.standing.valid_until or date.max)
        return message(
            "Nothing is owed. “%(programme)s” is valid through %(day)s.",
            programme=first.title,
            day=first.line.standing.valid_until,
        )
    if held:
        return message("Nothing is owed: you hold everything that is asked of you.")
    if aside:
        return message("Nothing is owed today: what was asked of you is set aside.")
    return message("Nothing has been asked of you yet.")


def _about(owed: Owed, today: date) -> Message:
    state, standing = owed.line.state, owed.line.standing
    names = {"programme": owed.title}
    if Overlay.ON_LEAVE in standing.overlays:
        return message("You are on leave: the dates of “%(programme)s” wait for you.", **names)
    if state is State.ASSIGNED and owed.by:
        return _counted(days_between(today, owed.by) - 1, owed.by, names, _DUE)
    if state is State.OVERDUE and owed.by:
        return message("“%(programme)s” has been overdue since %(day)s.", day=owed.by, **names)
    if state is State.RENEWAL_OPEN and standing.valid_until:
        return _counted(days_between(today, standing.valid_until) - 1, standing.valid_until, names, _EXPIRES)
    if state is State.GRACE and standing.grace_until:
        return message(
            "“%(programme)s” has expired; you can renew it through %(day)s.",
            day=standing.grace_until,
            **names,
        )
    if state in (State.LAPSED, State.LONG_LAPSED):
        return message("“%(programme)s” has lapsed: what needs it is closed to you.", **names)
    if state is State.REVOKED:
        return message("“%(programme)s” was revoked: do everything anew to hold it again.", **names)
    if Overlay.SUPPLEMENT_OVERDUE in standing.overlays and owed.by and owed.by < today:
        return message(
            "A text of “%(programme)s” has changed: doing its new parts again has been overdue since %(day)s.",
            day=owed.by,
            **names,
        )
    if owed.by:
        return message("A text of “%(programme)s” has changed: read it by %(day)s.", day=owed.by, **names)
    return message("“%(programme)s” is asked of you.", **names)


_DUE = (
    message("“%(programme)s” is due today."),
    message("“%(programme)s” is due tomorrow."),
    message("“%(programme)s” is due in %(days)s days, on %(day)s."),
)
_EXPIRES = (
    message("“%(programme)s” expires today: renew it now and keep your date."),
    message("“%(programme)s” expires tomorrow: renew it now and keep your date."),
    message("“%(programme)s” expires in %(days)s days: renew it now and keep your date."),
)


def _counted(
    days: int, day: date, names: Mapping[str, Any], wording: tuple[Message, Message, Message]
) -> Message:
    return Message(wording[min(max(days, 0), 2)].text, {"days": days, "day": day, **names})
