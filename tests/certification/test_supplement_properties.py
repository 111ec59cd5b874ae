"""What a material change opens, for whatever is changed and whenever: exactly the changed parts, for holders alone."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lms.authoring.publishing import NewVersion
from lms.authoring.supplements import supplements
from lms.certification.rules import Need, Overlay, ReasonCode, status
from lms.core.dates import Duration, add
from lms.core.versions import Change, Version
from tests.certification.making import course, facts, programme, text_of
from tests.content import real_content

IDS = ("client-confidentiality", "professional-ethics")
SUPPLEMENT = {Overlay.SUPPLEMENT_DUE, Overlay.SUPPLEMENT_OVERDUE}
CERTIFIED_ON, PUBLISHED_ON = date(2024, 3, 10), date(2024, 6, 1)


def documents():
    return {(each.kind, each.id): each for each in real_content().documents}


def parts_of(name):
    """The lessons of a course, and the graded items of its bank."""
    found = documents()
    lessons = [("lesson", f"{name}/{each}") for each in found["course", name].body["lessons"]]
    items = [
        key for key, each in found.items()
        if key[0] == "item" and each.body["bank"] == name and each.body["use"] == "graded"
    ]  # fmt: skip
    return lessons + items


def published():
    return {
        key: Version(number, *key, 1, each.sha256, Change.FIRST, PUBLISHED_ON, each.body)
        for number, (key, each) in enumerate(documents().items(), 1)
    }


@st.composite
def changes(draw):
    """Some lessons and items of two courses, each sorted as material or editorial."""
    keys = draw(
        st.lists(st.sampled_from([each for name in IDS for each in parts_of(name)]), unique=True, max_size=8)
    )
    return {key: draw(st.sampled_from([Change.MATERIAL, Change.EDITORIAL])) for key in keys}


def opened_by(sorted_as, due="21d"):
    current = published()
    new = [
        NewVersion(kind, name, 2, change, "0" * 64, dict(current[kind, name].body))
        for (kind, name), change in sorted_as.items()
    ]
    return supplements(current, new, due)


@given(changes())
def test_a_publication_opens_exactly_the_lessons_and_items_that_changed_materially(sorted_as):
    material = {key for key, change in sorted_as.items() if change is Change.MATERIAL}
    opened = opened_by(sorted_as)
    for each in opened:
        assert (each.kind, each.due, each.is_whole) == ("course", "21d", False)
    found = {("lesson", f"{each.id}/{lesson}") for each in opened for lesson in each.lessons}
    found |= {("item", item) for each in opened for item in each.items}
    assert found == material
    for each in opened:
        assert {("lesson", f"{each.id}/{one}") for one in each.lessons} <= set(parts_of(each.id))
        assert {("item", one) for one in each.items} <= set(parts_of(each.id))


@given(changes())
def test_an_editorial_change_opens_nothing(sorted_as):
    assert opened_by(dict.fromkeys(sorted_as, Change.EDITORIAL)) == ()


def test_a_changed_check_opens_the_lesson_that_shows_it_and_a_changed_course_what_it_newly_lists():
    current = published()
    name = IDS[0]
    lesson = next(each for each in current["course", name].body["lessons"]
                  if current["lesson", f"{name}/{each}"].body["checks"])  # fmt: skip
    check = current["lesson", f"{name}/{lesson}"].body["checks"][0]
    [opened] = opened_by({("item", check): Change.MATERIAL})
    assert (opened.id, opened.lessons, opened.items) == (name, (lesson,), ())
    [whole] = opened_by({("course", name): Change.MATERIAL})
    assert whole.is_whole
    newly = opened_by({("course", name): Change.MATERIAL, ("lesson", f"{name}/{lesson}"): Change.FIRST})
    assert [each.lessons for each in newly] == [(lesson,)]


days = st.integers(0, 200).map(lambda number: PUBLISHED_ON + timedelta(days=number))


@given(due=st.integers(1, 90), own=st.integers(1, 300), on=days)
def test_a_supplement_has_its_own_date_whatever_the_programmes(due, own, on):
    change = text_of(
        Need.COURSE, "confidentiality", 2, PUBLISHED_ON, due=f"{due}d", lessons=("a",), items=("i",)
    )
    held = facts(programme(due=Duration(own)), course(CERTIFIED_ON), change)
    standing, due_on = status(held, on), add(PUBLISHED_ON, Duration(due))
    owed = [each for each in standing.reasons if each.code is ReasonCode.SUPPLEMENT_OWED]
    assert [(each.fact, each.on) for each in owed] == [(change.id, due_on)]
    late = Overlay.SUPPLEMENT_OVERDUE if on > due_on else Overlay.SUPPLEMENT_DUE
    assert standing.overlays & SUPPLEMENT == {late}
    before = status(facts(programme(due=Duration(own)), course(CERTIFIED_ON)), on)
    assert (standing.state, standing.valid_until) == (before.state, before.valid_until)


@given(on=days)
def test_only_holders_of_the_older_text_owe_it(on):
    change = text_of(Need.COURSE, "confidentiality", 2, PUBLISHED_ON, lessons=("a",))
    for nobody in (facts(change), facts(course(PUBLISHED_ON, version=2), change)):
        assert not status(nobody, on).overlays & SUPPLEMENT


@given(
    done=st.lists(st.tuples(st.sampled_from([2, 3]), st.booleans(), st.integers(1, 150)), max_size=4),
    on=days,
)
def test_its_changed_parts_close_one_supplement_and_the_whole_closes_every_earlier_one(done, on):
    texts = [
        replace(text_of(Need.COURSE, "confidentiality", version, PUBLISHED_ON), lessons=(f"l{version}",))
        for version in (2, 3)
    ]
    earned = [
        course(PUBLISHED_ON + timedelta(days=after), version=version if is_part else 3, partial=is_part)
        for version, is_part, after in done
    ]
    standing = status(facts(course(CERTIFIED_ON), *texts, *earned), on)
    open_now = {each.fact for each in standing.reasons if each.code is ReasonCode.SUPPLEMENT_OWED}
    expected = {
        each.id for each in texts
        if not any(
            PUBLISHED_ON + timedelta(days=after) <= on and (not is_part or version == each.version)
            for version, is_part, after in done
        )
    }  # fmt: skip
    assert open_now == expected
    assert bool(standing.overlays & SUPPLEMENT) == bool(expected)
