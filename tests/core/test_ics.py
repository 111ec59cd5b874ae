"""Calendars as RFC 5545 wants them: folded, escaped, the same bytes for the same days."""

import re
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lms.core.ics import DayEvent, calendar_bytes, escaped, folded

AT = datetime(2026, 3, 1, 2, 3, 4, tzinfo=UTC)


def event(**more):
    values = {"uid": "a@x", "on": date(2026, 12, 31), "summary": "Due", "url": "http://x/", "changed_at": AT}
    return DayEvent(**(values | more))


def unfolded(data: bytes) -> list[str]:
    return data.decode().replace("\r\n ", "").split("\r\n")[:-1]


def unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], text)


def test_a_calendar_is_written_as_the_standard_says():
    assert calendar_bytes("Dates", [event()]).decode() == (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Chizheng//Training//EN\r\nCALSCALE:GREGORIAN\r\n"
        "METHOD:PUBLISH\r\nNAME:Dates\r\nX-WR-CALNAME:Dates\r\nREFRESH-INTERVAL;VALUE=DURATION:PT12H\r\n"
        "X-PUBLISHED-TTL:PT12H\r\nBEGIN:VEVENT\r\nUID:a@x\r\nDTSTAMP:20260301T020304Z\r\n"
        "LAST-MODIFIED:20260301T020304Z\r\nSEQUENCE:3241563\r\nDTSTART;VALUE=DATE:20261231\r\n"
        "DTEND;VALUE=DATE:20270101\r\nSUMMARY:Due\r\nURL:http://x/\r\nTRANSP:TRANSPARENT\r\n"
        "STATUS:CONFIRMED\r\nCLASS:PRIVATE\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )


@given(st.text(max_size=200))
def test_no_line_is_longer_than_75_octets_and_none_cuts_a_character(text):
    data = folded(f"SUMMARY:{escaped(text)}")
    assert data.endswith(b"\r\n")
    for line in data[:-2].split(b"\r\n"):
        assert len(line) <= 75
        line.decode()
    assert unfolded(data) == [f"SUMMARY:{escaped(text)}"]


@given(
    st.text(alphabet=st.characters(exclude_categories=("Cc", "Cs")) | st.sampled_from("\n,;\\"), max_size=80)
)
def test_what_is_escaped_reads_as_it_was(text):
    said = escaped(text)
    assert "\n" not in said
    assert unescaped(said) == text


def test_a_title_cannot_add_a_line():
    data = calendar_bytes("x\r\nATTENDEE:y", [event(summary="a\r\nATTENDEE:b\x00", url="http://x/\r\nX:y")])
    assert not [line for line in unfolded(data) if line.startswith(("ATTENDEE", "X:"))]


def test_the_order_in_which_events_come_does_not_change_the_bytes():
    events = [event(uid=f"{n}@x", on=date(2026, 1, 1 + n % 3)) for n in range(6)]
    assert calendar_bytes("x", events) == calendar_bytes("x", reversed(events))


def test_a_later_change_has_a_higher_sequence():
    assert event(changed_at=AT + timedelta(minutes=1)).sequence == event().sequence + 1
    assert event(changed_at=datetime(2019, 1, 1, tzinfo=UTC)).sequence == 0
