"""Every page in a real browser, in both languages and both lights, on a phone and on a desk."""

import os
import re
from functools import cache
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from babel.messages.pofile import read_po

from tests.browser.conftest import ROOT
from tests.browser.pages import PAGES

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("pages")]
AXE = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}
PHONE, DESK = 390, 1280
LOOKS = {"zh": ("light", DESK, PHONE), "en": ("dark", PHONE, DESK)}
PICTURES = os.environ.get("LMS_TEST_PICTURES")  # a folder: keep a picture of every page there
VISIBLE_TEXTS = """() => {
  const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; node = walk.nextNode();) {
    const inside = node.parentElement, words = node.textContent.replace(/\\s+/g, " ").trim();
    const aside = inside.closest("[lang=en], code, kbd, pre, script, style");
    if (words && !aside && inside.checkVisibility()) found.push(words);
  }
  return found;
}"""
SPOKEN = """() => [...document.querySelectorAll("[aria-label], [alt], [title], [placeholder], [data-label]")].flatMap(
  (e) => ["aria-label", "alt", "title", "placeholder", "data-label"].map((name) => e.getAttribute(name) || ""))"""
EMPTY_ICONS = """() => [...document.querySelectorAll("svg.icon:not(:has(path))")]
  .map((e) => e.parentElement.outerHTML)"""
WIDE = """() => document.documentElement.scrollWidth > innerWidth && [...document.querySelectorAll("body *")]
  .filter((e) => e.getBoundingClientRect().right > innerWidth + 1).slice(0, 5).map((e) => e.outerHTML.slice(0, 160))"""


@pytest.fixture(scope="session")
def windows(browser, house):
    """One window a reader and language: every page of theirs opens in it."""
    opened = {}

    def window(who, language):
        if (who, language) not in opened:
            theme, width, _other = LOOKS[language]
            context = browser.new_context(
                viewport={"width": width, "height": 844 if width == PHONE else 900}, color_scheme=theme,
                locale={"zh": "zh-CN", "en": "en-GB"}[language], timezone_id="Asia/Shanghai",
                reduced_motion="reduce",
            )  # fmt: skip
            context.set_default_timeout(20_000)
            if who:
                context.add_cookies([{"name": "chizheng", "value": house.cookie(who), "url": house.url}])
            opened[who, language] = context
        return opened[who, language]

    yield window
    for context in opened.values():
        context.close()


@pytest.mark.parametrize("language", LOOKS)
@pytest.mark.parametrize("shown", PAGES, ids=lambda each: each.name)
def test_page_is_accessible_fits_and_speaks_its_language(windows, house, shown, language):
    _theme, first, second = LOOKS[language]
    page = windows(shown.who, language).new_page()
    complaints = watch(page, shown.refused)
    page.set_viewport_size({"width": first, "height": 900})
    answer = page.goto(shown.address(house))
    assert answer.status == 200 or shown.refused, answer.status
    if shown.act:
        shown.act(page)
    keep_picture(page, shown.name, language, first)
    found = {"axe": findings(page), "too wide": page.evaluate(WIDE), "no icon": page.evaluate(EMPTY_ICONS)}
    if language == "zh":
        found["not translated"] = english_on(page)
        found["punctuation"] = latin_marks_on(page)
    page.set_viewport_size({"width": second, "height": 900})
    keep_picture(page, shown.name, language, second)
    found["too wide elsewhere"] = page.evaluate(WIDE)
    found["complaints"] = complaints
    page.close()
    assert {kind: each for kind, each in found.items() if each} == {}


def watch(page, refused: bool) -> list[str]:
    complaints = []
    page.on("pageerror", lambda error: complaints.append(str(error)))

    def note(entry) -> None:
        if entry.type in {"error", "warning"} and not (refused and "Failed to load resource" in entry.text):
            complaints.append(entry.text)

    page.on("console", note)
    return complaints


def findings(page) -> list[str]:
    page.evaluate("document.querySelectorAll('main details').forEach(each => { each.open = true })")
    result = Axe().run(page, options=AXE).response
    return [f"{each['id']}: {node['html'][:200]}" for each in result["violations"] for node in each["nodes"]]


@cache
def english_sentences() -> list[re.Pattern]:
    """What the catalogue translates, as patterns of what a page would show if it did not."""
    path = ROOT / "lms/translations/zh_Hans_CN/LC_MESSAGES/messages.po"
    with path.open("rb") as file:
        messages = [each for each in read_po(file) if each.id]
    texts = [text for each in messages for text in ([each.id] if isinstance(each.id, str) else each.id)]
    same = {each.id for each in messages if each.id == each.string}
    wordy = (text for text in texts if re.search(r"[A-Za-z]{2}", re.sub(r"%\(\w+\)s", "", text)))
    return [re.compile(_pattern(text)) for text in wordy if text not in same]


def _pattern(text: str) -> str:
    return "".join(
        ".+" if place.startswith("%(") else re.escape(place)
        for place in re.split(r"(%\(\w+\)s)", re.sub(r"\s+", " ", text).replace("%%", "%"))
    )


def english_on(page) -> list[str]:
    """What a Chinese page says in English: a sentence of the catalogue, or three Latin words in a row."""
    found = []
    for words in {*page.evaluate(VISIBLE_TEXTS), *page.evaluate(SPOKEN)}:
        latin = re.search(r"[A-Za-z]{2}", words) and not re.search(r"[一-鿿]", words)
        known = latin and any(each.fullmatch(words) for each in english_sentences())
        if known or re.search(r"[A-Za-z]{2,} [A-Za-z]{2,} [A-Za-z]{2,}", words):
            found.append(words)
    return found


def latin_marks_on(page) -> list[str]:
    """Chinese text with a Latin comma, colon, semicolon, full stop, question mark or bracket beside a Han sign."""
    beside = re.compile(r"[一-鿿][,:;?!]|[一-鿿]\.(?!\w)|[一-鿿] ?\(|\([一-鿿]|[,:;] ?[一-鿿]")
    return [words for words in page.evaluate(VISIBLE_TEXTS) if beside.search(words)]


def keep_picture(page, name: str, language: str, width: int) -> None:
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}-{language}-{width}.png", full_page=True)
