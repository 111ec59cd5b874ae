"""The calendar feed over HTTP: whose token it is decides, nothing is changed by reading, nobody is named."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from lms.audit.models import AuditEvent
from lms.certification.models_calendar import CalendarFeed
from lms.core import clock
from tests.certification.loop import SHANGHAI, Firm
from tests.factories import post, sign_in
from tests.statements import counted

TODAY = clock.today(SHANGHAI)


def ago(days):
    return (TODAY - timedelta(days=days)).isoformat()


@pytest.fixture
def firm(database):
    return Firm(database, ago(400))


def address_of(client):
    page = post(client, "/me/calendar").get_data(as_text=True)
    return "/me/calendar/" + page.partition("/me/calendar/")[2].partition(".ics")[0] + ".ics"


def lines_of(answer):
    return answer.get_data().decode().replace("\r\n ", "").split("\r\n")


def values(answer, name):
    return [line.partition(":")[2] for line in lines_of(answer) if line.startswith(name)]


def test_a_new_hire_subscribes_and_sees_the_due_date(firm, client, app):
    ana = firm.hire("ana", ago(5))
    sign_in(client, ana)
    address = address_of(client)
    other = app.test_client()
    answer = other.get(address)
    assert (answer.status_code, answer.content_type) == (200, "text/calendar; charset=utf-8")
    due = TODAY - timedelta(days=5) + timedelta(days=30)
    assert values(answer, "DTSTART;VALUE=DATE") == [due.strftime("%Y%m%d")]
    assert values(answer, "SUMMARY") == ["“入职认证”截止日"]
    assert other.get(address.replace("/me", "")).get_data() == answer.get_data()
    text = "\n".join(lines_of(answer))
    for personal in ("ana", "Ana", "S-ana", str(ana), str(ana).replace("-", "")):
        assert personal not in text


def test_a_holder_sees_window_and_expiry_in_their_language(firm, client):
    ana = firm.hire("ana", ago(300), language="en")
    firm.onboard(ana, ago(290))
    sign_in(client, ana)
    answer = client.get(address_of(client))
    assert sorted(values(answer, "SUMMARY")) == [
        "“Annual confidentiality certification” can be renewed from today",
        "“Annual confidentiality certification” expires: last day",
    ]
    row = firm.row(ana)
    days = {row.window_opens_on.strftime("%Y%m%d"), row.valid_until.strftime("%Y%m%d")}
    assert set(values(answer, "DTSTART;VALUE=DATE")) == days


def test_reading_changes_nothing_and_what_is_known_is_not_sent_again(firm, client, database):
    sign_in(client, firm.hire("ana", ago(5)))
    address = address_of(client)

    def events():
        with database.reading() as session:
            return session.scalar(select(func.count()).select_from(AuditEvent))

    before = events()
    first = client.get(address)
    with counted(database) as seen:
        again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.get_data()) == (304, b"")
    assert client.get(address).get_data() == first.get_data()
    assert events() == before
    assert len(seen) <= 6, seen
    assert not [each for each in seen if not each.lstrip().upper().startswith(("SELECT", "WITH"))]


def test_an_extended_date_keeps_its_uid_and_raises_its_sequence(firm, client):
    ana = firm.hire("ana", ago(5))
    sign_in(client, ana)
    address = address_of(client)
    before = client.get(address)
    firm.employ(ana, "absence", TODAY.isoformat(), until_on=(TODAY + timedelta(days=3)).isoformat())
    after = client.get(address)
    assert values(after, "UID") == values(before, "UID")
    assert values(after, "DTSTART;VALUE=DATE") != values(before, "DTSTART;VALUE=DATE")
    assert int(values(after, "SEQUENCE")[0]) > int(values(before, "SEQUENCE")[0])
    assert after.headers["ETag"] != before.headers["ETag"]


def test_a_token_that_is_wrong_renewed_ended_or_a_leavers_finds_nothing(firm, client, database):
    ana = firm.hire("ana", ago(50))
    sign_in(client, ana)
    first = address_of(client)
    second = address_of(client)
    assert first != second
    assert client.get(first).status_code == 404
    assert client.get(second).status_code == 200
    assert client.get("/me/calendar/%E6%8C%81.ics").status_code == 404
    assert client.get(second.replace(".ics", "x.ics")).status_code == 404
    with database.reading() as session:
        kept = session.scalars(select(CalendarFeed.token_hash)).all()
    assert second.split("/")[-1][:-4].encode() not in kept
    third = address_of(client)
    assert post(client, "/me/calendar/end").status_code == 303
    assert client.get(third).status_code == 404
    assert post(client, "/me/calendar/end").status_code == 303
    fourth = address_of(client)
    firm.employ(ana, "leave", ago(1), from_on=ago(1))
    assert client.get(fourth).status_code == 404


def test_the_page_never_shows_an_address_again(firm, client):
    sign_in(client, firm.hire("ana", ago(5)))
    assert "Make an address" in client.get("/me/calendar?lang=en").get_data(as_text=True)
    address = address_of(client)
    page = client.get("/me/calendar").get_data(as_text=True)
    assert address not in page
    assert "Make a new address" in page
    assert client.post("/me/calendar").status_code in {400, 403}, "not without a CSRF token"
