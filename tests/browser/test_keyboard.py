"""The way from the first sign-in to a result without a mouse, and what the first page weighs."""

import pytest

from tests.browser.house import COURSE
from tests.factories import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("pages")]
LARGEST_FIRST_VIEW_BYTES = 150_000
CHOICE = "input:is([type=radio], [type=checkbox])"
FOCUS = """(selector) => {
  const here = document.activeElement, label = here.closest("label"), box = (label || here).getBoundingClientRect();
  const marked = (each) => [getComputedStyle(each)].some((e) => e.outlineStyle !== "none" || e.boxShadow !== "none");
  return here.matches(selector) && {marked: marked(here) || Boolean(label && marked(label)), seen: box.width > 0};
}"""


@pytest.fixture
def page(browser, house):
    context = browser.new_context(
        base_url=house.url,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        viewport={"width": 1280, "height": 900},
    )
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()


def tab_to(page, selector: str, most: int = 90) -> None:
    """Press Tab until the element has the focus, which must show."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if focus := page.evaluate(FOCUS, selector):
            assert (selector, focus) == (selector, {"marked": True, "seen": True})
            return
    raise AssertionError(f"the keyboard does not reach {selector} on {page.url}")


def follow(page, selector: str) -> None:
    """Go to a link or button by the keyboard and press it."""
    tab_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def sign_in(page) -> None:
    page.goto("/sign-in")
    tab_to(page, "[name=username]")
    page.keyboard.type("zoe")
    tab_to(page, "[name=password]", most=1)
    page.keyboard.type(PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_the_way_from_sign_in_to_a_result_needs_no_mouse(page):
    sign_in(page)
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUS, ".skip")
    follow(page, "main a.btn-primary")
    tab_to(page, "[name=typed_name]")
    page.keyboard.type("周怡")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("a[href*='copy.pdf']").count()
    follow(page, ".nav-main a[href='/']")
    follow(page, "main a.btn-primary")
    for _ in range(8):
        if page.url.endswith(f"/quizzes/{COURSE}"):
            break
        read_on(page)
    follow(page, "main form button.btn-primary")
    tab_to(page, f"fieldset[data-slot] {CHOICE}")  # the first question to choose in: papers are drawn by lot
    page.keyboard.press("Space")
    assert page.locator(f"fieldset[data-slot] {CHOICE}:checked").count() == 1
    tab_to(page, "#attempt .attempt-end button")
    page.keyboard.press("Enter")
    page.wait_for_selector("#attempt-summary[open]")
    follow(page, "[data-submit-now]")
    page.wait_for_url("**/result")


def read_on(page) -> None:
    """Answer the lesson's first check, then go on: by the course's button, or the lesson's."""
    if page.locator("form.check").count():
        tab_to(page, "form.check input")
        page.keyboard.press("Space")
        tab_to(page, "form.check button[type=submit]")
        page.keyboard.press("Enter")
        page.wait_for_selector("[data-verdict]:focus")
    follow(page, ".lesson-next button, .page-header a.btn-primary")


def test_the_first_page_of_a_learner_is_light_enough_for_a_slow_line(page, house):
    page.context.add_cookies([{"name": "chizheng", "value": house.cookie("ana"), "url": house.url}])
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    sizes = {}
    network.on(
        "Network.loadingFinished", lambda each: sizes.update({each["requestId"]: each["encodedDataLength"]})
    )
    for path in ("/", f"/courses/{COURSE}"):
        network.send("Network.clearBrowserCache")
        sizes.clear()
        page.goto(path, wait_until="networkidle")
        assert len(sizes) > 5
        assert sum(sizes.values()) <= LARGEST_FIRST_VIEW_BYTES, path
