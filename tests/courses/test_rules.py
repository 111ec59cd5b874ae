"""How far a run is: tables of cases, and properties over any course and any order."""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.courses.rules import Outline, Parts, Passage, RunKind, completed_on, narrowed, practice_key, progress

MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)
COURSE = Outline({"one": 5, "two": 7, "three": 6}, "final", 20)
READING = Outline({"one": 5, "two": 7})


def passage(*lessons, quiz=None, finished=None, key="onboarding:1"):
    return Passage(UUID(int=1), RunKind.COURSE, "course", key, MONDAY, quiz, finished, frozenset(lessons))


@pytest.mark.parametrize(
    ("standing", "percent", "minutes", "following"),
    [
        (None, 0, 38, "one"),
        (passage(), 0, 38, "one"),
        (passage("one"), 25, 33, "two"),
        (passage("two"), 25, 31, "one"),
        (passage("one", "two", "three"), 75, 20, "final"),
        (passage("one", "two", quiz=MONDAY), 75, 6, "three"),
        (passage("one", "two", "three", quiz=MONDAY), 100, 0, None),
        (passage("one", finished=MONDAY), 100, 0, None),
    ],
)
def test_a_run_says_how_far_it_is_and_what_is_next(standing, percent, minutes, following):
    found = progress(COURSE, standing)
    assert (found.percent, found.minutes_left) == (percent, minutes)
    assert (found.next_step.id if found.next_step else None) == following


def test_reading_goes_on_at_the_lesson_last_seen_unless_that_is_finished():
    assert progress(COURSE, passage("one"), "three").next_step.id == "three"
    assert progress(COURSE, passage("one"), "one").next_step.id == "two"
    assert progress(COURSE, passage("one"), "no-longer-there").next_step.id == "two"


def test_a_lesson_added_later_is_owed_and_the_finished_ones_stay_finished():
    longer = Outline({"new": 4, **COURSE.lessons}, "final", 20)
    found = progress(longer, passage("one", "two", "three", quiz=MONDAY))
    assert not found.is_complete
    assert found.next_step.id == "new"
    assert found.is_done("three")
    assert progress(longer, passage(finished=MONDAY)).is_complete


@pytest.mark.parametrize(
    ("outline", "standing", "last_lesson_on", "day"),
    [
        (COURSE, passage("one", "two"), MONDAY, None),
        (COURSE, passage("one", "two", "three"), MONDAY, None),
        (COURSE, passage("one", "two", "three", quiz=TUESDAY), MONDAY, TUESDAY),
        (COURSE, passage("one", "two", "three", quiz=MONDAY), TUESDAY, TUESDAY),
        (READING, passage("one", "two"), TUESDAY, TUESDAY),
        (READING, passage("one", "two", quiz=TUESDAY), MONDAY, MONDAY),
    ],
)
def test_a_course_is_complete_on_the_later_of_its_last_lesson_and_its_quiz(
    outline, standing, last_lesson_on, day
):
    assert completed_on(outline, standing, last_lesson_on) == day


def test_practice_runs_are_numbered():
    assert practice_key([]) == "practice:1"
    assert practice_key(["onboarding:1", "practice:1"]) == "practice:2"


@given(st.permutations(["one", "two", "three"]), st.integers(0, 3))
def test_progress_never_falls_whatever_the_order(order, quiz_at):
    before = -1
    for count in range(4):
        quiz = MONDAY if count >= quiz_at else None
        found = progress(COURSE, passage(*order[:count], quiz=quiz))
        assert found.percent > before or count == 0
        assert found.percent == 100 * found.done // 4
        assert (found.percent == 100) == found.is_complete
        before = found.percent


@given(
    st.sets(st.sampled_from(["one", "two", "three", "gone"])),
    st.sets(st.sampled_from(["i1", "i2", "withdrawn"])),
)
def test_a_passage_through_changed_parts_consists_of_these_alone(lessons, items):
    outline = narrowed(COURSE, Parts(7, tuple(sorted(lessons)), tuple(sorted(items))), {"i1", "i2", "i3"})
    assert set(outline.lessons) == lessons - {"gone"}
    assert list(outline.lessons) == [each for each in COURSE.lessons if each in lessons]
    assert (outline.quiz == "final") == bool(items & {"i1", "i2"})
    assert outline.quiz_minutes <= COURSE.quiz_minutes
    assert narrowed(COURSE, None, set()) is COURSE
