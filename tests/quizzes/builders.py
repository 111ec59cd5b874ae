"""Items, blueprints and Hypothesis strategies that the quiz tests share."""

from datetime import timedelta
from fractions import Fraction

from hypothesis import strategies as st

from lms.core.text import Words
from lms.quizzes.rules import (
    Blueprint,
    Draw,
    Item,
    ItemKind,
    Option,
    QuizKind,
    Scheme,
    schemes_of,
    truefalse_options,
)
from lms.quizzes.scoring import select_all_or_blank_earns

SEED = bytes(range(16))


def words(text: str) -> Words:
    return Words(f"{text}（中）", f"{text} (en)")


def options(ids: str, key: str, pinned: str = "") -> tuple[Option, ...]:
    return tuple(
        Option(
            one, words(f"option {one}"), right=one in key, pinned=one in pinned, because=words(f"why {one}")
        )
        for one in ids
    )


def an_item(item_id: str = "CONF-0001", key: str = "ABC", ids: str = "ABCDE", **changes: object) -> Item:
    values: dict[str, object] = {
        "id": item_id,
        "bank": "conf",
        "kind": ItemKind.MULTIPLE,
        "objective": "CONF-1",
        "difficulty": 2,
        "stem": words(f"stem of {item_id}"),
        "options": options(ids, key),
        "because": words("why"),
        "see": "handbook/asking-for-documents",
    }
    return Item(**(values | changes))  # type: ignore[arg-type]


def a_single(item_id: str = "CONF-0002", key: str = "B", **changes: object) -> Item:
    return an_item(item_id, key, "ABCD", kind=ItemKind.SINGLE, **changes)


def a_truefalse(item_id: str = "CONF-0003", answer: bool = False, **changes: object) -> Item:
    values = {"kind": ItemKind.TRUEFALSE, "options": truefalse_options(answer)}
    return an_item(item_id, **(values | changes))  # type: ignore[arg-type]


def a_blueprint(*draws: Draw, **changes: object) -> Blueprint:
    values: dict[str, object] = {
        "id": "client-confidentiality",
        "kind": QuizKind.QUIZ,
        "title": words("quiz"),
        "cut_score": Fraction(80, 100),
        "minutes": 20,
        "attempts": 3,
        "waits": (timedelta(0), timedelta(hours=24), timedelta(hours=72)),
        "draws": draws or (Draw("conf", 2),),
    }
    return Blueprint(**(values | changes))  # type: ignore[arg-type]


@st.composite
def legal_items(draw: st.DrawFn, item_id: str = "CONF-0001") -> Item:
    """Any choice item that may be published: a right option, a wrong one, nothing for ticking all."""
    kind = draw(st.sampled_from([ItemKind.SINGLE, ItemKind.MULTIPLE, ItemKind.TRUEFALSE]))
    scheme = draw(st.sampled_from(schemes_of(ItemKind.MULTIPLE)))
    if kind is ItemKind.TRUEFALSE:
        return a_truefalse(item_id, draw(st.booleans()), scoring=Scheme.EXACT)
    ids = "ABCDEFGH"[: draw(st.integers(3, 8))]
    most = 1 if kind is ItemKind.SINGLE else min(len(ids) - 1, 4)
    key = draw(st.sets(st.sampled_from(ids), min_size=1, max_size=most))
    pinned = draw(st.sets(st.sampled_from(ids)))
    made = tuple(
        Option(
            one,
            words(one),
            one in key,
            one in pinned,
            words("b"),
            draw(st.fractions(-1, 1, max_denominator=6)),
        )
        for one in draw(st.permutations(ids))
    )
    item = an_item(item_id, kind=kind, scoring=scheme, options=made)
    return an_item(item_id, kind=kind, options=made) if select_all_or_blank_earns(item) else item
