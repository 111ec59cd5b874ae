"""Courses by themselves: nothing above them opens runs or hears of them."""

import pytest

from lms.approvals.rules import Approved
from lms.authoring.actions import publish_approved
from lms.core.versions import ContentPublished
from lms.courses.actions import note_publication, note_result
from lms.quizzes.rules import AttemptScored


@pytest.fixture
def alone(database):
    """Keep certification out: its runs would be there before a test opens its own."""
    database.reactions = {
        Approved: (publish_approved,),
        ContentPublished: (note_publication,),
        AttemptScored: (note_result,),
    }
