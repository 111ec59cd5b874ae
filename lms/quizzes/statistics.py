"""What answers say about items and papers: classical item statistics. Pure; exact where no root is taken.

An item is judged by the share earned on the other items of the same paper (the rest), so that papers drawn
from a bank compare. Under 30 responses nothing is said, under 100 what is said is provisional.
Source: docs/quizzes.md, "Item statistics".
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import combinations
from math import erf, lcm, sqrt

FEWEST, FIRM = 30, 100
DEAD = Fraction(5, 100)
APART = Fraction(15, 100)
NIL, HALF = Fraction(0), Fraction(1, 2)


class Flag(StrEnum):
    """What an author should look at."""

    WRONG_KEY = "wrong_key"
    NEGATIVE = "negative"
    DEAD_DISTRACTOR = "dead_distractor"
    LANGUAGES = "languages"


@dataclass(frozen=True, slots=True)
class Given:
    """One person's first response to an item: what it earned, the share of the rest, which options it took."""

    score: Fraction
    rest: Fraction
    chosen: frozenset[str] = frozenset()
    language: str = ""


@dataclass(frozen=True, slots=True)
class OptionUse:
    """How often an option was taken, and how those who took it did on the rest."""

    id: str
    right: bool
    count: int
    share: Fraction
    mean_rest: Fraction | None  # None: nobody took it


@dataclass(frozen=True, slots=True)
class LanguageUse:
    """How the readers of one language did."""

    responses: int
    facility: Fraction
    mean_rest: Fraction


@dataclass(frozen=True, slots=True)
class ItemStatistics:
    """What the responses to one item say; `thirds` are facilities from the weakest third to the strongest."""

    responses: int
    provisional: bool
    facility: Fraction
    item_rest: float | None  # None: all answered alike, or the rest is alike
    discrimination: Fraction
    thirds: tuple[Fraction, Fraction, Fraction]
    options: tuple[OptionUse, ...]
    languages: Mapping[str, LanguageUse]
    flags: tuple[Flag, ...]


@dataclass(frozen=True, slots=True)
class PaperStatistics:
    """What whole papers say. Scores, deviation and error of measurement are shares of 1.

    `near` counts who scored within one error of measurement of the cut; `consistency` is the expected share
    of people whom a second, equivalent paper would judge alike, `near_consistency` among those near.
    """

    papers: int
    provisional: bool
    mean: Fraction
    deviation: float
    alpha: Fraction | None  # None: not estimable
    error: float | None
    near: int | None
    consistency: float | None
    near_consistency: float | None


def mean(values: Iterable[Fraction]) -> Fraction:
    """Return the mean; of at least one value."""
    listed = list(values)
    return sum(listed, NIL) / len(listed)


def variance(values: Sequence[Fraction]) -> Fraction:
    """Return the variance with divisor n."""
    middle = mean(values)
    return mean((each - middle) ** 2 for each in values)


def correlation(ones: Sequence[Fraction], others: Sequence[Fraction]) -> float | None:
    """Return the product-moment correlation, or None where one side does not vary."""
    mean_one, mean_other = mean(ones), mean(others)
    spread = variance(ones) * variance(others)
    if not spread:
        return None
    shared = mean(one * other for one, other in zip(ones, others, strict=True)) - mean_one * mean_other
    return float(shared) / sqrt(spread)


def thirds(given: Sequence[Given]) -> tuple[Fraction, Fraction, Fraction]:
    """Return the facility in the lower, middle and upper third by the rest.

    People with the same rest share the places they occupy, so that no order among them is made up.
    """
    size = Fraction(len(given), 3)
    totals, place = [NIL, NIL, NIL], NIL
    by_rest: dict[Fraction, list[Fraction]] = {}
    for each in given:
        by_rest.setdefault(each.rest, []).append(each.score)
    for rest in sorted(by_rest):
        scores = by_rest[rest]
        typical, until = mean(scores), place + len(scores)
        for number in range(3):
            within = min(until, size * (number + 1)) - max(place, size * number)
            totals[number] += typical * max(NIL, within)
        place = until
    return totals[0] / size, totals[1] / size, totals[2] / size


def option_uses(given: Sequence[Given], options: Iterable[tuple[str, bool]]) -> tuple[OptionUse, ...]:
    """Return how each (option, whether it is right) was used."""
    found = []
    for name, right in options:
        rests = [each.rest for each in given if name in each.chosen]
        share = Fraction(len(rests), len(given))
        found.append(OptionUse(name, right, len(rests), share, mean(rests) if rests else None))
    return tuple(found)


def language_uses(given: Iterable[Given]) -> dict[str, LanguageUse]:
    """Return how the readers of each known language did, where there are at least 30 of them."""
    by_language: dict[str, list[Given]] = {}
    for each in given:
        if each.language:
            by_language.setdefault(each.language, []).append(each)
    return {
        name: LanguageUse(len(those), mean(one.score for one in those), mean(one.rest for one in those))
        for name, those in sorted(by_language.items())
        if len(those) >= FEWEST
    }


def item_statistics(
    given: Sequence[Given], options: Sequence[tuple[str, bool]] = ()
) -> ItemStatistics | None:
    """Return what the responses to an item say, or None under 30 of them."""
    if len(given) < FEWEST:
        return None
    scores, parts = [each.score for each in given], thirds(given)
    related = correlation(scores, [each.rest for each in given])
    uses, languages = option_uses(given, options), language_uses(given)
    flags = {
        Flag.WRONG_KEY: wrong_key(uses),
        Flag.NEGATIVE: related is not None and related < 0,
        Flag.DEAD_DISTRACTOR: any(not each.right and each.share < DEAD for each in uses),
        Flag.LANGUAGES: reads_differently(languages),
    }
    return ItemStatistics(
        len(given), len(given) < FIRM, mean(scores), related, parts[2] - parts[0], parts, uses, languages,
        tuple(flag for flag, raised in flags.items() if raised),
    )  # fmt: skip


def wrong_key(uses: Iterable[OptionUse]) -> bool:
    """Tell whether those who took some distractor, at least 5 % of all, did better on the rest than the key's."""
    listed = list(uses)
    keys = [each.mean_rest for each in listed if each.right and each.mean_rest is not None]
    rivals = [
        each.mean_rest
        for each in listed
        if not each.right and each.share >= DEAD and each.mean_rest is not None
    ]
    return bool(rivals) and (not keys or max(rivals) > max(keys))


def reads_differently(languages: Mapping[str, LanguageUse]) -> bool:
    """Tell whether, beyond how their readers do on the rest, two languages differ by more than 15 points."""
    beyond = [each.facility - each.mean_rest for each in languages.values()]
    return bool(beyond) and max(beyond) - min(beyond) > APART


def alpha(papers: Sequence[Mapping[str, Fraction]]) -> Fraction | None:
    """Return Cronbach's alpha of papers (item → score), or None where it cannot be estimated.

    Variances and covariances take the same divisor, so 0/1 scores give KR-20. On drawn papers they are means
    over the items, and over the pairs that at least 30 people were given together; with fewer than half of
    all pairs, with papers of different lengths or without any spread nothing is estimated.
    """
    lengths = {len(paper) for paper in papers}
    if len(lengths) != 1 or min(lengths) < 2:
        return None
    fewest = min(FEWEST, len(papers))
    own, joint, pairs = _moments(papers, fewest)
    if not joint or 2 * len(joint) < pairs:
        return None
    items, between, within = lengths.pop(), mean(joint), mean(own)
    spread = within + (items - 1) * between
    return None if spread <= 0 else items * between / spread


def _moments(
    papers: Sequence[Mapping[str, Fraction]], fewest: int
) -> tuple[list[Fraction], list[Fraction], int]:
    """Return variances of items, covariances of the pairs given often enough, and how many pairs there are."""
    scale = lcm(*{score.denominator for paper in papers for score in paper.values()})
    sums: dict[tuple[str, str], list[int]] = {}
    for paper in papers:
        whole = sorted((name, int(score * scale)) for name, score in paper.items())
        for (one, x), (other, y) in (*combinations(whole, 2), *((each, each) for each in whole)):
            total = sums.setdefault((one, other), [0, 0, 0, 0])
            total[0] += 1
            total[1] += x
            total[2] += y
            total[3] += x * y
    moments = {
        pair: Fraction(n * xy - x * y, n * n * scale * scale)
        for pair, (n, x, y, xy) in sums.items()
        if n >= fewest
    }
    own = [value for (one, other), value in moments.items() if one == other]
    joint = [value for (one, other), value in moments.items() if one != other]
    count = len({one for one, other in sums if one == other})
    return own, joint, count * (count - 1) // 2


def paper_statistics(papers: Sequence[Mapping[str, Fraction]], cut: Fraction) -> PaperStatistics | None:
    """Return what whole papers (item → score) say about the test and its cut score; None under 30 papers."""
    if len(papers) < FEWEST:
        return None
    shares = [mean(paper.values()) for paper in papers]
    middle, deviation, reliability = mean(shares), sqrt(variance(shares)), alpha(papers)
    usable = reliability is not None and 0 < reliability < 1 and deviation > 0
    error = deviation * sqrt(1 - reliability) if usable and reliability is not None else None
    near = alike = near_alike = None
    if error is not None and reliability is not None:
        agreed = [_agreement(share, cut, middle, reliability, error) for share in shares]
        close = [one for one, share in zip(agreed, shares, strict=True) if abs(share - cut) <= error]
        near, alike = len(close), sum(agreed) / len(agreed)
        near_alike = sum(close) / len(close) if close else None
    return PaperStatistics(
        len(papers), len(papers) < FIRM, middle, deviation, reliability, error, near, alike, near_alike
    )


def _agreement(
    share: Fraction, cut: Fraction, middle: Fraction, reliability: Fraction, error: float
) -> float:
    """Return the chance that two further papers judge a person alike.

    The person's true score is Kelley's estimate, errors are normal with the error of measurement
    (Subkoviak's method with another distribution of errors).
    """
    true = reliability * share + (1 - reliability) * middle
    passing = 0.5 * (1 + erf(float(true - cut) / (error * sqrt(2))))
    return passing**2 + (1 - passing) ** 2
