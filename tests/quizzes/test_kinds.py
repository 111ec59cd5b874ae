"""Matching, ordering, figures, texts, gaps, scales and regions: read, marked exactly, never paid for nothing."""

import dataclasses
import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.core.canonical import canonical_json
from lms.quizzes.details import detail_body, detail_from
from lms.quizzes.figures import figure_text, read_figure, to_figures
from lms.quizzes.marking import careless_responses
from lms.quizzes.paper import option_order
from lms.quizzes.public import cloze_parts, public_slot
from lms.quizzes.responses import response_from_fields
from lms.quizzes.rules import Item, ItemKind, Scheme
from lms.quizzes.rules_kinds import Cloze, Figure, Match, Near
from lms.quizzes.scoring import (
    InvalidResponse,
    Mark,
    Outcome,
    key_response,
    mark,
    read_response,
    response_document,
    scoring_hash,
    select_all_or_blank_earns,
    text_hash,
)
from tests.quizzes.builders import SEED, options, words
from tests.quizzes.kinds import (
    EXAMPLES,
    NEW_KINDS,
    a_cloze,
    a_figure,
    a_hotspot,
    a_match,
    a_scale,
    a_text,
    an_order,
    any_items,
    raw_responses,
)


def scored(item: Item, raw: object) -> Mark:
    return mark(item, read_response(item, raw))


def test_there_is_an_example_of_every_new_kind() -> None:
    assert {item.kind for item in EXAMPLES} == set(NEW_KINDS)


@given(any_items())
def test_the_key_earns_all_and_what_takes_no_thought_nothing(item: Item) -> None:
    assert mark(item, key_response(item)) == Mark(Outcome.RIGHT, Fraction(1))
    assert read_response(item, response_document(key_response(item))) == key_response(item)
    assert mark(item, None) == Mark(Outcome.UNANSWERED, Fraction(0))
    assert {scored(item, raw).score for raw in careless_responses(item)} == {0}
    assert not select_all_or_blank_earns(item)


@given(any_items().flatmap(lambda item: st.tuples(st.just(item), raw_responses(item))))
def test_whatever_is_sent_is_read_or_refused_and_earns_between_nothing_and_one(
    pair: tuple[Item, object],
) -> None:
    item, raw = pair
    reading = read_response(item, raw)
    first = mark(item, reading)
    assert 0 <= first.score <= 1
    assert isinstance(first.score, Fraction)
    assert first == mark(item, read_response(item, raw))
    assert (first.score == 1) == (first.outcome is Outcome.RIGHT)
    if isinstance(reading, InvalidResponse):
        assert first == Mark(Outcome.INVALID, Fraction(0))
    else:
        kept = json.loads(json.dumps(response_document(reading)))
        assert read_response(item, kept) == reading
        assert first.outcome is not Outcome.INVALID


@given(any_items(), st.binary(min_size=16, max_size=16))
def test_shuffling_changes_what_is_seen_and_never_the_score(item: Item, seed: bytes) -> None:
    order = option_order(item, seed)
    assert sorted(order) == sorted(option.id for option in item.options)
    assert order == option_order(item, seed)
    if item.kind is not ItemKind.ORDER:  # there the authored order is the key
        turned = tuple(next(one for one in item.options if one.id == name) for name in order)
        other = dataclasses.replace(item, options=turned)
        assert scoring_hash(other) == scoring_hash(item)
        assert mark(other, key_response(item)).score == 1


def test_scales_and_regions_keep_their_order_and_what_is_to_be_ordered_does_not() -> None:
    assert option_order(a_scale(), SEED) == tuple("ABCD")
    assert option_order(a_hotspot(), SEED) == tuple("ABC")
    assert len({option_order(an_order(), bytes([n]) * 16) for n in range(40)}) > 10


@pytest.mark.parametrize(
    ("pairs", "share", "exact"),
    [
        ({"pA0": "A", "pA1": "A", "pB2": "B", "pC3": "C"}, "1", 1),
        ({"pA0": "A", "pA1": "A", "pB2": "C", "pC3": "B"}, "1/2", 0),
        ({"pA0": "A"}, "1/4", 0),
        ({"pA0": "A", "pA1": "A", "pB2": "A", "pC3": "A"}, "0", 0),
        ({"pA0": "D", "pB2": "D"}, "0", 0),
    ],
)
def test_matching_is_marked_by_right_pairs_over_lines(pairs: dict[str, str], share: str, exact: int) -> None:
    assert scored(a_match(), {"pairs": pairs}).score == Fraction(share)
    assert scored(a_match(scoring=Scheme.EXACT), {"pairs": pairs}).score == exact


@pytest.mark.parametrize(
    ("order", "share", "exact"),
    [
        ("ABCD", "1", 1),
        ("BACD", "5/6", 0),
        ("DCBA", "0", 0),
        ("ABC", "1/2", 0),
        ("A", "0", 0),
        ("DA", "0", 0),
    ],
)
def test_ordering_is_marked_by_the_share_of_pairs_in_order(order: str, share: str, exact: int) -> None:
    assert scored(an_order(), {"order": list(order)}).score == Fraction(share)
    assert scored(an_order(scoring=Scheme.EXACT), {"order": list(order)}).score == exact


@pytest.mark.parametrize(
    ("typed", "value", "unit"),
    [
        ("1250", "1250", ""), ("１２５０", "1250", ""), ("1,250.50", "2501/2", ""), ("1，250", "1250", ""),
        ("1 250", "1250", ""), ("-3", "-3", ""), ("−3", "-3", ""), ("－３．５", "-7/2", ""), (".5", "1/2", ""),
        ("5/6", "5/6", ""), ("125万", "1250000", ""), ("1.25 亿元", "5/4", "亿元"), ("125 万元", "125", "万元"),
        ("25%", "25", "%"), ("25％", "25", "%"), ("25 bps", "25", "bp"), ("3 个月", "3", "个月"),
        ("3 months", "3", "个月"), ("¥ 1,000", "1000", ""), ("RMB 1,000", "1000", ""), ("+7", "7", ""),
    ],
)  # fmt: skip
def test_figures_are_understood_as_people_type_them(typed: str, value: str, unit: str) -> None:
    assert read_figure(typed) == (Fraction(value), unit)


@pytest.mark.parametrize(
    "typed",
    ["", "about 5", "1,5", "1,25,000", "12 34", "1.2.3", "5/0", "五", "10²", "1e5", "0x1F", "--3", "5 apples",
     "9" * 41, "%", "万", "3万元元", "nan", "1/2/3", ","],
)  # fmt: skip
def test_what_is_no_figure_is_refused_and_never_misread(typed: str) -> None:
    assert read_figure(typed) is None


@pytest.mark.parametrize(
    ("raw", "score"),
    [
        ({"number": "125", "unit": "万元"}, 1),
        ({"number": "1,250,000", "unit": "元"}, 1),
        ({"number": "0.0125", "unit": "亿元"}, 1),
        ({"number": "125万元"}, 1),
        ({"number": "１２５", "unit": "万元"}, 1),
        ({"number": "125", "unit": "元"}, 0),
        ({"number": "125"}, 0),
        ({"number": "125", "unit": "%"}, 0),
        ({"number": "126", "unit": "万元"}, 0),
    ],
)
def test_magnitude_and_unit_are_marked_together(raw: dict[str, str], score: int) -> None:
    assert scored(a_figure(), raw).score == score


@pytest.mark.parametrize(
    ("near", "tolerance", "right", "wrong"),
    [
        (Near.ABSOLUTE, "1/2", ["12.5", "13.5", "13"], ["12.49", "13.51"]),
        (Near.RELATIVE, "1/100", ["12.87", "13.13"], ["12.869", "13.131"]),
        (Near.FIGURES, "2", ["12.5", "13.49"], ["12.49", "13.5", "-13"]),
    ],
)
def test_each_tolerance_holds_to_its_exact_edge(
    near: Near, tolerance: str, right: list[str], wrong: list[str]
) -> None:
    item = a_figure(Figure(Fraction(13), near=near, tolerance=Fraction(tolerance)))
    assert [scored(item, {"number": one}).score for one in right] == [1] * len(right)
    assert [scored(item, {"number": one}).score for one in wrong] == [0] * len(wrong)


@given(st.fractions(-(10**9), 10**9, max_denominator=10**6))
def test_a_figure_written_out_reads_back_the_same(value: Fraction) -> None:
    assert len(figure_text(value)) > 40 or read_figure(figure_text(value)) == (value, "")


@given(st.fractions(max_denominator=10**6), st.integers(1, 9))
def test_rounding_to_figures_is_near_and_done_once(value: Fraction, figures: int) -> None:
    rounded = to_figures(value, figures)
    assert abs(rounded - value) <= abs(value) * Fraction(1, 2) / Fraction(10) ** (figures - 1)
    assert to_figures(rounded, figures) == rounded


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("需要知道", True), (" 需要 知道。", True), ("“需要知道”", True), ("Need to Know", True),
        ("ＮＥＥＤ to  know", True), ("need\u200bto know", False), ("需要\u200b知道", True),
        ("需要知晓", False), ("知道", False), ("。", False), ("需要知道吗", False),
    ],
)  # fmt: skip
def test_typed_answers_are_compared_in_their_normal_form(typed: str, right: bool) -> None:
    assert scored(a_text(), {"text": typed}).score == int(right)


def test_traditional_characters_count_only_where_they_are_listed() -> None:
    assert scored(a_text("保密义务"), {"text": "保密義務"}).outcome is Outcome.WRONG
    assert scored(a_text("保密义务", "保密義務"), {"text": "保密義務"}).outcome is Outcome.RIGHT


def test_each_gap_earns_its_share() -> None:
    assert scored(a_cloze(), {"gaps": {"who": "合规部。", "when": "At once"}}).score == 1
    assert scored(a_cloze(), {"gaps": {"who": "合规部", "when": "明天"}}).score == Fraction(1, 2)
    assert scored(a_cloze(), {"gaps": {"who": "合规部", "when": " "}}).score == Fraction(1, 2)
    assert scored(a_cloze(scoring=Scheme.EXACT), {"gaps": {"who": "合规部"}}).score == 0
    assert scored(a_cloze(), {"gaps": {"who": "", "when": " "}}).outcome is Outcome.UNANSWERED
    assert cloze_parts("a {x} b {x}") == ["a ", {"gap": "x"}, " b ", {"gap": "x"}]


def test_a_neighbouring_step_of_a_scale_may_earn_a_part() -> None:
    weighed = [scored(a_scale(), {"choose": [one]}).score for one in "ABCD"]
    assert weighed == [0, Fraction(1, 2), 1, Fraction(1, 2)]
    exact = [scored(a_scale(scoring=Scheme.EXACT), {"choose": [one]}).score for one in "ABCD"]
    assert exact == [0, 0, 1, 0]


# What no browser would send, and why it is refused.
@pytest.mark.parametrize(
    ("item", "raw", "reason"),
    [
        (a_match(), {"pairs": {"pA0": "Z"}}, "unknown"),
        (a_match(), {"pairs": {"zz": "A"}}, "unknown"),
        (a_match(), {"pairs": {"pA0": ["A", "B"]}}, "shape"),
        (a_match(), {"pairs": {f"p{n}": "A" for n in range(99)}}, "too_many"),
        (a_match(), {"choose": ["A"]}, "shape"),
        (an_order(), {"order": list("AAB")}, "duplicate"),
        (an_order(), {"order": list("ABZ")}, "unknown"),
        (an_order(), {"order": list("ABCDA")}, "too_many"),
        (an_order(), {"order": "ABCD"}, "shape"),
        (a_figure(), {"number": 125}, "shape"),
        (a_figure(), {"number": "some", "unit": "万元"}, "no_figure"),
        (a_figure(), {"number": "125%", "unit": "万元"}, "no_figure"),
        (a_figure(), {"number": "125", "unit": "%"}, "unknown"),
        (a_figure(), {"number": "1" * 300}, "too_many"),
        (a_figure(), {"unit": "万元"}, "shape"),
        (a_text(), {"text": "x" * 501}, "too_many"),
        (a_text(), {"text": ["需要知道"]}, "shape"),
        (a_cloze(), {"gaps": {"where": "x"}}, "unknown"),
        (a_cloze(), {"gaps": {"who": "x" * 201}}, "too_many"),
        (a_cloze(), {"gaps": ["x"]}, "shape"),
        (a_scale(), {"choose": list("BC")}, "several"),
        (a_hotspot(), {"choose": list("ABC")}, "several"),
        (a_hotspot(), {"point": [10, 20]}, "shape"),
    ],
)  # fmt: skip
def test_what_no_browser_sends_is_refused_with_its_reason(item: Item, raw: object, reason: str) -> None:
    reading = read_response(item, raw)
    assert isinstance(reading, InvalidResponse)
    assert reading.reason == reason


@pytest.mark.parametrize(
    ("item", "fields", "document"),
    [
        (a_match(), {"pA0": ["A"], "pA1": [""], "pB2": ["B"]}, {"pairs": {"pA0": "A", "pB2": "B"}}),
        (an_order(), {"A": ["2"], "B": ["1"], "C": [""], "D": ["4"]}, {"order": ["B", "A", "D"]}),
        (a_figure(), {"number": [" 1,250 "], "unit": ["元"]}, {"number": "1,250", "unit": "元"}),
        (a_figure(), {"number": [""], "unit": ["元"]}, None),
        (a_text(), {"": ["需要知道 "]}, {"text": "需要知道"}),
        (a_cloze(), {"gap-who": ["合规部"], "gap-when": [""]}, {"gaps": {"who": "合规部"}}),
        (a_scale(), {"": ["C"]}, {"choose": ["C"]}),
        (a_hotspot(), {"": ["B"]}, {"choose": ["B"]}),
        *((item, {}, None) for item in EXAMPLES),
    ],
)
def test_a_form_without_a_script_says_the_same(
    item: Item, fields: dict[str, list[str]], document: object
) -> None:
    reading = read_response(item, response_from_fields(item, fields))
    assert not isinstance(reading, InvalidResponse)
    assert response_document(reading) == document


@pytest.mark.parametrize("places", [{"A": "1", "B": "1"}, {"A": "9"}, {"A": "x"}, {"Z": "1"}])
def test_two_on_one_place_or_a_place_that_is_none_cannot_be_read(places: dict[str, str]) -> None:
    fields = {key: [value] for key, value in places.items()}
    assert isinstance(read_response(an_order(), response_from_fields(an_order(), fields)), InvalidResponse)


@given(any_items())
def test_details_are_published_and_read_back_whole(item: Item) -> None:
    if item.detail is not None:
        body = json.loads(canonical_json(detail_body(item.detail)))
        assert detail_from(item.kind, {"detail": body}) == item.detail


@pytest.mark.parametrize("item", EXAMPLES, ids=lambda item: item.kind)
def test_no_view_depends_on_the_key_or_tells_a_secret(item: Item) -> None:
    order = option_order(item, SEED)
    sent = json.dumps(public_slot(item, order, "en"), ensure_ascii=False)
    assert "why" not in sent
    assert sent == json.dumps(public_slot(without_key(item), order, "en"), ensure_ascii=False)


def without_key(item: Item) -> Item:
    """The same question with another key and no feedback."""
    made = tuple(
        dataclasses.replace(one, right=False, because=None, weight=Fraction(0)) for one in item.options
    )
    detail = item.detail
    if isinstance(detail, Match):
        detail = Match(tuple(dataclasses.replace(pair, to="D", because=None) for pair in detail.pairs))
    elif isinstance(detail, Figure):
        detail = dataclasses.replace(detail, answer=Fraction(7), unit="亿元", tolerance=Fraction(1))
    elif isinstance(detail, Cloze):
        accept = a_text("x").detail.accept  # type: ignore[union-attr]
        gaps = tuple(dataclasses.replace(gap, accept=accept, because=None) for gap in detail.gaps)
        detail = dataclasses.replace(detail, gaps=gaps)
    elif item.kind is ItemKind.TEXT:
        detail = a_text("x").detail
    elif item.kind is ItemKind.ORDER:
        made = made[::-1]
    return dataclasses.replace(
        item, options=made, detail=detail, because=None, see=None, scoring=Scheme.EXACT
    )


@pytest.mark.parametrize("item", EXAMPLES, ids=lambda item: item.kind)
def test_another_key_is_another_scoring_hash_and_another_stem_is_not(item: Item) -> None:
    assert scoring_hash(without_key(item)) != scoring_hash(item)
    reworded = dataclasses.replace(item, stem=words("another"))
    assert scoring_hash(reworded) == scoring_hash(item)
    assert text_hash(reworded) != text_hash(item)


def test_a_matching_item_that_one_option_answers_is_not_safe() -> None:
    pairs = Match(tuple(dataclasses.replace(pair, to="A") for pair in a_match().detail.pairs))  # type: ignore[union-attr]
    one_target = a_match(detail=pairs, options=options("AB", ""))
    assert mark(one_target, key_response(one_target)).score == 0  # so the loader refuses it (E216)
