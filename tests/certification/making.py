"""Short ways to say facts: days as ISO text, everything recorded at noon of its day in Shanghai."""

from datetime import date, datetime, time
from itertools import count
from zoneinfo import ZoneInfo

from lms.certification.rules import (
    Assignment,
    ContentVersion,
    Credit,
    Employment,
    Exclusion,
    Extension,
    Facts,
    Finding,
    Issued,
    Leave,
    Migration,
    Mode,
    Need,
    Programme,
    Requirement,
    Revocation,
    Signature,
    Waiver,
)
from lms.core.dates import Duration

SHANGHAI = ZoneInfo("Asia/Shanghai")
COURSE = Requirement(Need.COURSE, "confidentiality")
QUIZ = Requirement(Need.QUIZ, "refresher")
_ids = count(1)


def day(text: str | date) -> date:
    return text if isinstance(text, date) else date.fromisoformat(text)


def at(text: str | date, clock: str = "12:00") -> datetime:
    return datetime.combine(day(text), time.fromisoformat(clock), SHANGHAI)


def maybe(text):
    return None if text is None else day(text)


def span_of(text: str) -> Duration:
    return Duration.parse(text)


def _base(prefix: str, on, given: dict) -> dict:
    base = {"id": f"{prefix}-{next(_ids):06}", "recorded_at": at(on)}
    return base | given


def programme(effective_on="2020-01-01", **given) -> Programme:
    """A yearly programme: due 30d, window 60d, grace 14d, look-back 90d, long lapse 12m."""
    rules = {
        "version": "v1",
        "effective_on": day(effective_on),
        "recorded_at": at(effective_on),
        "initial": (COURSE,),
        "renewal": (QUIZ,),
        "due": span_of("30d"),
        "period_months": 12,
        "mode": Mode.ANNIVERSARY,
        "window": span_of("60d"),
        "grace": span_of("14d"),
        "look_back": span_of("90d"),
        "long_lapse": span_of("12m"),
    }
    for name in ("due", "window", "grace", "look_back", "long_lapse", "minimum_active"):
        if isinstance(given.get(name), str):
            given[name] = span_of(given[name])
    return Programme(**(rules | given))


def fixed(**given) -> Programme:
    defaults = {"mode": Mode.FIXED, "grid": ((12, 31),), "minimum_active": "90d"}
    return programme(**(defaults | given))


def _lasting(kind, prefix, first, last, given):
    withdrawn = given.pop("withdrawn", None)
    base = _base(prefix, first, given)
    return kind(**base, from_on=day(first), until_on=maybe(last), withdrawn_on=maybe(withdrawn))


def employed(first="2024-01-01", last=None, **given) -> Employment:
    return _lasting(Employment, "job", first, last, given)


def assigned(first="2024-03-01", last=None, **given) -> Assignment:
    return _lasting(Assignment, "src", first, last, given)


def excluded(first, last=None, **given) -> Exclusion:
    return _lasting(Exclusion, "exc", first, last, given)


def on_leave(first, last=None, **given) -> Leave:
    return _lasting(Leave, "lve", first, last, given)


def waived(first, last=None, **given) -> Waiver:
    return _lasting(Waiver, "wvr", first, last, given)


def credit(on, need=Need.COURSE, target="confidentiality", **given) -> Credit:
    return Credit(**_base("crd", on, given), need=need, target=target, occurred_on=day(on))


def course(on, **given) -> Credit:
    return credit(on, **given)


def quiz(on, **given) -> Credit:
    return credit(on, Need.QUIZ, "refresher", **given)


def signed(on, version=1, agreement="nda", **given) -> Signature:
    base = _base("sig", on, given)
    return Signature(**base, agreement=agreement, version=version, occurred_on=day(on))


def text_of(need, target, version, on, due="14d", **given) -> ContentVersion:
    base = _base("txt", on, given)
    return ContentVersion(
        **base, need=need, target=target, version=version, effective_on=day(on), due=span_of(due)
    )


def extended(granted, until, withdrawn=None, **given) -> Extension:
    base = _base("ext", granted, given)
    return Extension(**base, granted_on=day(granted), until_on=day(until), withdrawn_on=maybe(withdrawn))


def revoked(on, annulled=None, **given) -> Revocation:
    return Revocation(**_base("rev", on, given), occurred_on=day(on), annulled_on=maybe(annulled))


def found(on, due=None, **given) -> Finding:
    return Finding(**_base("fnd", on, given), occurred_on=day(on), due=due and span_of(due))


def migrated(on, version, **given) -> Migration:
    return Migration(**_base("mig", on, given), occurred_on=day(on), version=version)


def printed(opened, completed, valid_from, valid_until, **given) -> Issued:
    return Issued(
        **_base("crt", completed, given),
        opened_on=day(opened),
        completed_on=day(completed),
        valid_from=day(valid_from),
        valid_until=maybe(valid_until),
    )


_FIELDS = {
    Employment: "employment",
    Assignment: "assignments",
    Exclusion: "exclusions",
    Leave: "leave",
    Waiver: "waivers",
    Credit: "credits",
    Signature: "signatures",
    ContentVersion: "content",
    Extension: "extensions",
    Revocation: "revocations",
    Finding: "findings",
    Migration: "migrations",
    Issued: "issued",
    Programme: "rules",
}


def facts(*rows, **given) -> Facts:
    """Sort facts into their places; unless told, employed since 2024-01-01, owed since 2024-03-01."""
    places: dict[str, list] = {}
    for row in rows:
        name = next((n for kind, n in _FIELDS.items() if type(row) is kind))
        places.setdefault(name, []).append(row)
    places.setdefault("rules", [programme()])
    places.setdefault("employment", [employed()])
    places.setdefault("assignments", [assigned()])
    fields = {name: tuple(each) for name, each in places.items()}
    return Facts(**({"person": "ana", "programme": "yearly", "zone": SHANGHAI} | fields | given))
