"""What a page says of attempts: refusals, outcomes. Sentences are gettext keys."""

from lms.core.errors import Message
from lms.quizzes.actions import REFUSALS
from lms.quizzes.models import Attempt
from lms.quizzes.rules import AttemptState, Refusal


def why_not(refusal: Refusal) -> Message:
    """Return why no attempt may start."""
    return REFUSALS[refusal.reason]


def outcome(attempt: Attempt) -> str:
    """Return the state of an attempt as `macros/status.html` names it."""
    if attempt.state == AttemptState.SCORED:
        return "passed" if attempt.passed else "failed"
    return attempt.state
