"""The histories that people of the benchmark have: made once each, through the same actions as real use."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from lms.agreements.actions import Signing, sign
from lms.agreements.queries import agreement_in
from lms.certification.actions import reassess
from lms.core.access import Actor
from lms.core.db import By, Database
from lms.core.versions import snapshot
from lms.courses.actions import finish_lesson, open_practice
from lms.courses.rules import RunKind
from lms.courses.texts import course_in
from lms.people.actions import add_person
from lms.people.queries import actor_of_person
from lms.people.rules import NewPerson
from lms.quizzes import actions as quizzes
from lms.quizzes.documents import Answer
from lms.quizzes.queries import QuizRef, items_of, plain_items, stored_paper
from lms.quizzes.rules import QuizKind
from lms.quizzes.scoring import key_response, response_document

BY = By("operator")
TAKES = timedelta(minutes=9)
AGREEMENT = "confidentiality-agreement"
CONFIDENTIALITY, ETHICS = "client-confidentiality", "professional-ethics"
EXAMINATION = QuizRef(QuizKind.EXAMINATION, "onboarding-final")
YEARLY = QuizRef(QuizKind.QUIZ, "annual-confidentiality")


@dataclass(frozen=True)
class Shape:
    """A history: all days are counted back from today. `practised` runs of three attempts each follow one
    another from day `practises_from`, eight days or more apart."""

    joined: int
    onboarded: int | None = None
    renewed: tuple[int, ...] = ()
    practised: int = 0
    practises_from: int = 0


# Of today: certified, in its renewal window, in grace, lapsed, certified, overdue, just joined, new. Eight
# people with these histories have 240 finished attempts: 30 each.
SHAPES = (
    Shape(1000, 980, (625, 260), practised=12, practises_from=970),
    Shape(720, 700, (345,), practised=11, practises_from=690),
    Shape(390, 370, practised=11, practises_from=360),
    Shape(445, 425, practised=11, practises_from=415),
    Shape(220, 200, practised=11, practises_from=190),
    Shape(100, practised=11, practises_from=95),
    Shape(10, practised=1, practises_from=9),
    Shape(40, 35, practised=3, practises_from=30),
)
# For a quick look that the machinery works.
SMALL_SHAPES = (Shape(390, 370, practised=1, practises_from=350), Shape(10))
ATTEMPTS_A_RUN = (0, 2, 6)  # days after its first; the last of them is passed


class Biographer:
    """Lives a history for one person, every act at its own instant."""

    def __init__(self, database: Database, zone: ZoneInfo, today: date) -> None:
        self.database, self.zone, self.today = database, zone, today

    def instant(self, days_ago: int, clock: str = "10:00") -> datetime:
        """Return the instant at which the firm's clocks show a time, so many days ago."""
        day = self.today - timedelta(days=days_ago)
        return datetime.combine(day, time.fromisoformat(clock), self.zone).astimezone(UTC)

    def act(self, days_ago: int, what: Callable[[Session, datetime], object], clock: str = "10:00") -> object:
        """Do something at an instant, in a transaction of its own."""
        at = self.instant(days_ago, clock)
        with self.database.transaction(BY, now=at) as session:
            return what(session, at)

    def live(self, number: int, shape: Shape, unit: UUID) -> UUID:
        """Live a whole history; return whose it is."""
        joined_on = self.today - timedelta(days=shape.joined)
        new = NewPerson(f"SHAPE-{number}", f"样本{number}", f"Shape {number}", unit, joined_on)
        made = self.act(shape.joined, lambda session, at: add_person(session, new, at))
        assert isinstance(made, UUID)
        if shape.onboarded is not None:
            self._onboard(made, shape.onboarded)
        acts = [(day, self._renew) for day in shape.renewed]
        apart = max(8, shape.practises_from // max(1, shape.practised))
        acts += [(shape.practises_from - apart * n, self._practise) for n in range(shape.practised)]
        for day, act in sorted(acts, key=lambda each: -each[0]):
            act(made, day)
        self.act(0, lambda session, at: reassess(session, made, at), "00:01")
        return made

    def _onboard(self, person: UUID, day: int) -> None:
        self.act(day, lambda session, at: _sign(session, person, at))
        self._lessons(person, CONFIDENTIALITY, day, "10:30")
        quiz = QuizRef(QuizKind.QUIZ, CONFIDENTIALITY)
        self._attempt(person, quiz, day, passes=True, clock="11:00")
        self._lessons(person, ETHICS, day, "13:00")
        self._attempt(person, QuizRef(QuizKind.QUIZ, ETHICS), day, passes=False, clock="14:00")
        self._attempt(person, QuizRef(QuizKind.QUIZ, ETHICS), day - 2, passes=True)
        self._attempt(person, EXAMINATION, day - 2, passes=True, clock="15:00")

    def _renew(self, person: UUID, day: int) -> None:
        self.act(day, lambda session, at: reassess(session, person, at), "00:10")
        self._attempt(person, YEARLY, day, passes=True)

    def _practise(self, person: UUID, day: int) -> None:
        self.act(day, lambda session, at: open_practice(session, person, RunKind.COURSE, ETHICS, at), "09:00")
        self._lessons(person, ETHICS, day, "09:10")
        for later in ATTEMPTS_A_RUN:
            last = later == ATTEMPTS_A_RUN[-1]
            self._attempt(person, QuizRef(QuizKind.QUIZ, ETHICS), day - later, passes=last)

    def _lessons(self, person: UUID, course: str, day: int, clock: str) -> None:
        def finish(session: Session, at: datetime) -> None:
            for lesson in course_in(snapshot(session), course).lessons:
                finish_lesson(session, person, course, lesson, at)

        self.act(day, finish, clock)

    def _attempt(self, person: UUID, quiz: QuizRef, day: int, *, passes: bool, clock: str = "10:00") -> None:
        def take(session: Session, at: datetime) -> None:
            seed = f"{quiz.id}:{day}".encode().ljust(16, b".")[:16]
            attempt = quizzes.start_attempt(session, person, quizzes.Start(quiz, seed=seed), at)
            stored = stored_paper(attempt)
            items = plain_items(items_of(session, stored))
            answers = []
            for slot in stored.paper.slots:
                item = items[slot.item]
                wrong = [each.id for each in item.options if item.key and each.id not in item.key]
                chosen = response_document(key_response(item)) if passes else {"choose": wrong[:1]}
                answers.append(Answer(slot.number, slot.number, chosen))
            actor = _actor(session, person, at)
            quizzes.save_responses(session, actor, attempt.id, quizzes.Sent("w1", tuple(answers)), at)
            quizzes.submit_attempt(session, actor, attempt.id, at + TAKES)
            quizzes.score_attempt(session, attempt.id, at + TAKES)

        self.act(day, take, clock)


def _actor(session: Session, person: UUID, at: datetime) -> Actor:
    actor = actor_of_person(session, person, at)
    assert actor is not None
    return actor


def _sign(session: Session, person: UUID, at: datetime) -> None:
    actor = _actor(session, person, at)
    text = agreement_in(snapshot(session), AGREEMENT)
    sign(session, actor, Signing(AGREEMENT, "zh", text.sha256("zh"), actor.name), at)
