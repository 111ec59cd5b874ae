"""Scores are exact, in [0, 1], and the same for ever."""

import dataclasses
import hashlib
import json
import time
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes.paper import draw
from lms.quizzes.rules import Draw, Item, ItemKind, Option, Scheme
from lms.quizzes.scoring import (
    Choose,
    InvalidReason,
    InvalidResponse,
    Mark,
    Outcome,
    PaperScore,
    item_version,
    mark,
    mark_paper,
    read_response,
    response_document,
    score_paper,
    scoring_hash,
    select_all_or_blank_earns,
    shown_percent,
    text_hash,
)
from tests.quizzes.builders import (
    SEED,
    a_blueprint,
    a_single,
    a_truefalse,
    an_item,
    legal_items,
    options,
    words,
)

WEIGHTS = tuple(
    Option(one, words(one), one in "ABC", weight=Fraction(1, 3) if one in "ABC" else Fraction(-1, 2))
    for one in "ABCDE"
)


def chosen(ids: str) -> Choose:
    return Choose(frozenset(ids))


# Response to key ABC of ABCDE, then exact, no-wrong, cn-half, weights: the table of the design.
TABLE = [
    ("ABC", "1", "1", "1", "1"),
    ("AB", "0", "2/3", "1/2", "2/3"),
    ("A", "0", "1/3", "1/4", "1/3"),
    ("ABD", "0", "0", "0", "1/6"),
    ("ABCDE", "0", "0", "0", "0"),
    ("D", "0", "0", "0", "0"),
    ("", "0", "0", "0", "0"),
]


@pytest.mark.parametrize(("response", "exact", "no_wrong", "cn_half", "weights"), TABLE)
def test_each_scheme_gives_what_its_table_says(
    response: str, exact: str, no_wrong: str, cn_half: str, weights: str
) -> None:
    expected = {"exact": exact, "no-wrong": no_wrong, "cn-half": cn_half, "weights": weights}
    for scheme, score in expected.items():
        item = an_item(scoring=Scheme(scheme))
        if scheme == "weights":
            item = dataclasses.replace(item, options=WEIGHTS)
        assert mark(item, chosen(response)).score == Fraction(score), scheme


@pytest.mark.parametrize(
    ("scheme", "response", "outcome"),
    [
        ("exact", "ABC", "right"),
        ("exact", "AB", "wrong"),
        ("no-wrong", "AB", "partly"),
        ("no-wrong", "ABD", "wrong"),
        ("cn-half", "AC", "partly"),
        ("cn-half", "E", "wrong"),
        ("exact", "", "unanswered"),
        ("exact", "AX", "invalid"),
    ],
)
def test_unanswered_wrong_and_invalid_are_three_outcomes(scheme: str, response: str, outcome: str) -> None:
    given_mark = mark(an_item(scoring=Scheme(scheme)), chosen(response))
    assert given_mark.outcome == outcome
    assert (given_mark.score == 1) == (outcome == "right")
    assert (given_mark.score > 0) == (outcome in ("right", "partly"))


def test_no_response_is_unanswered_and_an_unreadable_one_invalid() -> None:
    assert mark(an_item(), None) == Mark(Outcome.UNANSWERED, Fraction(0))
    unreadable = InvalidResponse(InvalidReason.SHAPE)
    assert mark(an_item(), unreadable) == Mark(Outcome.INVALID, Fraction(0))


def test_cn_half_gives_a_quarter_for_each_of_four_right_ones_and_all_for_all() -> None:
    item = an_item(key="ABCD", scoring=Scheme.CN_HALF)
    scores = [mark(item, chosen("ABCD"[:n])).score for n in (1, 2, 3, 4)]
    assert scores == [Fraction(1, 4), Fraction(1, 2), Fraction(3, 4), 1]
    assert mark(an_item(key="ABCDE", ids="ABCDEF", scoring=Scheme.CN_HALF), chosen("ABCD")).score == 1


def test_single_and_truefalse_are_right_only_by_their_key() -> None:
    assert [mark(a_single(), chosen(one)).score for one in "ABCD"] == [0, 1, 0, 0]
    for answer in (True, False):
        item = a_truefalse(answer=answer)
        assert mark(item, Choose(frozenset({"true"}))).score == int(answer)
        assert mark(item, Choose(frozenset({"false"}))).score == int(not answer)


@given(legal_items(), st.data())
def test_a_score_lies_between_nothing_and_one_and_repeats_exactly(item: Item, data: st.DataObject) -> None:
    ids = [option.id for option in item.options]
    response = Choose(frozenset(data.draw(st.sets(st.sampled_from([*ids, "Z"])))))
    first = mark(item, response)
    assert isinstance(first.score, Fraction)
    assert 0 <= first.score <= 1
    assert first == mark(item, response)
    if first.outcome in (Outcome.UNANSWERED, Outcome.INVALID, Outcome.WRONG):
        assert first.score == 0


@given(legal_items(), st.data())
def test_the_order_of_options_changes_neither_score_nor_scoring_hash(item: Item, data: st.DataObject) -> None:
    turned = dataclasses.replace(item, options=tuple(data.draw(st.permutations(item.options))))
    ids = data.draw(st.lists(st.sampled_from([option.id for option in item.options]), unique=True))
    assert mark(item, Choose(frozenset(ids))) == mark(turned, Choose(frozenset(reversed(ids))))
    assert scoring_hash(item) == scoring_hash(turned)
    assert (text_hash(item) == text_hash(turned)) == (item.options == turned.options)


@given(legal_items())
def test_the_key_earns_all_and_blank_or_everything_earns_nothing(item: Item) -> None:
    everything = Choose(frozenset(option.id for option in item.options))
    assert mark(item, everything).score == 0
    assert mark(item, None).score == 0
    assert not select_all_or_blank_earns(item)
    if item.scoring is not Scheme.WEIGHTS:
        assert mark(item, Choose(item.key)) == Mark(Outcome.RIGHT, Fraction(1))


def test_an_item_whose_every_option_is_right_earns_by_ticking_all() -> None:
    assert select_all_or_blank_earns(an_item(key="ABCDE"))
    assert not select_all_or_blank_earns(an_item(key="ABCD"))
    mild = tuple(dataclasses.replace(one, weight=max(one.weight, Fraction(-1, 4))) for one in WEIGHTS)
    assert select_all_or_blank_earns(an_item(scoring=Scheme.WEIGHTS, options=mild))
    assert not select_all_or_blank_earns(an_item(scoring=Scheme.WEIGHTS, options=WEIGHTS))


# What arrives for an item, and what it reads as.
@pytest.mark.parametrize(
    ("raw", "reading"),
    [
        (None, None),
        ({"choose": []}, None),
        ({"choose": ["B"]}, chosen("B")),
        ({"choose": ["C", "A"]}, chosen("AC")),
        ({"choose": ["A", "A"]}, "duplicate"),
        ({"choose": ["Z"]}, "unknown"),
        ({"choose": ["a"]}, "unknown"),
        ({"choose": list("ABCDEA")}, "too_many"),
        ({"choose": [1]}, "shape"),
        ({"choose": [None, "A"]}, "shape"),
        ({"choose": [["A"]]}, "shape"),
        ({"choose": [{"A": 1}]}, "shape"),
        ({"choose": "AB"}, "shape"),
        ({"choose": {"A": True}}, "shape"),
        ({"choose": ["A"], "score": 1}, "shape"),
        ({"text": "A"}, "shape"),
        ({}, "shape"),
        ([], "shape"),
        ("A", "shape"),
        (False, "shape"),
        (0, "shape"),
    ],
)
def test_a_response_is_read_or_refused_with_its_reason(raw: object, reading: Choose | str | None) -> None:
    expected = InvalidResponse(InvalidReason(reading)) if isinstance(reading, str) else reading
    assert read_response(an_item(), raw) == expected


@pytest.mark.parametrize("item", [a_single(), a_truefalse()], ids=["single", "truefalse"])
def test_several_choices_are_refused_where_one_is_asked(item: Item) -> None:
    first, second = item.options[0].id, item.options[1].id
    assert read_response(item, {"choose": [first]}) == Choose(frozenset({first}))
    refused = read_response(item, {"choose": [first, second]})
    assert refused == InvalidResponse(InvalidReason.SEVERAL)
    assert mark(item, Choose(frozenset({first, second}))).outcome is Outcome.INVALID


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.sampled_from("ABCDE"),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["choose", "x"]) | st.text(max_size=2), inner, max_size=3)
    ),
)


@given(legal_items(), JSON | st.fixed_dictionaries({"choose": st.lists(JSON, max_size=5)}))
def test_reading_never_raises_and_what_it_reads_is_stored_and_read_back(item: Item, raw: object) -> None:
    reading = read_response(item, raw)
    assert 0 <= mark(item, reading).score <= 1
    if not isinstance(reading, InvalidResponse):
        assert read_response(item, json.loads(json.dumps(response_document(reading)))) == reading
        assert mark(item, reading).outcome is not Outcome.INVALID


def nested(levels: int) -> object:
    inner: object = "A"
    for _ in range(levels):
        inner = [inner]
    return inner


@pytest.mark.parametrize(
    "raw",
    [
        {"choose": ["A"] * 5_000},
        {"choose": [f"x{n}" for n in range(4_000)]},
        {"choose": ["A" * 20_000]},
        {"choose": ["A" * 4_000] * 5},
        {"choose": nested(10_000)},
        {"choose": [nested(10_000)]},
        {f"k{n}": n for n in range(3_000)},
        {"choose" * 3_000: ["A"]},
        "[" * 20_000,
        nested(10_000),
    ],
    ids=["repeats", "ids", "long", "five-long", "deep", "deep-one", "keys", "long-key", "text", "deep-all"],
)
def test_twenty_kilobytes_of_nonsense_are_refused_at_once(raw: object) -> None:
    before = time.perf_counter()
    reading = read_response(an_item(), raw)
    assert time.perf_counter() - before < 0.25
    assert isinstance(reading, InvalidResponse)


# A paper of four: two from CONF-1, one critical from CONF-2, one from LEAK-1.
BLUEPRINT = a_blueprint(
    Draw("conf", 2, objective="CONF-1"),
    Draw("conf", 1, objective="CONF-2", critical=True),
    Draw("conf", 1, objective="LEAK-1"),
)
ITEMS = {
    "I1": an_item("I1", scoring=Scheme.NO_WRONG),
    "I2": a_single("I2"),
    "I3": an_item("I3", objective="CONF-2", scoring=Scheme.NO_WRONG),
    "I4": a_truefalse("I4", objective="LEAK-1"),
}
PAPER = draw(BLUEPRINT, ITEMS.values(), SEED)
RIGHT = {"I1": chosen("ABC"), "I2": chosen("B"), "I3": chosen("ABC"), "I4": Choose(frozenset({"false"}))}


def scored(cut_score: str = "4/5", **responses: Choose | None) -> PaperScore:
    answers = RIGHT | responses
    marks = mark_paper(PAPER, ITEMS, {slot.number: answers[slot.item] for slot in PAPER.slots})
    return score_paper(PAPER, marks, Fraction(cut_score))


def test_the_denominator_is_the_number_of_items_drawn() -> None:
    score = scored(I1=None, I2=None)
    assert (score.points, score.items, score.share, score.passed) == (Fraction(2), 4, Fraction(1, 2), False)


@pytest.mark.parametrize(
    ("cut_score", "passed"), [("11/12", True), ("9166/10000", True), ("9167/10000", False), ("1", False)]
)
def test_a_paper_passes_at_its_cut_score_and_not_a_hair_below(cut_score: str, passed: bool) -> None:
    score = scored(cut_score, I1=chosen("AB"))
    assert score.share == Fraction(11, 12)
    assert score.passed is passed


@pytest.mark.parametrize("answer", [None, chosen("D"), chosen("Z"), chosen("AB")])
def test_anything_but_right_in_a_critical_slot_fails_whatever_the_score(answer: Choose | None) -> None:
    score = scored("1/2", I3=answer)
    critical = [slot.number for slot in PAPER.slots if slot.critical]
    assert score.share >= Fraction(3, 4)
    assert not score.passed
    assert list(score.critical_failures) == critical == [3]


def test_a_wrong_answer_in_another_slot_is_no_critical_failure() -> None:
    score = scored("1/2", I4=Choose(frozenset({"true"})))
    assert score.passed
    assert score.critical_failures == ()


def test_topics_follow_the_paper_and_add_up_to_the_points() -> None:
    score = scored(I1=chosen("A"))
    found = [(topic.objective, topic.points, topic.items) for topic in score.topics]
    assert found == [("CONF-1", Fraction(4, 3), 2), ("CONF-2", 1, 1), ("LEAK-1", 1, 1)]
    assert sum(topic.points for topic in score.topics) == score.points


def test_a_missing_response_is_unanswered_and_another_version_is_refused() -> None:
    marks = mark_paper(PAPER, ITEMS, {})
    assert {one.outcome for one in marks.values()} == {Outcome.UNANSWERED}
    assert sorted(marks) == [1, 2, 3, 4]
    rekeyed = ITEMS | {"I2": a_single("I2", key="C")}
    with pytest.raises(ValueError, match="another version of I2"):
        mark_paper(PAPER, rekeyed, {})


@pytest.mark.parametrize(
    ("share", "percent"),
    [("1", "100"), ("0", "0"), ("4/5", "80"), ("7999/10000", "79.9"), ("2/3", "66.6"), ("1999/2000", "99.9")],
)
def test_a_shown_percentage_never_reads_higher_than_the_score(share: str, percent: str) -> None:
    assert shown_percent(Fraction(share)) == Decimal(percent)


@pytest.mark.parametrize(
    ("change", "scoring_changes"),
    [
        ({"options": options("ABCDE", "ABD")}, True),
        ({"options": options("ABCDEF", "ABC")}, True),
        ({"scoring": Scheme.CN_HALF}, True),
        ({"kind": ItemKind.SINGLE}, True),
        ({"stem": words("another stem")}, False),
        ({"because": None}, False),
        ({"see": None}, False),
        ({"difficulty": 3}, False),
        ({"objective": "CONF-9"}, False),
        ({"options": options("ABCDE", "ABC", pinned="E")}, False),
    ],
)
def test_a_change_alters_the_one_hash_it_belongs_to(change: dict[str, object], scoring_changes: bool) -> None:
    before, after = an_item(), an_item(**change)  # type: ignore[arg-type]
    assert (scoring_hash(before) != scoring_hash(after)) is scoring_changes
    if not scoring_changes:
        assert text_hash(before) != text_hash(after)
    assert item_version(before) != item_version(after)


def test_weights_belong_to_the_scoring_hash_only_where_they_score() -> None:
    def pair(scheme: Scheme) -> tuple[str, str]:
        heavier = (dataclasses.replace(WEIGHTS[0], weight=Fraction(1, 2)), *WEIGHTS[1:])
        first, second = (an_item(scoring=scheme, options=one) for one in (WEIGHTS, heavier))
        return scoring_hash(first), scoring_hash(second)

    assert len(set(pair(Scheme.WEIGHTS))) == 2
    assert len(set(pair(Scheme.EXACT))) == 1


def test_hashes_stay_what_they_were_when_papers_were_stored() -> None:
    """A changed constant here means that no stored paper can be replayed."""
    options_part = (
        '"A":{"right":true},"B":{"right":true},"C":{"right":true},"D":{"right":false},"E":{"right":false}'
    )
    written = f'{{"options":{{{options_part}}},"scoring":"exact","type":"multiple"}}'
    assert scoring_hash(an_item()) == hashlib.sha256(written.encode()).hexdigest()
    assert item_version(an_item()) == "a7d52803ac632b8d855f95dc6a7171dee40bbbf98b50521865a2de9cba55444d"
