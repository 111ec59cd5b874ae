"""What a job and a notice are, how long a lease holds, when a failed job is tried again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Any
from uuid import UUID

from lms.core.events import Event

LEASE = timedelta(seconds=60)
LONGEST_PAUSE = timedelta(hours=1)
MOST_TRIES = 12


class JobState(StrEnum):
    """DEAD: tried too often; an operator decides."""

    WAITING = "waiting"
    DONE = "done"
    DEAD = "dead"


class DigestKind(StrEnum):
    """DAILY: a person's reminders of a day; WEEKLY: who in a manager's team is late."""

    DAILY = "daily"
    WEEKLY = "weekly"


class NoticeCode(StrEnum):
    """What a notice says; its sentences are in `notices/wording.py`."""

    ACTIVATION = "activation"
    RESET = "reset"
    ASSIGNED = "assigned"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    RENEWAL_OPEN = "renewal_open"
    EXPIRES_SOON = "expires_soon"
    GRACE = "grace"
    LAPSED = "lapsed"
    TEAM_DUE = "team_due"
    TEAM_OVERDUE = "team_overdue"
    TEAM_LATE = "team_late"
    TEAM_LIST = "team_list"
    CERTIFIED = "certified"
    SIGNED_COPY = "signed_copy"
    APPROVAL_WAITING = "approval_waiting"
    EVALUATION_PREVIEW = "evaluation_preview"
    CREDENTIALS_CHANGED = "credentials_changed"
    CREDENTIALS_RESET = "credentials_reset"
    RESET_WATCHED = "reset_watched"
    MAIL_CHANGED = "mail_changed"
    MAIL_ASKED = "mail_asked"
    MAIL_END_ASKED = "mail_end_asked"
    GLASS_ASKED = "glass_asked"
    GLASS_OPENED = "glass_opened"
    GLASS_YOURS = "glass_yours"


@dataclass(frozen=True)
class Notice:
    """Something a person should know, once.

    `key` makes it unique: person, period, step, target day and channel in one text. `params` are ids,
    days and numbers, never sentences; `link` a path of this site.
    """

    person_id: UUID
    code: NoticeCode
    key: str
    link: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """A notice as a line of its reader's mail of the day.

    One a reader, person it is about, topic, step and day aimed at, however often it is put.
    """

    about_id: UUID
    topic: str
    step: str
    target_on: date
    notice: Notice


@dataclass(frozen=True)
class Gathered:
    """What a digest says, to whom: lines of a code and its parameters, and the one link."""

    person_id: UUID
    kind: DigestKind
    day: date
    lines: tuple[tuple[str, Mapping[str, Any]], ...]
    link: str


@dataclass(frozen=True, kw_only=True)
class DigestMade(Event):
    """Reminders were gathered into one mail; `count` is how many."""

    digest_kind: DigestKind
    day: date
    count: int


@dataclass(frozen=True, kw_only=True)
class Notified(Event):
    """A notice was put before a person."""

    code: NoticeCode
    key: str


@dataclass(frozen=True, kw_only=True)
class MailSent(Event):
    """A mail server took a mail; `message_id` is stable over retries."""

    message_id: str


def next_try(tries: int, now: datetime) -> datetime:
    """Return when a job that failed `tries` times is tried again: doubling from 2 s, at most an hour."""
    pause: timedelta = min(timedelta(seconds=2 ** min(tries, 12)), LONGEST_PAUSE)
    return now + pause


def after_failure(tries: int) -> JobState:
    """Return the state of a job that failed `tries` times."""
    return JobState.DEAD if tries >= MOST_TRIES else JobState.WAITING


def is_time(at: datetime, hour: int, zone: tzinfo) -> bool:
    """Whether the hour at which digests go out has come on the civil day of `at`."""
    return at.astimezone(zone).time() >= time(hour)


def week_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def one_link(links: Iterable[str]) -> str:
    """Return the one link of a mail: where all its lines lead, or the list of notices."""
    found = set(links)
    return found.pop() if len(found) == 1 else "/notices"
