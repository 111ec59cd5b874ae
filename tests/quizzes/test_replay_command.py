"""`lms quizzes replay` says whether everything comes out again."""

import json

import pytest
from sqlalchemy import update

from lms.cli import main
from lms.quizzes.models import Attempt
from tests.quizzes.published import BY, publish_quiz, sit


@pytest.fixture
def configured(settings, monkeypatch):
    monkeypatch.setenv("LMS_INSTANCE", str(settings.instance))
    monkeypatch.setenv("LMS_DATABASE_URL", settings.url)
    monkeypatch.setenv("LMS_SECRET_KEY", settings.secret_key)


def test_replay_answers_yes_and_then_no(database, cast, configured, capsys):
    publish_quiz(database)
    attempt = sit(database, cast.ana)
    assert main(["quizzes", "replay"]) == 0
    assert "1 attempts replayed, 0 came out differently." in capsys.readouterr().out
    with database.transaction(BY) as session:
        session.execute(update(Attempt).values(seed="ff" * 16))
    assert main(["quizzes", "replay", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told == {"attempts": 1, "faults": [{"attempt": str(attempt.id), "fault": "another paper"}]}
