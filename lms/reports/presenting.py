"""Rows and facts in words, for pages, files and commands alike, in a named language."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from lms.certification.labels import OVERLAYS, SOURCES, STATES
from lms.certification.queries import history_of
from lms.certification.rules_words import Overlay, SourceKind, State
from lms.core import versions
from lms.core.errors import Message
from lms.core.i18n import day_in, translate
from lms.people.labels import FACTS as EMPLOYMENT
from lms.people.labels import ROLES
from lms.people.queries import names
from lms.reports import labels
from lms.reports.queries.log import LogEntry
from lms.reports.queries.units import Tree

TARGETS = ("course", "quiz", "examination", "agreement")


class Memo(dict[Any, str]):
    """Answers worked out once each."""

    def __init__(self, make: Callable[[Any], str]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: Any) -> str:
        self[key] = found = self._make(key)
        return found


class Words:
    """What ids and codes are called in one language; each is worked out once."""

    def __init__(self, session: Session, tree: Tree, language: str) -> None:
        self.language = language
        self.zone: ZoneInfo = session.info["zone"]
        self._programmes = {name: each.title for name, each in history_of(session).programmes.items()}
        self._snapshot = versions.snapshot(session)
        self._units = tree.names
        self.programmes = Memo(lambda name: self.both(self._programmes.get(name), name))
        self.units = Memo(lambda unit_id: self.both(self._units.get(unit_id), "") if unit_id else "")
        self.states = Memo(lambda state: self.say(STATES[State(state)]))
        self.overlays = Memo(self._overlays)
        self.targets = Memo(self._target)
        self.attempts = Memo(lambda state: self.say(labels.ATTEMPT_STATES[state]))

    def say(self, message: Message) -> str:
        """Return a sentence in this language."""
        return translate(message, self.language)

    def both(self, text: Mapping[str, str] | None, default: str) -> str:
        """Pick this language from a bilingual text."""
        return (text.get(self.language) or text.get("zh") or default) if text else default

    def name(self, name_zh: str, name_en: str) -> str:
        """Return a person's name; where one language lacks it, the other stands in."""
        return (name_en or name_zh) if self.language == "en" else (name_zh or name_en)

    def listed(self, texts: Iterable[str]) -> str:
        """Join what stands beside each other as this language does."""
        return ("、" if self.language == "zh" else ", ").join(texts)

    def _overlays(self, codes: str) -> str:
        return self.listed(self.say(OVERLAYS[Overlay(each)]) for each in codes.split())

    def _target(self, target: str) -> str:
        for kind in TARGETS:
            found = self._snapshot.find(kind, target)
            if found is not None:
                return self.both(found.body["title"], target)
        return target


def percent(score: str | None) -> float | None:
    """Return an exact share as percent, cut to one decimal and never rounded up."""
    return None if score is None else int(Fraction(score) * 1000) / 10


def day_of_fact(entry: LogEntry, zone: ZoneInfo) -> date:
    """Return the civil day on which a fact occurred: as it says itself, else that of its event."""
    payload = entry.payload or {}
    names_of_days = ("occurred_on", "from_on", "signed_on", "opened_on", "changed_on", "credited_on")
    for name in names_of_days:
        if payload.get(name):
            return date.fromisoformat(payload[name])
    return entry.occurred_at.astimezone(zone).date()


class Shown:
    """A fact as a page shows it."""

    def __init__(self, entry: LogEntry, day: date, sentence: str, by: str, why: str) -> None:
        self.entry, self.day, self.sentence, self.by, self.why = entry, day, sentence, by, why


def shown_facts(session: Session, words: Words, found: Iterable[LogEntry]) -> list[Shown]:
    """Return facts with sentence, who entered them and why, in at most one statement."""
    kept = list(found)
    who = who_did(session, words, kept)
    return [
        Shown(
            each, day_of_fact(each, words.zone), sentence(words, each), who(each), why(words, each, who.named)
        )
        for each in kept
    ]


class Who:
    """Names of those who did what entries tell."""

    def __init__(self, words: Words, known: Mapping[UUID, Mapping[str, str]]) -> None:
        self._words, self._known = words, known

    def named(self, person_id: UUID | None) -> str:
        """Return a person's name, empty for nobody."""
        return self._words.both(self._known.get(person_id), "") if person_id else ""

    def __call__(self, entry: LogEntry) -> str:
        """Return who did what an entry tells, with the role used."""
        if entry.actor_id is None:
            said = labels.ACTORS.get(entry.actor)
            return self._words.say(said) if said else entry.actor
        return self.named(entry.actor_id) or str(entry.actor_id)


def who_did(session: Session, words: Words, found: Iterable[LogEntry]) -> Who:
    """Look up everybody whom entries name, in one statement."""
    ids: set[UUID] = set()
    for each in found:
        ids |= {one for one in (each.actor_id, each.asked_by_id, each.decided_by_id, each.person_id) if one}
    return Who(words, names(session, ids))


def why(words: Words, entry: LogEntry, named: Callable[[UUID | None], str]) -> str:
    """Return why: the reason given, and for what two people did, who asked and who agreed."""
    parts = [entry.reason or entry.asked_for]
    if entry.asked_by_id:
        asked = Message(
            "Asked by %(asker)s, approved by %(approver)s.",
            {"asker": named(entry.asked_by_id), "approver": named(entry.decided_by_id)},
        )
        parts.append(words.say(asked))
    return " ".join(part for part in parts if part)


def sentence(words: Words, entry: LogEntry) -> str:
    """Return what an entry tells about a person as a sentence."""
    if entry.payload is None:
        return words.say(labels.ERASED)
    return words.say(Message(labels.FACTS[entry.kind].text, dict(_params(words, entry.payload)))).strip()


def _params(words: Words, payload: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    """Every placeholder that some sentence has, in words."""
    given = {**payload, **(payload.get("signature") or {})}
    for name in ("from_on", "occurred_on", "valid_from", "opened_on"):
        yield name, _day(words, given.get(name))
    last = given.get("until_on") or given.get("valid_until")
    yield "until", words.say(Message(labels.UNTIL.text, {"day": date.fromisoformat(last)})) if last else ""
    yield "programme", words.programmes[given.get("programme", "")]
    target = (
        given.get("target") or given.get("quiz_id") or given.get("agreement_id") or given.get("agreement")
    )
    yield "target", words.targets[target if isinstance(target, str) else ""]
    yield "unit", words.units[UUID(given["unit_id"])] if given.get("unit_id") else ""
    yield "fact", words.say(EMPLOYMENT[given["fact"]]) if "fact" in given else ""
    yield "source", _source(words, str(given.get("source", "")))
    yield "decision", words.say(labels.DECISIONS[given["decision"]]) if "decision" in given else ""
    yield "role", words.say(ROLES[given["role"]]) if given.get("role") in ROLES else ""
    yield (
        "change",
        words.say(labels.CHANGES[given["change"]]) if given.get("change") in labels.CHANGES else "",
    )
    yield "n", given.get("n", "")
    yield "attempts", given.get("attempts", "")
    yield "score", percent(str(given["score"])) if given.get("score") is not None else ""
    yield "outcome", words.say(labels.PASSED if given.get("passed") else labels.NOT_PASSED)
    for name in ("before", "after"):
        yield name, words.states[given[name]] if given.get(name) in set(State) else ""


def _day(words: Words, text: object) -> str:
    return day_in(date.fromisoformat(text), words.language) if isinstance(text, str) and text else ""


def _source(words: Words, code: str) -> str:
    if code in labels.CREDIT_SOURCES:
        return words.say(labels.CREDIT_SOURCES[code])
    return words.say(SOURCES[SourceKind(code)]) if code in set(SourceKind) else ""


def acted_as(words: Words, entry: LogEntry) -> str:
    """Return the roles an entry was made under, and how its actor was known."""
    roles = (ROLES.get(each) for each in (entry.role or "").split(",") if each)
    known_by = labels.CREDENTIALS.get(entry.credential)
    return words.listed(words.say(each) for each in (*roles, known_by) if each)


def recorded(payload: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the content of an entry as it was recorded: codes are not put into words."""
    return [
        (name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
        for name, value in sorted(payload.items())
    ]


def instant_text(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    """Return an instant on the firm's wall clock, for files."""
    return moment.astimezone(zone).replace(microsecond=0) if moment else None
