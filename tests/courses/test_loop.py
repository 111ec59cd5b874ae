"""A course from its first lesson to its credit, with everything wired as in real use."""

from datetime import timedelta

from sqlalchemy import select

from lms.audit.models import AuditEvent
from lms.core import clock
from lms.core.db import By
from lms.courses import queries
from lms.courses.rules import RunKind
from lms.people.queries import actor_of_person
from lms.quizzes import actions as quizzes
from lms.quizzes.documents import item_from
from lms.quizzes.models import Attempt
from lms.quizzes.queries import stored_paper
from lms.quizzes.scoring import key_response, response_document
from tests.factories import post, sign_in

ID = "client-confidentiality"


def passed_attempt(database, content, person_id):
    """Answer the open attempt rightly throughout and hand it in."""
    with database.transaction(By("tests")) as session:
        attempt = session.scalars(select(Attempt)).one()
        actor = actor_of_person(session, person_id, clock.now())
        keys = {
            slot.number: response_document(key_response(item_from(content.get("item", slot.item).body)))
            for slot in stored_paper(attempt).paper.slots
        }
        answers = tuple(quizzes.Answer(slot, slot, chosen) for slot, chosen in keys.items())
        at = attempt.started_at + timedelta(seconds=30)
        quizzes.save_responses(session, actor, attempt.id, quizzes.Sent("window", answers), at)
    with database.transaction(By("tests")) as session:
        quizzes.submit_attempt(session, actor, attempt.id, at)
    with database.transaction(By("tests")) as session:
        return quizzes.score_attempt(session, attempt.id, at)


def test_a_course_is_read_passed_and_credited(client, database, cast, content):
    sign_in(client, cast.ana)
    post(client, f"/courses/{ID}/start")
    for lesson in content.get("course", ID).body["lessons"]:
        reply = post(client, f"/courses/{ID}/{lesson}/finish")
    assert reply.location == f"/quizzes/{ID}"
    started = post(client, reply.location)
    assert started.location.startswith("/attempts/")
    attempt = passed_attempt(database, content, cast.ana)
    assert attempt.passed
    with database.reading() as session:
        found = queries.passage_of(session, cast.ana, RunKind.COURSE, ID)
        assert str(found.run_id) == attempt.run_id
        assert (found.quiz_passed_on, found.finished_on) == (attempt.credited_on, attempt.credited_on)
        kinds = session.scalars(select(AuditEvent.kind).where(AuditEvent.person_id == cast.ana)).all()
    assert {"RunOpened", "LessonFinished", "AttemptScored", "RunFinished", "CreditRecorded"} <= set(kinds)
    shown = client.get(f"/courses/{ID}?lang=en").get_data(as_text=True)
    assert "You finished this course on" in shown
