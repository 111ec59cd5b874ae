"""A case by the keyboard alone, with scripts switched off, from the list to the debrief."""

import pytest

from tests.browser.test_keyboard import follow, tab_to

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("pages")]


def test_a_case_is_played_by_the_keyboard_and_without_a_script(browser, house):
    context = browser.new_context(base_url=house.url, locale="zh-CN", java_script_enabled=False)
    context.set_default_timeout(20_000)
    context.add_cookies([{"name": "chizheng", "value": house.cookie("nora"), "url": house.url}])
    page = context.new_page()
    try:
        page.goto("/cases/gift-before-approval")
        follow(page, "main form button[type=submit]")
        assert "/plays/" in page.url
        choice = "input[name=choice]"
        tab_to(page, choice)
        for _ in range(8):
            page.keyboard.press("ArrowDown")
            if page.locator("input[value=car-boot]").is_checked():
                break
        follow(page, "#case-form button[type=submit]")
        assert page.url.endswith("/debrief")
        assert page.locator(".case-path").count() == 2
    finally:
        context.close()
