"""HR's journey in a real browser: a rule over a unit, a waiver, a leave, a revocation; and the person reads why."""

import re
from datetime import date, timedelta

import pytest

from tests.browser.conftest import sign_in
from tests.browser.keys import press

pytestmark = pytest.mark.browser
ANNUAL = "annual-confidentiality"
TODAY = date.today()  # noqa: DTZ011 - days far enough apart for any zone


def day(days: int) -> str:
    return (TODAY + timedelta(days)).isoformat()


def words(page) -> str:
    return page.locator("main").inner_text()


def first_in(page, state: str) -> str:
    """The id of somebody in a state of the annual programme, none of the cast."""
    page.goto(f"/hr/programmes/{ANNUAL}?state={state}&lang=en")
    cast = {"Li Wei", "Bruno", "Ana", "Dario", "Carla", "Helen", "Fang"}
    links = page.locator("#people table a[href*='/hr/people/']")
    names = links.all_inner_texts()
    place = next(i for i, name in enumerate(names) if name.strip() not in cast)
    return re.search(r"/hr/people/([0-9a-f-]{36})", links.nth(place).get_attribute("href")).group(1)


def preview(page) -> str:
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_selector("#preview")
    return words(page)


def ask(page) -> str:
    """Go on from the preview; return the address of the request."""
    page.click("button[name=confirm]")
    page.wait_for_url("**/hr/approvals/*")
    assert page.locator("button[name=approve]").count() == 0
    return page.url


def approve(page, address: str) -> None:
    page.goto(address)
    press(page, "button[name=approve]")
    assert "Approved, and done." in page.locator("body").inner_text()


def decide(page, person: str, act: str, **fields) -> str:
    page.goto(f"/hr/people/{person}/decide/{act}")
    for name, value in fields.items():
        field = page.locator(f"[name={name}]")
        if field.evaluate("each => each.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    return preview(page)


def test_hr_assigns_waives_records_a_leave_and_revokes_and_the_person_reads_why(visit, server):
    carla, helen = visit(language="en"), visit(language="en")
    sign_in(carla, "carla", "en")
    sign_in(helen, "helen", "en")

    carla.goto(f"/hr/programmes/{ANNUAL}/assign")
    carla.select_option("[name=unit]", "HQ")
    assert not carla.locator("[name=people]").is_visible()
    carla.fill("[name=due_on]", day(40))
    carla.fill("[name=reason]", "New duty: client files.")
    told = preview(carla)
    count, moved = map(int, re.search(r"about (\d+) people and moves (\d+)", told).groups())
    assert 0 < moved <= count
    assert carla.locator("#moves tbody tr").count() == moved
    approve(helen, ask(carla))
    carla.goto(f"/hr/programmes/{ANNUAL}")
    assert "everybody in Head Office and below" in words(carla)

    lapsed = first_in(carla, "lapsed")
    told = decide(carla, lapsed, "waiver", programme=ANNUAL, until_on=day(60), reason="A project abroad.")
    assert "Lapsed becomes Waived" in told
    approve(helen, ask(carla))
    carla.goto(f"/hr/people/{lapsed}")
    assert "A project abroad. Asked by Carla, approved by Helen." in words(carla)

    carla.goto("/hr/reports/standings?q=liwei")
    carla.goto(f"/hr/programmes/{ANNUAL}?state=renewal_open")
    link = carla.locator("#people a[href*='/hr/people/']", has_text="Li Wei").first
    liwei = re.search(r"/hr/people/([0-9a-f-]{36})", link.get_attribute("href")).group(1)
    told = decide(carla, liwei, "leave", from_on=day(1), until_on=day(200), reason="Parental leave.")
    assert "Grace through" in told
    carla.click("button[name=confirm]")
    carla.wait_for_url(f"**/hr/people/{liwei}")
    assert "Leave of absence: from" in words(carla)

    told = decide(carla, liwei, "revocation", programme=ANNUAL, reason="Client papers sent outside.")
    assert "becomes Revoked" in told
    approve(helen, ask(carla))

    person = visit(language="en", width=390)
    sign_in(person, "liwei", "en")
    person.goto("/me/record")
    assert "Revoked on" in words(person)
    assert "Client papers sent outside. (asked by Carla, approved by Helen)" in words(person)
    person.goto("/?lang=zh")
    person.locator("details.evidence summary").first.click()
    assert "吊销" in words(person)
    assert "Client papers sent outside." in words(person)
