"""All-day events as an iCalendar text (RFC 5545): folded, escaped, the same bytes for the same events. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

LINE_OCTETS = 75
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class DayEvent:
    """Something on one day. `uid` never changes; `changed_at` is when the day or the text last may have."""

    uid: str
    on: date
    summary: str
    url: str
    changed_at: datetime

    @property
    def sequence(self) -> int:
        """The revision (RFC 5545, 3.8.7.4): it rises with every change, being the minute of the last."""
        return max(0, int((self.changed_at - _EPOCH).total_seconds()) // 60)


def calendar_bytes(name: str, events: Iterable[DayEvent]) -> bytes:
    """Return a calendar, its events by day and uid."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Chizheng//Training//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME:{escaped(name)}",
        f"X-WR-CALNAME:{escaped(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT12H",
        "X-PUBLISHED-TTL:PT12H",
    ]
    for event in sorted(events, key=lambda each: (each.on, each.uid)):
        lines += _event(event)
    lines.append("END:VCALENDAR")
    return b"".join(folded(line) for line in lines)


def _event(event: DayEvent) -> Iterator[str]:
    stamp = event.changed_at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    yield "BEGIN:VEVENT"
    yield f"UID:{escaped(event.uid)}"
    yield f"DTSTAMP:{stamp}"
    yield f"LAST-MODIFIED:{stamp}"
    yield f"SEQUENCE:{event.sequence}"
    yield f"DTSTART;VALUE=DATE:{_day(event.on)}"
    yield f"DTEND;VALUE=DATE:{_day(event.on + timedelta(days=1))}"  # the end is exclusive
    yield f"SUMMARY:{escaped(event.summary)}"
    yield f"URL:{_one_line(event.url)}"
    yield "TRANSP:TRANSPARENT"
    yield "STATUS:CONFIRMED"
    yield "CLASS:PRIVATE"
    yield "END:VEVENT"


def _day(day: date) -> str:
    return f"{day.year:04}{day.month:02}{day.day:02}"


def escaped(text: str) -> str:
    """Return a TEXT value: backslash, semicolon, comma and line ends escaped, control characters left out."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for plain, said in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        text = text.replace(plain, said)
    return _one_line(text)


def _one_line(text: str) -> str:
    return "".join(each for each in text if each == "\t" or not (ord(each) < 32 or 127 <= ord(each) < 160))


def folded(line: str) -> bytes:
    """Return a content line with its line end: no piece beyond 75 octets, no character cut in two."""
    pieces, piece, room = [], b"", LINE_OCTETS
    for each in line:
        octets = each.encode()
        if len(piece) + len(octets) > room:
            pieces.append(piece)
            piece, room = b"", LINE_OCTETS - 1  # the space that marks a continuation counts
        piece += octets
    return b"\r\n ".join([*pieces, piece]) + b"\r\n"
