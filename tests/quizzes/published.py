"""A published quiz with an examination, and ways to answer its papers, for tests on a database."""

import json
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from uuid import UUID, uuid4

from sqlalchemy import select

from lms.audit.models import AuditEvent
from lms.core import versions
from lms.core.access import Actor, Role
from lms.core.canonical import canonical_json, sha256_hex
from lms.core.db import By
from lms.core.text import Words
from lms.core.versions import Change, ContentVersion, Publication
from lms.quizzes import actions, queries
from lms.quizzes.documents import Answer
from lms.quizzes.rules import Blueprint, Disclosure, Draw, Item, ItemKind, Option, QuizKind, Show

BY = By("tests")
QUIZ = queries.QuizRef(QuizKind.QUIZ, "confidentiality")
NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)  # noon in Shanghai
RUN_2 = str(UUID(int=2))
CANARY = "canary-key"  # stands in every text that no browser may see before release
SHOWN = Show(Disclosure.SCORE_AND_TOPICS, Disclosure.FEEDBACK)


def an_item(number: int, *, bank="conf", right="b") -> Item:
    options = tuple(
        Option(
            each,
            Words(f"选项{number}{each}", f"Option {number}{each}"),
            right=each in right,
            because=Words(f"{CANARY}-zh-{number}{each}", f"{CANARY}-en-{number}{each}"),
        )
        for each in "abcd"
    )
    return Item(
        id=f"CONF-{number:04}",
        bank=bank,
        kind=ItemKind.SINGLE if len(right) == 1 else ItemKind.MULTIPLE,
        objective=f"CONF-{1 + number % 2}",
        difficulty=1,
        stem=Words(f"题目{number}？", f"Question {number}?"),
        options=options,
        because=Words(f"{CANARY}-zh-{number}", f"{CANARY}-en-{number}"),
        see="handbook/asking-for-documents",
    )


def a_blueprint(**changes) -> Blueprint:
    values = {
        "id": QUIZ.id,
        "kind": QUIZ.kind,
        "title": Words("保密测验", "Confidentiality quiz"),
        "cut_score": Fraction(80, 100),
        "minutes": 20,
        "attempts": 3,
        "draws": (Draw("conf", 5, "CONF-1"), Draw("conf", 5, "CONF-2")),
        "waits": (timedelta(0), timedelta(hours=24), timedelta(hours=72)),
        "show": SHOWN,
    }
    return Blueprint(**(values | changes))


def said(words: Words | None):
    return None if words is None else {"zh": words.zh, "en": words.en}


def item_body(item: Item) -> dict:
    def html(language):
        def text(words):
            return words and words.said_in(language)

        options = {o.id: {"text": text(o.text), "because": text(o.because)} for o in item.options}
        return {"stem": text(item.stem), "because": text(item.because), "options": options}

    options = [
        {
            "id": option.id, "text": said(option.text), "right": option.right, "pinned": option.pinned,
            "because": said(option.because), "weight": str(option.weight),
        }
        for option in item.options
    ]  # fmt: skip
    return {
        "id": item.id, "bank": item.bank, "kind": item.kind.value, "use": item.use.value,
        "objective": item.objective, "difficulty": item.difficulty, "scoring": item.scoring.value,
        "stem": said(item.stem), "options": options, "because": said(item.because), "see": item.see,
        "retired": False, "html": {"zh": html("zh"), "en": html("en")},
    }  # fmt: skip


def blueprint_body(blueprint: Blueprint) -> dict:
    draws = [
        {
            "bank": part.bank, "take": part.take, "objective": part.objective,
            "difficulty": list(part.difficulty), "critical": part.critical,
        }
        for part in blueprint.draws
    ]  # fmt: skip
    return {
        "id": blueprint.id, "kind": blueprint.kind.value, "title": said(blueprint.title), "summary": None,
        "cut_score": str(blueprint.cut_score), "minutes": blueprint.minutes, "attempts": blueprint.attempts,
        "wait_hours": [wait // timedelta(hours=1) for wait in blueprint.waits], "draw": draws,
        "show": {"after_submit": blueprint.show.after_submit, "after_pass": blueprint.show.after_pass},
        "retired": False,
    }  # fmt: skip


COURSE = {
    "id": QUIZ.id,
    "objectives": [
        {"id": "CONF-1", "text": {"zh": "认得客户信息", "en": "Know client information"}},
        {"id": "CONF-2", "text": {"zh": "只在需要时知悉", "en": "Keep to need to know"}},
    ],
    "quiz": QUIZ.id,
    "retired": False,
}


def publish(database, *documents: tuple[str, dict], at=NOON) -> int:
    """Store documents as the next versions and return the number of the publication."""
    with database.transaction(BY, now=at) as session:
        publication = Publication(published_at=at, published_on=date(2026, 1, 1), event_id=uuid4())
        session.add(publication)
        session.flush()
        snapshot = versions.snapshot(session, publication.id - 1) if publication.id > 1 else None
        for kind, body in documents:
            before = snapshot.find(kind, body["id"]) if snapshot else None
            text = canonical_json(body)
            session.add(
                ContentVersion(
                    kind=kind, content_id=body["id"], number=before.number + 1 if before else 1,
                    sha256=sha256_hex(text), change=Change.FIRST if before is None else Change.MATERIAL,
                    effective_on=date(2026, 1, 1), body=text.decode(), publication_id=publication.id,
                )
            )  # fmt: skip
        return publication.id


def publish_quiz(database, items=30, **changes) -> int:
    """Publish the quiz with a bank of `items` single-choice items whose key is always "b"."""
    bank = [("item", item_body(an_item(number))) for number in range(1, items + 1)]
    return publish(database, ("quiz", blueprint_body(a_blueprint(**changes))), ("course", COURSE), *bank)


def an_actor(person_id, *roles: Role) -> Actor:
    return Actor(person_id, "Ana", frozenset({Role.LEARNER, *roles}))


def start(database, person_id, at=NOON, **more):
    with database.transaction(BY, now=at) as session:
        return actions.start_attempt(session, person_id, actions.Start(QUIZ, **more), at)


def save(database, attempt, at, *answers, device="window-1"):
    """Save (slot, seq, option or None) triples."""
    sent = tuple(Answer(slot, seq, option and {"choose": [option]}) for slot, seq, option in answers)
    with database.transaction(BY) as session:
        actor = an_actor(attempt.person_id)
        return actions.save_responses(session, actor, attempt.id, actions.Sent(device, sent), at)


def answer_all(database, attempt, at, right=10, device="window-1"):
    """Answer ten slots, the first `right` of them rightly."""
    answers = [(slot, slot, "b" if slot <= right else "a") for slot in range(1, 11)]
    return save(database, attempt, at, *answers, device=device)


def submit(database, attempt, at):
    with database.transaction(BY) as session:
        actions.submit_attempt(session, an_actor(attempt.person_id), attempt.id, at)
    with database.transaction(BY) as session:
        return actions.score_attempt(session, attempt.id, at)


def sit(database, person_id, at=NOON, right=10, **more):
    """Start, answer and hand in a whole attempt."""
    attempt = start(database, person_id, at, **more)
    answer_all(database, attempt, at + timedelta(minutes=1), right)
    return submit(database, attempt, at + timedelta(minutes=2))


def stored(database, attempt):
    """The attempt and its batches as the database has them now."""
    with database.transaction(BY) as session:
        return queries.attempt_with_batches(session, attempt.id)


def slots(attempt) -> list[dict]:
    return json.loads(attempt.paper)["slots"]


def events(database, kind) -> list:
    with database.transaction(BY) as session:
        return list(
            session.scalars(select(AuditEvent).where(AuditEvent.kind == kind).order_by(AuditEvent.seq))
        )
