"""A faulty item gets a remedy: foreseen, approved by a second person, added as rows; nobody loses by it."""

from datetime import timedelta
from fractions import Fraction

import pytest
from sqlalchemy import select

from lms.approvals import actions as approvals
from lms.approvals.models import Approval
from lms.core.access import Role
from lms.core.errors import Conflict, Invalid, NotAllowed
from lms.courses.actions import open_run
from lms.courses.models import CourseRun
from lms.courses.rules import RunKind
from lms.people.queries import actor_of_person
from lms.quizzes import actions
from lms.quizzes.models import Attempt, ScoreChange
from lms.quizzes.paper import redraw
from lms.quizzes.queries import QuizRef, replay
from lms.quizzes.queries.regrading import open_reviews
from lms.quizzes.responses import read_response
from lms.quizzes.rules import Draw, QuizKind
from lms.quizzes.rules_remedies import Remedy, RemedyKind, Standing, judged, may_accept, regraded
from lms.quizzes.scoring import Choose, PaperScore, key_response
from tests.quizzes.builders import SEED, a_single, a_truefalse, an_item
from tests.quizzes.builders import a_blueprint as a_plain_blueprint
from tests.quizzes.kinds import a_cloze, a_figure, a_hotspot, a_match, a_scale, a_text, an_order
from tests.quizzes.published import (
    BY,
    NOON,
    QUIZ,
    a_blueprint,
    an_actor,
    answer_all,
    blueprint_body,
    events,
    publish,
    publish_quiz,
    save,
    sit,
    slots,
    start,
    stored,
    submit,
)

LATER = NOON + timedelta(days=3)


def version_of(attempt, slot):
    return slots(attempt)[slot - 1]["version"]


def ask(database, cast, version, kind=RemedyKind.CREDIT, accept="", at=LATER):
    with database.transaction(BY, now=at) as session:
        asked = actions.RemedyAsked(version, kind, "The key was wrong.", accept)
        return actions.ask_remedy(session, cast.erin, asked, at).id


def approve(database, cast, approval_id, at=LATER + timedelta(hours=1), who=None):
    with database.transaction(BY, now=at) as session:
        waiting = session.get_one(Approval, approval_id)
        second = actor_of_person(session, who or cast.fang, at)
        approvals.approve(session, second, approval_id, waiting.preview_hash, at)


def remedy(database, cast, version, kind=RemedyKind.CREDIT, accept="", at=LATER):
    approve(database, cast, ask(database, cast, version, kind, accept, at), at + timedelta(hours=1))


def changes(database):
    with database.reading(BY) as session:
        rows = list(
            session.scalars(select(ScoreChange).order_by(ScoreChange.recorded_at, ScoreChange.number))
        )
        session.expunge_all()
        return rows


def faults(database):
    with database.reading(BY) as session:
        return [each.fault for each in replay(session) if each.fault]


def test_two_people_turn_a_fail_into_a_pass_as_of_its_submission(database, cast):
    publish_quiz(database)
    attempt = sit(database, cast.ana, right=7)
    waiting = ask(database, cast, version_of(attempt, 8))
    assert stored(database, attempt)[0].passed is False and changes(database) == []
    with pytest.raises(NotAllowed):
        approve(database, cast, waiting, who=cast.erin)
    approve(database, cast, waiting)
    now, row = stored(database, attempt)[0], changes(database)[0]
    assert (now.score, now.passed, now.credited_on) == ("4/5", True, attempt.credited_on)
    assert (row.before_score, row.before_passed, row.score, row.review) == ("7/10", False, "4/5", False)
    told = events(database, "AttemptRegraded")[0]
    assert (told.occurred_at, told.person_id) == (attempt.submitted_at, cast.ana)
    assert faults(database) == []


def test_a_pass_by_remedy_finishes_the_run_as_of_the_submission(database, cast):
    ref = {"kind": QuizKind.EXAMINATION, "id": QUIZ.id}
    publish_quiz(database)
    publish(database, ("examination", blueprint_body(a_blueprint(**ref))))
    with database.transaction(BY, now=NOON) as session:
        run = open_run(session, cast.ana, RunKind.EXAMINATION, QUIZ.id, "2026", NOON)
        run_id = run.id
        wanted = actions.Start(QuizRef(QuizKind.EXAMINATION, QUIZ.id), str(run_id))
        attempt = actions.start_attempt(session, cast.ana, wanted, NOON)
    answer_all(database, attempt, NOON, right=7)
    attempt = submit(database, attempt, NOON + timedelta(minutes=5))
    remedy(database, cast, version_of(attempt, 9))
    with database.reading(BY) as session:
        run = session.get_one(CourseRun, run_id)
        assert (run.finished_at, run.finished_on) == (attempt.submitted_at, attempt.credited_on)


def test_the_better_score_counts_and_a_pass_that_would_fail_is_looked_at(database, cast):
    publish_quiz(database)
    attempt = sit(database, cast.ana, right=8)
    remedy(database, cast, version_of(attempt, 1), RemedyKind.DROP)  # 7 of 9: below 80 %
    row = changes(database)[0]
    assert (row.computed_score, row.computed_passed, row.score, row.passed) == ("7/9", False, "4/5", True)
    assert stored(database, attempt)[0].passed is True
    with database.reading(BY) as session:
        assert [change.id for change, _ in open_reviews(session)] == [row.id]
    hr = an_actor(cast.carla, Role.HR)
    with database.transaction(BY) as session, pytest.raises(NotAllowed):
        actions.close_review(session, an_actor(cast.ana, Role.HR), row.id, "Mine.", LATER)
    with database.transaction(BY) as session, pytest.raises(Invalid):
        actions.close_review(session, hr, row.id, " ", LATER)
    with database.transaction(BY) as session:
        actions.close_review(session, hr, row.id, "The pass stands.", LATER)
    with database.transaction(BY) as session, pytest.raises(Conflict):
        actions.close_review(session, hr, row.id, "Again.", LATER)
    with database.reading(BY) as session:
        assert open_reviews(session) == []
        assert session.get_one(Attempt, attempt.id).passed is True


def test_an_open_attempt_is_left_alone_and_scored_under_the_remedy(database, cast):
    publish_quiz(database)
    attempt = start(database, cast.ana)
    remedy(database, cast, version_of(attempt, 10), RemedyKind.ACCEPT, '{"choose": ["a"]}', NOON)
    assert changes(database) == [] and stored(database, attempt)[0].score is None
    answer_all(database, attempt, NOON + timedelta(minutes=2), right=7)
    submit(database, attempt, NOON + timedelta(minutes=3))
    assert [(row.before_score, row.score) for row in changes(database)] == [("7/10", "4/5")]
    assert faults(database) == []


def test_what_was_handed_in_after_the_request_does_not_make_it_stale(database, cast):
    publish_quiz(database, items=10)
    first = sit(database, cast.ana, right=7)
    waiting = ask(database, cast, version_of(first, 8))
    late = sit(database, cast.dario, LATER + timedelta(minutes=5), right=0)
    approve(database, cast, waiting)
    assert {row.attempt_id for row in changes(database)} == {first.id, late.id}


def test_a_second_remedy_is_judged_with_the_first_and_the_same_one_again_changes_nothing(database, cast):
    publish_quiz(database)
    attempt = sit(database, cast.ana, right=6)
    for day, slot in enumerate((7, 7, 8)):
        remedy(database, cast, version_of(attempt, slot), at=LATER + timedelta(days=day))
    assert [(row.number, row.score, row.passed) for row in changes(database)] == [
        (1, "7/10", False),
        (2, "4/5", True),
    ]
    assert faults(database) == []


def test_another_key_names_its_option_whatever_place_it_was_shown_in(database, cast):
    publish_quiz(database, items=10)
    wrong = {}
    for person in (cast.ana, cast.dario, cast.bruno):
        attempt = start(database, person)
        number = next(n for n, slot in enumerate(slots(attempt), 1) if slot["item"] == "CONF-0001")
        save(database, attempt, NOON, (number, 1, "c" if person != cast.bruno else "d"))
        submit(database, attempt, NOON + timedelta(minutes=5))
        wrong[attempt.id] = person
    version = next(slot["version"] for slot in slots(attempt) if slot["item"] == "CONF-0001")
    remedy(database, cast, version, RemedyKind.ACCEPT, '{"choose": ["c"]}')
    assert {wrong[row.attempt_id] for row in changes(database)} == {cast.ana, cast.dario}


@pytest.mark.parametrize(
    "accept",
    ["", "no json", '{"choose": ["b"]}', '{"choose": ["z"]}', '{"choose": ["a", "c"]}', '{"choose": []}'],
)
def test_an_answer_that_cannot_be_taken_is_refused(database, cast, accept):
    publish_quiz(database)
    version = version_of(start(database, cast.ana), 1)
    with pytest.raises(Invalid):
        ask(database, cast, version, RemedyKind.ACCEPT, accept)


def test_who_would_pass_by_a_remedy_neither_asks_nor_approves(database, cast):
    publish_quiz(database, items=10)
    attempt = sit(database, cast.fang, right=7)
    waiting = ask(database, cast, version_of(attempt, 8))
    with pytest.raises(NotAllowed):
        approve(database, cast, waiting)
    with pytest.raises(Conflict):
        ask(database, cast, version_of(attempt, 8))


def test_a_paper_of_which_nothing_is_left_keeps_its_score():
    assert regraded(*_paper_of(a_single()), {"CONF-0002": Remedy(RemedyKind.DROP)}, Fraction(1, 2)) is None


def _paper_of(item, reading=None):
    return redraw(a_plain_blueprint(Draw("conf", 1)), [item], SEED), {item.id: item}, {1: reading}


@pytest.mark.parametrize(
    ("before", "computed", "computed_before", "after", "review"),
    [
        ((Fraction(7, 10), False), (Fraction(8, 10), True), False, (Fraction(8, 10), True), False),
        ((Fraction(8, 10), True), (Fraction(7, 10), False), True, (Fraction(8, 10), True), True),
        ((Fraction(8, 10), True), (Fraction(7, 10), False), False, (Fraction(8, 10), True), False),
        ((Fraction(9, 10), False), (Fraction(8, 10), True), False, (Fraction(9, 10), True), False),
        ((Fraction(8, 10), True), (Fraction(9, 10), True), True, (Fraction(9, 10), True), False),
    ],
)
def test_the_better_of_old_and_new_counts(before, computed, computed_before, after, review):
    score = PaperScore(computed[0], 1, computed[0], computed[1], (), ())
    found = judged(Standing(*before), score, computed_before)
    assert (found.after, found.review) == (Standing(*after), review)


@pytest.mark.parametrize("item", [a_single(), a_truefalse(), an_item()])
def test_a_remedy_never_lowers_the_mark_of_its_own_item_unless_it_is_dropped(item):
    for ids in ("", "A", "B", "AB", "ABC"):
        reading = Choose(frozenset(ids))
        for kind in (Remedy(RemedyKind.CREDIT), Remedy(RemedyKind.ACCEPT, Choose(frozenset("A")))):
            plain = regraded(*_paper_of(item, reading), {}, Fraction(1, 2))
            assert regraded(*_paper_of(item, reading), {item.id: kind}, Fraction(1, 2)).share >= plain.share


OTHERS = [
    (a_single(), {"choose": ["A"]}),
    (an_item(), {"choose": ["A", "B"]}),
    (a_match(), {"pairs": {"pA0": "B", "pA1": "A", "pB2": "B", "pC3": "C"}}),
    (an_order(), {"order": ["B", "A", "C", "D"]}),
    (a_figure(), {"number": "130", "unit": "万元"}),
    (a_text(), {"text": "最少必要"}),
    (a_cloze(), {"gaps": {"who": "法务部", "when": "立即"}}),
    (a_scale(), {"choose": ["B"]}),
    (a_hotspot(), {"choose": ["A"]}),
]


@pytest.mark.parametrize(("item", "raw"), OTHERS, ids=lambda each: getattr(each, "id", ""))
def test_every_kind_can_take_another_answer(item, raw):
    other = read_response(item, raw)
    assert may_accept(item, other)
    for reading in (other, key_response(item)):
        paper = _paper_of(item, reading)
        assert regraded(*paper, {item.id: Remedy(RemedyKind.ACCEPT, other)}, Fraction(1)).passed
    assert not regraded(*_paper_of(item, other), {}, Fraction(1)).passed
    assert not may_accept(item, key_response(item))
