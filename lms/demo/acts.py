"""Acting out the plan: every verb is the one that pages call, with the time of day passed in."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from lms.agreements.actions import Signing, sign
from lms.agreements.queries import agreement_in
from lms.approvals.actions import approve
from lms.approvals.models import Approval
from lms.certification.actions import together
from lms.core.access import Actor, Role
from lms.core.db import By, Database
from lms.core.versions import snapshot
from lms.courses.actions import Place, finish_lesson, note_seen
from lms.courses.texts import course_in
from lms.demo.names import MAIL
from lms.demo.plan import EXAMINATION, Life, Step, Turn, What
from lms.people import actions as people
from lms.people.queries import actor_of_person
from lms.people.rules import NewFact, NewPerson
from lms.quizzes import actions as quizzes
from lms.quizzes.actions import Answer, Sent, Start
from lms.quizzes.models import Attempt
from lms.quizzes.paper import SEED_BYTES
from lms.quizzes.queries import QuizRef, candidates, quiz_of, stored_paper
from lms.quizzes.rules import Item, QuizKind
from lms.quizzes.scoring import key_response, response_document

BY = By("demonstration")
AGREEMENT = "confidentiality-agreement"


@dataclass
class Firm:
    """The firm in the making: its database, its units and people by the names the plan has for them."""

    database: Database
    zone: ZoneInfo
    password_hash: str
    lives: dict[str, Life]
    units: dict[str, UUID] = field(default_factory=dict)
    ids: dict[str, UUID] = field(default_factory=dict)
    leads: dict[str, str] = field(default_factory=dict)
    led: set[str] = field(default_factory=set)

    def instant(self, day: date, hour: int, minute: int = 0) -> datetime:
        """Return a time of day in the firm's zone."""
        return datetime.combine(day, time(hour, minute), self.zone)

    @contextmanager
    def acting(self, at: datetime) -> Iterator[Session]:
        """Open a transaction in which many act at about one time; each is assessed once, at its end."""
        with self.database.transaction(BY, now=at) as session, together(session, at):
            yield session

    def actor(self, username: str, *roles: Role, at: datetime | None = None) -> Actor:
        """Return somebody who has just proven who they are."""
        held = frozenset({Role.LEARNER, *roles})
        return Actor(self.ids[username], self.lives[username].name_zh, held, authenticated_at=at)

    def by_two(
        self, asker: str, approver: str, at: datetime, ask: Callable[[Session, UUID, datetime], Approval]
    ) -> None:
        """Let one person ask and, an hour later, another approve what they are shown."""
        with self.acting(at) as session:
            approval_id = ask(session, self.ids[asker], at).id
        later = at + timedelta(hours=1)
        with self.acting(later) as session:
            shown = session.get_one(Approval, approval_id).preview_hash
            second = actor_of_person(session, self.ids[approver], later)
            if second is None:
                raise LookupError(f"{approver} is not employed on {later:%Y-%m-%d}")
            approve(session, second, approval_id, shown, later)


def enter(firm: Firm, session: Session, life: Life, at: datetime) -> None:
    """Enter a person and let them choose their password."""
    new = NewPerson(
        staff_number=life.number, name_zh=life.name_zh, name_en=life.name_en, unit_id=firm.units[life.unit],
        joined_on=life.joined_on, mail=f"{life.username}@{MAIL}", username=life.username, language=life.language,
    )  # fmt: skip
    person_id = firm.ids[life.username] = people.add_person(session, new, at)
    people.set_password(session, person_id, firm.password_hash, at)


def turn(firm: Firm, session: Session, life: Life, what: Turn, at: datetime) -> None:
    """Record a turn of somebody's employment."""
    unit_id = firm.units[what.unit] if what.unit else None
    fact = NewFact(what.kind, what.from_on, what.until_on, unit_id)
    people.record_employment(session, firm.ids[life.username], fact, at)


def step(firm: Firm, session: Session, life: Life, what: Step, at: datetime) -> None:
    """Let somebody do what the plan has for them."""
    if what.what is What.SIGN:
        sign_agreement(firm, session, life, at)
    elif what.what is What.READ:
        read(session, firm.ids[life.username], what, at)
    else:
        sit(firm, session, life, what, at)


def sign_agreement(firm: Firm, session: Session, life: Life, at: datetime) -> None:
    """Sign the agreement as shown in the language the person reads."""
    shown = agreement_in(snapshot(session), AGREEMENT).sha256(life.language)
    name = life.name_zh if life.language == "zh" else life.name_en
    sign(session, firm.actor(life.username, at=at), Signing(AGREEMENT, life.language, shown, name), at)


def read(session: Session, person_id: UUID, what: Step, at: datetime) -> None:
    """Finish the lessons of a course, or the first of them; who stops in the middle is remembered there."""
    lessons = list(course_in(snapshot(session), what.target).lessons)
    done = lessons[: round(len(lessons) * what.share)]
    for minutes, lesson in enumerate(done):
        finish_lesson(session, person_id, what.target, lesson, at + timedelta(minutes=8 * minutes))
    if len(done) < len(lessons):
        note_seen(session, person_id, Place(what.target, lessons[len(done)], 3), at + timedelta(hours=1))


def sit(firm: Firm, session: Session, life: Life, what: Step, at: datetime) -> None:
    """Sit a quiz or examination: start, answer, hand in, be scored."""
    person_id, actor = firm.ids[life.username], firm.actor(life.username, at=at)
    kind = QuizKind.EXAMINATION if what.target == EXAMINATION else QuizKind.QUIZ
    ref, started = QuizRef(kind, what.target), at + timedelta(hours=1)
    seed = sha256(f"{life.username}:{what.target}:{what.on}".encode()).digest()[:SEED_BYTES]
    attempt = quizzes.start_attempt(
        session, person_id, Start(ref, seed=seed, language=life.language), started
    )
    answers = _answers(session, ref, attempt, wrong=_wrong(life, what, attempt.items))
    ended = started + timedelta(minutes=6 + seed[0] % 7)
    quizzes.save_responses(session, actor, attempt.id, Sent("demonstration", answers), ended)
    quizzes.submit_attempt(session, actor, attempt.id, ended)
    quizzes.score_attempt(session, attempt.id, ended)


def _wrong(life: Life, what: Step, items: int) -> int:
    """How many items are answered wrongly: a tenth at most where the paper is passed, else about a third."""
    if not what.passes:
        return items // 3 + 1
    return sha256(f"{life.username}{what.on}".encode()).digest()[0] % (items // 5 + 1)


def _answers(session: Session, ref: QuizRef, attempt: Attempt, wrong: int) -> tuple[Answer, ...]:
    """Answer a paper: the last items wrongly, but never one on which the whole paper depends."""
    current = snapshot(session)
    items = candidates(current, quiz_of(current, ref).blueprint)
    slots = stored_paper(attempt).paper.slots
    missed = [slot.number for slot in slots if not slot.critical][-wrong:] if wrong else []
    found = []
    for slot in slots:
        item = items[slot.item].item
        found.append(Answer(slot.number, slot.number, _answer(item, wrongly=slot.number in missed)))
    return tuple(found)


def _answer(item: Item, *, wrongly: bool) -> object:
    """Answer an item; wrongly, by as many other options, or where options are not the key, not at all."""
    if not wrongly:
        return response_document(key_response(item))
    others = sorted({option.id for option in item.options} - item.key)
    return {"choose": others[: len(item.key)]} if item.key else None
