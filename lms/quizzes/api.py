"""Attempts for programs: one's own paper without keys, and its answers."""

from typing import Any
from uuid import UUID

from flask import jsonify

from lms.core.access import Action
from lms.quizzes import actions, queries, showing
from lms.quizzes.posted import answers_sent, reader_language, reply
from lms.web import context
from lms.web.access import Api

api = Api("quizzes_api", __name__, url_prefix="/api/v1")


@api.show("/attempts/<uuid:attempt_id>", may=Action.LEARN, scope="attempts")
def attempt(attempt_id: UUID) -> Any:
    """Return one's own attempt: its slots with what is answered, never a key."""
    session, actor = context.db_session(), context.actor()
    found, batches = queries.attempt_with_batches(session, attempt_id, actor.person_id)
    sheet = showing.sheet_of(session, found, batches)
    return jsonify(
        {
            "id": str(found.id), "quiz": found.quiz_id, "kind": found.quiz_kind, "state": found.state,
            "started_at": found.started_at.isoformat(), "deadline_at": found.deadline_at.isoformat(),
            "now": context.now().isoformat(), "seq": found.last_seq,
            "slots": showing.public_slots(sheet, reader_language()),
        }
    )  # fmt: skip


@api.change("/attempts/<uuid:attempt_id>/responses", may=Action.LEARN, scope="attempts")
def responses(attempt_id: UUID) -> Any:
    """Save one answer or a list of them; the reply acknowledges the highest sequence number held."""
    sent = answers_sent()
    return reply(
        actions.save_responses(context.db_session(), context.actor(), attempt_id, sent, context.now())
    )
