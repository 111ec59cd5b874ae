"""A paper with an item of every kind in a real browser: by keyboard alone, and without an axe finding."""

import pytest
from playwright.sync_api import expect

from tests.quizzes.every_kind import ITEMS, QUIZ, key_document, publish_every_kind, slots_of
from tests.quizzes.test_in_browser import begin, findings, last_attempt, open_page

pytestmark = pytest.mark.browser
__all__ = ["open_page"]


@pytest.fixture
def published(database, cast):
    """Instead of the choice items that `open_page` publishes by itself."""


def wanted_of(slots) -> dict[str, str | bool]:
    """What each field is to hold, by its name; for choices by name and value."""
    wanted: dict[str, str | bool] = {}
    for slot, item in slots.items():
        key, name = key_document(item), f"slot-{slot}"
        for option in key.get("choose", ()):
            wanted[f"{name}={option}"] = True
        if "text" in key:
            wanted[name] = key["text"]
        if "number" in key:
            wanted |= {f"{name}-number": key["number"], f"{name}-unit": key["unit"]}
        wanted |= {f"{name}-{option}": str(place) for place, option in enumerate(key.get("order", ()), 1)}
        wanted |= {f"{name}-{line}": option for line, option in key.get("pairs", {}).items()}
        wanted |= {f"{name}-gap-{gap}": text for gap, text in key.get("gaps", {}).items()}
    return wanted


FOCUSED = """() => {
  const e = document.activeElement;
  return [e.tagName.toLowerCase(), e.type ?? "", e.name ?? "", e.value ?? "", e.checked ?? false, e.textContent.trim()];
}"""


def down_until(page, right) -> tuple[str, str]:
    """Press the arrow until what has the focus is right."""
    for _ in range(9):
        _, _, name, value, *_ = page.evaluate(FOCUSED)
        if right(name, value):
            return name, value
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"the arrow does not reach the answer of {name}")


def work_by_keyboard(page, wanted) -> set[str]:
    """Go through the page by Tab, answering what has the focus, until the button that hands in."""
    done: set[str] = set()
    for _ in range(400):
        page.keyboard.press("Tab")
        tag, kind, name, value, checked, said = page.evaluate(FOCUSED)
        if tag == "button" and said == "Check and hand in":
            return done
        if tag == "select" and name in wanted:
            down_until(page, lambda name, value: wanted[name] == value)
            done.add(name)
        elif kind == "checkbox" and wanted.get(f"{name}={value}") and not checked:
            page.keyboard.press("Space")
            done.add(f"{name}={value}")
        elif kind == "radio":
            page.keyboard.press("Space")
            name, value = down_until(page, lambda name, value: f"{name}={value}" in wanted)
            done.add(f"{name}={value}")
        elif tag == "input" and name in wanted and name not in done:
            page.keyboard.type(str(wanted[name]))
            done.add(name)
    raise AssertionError("the button that hands in is not reached by Tab")


@pytest.fixture
def paper(open_page, database, cast):
    """A page with a begun paper of every kind."""

    def opened(language="en", width=1280):
        publish_every_kind(database)
        return begin(open_page(f"/quizzes/{QUIZ.id}", language=language, width=width))

    return opened


def test_every_kind_is_answered_by_keyboard_alone(paper, database, cast):
    page = paper()
    wanted = wanted_of(slots_of(database, cast.ana))
    assert work_by_keyboard(page, wanted) == set(wanted)
    expect(page.locator("[data-answered-count]")).to_have_text(str(ITEMS))
    page.keyboard.press("Enter")
    expect(page.locator("[data-all-answered]")).to_be_visible()
    for _ in range(6):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED)[5] == "Hand in":
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/result")
    assert last_attempt(database, cast).score == "1/1"
    assert page.locator(".part-note").count() == 3 + 4 + 2


@pytest.mark.parametrize(("language", "width"), [("zh", 390), ("en", 1280)])
def test_no_kind_has_an_axe_finding_nor_a_sideways_scroll(paper, database, cast, language, width):
    page = paper(language, width)
    found = {"attempt": findings(page)}
    if width < 768:
        page.locator("[data-mode-toggle]").click()
        found["list"] = findings(page)
    for slot, item in slots_of(database, cast.ana).items():
        for option in key_document(item).get("choose", ()):
            page.locator(f"#question-{slot} input[value='{option}']").check()
        for name, value in wanted_of({slot: item}).items():
            field = page.locator(f"[name='{name}']")
            if isinstance(value, str):
                tag = field.evaluate("e => e.tagName")
                field.select_option(value) if tag == "SELECT" else field.fill(value)
    page.locator("button[type=submit]", has_text="Check and hand in" if language == "en" else "检查").click()
    page.locator("[data-submit-now]").click()
    page.wait_for_url("**/result")
    found["result"] = findings(page)
    assert {name: each for name, each in found.items() if each} == {}


def test_a_region_of_the_picture_chooses_its_line_below(paper, database, cast):
    page = paper()
    page.locator("[data-region=cup]").click()
    expect(page.locator("[data-kind=hotspot] input:checked")).to_have_value("cup")
    page.locator("[data-kind=hotspot] input[value=papers]").check()
    expect(page.locator(".region-chosen")).to_have_attribute("data-region", "papers")
