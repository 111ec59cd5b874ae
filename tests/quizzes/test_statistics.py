"""Item statistics against published values of known data, and against what each measure must do."""

from fractions import Fraction
from itertools import product
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes.statistics import (
    Flag,
    Given,
    alpha,
    correlation,
    item_statistics,
    mean,
    paper_statistics,
    thirds,
    variance,
)

ONE, NIL = Fraction(1), Fraction(0)


def papers_of(rows):
    return [{str(place): Fraction(score) for place, score in enumerate(row)} for row in rows]


def patterns(*counts):
    """Rows of five 0/1 scores from the frequency of every pattern, 00000 first."""
    every = product((0, 1), repeat=5)
    return papers_of([row for row, count in zip(every, counts, strict=True) for _ in range(count)])


# CTT for R, manual page `reliability`: 10 people, 5 items.
# https://search.r-project.org/CRAN/refmans/CTT/html/reliability.html
CTT = papers_of(["00000", "00000", "00001", "00011", "00111", "01111", "11111", "10111", "00011", "01111"])
# Law School Admission Test, sections 6 and 7 (Bock and Lieberman 1970, Psychometrika 35, 179-197), 1000 people each.
LSAT6 = patterns(
    3, 6, 2, 11, 1, 1, 3, 4, 1, 8, 0, 16, 0, 3, 2, 15,
    10, 29, 14, 81, 3, 28, 15, 80, 16, 56, 21, 173, 11, 61, 28, 298,
)  # fmt: skip
LSAT7 = patterns(
    12, 19, 1, 7, 3, 19, 3, 17, 10, 5, 3, 7, 7, 23, 8, 28,
    7, 39, 11, 34, 14, 51, 15, 90, 6, 25, 7, 35, 18, 136, 32, 308,
)  # fmt: skip


def facilities(papers):
    return [mean(paper[str(item)] for paper in papers) for item in range(5)]


def item_rests(papers):
    def related(item):
        scores = [paper[item] for paper in papers]
        return correlation(scores, [sum(paper.values()) - paper[item] for paper in papers])

    return [related(str(item)) for item in range(5)]


def test_the_matrix_of_the_manual_of_ctt_gives_its_published_values():
    assert facilities(CTT) == [Fraction(each, 10) for each in (2, 3, 5, 7, 8)]
    assert alpha(CTT) == Fraction(31, 38)
    assert float(alpha(CTT)) == pytest.approx(0.81578947, abs=5e-9)


def test_the_law_school_test_section_6_gives_what_ltm_publishes_for_it():
    # Rizopoulos 2006, Journal of Statistical Software 17(5): descript(LSAT).
    assert facilities(LSAT6) == [Fraction(each, 1000) for each in (924, 709, 553, 763, 870)]
    assert float(alpha(LSAT6)) == pytest.approx(0.2950, abs=5e-5)
    assert item_rests(LSAT6) == pytest.approx([0.1128, 0.1532, 0.1728, 0.1444, 0.1216], abs=5e-5)


def test_the_law_school_test_section_7_gives_what_mirt_publishes_for_it():
    # mirt for R, itemstats(expand.table(LSAT7)): totals, alpha, correlations with the item removed, SEM.alpha.
    totals = [sum(paper.values()) for paper in LSAT7]
    assert facilities(LSAT7) == [Fraction(each, 1000) for each in (828, 658, 772, 606, 843)]
    assert mean(totals) == Fraction(3707, 1000)
    assert sqrt(variance(totals) * 1000 / 999) == pytest.approx(1.199, abs=5e-4)
    assert float(alpha(LSAT7)) == pytest.approx(0.453, abs=5e-4)
    assert item_rests(LSAT7) == pytest.approx([0.246, 0.247, 0.313, 0.223, 0.175], abs=5e-4)
    error = paper_statistics(LSAT7, Fraction(4, 5)).error
    assert error * 5 == pytest.approx(0.886, abs=1e-3)


@given(st.lists(st.lists(st.integers(0, 1), min_size=4, max_size=4), min_size=5, max_size=40))
def test_alpha_is_kr20_by_its_textbook_formula(rows):
    totals = variance([Fraction(sum(row)) for row in rows])
    rates = [mean(map(Fraction, column)) for column in zip(*rows, strict=True)]
    found = alpha(papers_of(rows))
    if totals:
        assert found == Fraction(4, 3) * (1 - sum(rate * (1 - rate) for rate in rates) / totals)
    else:
        assert found is None


def answers(*groups):
    """Responses from (how many, score, rest, option chosen, language)."""
    return [
        Given(Fraction(score), Fraction(rest), frozenset(chosen), language)
        for count, score, rest, chosen, language in groups
        for _ in range(count)
    ]


HIGH, LOW = Fraction(9, 10), Fraction(4, 10)
GOOD = [(60, 1, HIGH, "a", "zh"), (30, 0, LOW, "b", "zh"), (10, 0, LOW, "c", "zh")]
KEY = [("a", True), ("b", False), ("c", False)]


@pytest.mark.parametrize(
    ("count", "said", "provisional"),
    [(29, False, None), (30, True, True), (99, True, True), (100, True, False)],
)
def test_little_is_said_of_few_responses(count, said, provisional):
    found = item_statistics(answers((count - 1, 1, HIGH, "a", ""), (1, 0, LOW, "b", "")))
    assert (found is not None) == said
    assert found is None or (found.responses, found.provisional) == (count, provisional)


def test_a_good_item_is_described_and_raises_no_flag():
    found = item_statistics(answers(*GOOD), KEY)
    assert (found.facility, found.discrimination, found.flags) == (Fraction(6, 10), 1, ())
    assert [(each.count, each.mean_rest) for each in found.options] == [(60, HIGH), (30, LOW), (10, LOW)]
    assert found.item_rest == pytest.approx(1)


@pytest.mark.parametrize(
    ("groups", "flags"),
    [
        ([(60, 1, LOW, "a", ""), (30, 0, HIGH, "b", ""), (10, 0, LOW, "c", "")], {Flag.WRONG_KEY, Flag.NEGATIVE}),
        ([(70, 1, HIGH, "a", ""), (25, 0, LOW, "b", ""), (5, 0, LOW, "c", "")], set()),
        ([(71, 1, HIGH, "a", ""), (25, 0, LOW, "b", ""), (4, 0, LOW, "c", "")], {Flag.DEAD_DISTRACTOR}),
        ([(71, 1, LOW, "a", ""), (25, 0, 0, "b", ""), (4, 0, HIGH, "c", "")], {Flag.DEAD_DISTRACTOR}),
        ([*GOOD, (30, 0, HIGH, "b", "en"), (30, 1, HIGH, "a", "en")], {Flag.LANGUAGES}),
        ([*GOOD, (29, 0, HIGH, "b", "en")], set()),
    ],
)  # fmt: skip
def test_flags_are_raised_exactly_where_they_are_due(groups, flags):
    assert set(item_statistics(answers(*groups), KEY).flags) == flags


def test_people_with_the_same_rest_share_their_places():
    tied = answers((30, 1, HIGH, "a", ""), (30, 0, HIGH, "b", ""))
    assert thirds(tied) == thirds(tied[::-1]) == (Fraction(1, 2),) * 3


def drawn(people, bank, take):
    """Papers of `take` items each, dealt in turn from a bank; the able get all right, the others none."""
    rows = []
    for person in range(people):
        items = [(person + step * step) % bank for step in range(take)]
        rows.append({str(item): Fraction(person % 2) for item in items})
    return rows


def test_drawn_papers_use_pairs_given_together_or_say_nothing():
    three = [
        {str(item): Fraction(person % 2) for item in range(4) if item != person % 3} for person in range(200)
    ]
    assert alpha([{k: v for k, v in each.items() if k != "3"} for each in three]) is not None
    assert alpha(drawn(200, 100, 5)) is None
    assert paper_statistics(drawn(200, 100, 5), Fraction(4, 5)).error is None
    assert alpha([{"a": ONE}, {"a": ONE, "b": NIL}] * 40) is None


def test_decisions_are_least_consistent_near_the_cut():
    found = paper_statistics(LSAT7, Fraction(4, 5))
    assert 0.5 <= found.near_consistency < found.consistency < 1
    assert 0 < found.near < found.papers == 1000
    far = paper_statistics(LSAT7, Fraction(1, 100))
    assert far.consistency > 0.99
