"""Papers: same seed, same paper; the best items the blueprint allows; nothing secret leaves."""

import dataclasses
import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.core.text import Words
from lms.quizzes.paper import (
    TooFewItems,
    blueprint_hash,
    draw,
    option_order,
    paper_hash,
    paper_of,
    redraw,
    shortages_of,
)
from lms.quizzes.public import public_slot
from lms.quizzes.rules import Blueprint, Draw, Item, ItemKind, Option, Paper, Use
from lms.quizzes.scoring import item_version
from tests.quizzes.builders import SEED, a_blueprint, a_single, a_truefalse, an_item, legal_items, options

SEEDS = st.binary(min_size=16, max_size=16)
SORTS = st.tuples(st.sampled_from("XY"), st.integers(1, 3), st.sampled_from(["conf", "leak"]))


DRAWS = st.builds(
    Draw,
    bank=st.sampled_from(["conf", "leak"]),
    take=st.integers(1, 3),
    objective=st.sampled_from([None, "X", "Y"]),
    difficulty=st.sampled_from([(), (1,), (2, 3)]),
    critical=st.booleans(),
)
BLUEPRINTS = st.lists(DRAWS, min_size=1, max_size=4).map(lambda draws: a_blueprint(*draws))
IDS = [f"I{n}" for n in range(18)]


def bank_of(sorts: list[tuple[str, int, str]]) -> list[Item]:
    return [
        an_item(f"I{n}", objective=objective, difficulty=difficulty, bank=bank)
        for n, (objective, difficulty, bank) in enumerate(sorts)
    ]


@st.composite
def fillable(draw_: st.DrawFn) -> tuple[Blueprint, list[Item]]:
    """A blueprint with a bank that can just fill it, and some more items of any sort."""
    blueprint = draw_(BLUEPRINTS)
    needed = [
        (
            part.objective or draw_(st.sampled_from("XY")),
            draw_(st.sampled_from(part.difficulty or (1, 2, 3))),
            part.bank,
        )
        for part in blueprint.draws
        for _ in range(part.take)
    ]
    more = draw_(st.lists(SORTS, max_size=6))
    return blueprint, bank_of(draw_(st.permutations(needed + more)))


SEEN = st.sets(st.sampled_from(IDS))
EXPOSURE = st.dictionaries(st.sampled_from(IDS), st.integers(0, 3))


def draw_of(blueprint: Blueprint, paper: Paper) -> list[Draw]:
    """The draw behind each slot: slots come in the order of the draws."""
    return [part for part in blueprint.draws for _ in range(part.take)]


@given(fillable(), SEEDS, SEEN, EXPOSURE)
def test_a_paper_keeps_every_draw_and_gives_no_place_away(
    both: tuple[Blueprint, list[Item]], seed: bytes, seen: set[str], exposure: dict[str, int]
) -> None:
    blueprint, bank = both
    paper = draw(blueprint, bank, seed, seen, exposure)
    by_id = {item.id: item for item in bank}
    drawn = [slot.item for slot in paper.slots]
    assert len(set(drawn)) == len(drawn) == sum(part.take for part in blueprint.draws)
    assert [slot.number for slot in paper.slots] == list(range(1, len(drawn) + 1))

    def rank(item_id: str) -> tuple[bool, int]:
        return item_id in seen, exposure.get(item_id, 0)

    for part, slot in zip(draw_of(blueprint, paper), paper.slots, strict=True):
        assert part.admits(by_id[slot.item])
        assert slot.critical is part.critical
        assert slot.version == item_version(by_id[slot.item])
        spare = [item.id for item in bank if item.id not in drawn and part.admits(item)]
        assert all(rank(slot.item) <= rank(other) for other in spare)


@given(fillable(), SEEDS, SEEN, EXPOSURE, st.data())
def test_the_same_seed_draws_the_same_paper_whatever_the_order_of_candidates(
    both: tuple[Blueprint, list[Item]],
    seed: bytes,
    seen: set[str],
    exposure: dict[str, int],
    data: st.DataObject,
) -> None:
    blueprint, bank = both
    paper = draw(blueprint, bank, seed, seen, exposure)
    turned = data.draw(st.permutations(bank))
    assert draw(blueprint, turned, seed, seen, exposure) == paper
    chosen = [item for item in turned if item.id in {slot.item for slot in paper.slots}]
    again = redraw(blueprint, chosen, seed)
    assert again == paper
    assert paper_hash(again) == paper_hash(paper)


@given(BLUEPRINTS, st.lists(SORTS, max_size=14).map(bank_of), SEEDS)
def test_a_paper_is_drawn_exactly_when_no_shortage_is_reported(
    blueprint: Blueprint, bank: list[Item], seed: bytes
) -> None:
    short = shortages_of(blueprint, bank)
    if not short:
        assert draw(blueprint, bank, seed).slots
        return
    with pytest.raises(TooFewItems) as caught:
        draw(blueprint, bank, seed)
    assert all(one.found < one.draw.take for one in caught.value.shortages)
    assert sum(one.draw.take - one.found for one in caught.value.shortages) == sum(
        one.draw.take - one.found for one in short
    )


def test_overlapping_draws_share_so_that_the_narrow_one_is_filled() -> None:
    blueprint = a_blueprint(Draw("conf", 3), Draw("conf", 2, objective="RARE"))
    bank = [an_item(f"I{n}", objective="RARE" if n < 2 else "X") for n in range(5)]
    for n in range(40):
        paper = draw(blueprint, bank, n.to_bytes(16, "big"))
        assert {slot.item for slot in paper.slots[3:]} == {"I0", "I1"}


def test_too_few_items_name_the_draw_that_is_short() -> None:
    blueprint = a_blueprint(Draw("conf", 1), Draw("conf", 3, objective="RARE"))
    bank = [an_item(f"I{n}", objective="RARE" if n < 2 else "X") for n in range(9)]
    with pytest.raises(TooFewItems, match=r"draw 2 \(conf\) takes 3, found 2") as caught:
        draw(blueprint, bank, SEED)
    assert [(one.number, one.found) for one in caught.value.shortages] == [(2, 2)]


def test_a_retake_takes_unseen_items_first_and_then_the_least_exposed() -> None:
    bank = [an_item(f"I{n}") for n in range(6)]
    blueprint = a_blueprint(Draw("conf", 3))
    seen, exposure = {"I0", "I1"}, {"I2": 9, "I3": 9, "I4": 1, "I5": 0, "I0": 0}
    drawn = {slot.item for slot in draw(blueprint, bank, SEED, seen, exposure).slots}
    assert {"I4", "I5"} < drawn
    assert drawn - {"I4", "I5"} <= {"I2", "I3"}
    whole = draw(a_blueprint(Draw("conf", 5)), bank, SEED, seen, exposure)
    assert {"I2", "I3", "I4", "I5"} < {slot.item for slot in whole.slots}


def test_seeds_spread_items_and_first_options_evenly() -> None:
    bank = [an_item(f"I{n}") for n in range(10)]
    blueprint = a_blueprint(Draw("conf", 5))
    papers = [draw(blueprint, bank, n.to_bytes(16, "big")) for n in range(400)]
    drawn = Counter(slot.item for paper in papers for slot in paper.slots)
    first = Counter(slot.order[0] for paper in papers for slot in paper.slots)
    assert all(150 < drawn[item.id] < 250 for item in bank)
    assert all(300 < first[one] < 500 for one in "ABCDE")


def test_a_lessons_check_is_never_drawn() -> None:
    bank = [an_item("I1", use=Use.CHECK), an_item("I2")]
    assert [slot.item for slot in draw(a_blueprint(Draw("conf", 1)), bank, SEED).slots] == ["I2"]
    with pytest.raises(TooFewItems):
        draw(a_blueprint(Draw("conf", 2)), bank, SEED)


def test_two_different_items_with_one_id_and_a_short_seed_are_refused() -> None:
    bank = [an_item("I1"), an_item("I1", key="A")]
    with pytest.raises(ValueError, match="two candidates have the id I1"):
        draw(a_blueprint(Draw("conf", 1)), bank, SEED)
    with pytest.raises(ValueError, match="16 bytes"):
        draw(a_blueprint(Draw("conf", 1)), [an_item("I1")], SEED[:15])


@given(legal_items(), SEEDS)
def test_an_option_order_is_complete_and_leaves_pinned_ones_where_they_stand(item: Item, seed: bytes) -> None:
    order = option_order(item, seed)
    assert sorted(order) == sorted(option.id for option in item.options)
    for place, option in enumerate(item.options):
        assert not option.pinned or order[place] == option.id
    assert order == option_order(item, seed)


def test_true_stays_before_false_even_when_nobody_pinned_them() -> None:
    loose = tuple(dataclasses.replace(one, pinned=False) for one in a_truefalse().options)
    for item in (a_truefalse(), a_truefalse(options=loose)):
        orders = {option_order(item, n.to_bytes(16, "big")) for n in range(20)}
        assert orders == {("true", "false")}


@pytest.mark.parametrize(
    "change",
    [
        {"seed": "00" * 16},
        {"blueprint_hash": "x"},
        {"blueprint": "another"},
        {"slots": ()},
        {"order": ("A",)},
        {"critical": True},
        {"version": "x"},
        {"item": "x"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_the_hash_of_a_paper_covers_all_of_it(change: dict[str, object]) -> None:
    paper = draw(a_blueprint(), [an_item(f"I{n}") for n in range(3)], SEED)
    if set(change) <= {"seed", "blueprint_hash", "blueprint", "slots"}:
        other = dataclasses.replace(paper, **change)  # type: ignore[arg-type]
    else:
        first = dataclasses.replace(paper.slots[0], **change)  # type: ignore[arg-type]
        other = dataclasses.replace(paper, slots=(first, *paper.slots[1:]))
    assert paper_hash(other) != paper_hash(paper)


def test_the_hash_of_a_blueprint_ignores_its_title_only() -> None:
    blueprint = a_blueprint()
    retitled = dataclasses.replace(blueprint, title=Words("另一个", "Another"))
    assert blueprint_hash(retitled) == blueprint_hash(blueprint)
    assert blueprint_hash(dataclasses.replace(blueprint, minutes=21)) != blueprint_hash(blueprint)
    assert blueprint_hash(a_blueprint(Draw("conf", 2, critical=True))) != blueprint_hash(blueprint)


def test_a_paper_stays_what_it_was_when_it_was_stored() -> None:
    """A changed constant here means that no stored paper can be replayed."""
    paper = draw(a_blueprint(Draw("conf", 3)), [an_item(f"I{n}") for n in range(9)], SEED)
    assert [slot.item for slot in paper.slots] == ["I2", "I6", "I3"]
    assert paper.slots[0].order == tuple("BCDEA")
    assert paper_hash(paper) == "8c0434c1baff6eca6f61bfbfa6add4d57748760f3fa067b9bc9db86d9b394edc"


CANARY = "canary-7f3a"


@st.composite
def canaried(draw_: st.DrawFn) -> Item:
    """An item whose every secret text holds the canary."""
    item = draw_(legal_items())
    secret = Words(f"{CANARY}密", f"{CANARY} secret")
    marked = tuple(dataclasses.replace(one, because=secret) for one in item.options)
    return dataclasses.replace(
        item, options=marked, because=secret, see=CANARY, objective=CANARY, bank=CANARY
    )


@given(canaried(), SEEDS, st.sampled_from(["zh", "en"]))
def test_nothing_secret_is_in_what_a_browser_gets(item: Item, seed: bytes, language: str) -> None:
    sent = public_slot(item, option_order(item, seed), language)  # type: ignore[arg-type]
    assert CANARY not in json.dumps(sent, ensure_ascii=False)
    assert set(sent) == {"item", "kind", "stem", "options"}
    assert all(set(option) == {"id", "text"} for option in sent["options"])  # type: ignore[attr-defined]


@given(legal_items(), SEEDS, st.data())
def test_what_a_browser_gets_is_the_same_whatever_the_key(
    item: Item, seed: bytes, data: st.DataObject
) -> None:
    turned = tuple(dataclasses.replace(one, right=data.draw(st.booleans())) for one in item.options)
    other = dataclasses.replace(item, options=turned)
    assert public_slot(item, option_order(item, seed), "zh") == public_slot(
        other, option_order(other, seed), "zh"
    )


def test_a_browser_gets_the_texts_of_its_language_in_the_order_given() -> None:
    assert public_slot(a_single("S1", options=options("AB", "A")), ["B", "A"], "en") == {
        "item": "S1",
        "kind": "single",
        "stem": "stem of S1 (en)",
        "options": [{"id": "B", "text": "option B (en)"}, {"id": "A", "text": "option A (en)"}],
    }
    assert public_slot(a_truefalse("T1"), ["true", "false"], "zh")["options"] == [
        {"id": "true", "text": "对"},
        {"id": "false", "text": "错"},
    ]


@pytest.mark.parametrize("order", [["A"], ["A", "B", "C"], ["A", "A"], []])
def test_an_order_that_is_not_the_items_own_is_refused(order: list[str]) -> None:
    item = an_item(
        kind=ItemKind.SINGLE, options=(Option("A", Words("甲", "a"), True), Option("B", Words("乙", "b")))
    )
    with pytest.raises(ValueError, match="not one of the options"):
        public_slot(item, order, "zh")


@given(SEEDS, st.sets(st.integers(1, 40), min_size=1, max_size=12))
def test_a_paper_of_named_items_has_exactly_these_each_once_whatever_the_draws_take(seed, numbers):
    named = [a_single(f"CONF-{number:04}") for number in sorted(numbers)]
    blueprint = a_blueprint(Draw("client-confidentiality", 2))
    paper = paper_of(blueprint, named, seed)
    assert sorted(slot.item for slot in paper.slots) == [each.id for each in named]
    assert [slot.number for slot in paper.slots] == list(range(1, len(named) + 1))
    assert paper.fixed
    assert paper_of(blueprint, reversed(named), seed) == paper
    assert all(
        slot.order == option_order(item, seed)
        for slot in paper.slots
        for item in named
        if item.id == slot.item
    )
