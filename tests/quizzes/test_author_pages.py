"""What authors see of banks and items, how they ask for a remedy, and HR's reviews; who may not."""

import csv
import io
import json
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from lms.approvals.models import Approval
from lms.cli import main
from lms.core import clock
from lms.quizzes import actions
from lms.quizzes.documents import Answer
from lms.quizzes.models import Attempt, KeyOpening
from lms.quizzes.queries.regrading import version_of as version_named
from lms.quizzes.queries.statistics import analysis
from lms.quizzes.rules_remedies import RemedyKind
from tests.factories import make_person, post, sign_in
from tests.quizzes.published import BY, NOON, QUIZ, RUN_2, an_actor, publish_quiz, sit, slots
from tests.quizzes.test_regrading import approve, ask, version_of
from tests.quizzes.test_replay_command import configured  # noqa: F401 - a fixture
from tests.statements import counted

FAULTY = "CONF-0003"


def sat(database, cast, people):
    """Let strangers answer one paper each: half of them all right but for the faulty item, the others nothing."""
    made = []
    with database.transaction(BY, now=NOON) as session:
        for number in range(people):
            person = make_person(session, f"reader{number}", cast.south, at=NOON)
            start = actions.Start(QUIZ, str(UUID(int=number + 9)), language="zh")
            attempt = actions.start_attempt(session, person, start, NOON + timedelta(minutes=number))
            able = number % 2 == 0
            answers = tuple(
                Answer(
                    place,
                    place,
                    {"choose": ["b" if able != (slot["item"] == FAULTY) else "ac"[number % 3 == 0]]},
                )
                for place, slot in enumerate(slots(attempt), 1)
            )
            actor, at = an_actor(person), NOON + timedelta(minutes=number + 1)
            actions.save_responses(session, actor, attempt.id, actions.Sent("w", answers), at)
            actions.submit_attempt(session, actor, attempt.id, at)
            actions.score_attempt(session, attempt.id, at)
            made.append(attempt.id)
    return made


@pytest.fixture
def bank(database, cast, client):
    publish_quiz(database, items=10)
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    sat(database, cast, 40)


def test_a_faulty_item_is_flagged_in_plain_words_and_its_key_is_noted_as_opened(client, database, cast, bank):
    sign_in(client, cast.erin)
    assert "conf" in client.get("/author").text
    page = client.get("/author/banks/conf").text
    assert page.count("wrong key?") == 1 and "40 first attempts" in page and "provisional" in page
    with counted(database) as seen:
        shown = client.get(f"/author/items/{FAULTY}")
    assert len(seen) <= 20, "\n".join(seen)
    assert "Probably a wrong key" in shown.text and "40, provisional" in shown.text
    with database.reading(BY) as session:
        assert session.execute(select(KeyOpening.person_id, KeyOpening.item_id)).all() == [
            (cast.erin, FAULTY)
        ]


def test_an_author_asks_for_a_remedy_on_the_page(client, database, cast, bank):
    sign_in(client, cast.erin)
    with database.reading(BY) as session:
        version = version_named(session, FAULTY)
    form = {"version": str(version), "kind": "accept", "options": "b", "reason": "Two are right."}
    refused = post(client, f"/author/items/{FAULTY}/remedies", form)
    assert (refused.status_code, "Name a whole answer" in refused.text) == (422, True)
    asked = post(client, f"/author/items/{FAULTY}/remedies", form | {"options": "a"})
    assert asked.status_code == 303
    sign_in(client, cast.fang)
    seen = client.get(asked.location).text
    assert "attempts change" in seen and "is to be right, too" in seen


def test_who_does_not_write_content_sees_and_asks_nothing(client, database, cast, bank):
    for person in (cast.dario, cast.carla):
        sign_in(client, person)
        for path in ("/author", "/author/banks/conf", f"/author/items/{FAULTY}"):
            assert client.get(path).status_code == 403
    sign_in(client, cast.felix)
    assert client.get(f"/author/items/{FAULTY}").status_code == 200
    assert post(client, f"/author/items/{FAULTY}/remedies", {}).status_code == 403
    assert client.get("/author/banks/nothing").status_code == 404


def test_hr_looks_at_a_pass_that_a_remedy_would_have_failed(client, database, cast):
    publish_quiz(database)
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    attempt = sit(database, cast.ana, clock.now() - timedelta(hours=3), right=8)
    at = clock.now() - timedelta(hours=2)
    approve(database, cast, ask(database, cast, version_of(attempt, 1), RemedyKind.DROP, at=at), at)
    sign_in(client, cast.carla)
    page = client.get("/hr/score-reviews").text
    assert "77.7" in page
    action = page.split('action="')[1:]
    path = next(each.split('"')[0] for each in action if "score-reviews/" in each)
    assert post(client, path, {"remark": ""}).status_code == 422
    assert post(client, path, {"remark": "The pass stands."}).status_code == 303
    assert "Nothing waits" in client.get("/hr/score-reviews").text
    sign_in(client, cast.dario)
    assert client.get("/hr/score-reviews").status_code == 403


def test_only_the_first_attempt_of_a_person_counts(database, cast, bank):
    with database.reading(BY) as session:
        before = {each.item.id: each.responses for each in analysis(session).series}
    sit(database, cast.ana, NOON, run_id="")  # practice, in no run
    sit(database, cast.ana, NOON + timedelta(days=40), run_id=RUN_2)
    with database.reading(BY) as session:
        found = analysis(session)
    assert {each.item.id: each.responses for each in found.series} == before == dict.fromkeys(before, 40)
    assert found.quizzes[0].papers == 40


def test_stats_and_regrade_answer_on_the_command_line(database, cast, bank, configured, capsys):  # noqa: F811
    assert main(["content", "stats", "--format", "csv", "--item", FAULTY]) == 1
    row = next(csv.DictReader(io.StringIO(capsys.readouterr().out.lstrip("\ufeff"))))
    assert (row["item"], row["responses"], "wrong_key" in row["flags"]) == (FAULTY, "40", True)
    assert main(["content", "stats", "--format", "json", "--bank", "conf", "--item", "CONF-0001"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["quizzes"][0]["papers"] == 40 and told["items"][0]["facility"] == "0.50"
    assert main(["content", "stats", "--lang", "zh"]) == 1
    capsys.readouterr()
    wanted = ["quizzes", "regrade", FAULTY, "--remedy", "credit"]
    assert main([*wanted, "--dry-run", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert (listed["approval"], len(listed["attempts"])) == (None, 20)
    assert main([*wanted, "--reason", "No right answer."]) != 0
    assert main(["--as", "erin", *wanted, "--reason", "No right answer."]) == 0
    assert "A second person must approve this" in capsys.readouterr().out
    with database.reading(BY) as session:
        assert session.scalars(select(Approval)).one().kind == "regrade"
        assert {each.passed for each in session.scalars(select(Attempt))} == {True, False}
