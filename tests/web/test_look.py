"""Every macro in a real browser: no axe finding, no sideways scroll, no missing word, clean print."""

import re
import time

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.web.gallery import PAGES

pytestmark = pytest.mark.browser
RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}
NAMES = {"English", "bp", "7f3a-92c1"}
LOOKS = [("zh", "light", 1280), ("en", "dark", 390)]  # every real page is looked at in tests/browser
FINDINGS = "{id} on {target}: {summary}"


def eventually(ask, page=None):
    """What `ask` says once it says something, within five seconds."""
    for _ in range(50):
        if answer := ask():
            return answer
        page.wait_for_timeout(100) if page else time.sleep(0.1)
    return ask()


def findings(page):
    result = Axe().run(page, options=RULES).response
    return [
        FINDINGS.format(id=found["id"], target=node["target"], summary=node["failureSummary"])
        for found in result["violations"]
        for node in found["nodes"]
    ]


@pytest.mark.parametrize(("lang", "theme", "width"), LOOKS, ids=str)
@pytest.mark.parametrize("name", [*PAGES, "attempt", "error/404", "error/503"])
def test_page_has_no_finding_and_no_sideways_scroll(open_page, name, lang, theme, width):
    page = open_page(f"/{name}?lang={lang}", theme=theme, width=width)
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("name", [*PAGES, "attempt"])
def test_page_has_one_heading_and_one_primary_button_at_most(open_page, name):
    page = open_page(f"/{name}?lang=zh")
    assert page.locator("h1").count() == 1
    assert page.locator(".btn-primary:visible").count() <= (3 if name == "components" else 1)


@pytest.mark.parametrize("name", [*PAGES, "attempt", "error/404", "error/429"])
def test_chinese_pages_have_no_untranslated_words(gallery_app, name):
    html = gallery_app.test_client().get(f"/{name}?lang=zh").text
    labels = re.findall(
        r'(?:aria-label|alt|data-label|data-msg-\w+|data-copied|data-signed-out)="([^"]*)"', html
    )
    words = (
        re.sub(r"<script.*?</script>|<code>.*?</code>|<[^>]*>", "\n", html, flags=re.DOTALL).splitlines()
        + labels
    )
    english = [
        each.strip() for each in words if re.search(r"[A-Za-z]{2}", each) and not re.search(r"[一-鿿]", each)
    ]
    assert [each for each in english if each not in NAMES and not each.startswith("CZ-")] == []


def test_the_error_summary_takes_the_focus_and_leads_to_the_field(open_page):
    page = open_page("/forms?lang=en")
    assert page.evaluate("document.activeElement.hasAttribute('data-error-summary')")
    page.locator("[data-error-summary] a").first.click()
    assert page.evaluate("document.activeElement.id") == "name"
    described = page.locator("#name").get_attribute("aria-describedby").split()
    assert described == ["name-help", "name-error"]
    assert all(page.locator(f"#{each}").count() == 1 for each in described)


def test_the_theme_button_turns_and_is_remembered(open_page):
    page = open_page("/overview", theme="light")
    page.locator("[data-theme-toggle]").click()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.reload()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 23, 29)"


def test_menus_open_by_keyboard_and_close_with_escape(open_page):
    page = open_page("/overview", width=390)
    menu = page.locator("details.nav-phone")
    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    assert menu.get_by_role("link").count() == 9
    assert findings(page) == []
    page.keyboard.press("Escape")
    assert menu.get_attribute("open") is None


def test_the_skip_link_leads_to_the_content(open_page):
    page = open_page("/tables")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_a_dialog_opens_names_itself_and_closes(open_page):
    page = open_page("/components?lang=en")
    page.locator("[data-dialog=revoke]").click()
    dialog = page.get_by_role("dialog", name="Revoke this certificate?")
    assert dialog.is_visible()
    assert findings(page) == []
    page.keyboard.press("Escape")
    assert not dialog.is_visible()


def test_a_table_row_is_a_card_on_a_phone_and_names_each_value(open_page):
    page = open_page("/tables?lang=en", width=390)
    row = page.locator("tbody tr").nth(4)
    assert row.evaluate("(e) => getComputedStyle(e).display") == "block"
    label = row.locator("td").first.evaluate("(e) => getComputedStyle(e, '::before').content")
    assert label == '"Unit"'
    assert page.get_by_role("columnheader", name="State").count() >= 1


def test_printing_leaves_out_the_furniture_and_turns_dark_to_white(open_page):
    page = open_page("/lesson?lang=zh", theme="dark")
    page.emulate_media(media="print")
    for furniture in (".bar", ".toc", ".lesson-next", ".btn"):
        assert not page.locator(furniture).first.is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_a_check_answers_in_place_and_takes_the_focus(open_page):
    page = open_page("/lesson?lang=en")
    check = page.locator("form.check")
    check.get_by_role("button", name="Check the answer").click()
    assert check.get_by_text("Choose an answer first.").is_visible()
    check.get_by_label("Say that people outside the team may not know").check()
    check.get_by_role("button", name="Check the answer").click()
    page.wait_for_selector("[data-verdict]:focus")
    assert "Right." in page.locator("[data-verdict]").inner_text()
    assert findings(page) == []


def test_a_wrong_check_may_be_tried_again(open_page):
    page = open_page("/lesson?lang=en")
    page.locator("form.check input[value=a]").check()
    page.get_by_role("button", name="Check the answer").click()
    page.get_by_role("button", name="Try again").click()
    page.wait_for_selector("form.check input[value=a]:not(:disabled)")
    assert page.locator("[data-verdict]").count() == 0


def test_a_lesson_is_marked_as_seen_once_and_keeps_the_place(open_page, gallery_app):
    page = open_page("/lesson?lang=en", width=390)
    assert eventually(lambda: gallery_app.extensions.get("seen")) == 1
    assert not page.locator("[data-resume]").is_visible()
    page.evaluate("scrollTo(0, 1500)")
    assert eventually(
        lambda: page.evaluate("localStorage.getItem('chizheng.place.client-confidentiality.3')"), page
    )
    page.goto(page.url.partition("?")[0])  # with ?lang= a page opens at the same passage by itself
    page.locator("[data-resume]").click()
    assert page.evaluate("scrollY") > 600
