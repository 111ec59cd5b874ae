"""Each kind of item as an author writes it: the guide's own examples, their documents, and their mistakes."""

import json
from datetime import date

import pytest

from lms.authoring.rules import check
from lms.core.problems import render
from lms.quizzes import source
from lms.quizzes.documents import PublishedItem, blueprint_from, item_from
from lms.quizzes.notes import notes_of
from lms.quizzes.paper import draw, option_order, redraw
from lms.quizzes.rules import ItemKind
from lms.quizzes.scoring import key_response, mark, response_document
from tests.quizzes.builders import SEED
from tests.test_docs import EXAMPLE, text_of

DAY = date(2026, 11, 24)
FILES = dict(EXAMPLE.findall(text_of("docs/authoring.md")))
BANK = "content/courses/clean-desk/bank.yml"
QUIZ = "content/courses/clean-desk/quiz.yml"
FINAL = "content/examinations/desk-final.yml"


def checked(**changed: str):
    files = {
        **FILES,
        **{{"bank": BANK, "quiz": QUIZ, "final": FINAL}[key]: text for key, text in changed.items()},
    }
    return check({path: text.encode() for path, text in files.items()}, DAY)


def published(kind: str) -> PublishedItem:
    found = [each for each in checked().documents if each.kind == "item" and each.body["kind"] == kind]
    body = json.loads(json.dumps(found[0].body))
    return PublishedItem(1, item_from(body), body["html"])


def test_the_guide_has_an_example_of_every_kind_and_of_a_set():
    items = [each.body for each in checked().documents if each.kind == "item"]
    assert {each["kind"] for each in items} == {kind.value for kind in ItemKind}
    assert {each["set"]["id"] for each in items if "set" in each} == {"visitor"}


@pytest.mark.parametrize("kind", list(ItemKind))
def test_what_is_published_of_a_kind_is_read_back_and_its_key_earns_all(kind):
    found = published(kind)
    key = key_response(found.item)
    assert mark(found.item, key).score == 1
    assert response_document(key)
    notes = notes_of(found, key, "en")
    assert all(note["right"] in (True, False) for note in notes.values())
    if kind in ("match", "order", "cloze"):
        assert all(note["right"] and note["key"] for note in notes.values())


# code, what stands in the bank, what stands there instead, with « where the problem is to be found
MISTAKES = [
    ("E206", "    type: number\n", "    type: number\n    «scoring: share\n"),
    ("E206", "    type: hotspot\n", "    type: hotspot\n    «scoring: weights\n"),
    ("E103", "to: shredder", "to: «shreder"),
    ("E101", "        to: desk\n", "«"),
    ("E216", "", ""),
    ("E215", "", ""),
    ("E217", "    unit: 万元\n", "    unit: 万元\n    «units: [万元]\n"),
    ("E217", "    unit: 万元\n", "    unit: 万元\n    «units: [元, 天]\n"),
    ("E103", "    unit: 万元\n", "    unit: «美元\n"),
    ("E218", "    tolerance: 2%\n", "    «tolerance: 100%\n"),
    ("E218", "    answer: 1.25\n", "    «answer: 0\n"),
    ("E219", "    answer: 1.25\n", "    answer: «about 1\n"),
    ("E219", "    answer: 1.25\n", "    answer: «1.25万元\n"),
    ("E220", "    tolerance: 2%\n", "    tolerance: «a bit\n"),
    ("E221", "      zh: [锁屏, 锁定屏幕]", '      zh: [锁屏, «"。"]'),
    ("W212", "      zh: [锁屏, 锁定屏幕]", "      zh: [锁屏, «锁 屏]"),
    ("E222", "      zh: 纸放进{where}，", "      «zh: 纸放进柜子，"),
    ("E222", "      en: Papers go into the {where};", "      «en: Papers go into the {where} {there};"),
    ("E223", "{zh: [柜子, 柜], en: [cabinet, cupboard]}", "{zh: [柜子, 柜], en: [cabinet, lock]}"),
    ("E224", "box: [6, 20, 24, 60]", "«box: [6, 20, 24, 99]"),
    ("E224", "box: [6, 20, 24, 60]", "«box: [6, 20, 24]"),
    ("E226", "image: media/desk.svg", "«image: desk.svg"),
    ("E301", "image: media/desk.svg", "«image: media/disk.svg"),
    ("E227", "    set: visitor\n    type: single\n", "    type: single\n"),
    ("E103", "    set: visitor\n    type: single\n", "    set: «visitors\n    type: single\n"),
    ("E229", "en: Slightly, weight: 1/2}", "en: Slightly, weight: 1}"),
    ("E201", "        box: [6, 20, 24, 60]\n        right: true\n", "        box: [6, 20, 24, 60]\n"),
    ("E102", "    type: text\n", "    type: text\n    «options: {a: {zh: 一, en: One}}\n"),
    ("W206", "    because:\n      zh: 亮着的屏幕谁都能看。\n      en: Anybody can read a screen that is on.\n", ""),
    ("W402", "zh: 打印错的合同页", "zh: 打印错的 3 页合同"),
]  # fmt: skip


def spoilt(code: str, old: str, new: str) -> tuple[str, tuple[int, int] | None]:
    bank = FILES[BANK]
    if code == "E216":
        return bank.replace("to: shredder", "to: cabinet").replace("to: desk", "to: cabinet"), None
    if code == "E215":
        start, end = bank.index("      misprint:\n"), bank.index("    because:\n      zh: 有客户信息的")
        return bank[:start] + bank[end:], None
    assert old in bank, old
    changed = bank.replace(old, new, 1)
    at = changed.find("«")
    place = (changed.count("\n", 0, at) + 1, at - changed.rfind("\n", 0, at)) if at >= 0 else None
    return changed.replace("«", "", 1), place


@pytest.mark.parametrize(("code", "old", "new"), MISTAKES)
def test_a_mistake_in_a_new_kind_is_told_with_its_place(code, old, new):
    bank, place = spoilt(code, old, new)
    found = [each for each in checked(bank=bank).problems if each.path == BANK]
    here = [each for each in found if each.code == code]
    assert here, [render(each, "en") for each in found]
    if place and code != "E101":
        assert (here[0].line, here[0].column) == place
    for each in found:
        for language in ("zh", "en"):
            said = render(each, language)
            assert "@" not in said
            assert "{}" not in said


def test_every_item_is_proven_safe_when_it_is_loaded(monkeypatch):
    monkeypatch.setattr(source, "select_all_or_blank_earns", lambda item: item.kind == "scale")
    found = checked()
    assert [each.code for each in found.problems if each.is_error] == ["E228"]
    assert "DESK-0009" in render(found.problems[0], "en")


def test_a_set_is_drawn_whole_under_its_stem_and_replayed():
    quiz = FILES[QUIZ].replace(
        "  - {bank: clean-desk, objective: DESK-1, take: 1}\n",
        "  - {bank: clean-desk, objective: DESK-1, take: 2}\n  - {bank: clean-desk, sets: true, take: 2}\n",
    )
    documents = {(each.kind, each.id): each for each in checked(quiz=quiz).documents}
    assert not [each for each in checked(quiz=quiz).problems if each.is_error]
    items = [item_from(each.body) for (kind, _), each in documents.items() if kind == "item"]
    blueprint = blueprint_from(documents["quiz", "clean-desk"].body)
    for number in range(30):
        seed = bytes([number]) * 16
        paper = draw(blueprint, items, seed)
        names = [slot.item for slot in paper.slots]
        assert names[2:] == ["DESK-0011", "DESK-0012"]
        assert not {"DESK-0011", "DESK-0012"} & set(names[:2])
        chosen = [each for each in items if each.id in names]
        assert redraw(blueprint, chosen, seed) == paper


@pytest.mark.parametrize(
    ("draws", "code"),
    [("sets: true, take: 3", "E230"), ("sets: true, take: 2, difficulty: 2", "E231")],
)
def test_a_draw_of_half_a_set_or_of_a_part_of_one_is_refused(draws, code):
    quiz = FILES[QUIZ].replace("objective: DESK-1, take: 1", draws)
    assert code in {each.code for each in checked(quiz=quiz).problems if each.path == QUIZ}


def test_what_is_to_be_ordered_is_never_stored_in_the_order_of_its_key_alone():
    item = published("order").item
    orders = {option_order(item, bytes([number]) * 16) for number in range(30)}
    assert len(orders) > 5
    assert option_order(item, SEED) == option_order(item, SEED)
