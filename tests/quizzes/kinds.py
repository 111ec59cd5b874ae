"""One item of each kind beyond choices, and a strategy that makes any of them, for the quiz tests."""

from fractions import Fraction

from hypothesis import strategies as st

from lms.core.text import Words
from lms.quizzes.rules import Item, ItemKind, Option, Scheme, schemes_of
from lms.quizzes.rules_kinds import (
    FAMILIES,
    Accept,
    Cloze,
    Figure,
    Gap,
    Hotspot,
    Match,
    Near,
    Pair,
    Region,
    Typed,
)
from tests.quizzes.builders import an_item, options, words

NEW_KINDS = tuple(kind for kind in ItemKind if kind not in ("single", "multiple", "truefalse"))
WORDS = ("需要知道", "need to know", "合规部", "compliance", "24", "立即")


def a_match(**changes: object) -> Item:
    pairs = tuple(Pair(f"p{to}{n}", words(f"line {to}{n}"), to, words("why")) for n, to in enumerate("AABC"))
    return _made("MAT-1", ItemKind.MATCH, options("ABCD", ""), Match(pairs), **changes)


def an_order(**changes: object) -> Item:
    return _made("ORD-1", ItemKind.ORDER, options("ABCD", ""), None, **changes)


def a_figure(figure: Figure | None = None, **changes: object) -> Item:
    figure = figure or Figure(Fraction(125), "万元", ("元", "万元", "亿元"))
    return _made("NUM-1", ItemKind.NUMBER, (), figure, **changes)


def a_text(*accept: str, **changes: object) -> Item:
    return _made("TXT-1", ItemKind.TEXT, (), Typed(Accept(accept or WORDS[:1], WORDS[1:2])), **changes)


def a_cloze(**changes: object) -> Item:
    gaps = (
        Gap("who", Accept(("合规部",), ("compliance",)), words("why who")),
        Gap("when", Accept(("立即", "当天"), ("at once",)), words("why when")),
    )
    cloze = Cloze(Words("{when}告诉{who}。", "Tell {who} {when}."), gaps)
    return _made("CLO-1", ItemKind.CLOZE, (), cloze, **changes)


def a_scale(**changes: object) -> Item:
    steps = tuple(
        Option(one, words(f"step {one}"), one == "C", weight=Fraction(weight), because=words("why"))
        for one, weight in zip("ABCD", ("0", "1/2", "1", "1/2"), strict=True)
    )
    return _made("SCA-1", ItemKind.SCALE, steps, None, **({"scoring": Scheme.WEIGHTS} | changes))


def a_hotspot(**changes: object) -> Item:
    regions = tuple(Region(one, 10 + 20 * n, 10, 15, 30) for n, one in enumerate("ABC"))
    spot = Hotspot("courses/conf/media/desk.svg", words("a desk"), regions)
    return _made("HOT-1", ItemKind.HOTSPOT, options("ABC", "B"), spot, **changes)


def _made(item_id: str, kind: ItemKind, made: tuple[Option, ...], own: object, **changes: object) -> Item:
    values = {"kind": kind, "options": made, "detail": own, "scoring": schemes_of(kind)[0]}
    return an_item(item_id, **(values | changes))  # type: ignore[arg-type]


EXAMPLES = (a_match(), an_order(), a_figure(), a_text(), a_cloze(), a_scale(), a_hotspot())


@st.composite
def matches(draw: st.DrawFn) -> Item:
    """Any matching item that the loader takes: two lines or more that do not all belong to one option."""
    ids = "ABCDEF"[: draw(st.integers(2, 6))]
    targets = draw(
        st.lists(st.sampled_from(ids), min_size=2, max_size=6).filter(lambda all_: len(set(all_)) > 1)
    )
    pairs = tuple(Pair(f"p{n}", words(f"line {n}"), to) for n, to in enumerate(targets))
    scheme = draw(st.sampled_from(schemes_of(ItemKind.MATCH)))
    return a_match(options=options(ids, ""), detail=Match(pairs), scoring=scheme)


@st.composite
def orders(draw: st.DrawFn) -> Item:
    ids = draw(st.permutations("ABCDEFG"[: draw(st.integers(2, 7))]))
    return an_order(
        options=options("".join(ids), ""), scoring=draw(st.sampled_from(schemes_of(ItemKind.ORDER)))
    )


@st.composite
def figures(draw: st.DrawFn) -> Item:
    """Any figure whose tolerance does not reach 0."""
    answer = draw(st.fractions(-1000, 1000, max_denominator=400).filter(bool))
    family = draw(st.sampled_from([("",), *FAMILIES]))
    unit = draw(st.sampled_from(family))
    near = draw(st.sampled_from(Near))
    room = draw(st.fractions(0, Fraction(99, 100), max_denominator=100))
    tolerance = {
        Near.ABSOLUTE: room * abs(answer), Near.RELATIVE: room, Near.FIGURES: Fraction(draw(st.integers(1, 9)))
    }[near]  # fmt: skip
    return a_figure(Figure(answer, unit, family if unit else (), near, tolerance))


def any_items() -> st.SearchStrategy[Item]:
    """Any item of a new kind that may be published."""
    return st.one_of(
        matches(), orders(), figures(), st.sampled_from([a_text(), a_cloze(), a_scale(), a_hotspot()])
    )


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | st.sampled_from(WORDS),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


def raw_responses(item: Item) -> st.SearchStrategy[object]:
    """What might come for an item: answers near its shape, and anything else."""
    ids = [option.id for option in item.options] or ["x"]
    parts = [part.id for part in getattr(item.detail, "pairs", getattr(item.detail, "gaps", ()))] or ["x"]
    some_id = st.sampled_from(ids)
    typed = st.sampled_from([*WORDS, "12.5", "１２５", "1,250,000", "-3", "5/6", "125万元", "0", "", " "])
    some_id_or_junk = some_id | JSON
    return st.one_of(
        JSON,
        st.fixed_dictionaries({"choose": st.lists(some_id_or_junk, max_size=4)}),
        st.fixed_dictionaries({"order": st.lists(some_id, max_size=7)}),
        st.fixed_dictionaries({"order": st.permutations(ids)}),
        st.fixed_dictionaries(
            {"pairs": st.dictionaries(st.sampled_from(parts), some_id_or_junk, max_size=6)}
        ),
        st.fixed_dictionaries({"gaps": st.dictionaries(st.sampled_from(parts), typed | JSON, max_size=4)}),
        st.fixed_dictionaries(
            {"number": typed | JSON}, optional={"unit": st.sampled_from(["万元", "%", "x", ""])}
        ),
        st.fixed_dictionaries({"text": typed | JSON}),
    )
