"""Right answers by what a reader sees: the tests know the key from the authored files, not from the server."""

import re
from functools import cache

from lms.quizzes.documents import item_from
from lms.quizzes.rules import Item
from lms.quizzes.scoring import key_response, response_document
from tests.content import real_content


def plain(text: str) -> str:
    """Return a text as it is seen: no marks, no spaces."""
    return re.sub(r"[\s*]+", "", text)


@cache
def items(language: str) -> dict[str, Item]:
    """Return the items of the files by their stems in a language."""
    found = (item_from(each.body) for each in real_content().documents if each.kind == "item")
    return {plain(item.stem.said_in(language)): item for item in found}


def answer(page, language: str, *, wrong_slots: frozenset[int] = frozenset()) -> None:
    """Answer every question of the open paper, rightly but for `wrong_slots`."""
    for slot, question in enumerate(page.locator("fieldset[data-slot]").all(), 1):
        if not question.is_visible():  # a phone shows one question a screen
            page.locator(f"[data-goto='{slot}']").click()
        answer_one(question, language, wrong=slot in wrong_slots)


def answer_one(question, language: str, *, wrong: bool = False) -> None:
    """Answer one question."""
    stem = plain(question.locator(".question-stem").first.inner_text())
    item = items(language)[stem]
    key = response_document(key_response(item))
    if "choose" not in key:
        fill(question, {} if wrong else key)
        return
    right = {plain(option.text.said_in(language)) for option in item.options if option.right}
    options = question.locator("label.option").all()
    chosen = [each for each in options if (plain(each.inner_text()) in right) is not wrong]
    assert chosen, f"no option of {stem!r} is among {right}"
    for each in chosen if not wrong else chosen[:1]:
        each.locator("input").check(force=True)


def fill(question, key) -> None:
    """Fill the fields of a question that is no choice; without a key, leave them as they are."""
    name = f"slot-{question.get_attribute('data-slot')}"
    for place, option in enumerate(key.get("order", ()), 1):
        question.locator(f"[name='{name}-{option}']").select_option(str(place))
    for line, option in key.get("pairs", {}).items():
        question.locator(f"[name='{name}-{line}']").select_option(option)
    for gap, text in key.get("gaps", {}).items():
        question.locator(f"[name='{name}-gap-{gap}']").fill(text)
    if "number" in key:
        question.locator(f"[name='{name}-number']").fill(key["number"])
        if key.get("unit"):
            question.locator(f"[name='{name}-unit']").select_option(key["unit"])
    if "text" in key:
        question.locator(f"[name='{name}']").fill(key["text"])


def press(page, button: str) -> None:
    """Click what leads to another page, and wait for that page: a click alone returns before it is there."""
    with page.expect_navigation():
        page.locator(button).first.click()
