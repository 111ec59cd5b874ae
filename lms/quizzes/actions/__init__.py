"""The verbs of quizzes, by topic: starting, answering, closing, and what surrounds attempts."""

from lms.quizzes.actions.answering import FormAnswers, Saved, Sent, save_form, save_responses
from lms.quizzes.actions.closing import (
    close_attempt,
    close_expired,
    score_attempt,
    submit_attempt,
    void_attempt,
)
from lms.quizzes.actions.providing import (
    MOST_EXTRA_MINUTES,
    MOST_GRANTED,
    Grant,
    accommodate,
    close_run,
    grant_attempts,
    note_keys_opened,
    open_run,
)  # fmt: skip
from lms.quizzes.actions.regrading import RemedyAsked, ask_remedy, close_review
from lms.quizzes.actions.starting import REFUSALS, Start, start_attempt
from lms.quizzes.documents import Answer

__all__ = [
    "MOST_EXTRA_MINUTES",
    "MOST_GRANTED",
    "REFUSALS",
    "Answer",
    "FormAnswers",
    "Grant",
    "RemedyAsked",
    "Saved",
    "Sent",
    "Start",
    "accommodate",
    "ask_remedy",
    "close_attempt",
    "close_expired",
    "close_review",
    "close_run",
    "grant_attempts",
    "note_keys_opened",
    "open_run",
    "save_form",
    "save_responses",
    "score_attempt",
    "start_attempt",
    "submit_attempt",
    "void_attempt",
]
