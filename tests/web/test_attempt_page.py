"""The attempt page: nothing acknowledged is lost, nothing else is forgotten, time is the server's."""

import json

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
EXPECTED = ("Failed to load resource", "net::ERR")


@pytest.fixture
def attempt(open_page):
    def opened(**options):
        return open_page("/attempt?lang=en", allow=EXPECTED, **options)

    return opened


def choose(page, slot, value):
    page.locator(f"#question-{slot} input[value={value}]").check()


def saved(page):
    page.wait_for_selector("[data-saved][data-state=saved]", timeout=8000)


def kept(page):
    return page.evaluate("Object.keys(localStorage).filter((k) => /^chizheng.attempt.*\\d$/.test(k)).length")


def notice(page, name):
    return page.locator(f"[data-notice={name}]")


def latest(server):
    return {each["slot"]: each["response"] for each in server.seen}


def test_an_answer_is_saved_by_itself_and_the_page_says_when(attempt, fake_server):
    page = attempt()
    choose(page, 1, "b")
    saved(page)
    assert fake_server.seen == [{"slot": 1, "seq": 1, "response": {"choose": ["b"]}}]
    assert page.locator("[data-saved]").inner_text().startswith("Saved ")
    assert kept(page) == 0


def test_every_kind_of_question_is_read_and_sent(attempt, fake_server):
    page = attempt()
    choose(page, 2, "b")
    choose(page, 3, "a")
    page.get_by_label("Match for: Credit approval").select_option("t1")
    page.get_by_label("Place of: Ask the recipient").select_option("1")
    page.get_by_label("Place of: Tell compliance").select_option("2")
    page.get_by_label("Place of: File the incident").select_option("1")
    page.get_by_label("Your figure").fill("0.25")
    page.get_by_label("Unit").select_option("%")
    page.get_by_label("Your answer").fill("secret")
    page.get_by_label("Gap 1").fill("24")
    choose(page, 9, "c")
    page.locator("[data-region=b]").click()
    expect(page.locator("#question-10 input:checked")).to_have_value("b")
    saved(page)
    answers = latest(fake_server)
    assert answers[2] == {"choose": ["a", "b", "c"]}
    assert answers[3] == {"choose": ["a"]}
    assert answers[4] == {"pairs": {"s1": "t1"}}
    assert answers[5] == {"order": ["c", "a"]}
    assert answers[6] == {"number": "0.25", "unit": "%"}
    assert answers[7] == {"text": "secret"}
    assert answers[8] == {"gaps": {"1": "24"}}
    assert answers[9] == {"choose": ["c"]}
    assert answers[10] == {"choose": ["b"]}


def test_taking_every_choice_back_is_an_answer_too(attempt, fake_server):
    page = attempt()
    page.locator("#question-2 input[value=a]").uncheck()
    page.locator("#question-2 input[value=c]").uncheck()
    saved(page)
    assert latest(fake_server)[2] is None


def test_without_connection_answers_are_kept_and_sent_when_it_is_back(attempt, fake_server):
    page = attempt()
    page.context.set_offline(True)
    choose(page, 1, "b")
    notice(page, "offline").wait_for(state="visible")
    page.wait_for_timeout(2500)
    assert kept(page) == 1
    assert fake_server.seen == []
    page.context.set_offline(False)
    saved(page)
    assert latest(fake_server) == {1: {"choose": ["b"]}}
    assert not notice(page, "offline").is_visible()
    assert kept(page) == 0


def test_answers_survive_a_reload_before_they_were_sent(attempt, fake_server):
    page = attempt()
    fake_server.mode = "busy"
    choose(page, 1, "c")
    page.wait_for_selector("[data-notice=offline]:not([hidden])", timeout=8000)
    page.reload()
    assert page.locator("#question-1 input[value=c]").is_checked()
    fake_server.mode = "ok"
    saved(page)
    assert latest(fake_server) == {1: {"choose": ["c"]}}


def test_leaving_the_page_at_once_still_sends(attempt, fake_server):
    page = attempt()
    choose(page, 3, "b")
    page.goto("about:blank")
    page.wait_for_timeout(500)
    assert latest(fake_server) == {3: {"choose": ["b"]}}


def test_signed_out_in_the_middle_keeps_answers_and_goes_on_after_signing_in(attempt, fake_server):
    page = attempt()
    fake_server.mode = "signed-out"
    choose(page, 1, "a")
    notice(page, "signed-out").wait_for(state="visible", timeout=8000)
    link = notice(page, "signed-out").get_by_role("link")
    assert link.get_attribute("target") == "_blank"
    assert kept(page) == 1
    fake_server.mode = "ok"
    page.evaluate("dispatchEvent(new Event('focus'))")
    saved(page)
    assert fake_server.tokens_issued == 1
    assert not notice(page, "signed-out").is_visible()


def test_a_stale_token_is_fetched_anew_without_a_word(attempt, fake_server):
    fake_server.mode = "csrf"
    page = attempt()
    choose(page, 1, "d")
    saved(page)
    assert fake_server.tokens_issued == 1
    assert latest(fake_server) == {1: {"choose": ["d"]}}


def test_one_refused_answer_does_not_hold_up_the_others(attempt, fake_server):
    fake_server.mode = "refuse-2"
    page = attempt()
    choose(page, 1, "a")
    choose(page, 2, "b")
    notice(page, "refused").wait_for(state="visible", timeout=8000)
    assert latest(fake_server) == {1: {"choose": ["a"]}}
    assert kept(page) == 1


def test_another_device_is_announced(attempt, fake_server):
    fake_server.mode = "elsewhere"
    page = attempt()
    choose(page, 1, "a")
    saved(page)
    assert notice(page, "elsewhere").is_visible()


def test_a_closed_attempt_says_so_and_leads_to_the_result(attempt, fake_server):
    fake_server.mode = "closed"
    page = attempt()
    choose(page, 1, "a")
    notice(page, "closed").wait_for(state="visible", timeout=8000)
    assert notice(page, "closed").get_by_role("link").get_attribute("href") == "/review"
    assert kept(page) == 1


def test_before_handing_in_the_page_names_what_is_unanswered_and_flagged(attempt, fake_server):
    page = attempt()
    choose(page, 1, "b")
    page.locator("[data-flag='3']").click()
    page.get_by_role("button", name="Check and hand in").click()
    dialog = page.get_by_role("dialog", name="Before you hand in")
    assert dialog.locator("[data-unanswered]").inner_text().split() == [
        "3",
        "4",
        "5",
        "6",
        "7",
        "8",
        "9",
        "10",
    ]
    assert dialog.locator("[data-flagged-list]").inner_text().split() == ["3"]
    dialog.locator("[data-unanswered] button").first.click()
    assert page.evaluate("document.activeElement.id") == "question-3"
    page.get_by_role("button", name="Check and hand in").click()
    dialog.get_by_role("button", name="Hand in", exact=True).click()
    page.wait_for_url("**/review")
    assert len(fake_server.submitted) == 1
    assert fake_server.submitted[0]["slot-1"] == ["b"]
    assert latest(fake_server) == {1: {"choose": ["b"]}}


def test_without_connection_the_paper_is_not_handed_in_and_the_page_says_why(attempt, fake_server):
    page = attempt()
    choose(page, 1, "b")
    page.context.set_offline(True)
    page.get_by_role("button", name="Check and hand in").click()
    page.get_by_role("button", name="Hand in", exact=True).click()
    page.locator("[data-cannot]").wait_for(state="visible")
    assert fake_server.submitted == []
    page.context.set_offline(False)
    page.get_by_role("button", name="Hand in", exact=True).click()
    page.wait_for_url("**/review")
    assert len(fake_server.submitted) == 1


def test_when_time_is_up_the_paper_is_handed_in(attempt, fake_server):
    fake_server.minutes = 1.5 / 60
    page = attempt()
    choose(page, 1, "b")
    fake_server.minutes = 0
    page.wait_for_url("**/review", timeout=10000)
    assert latest(fake_server) == {1: {"choose": ["b"]}}
    assert len(fake_server.submitted) == 1


def test_a_wrong_clock_on_this_machine_hands_in_nothing(attempt, fake_server):
    fake_server.minutes = 1.5 / 60
    page = attempt()
    fake_server.minutes = 20
    page.wait_for_timeout(3500)
    assert fake_server.submitted == []
    assert page.locator("[data-clock]").inner_text()[:2] in {"19", "20"}


def test_a_phone_shows_one_question_with_next_and_previous(attempt):
    page = attempt(width=390)
    assert page.locator(".question:visible").count() == 1
    page.get_by_role("button", name="Next question").click()
    assert page.locator("#question-2").is_visible()
    assert page.locator("[data-goto='2']").get_attribute("aria-current") == "step"
    page.get_by_role("button", name="Previous question").click()
    assert page.locator("#question-1").is_visible()
    page.locator("[data-goto='10']").click()
    assert page.get_by_role("button", name="Next question").is_disabled()


def test_a_wide_screen_shows_the_list_and_remembers_the_other_choice(attempt):
    page = attempt()
    assert page.locator(".question:visible").count() == 10
    page.get_by_role("button", name="One question at a time").click()
    assert page.locator(".question:visible").count() == 1
    page.reload()
    assert page.locator(".question:visible").count() == 1


def test_the_bar_says_what_is_answered_and_flagged_in_words(attempt):
    page = attempt()
    choose(page, 1, "a")
    page.locator("[data-flag='1']").click()
    assert page.locator("[data-goto='1'] [data-words]").inner_text() == ", answered, flagged"
    assert page.locator("[data-answered-count]").inner_text() == "2"
    page.reload()
    assert page.locator("[data-flag='1']").get_attribute("aria-pressed") == "true"


def test_without_script_the_form_hands_in_all_answers(open_page, fake_server):
    page = open_page("/attempt?lang=en", java_script_enabled=False)
    choose(page, 1, "b")
    assert page.get_by_text("until ").count() == 1
    assert page.get_by_role("button", name="Save and go on later").is_visible()
    assert not page.get_by_role("button", name="Look at it again later").first.is_visible()
    page.get_by_role("button", name="Check and hand in").click()
    assert fake_server.submitted[0]["slot-1"] == ["b"]
    assert fake_server.submitted[0]["slot-2"] == ["a", "c"]


def test_the_page_never_carries_what_is_right(gallery_app):
    html = gallery_app.test_client().get("/attempt?lang=en").text
    assert "right" not in json.dumps(html).replace("may be right", "").replace("You chose this", "").lower()
