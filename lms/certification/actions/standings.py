"""The two caches: today's standing, and the spans. Written where they differ, told where they changed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from lms.certification.actions.periods import open_supplements
from lms.certification.actions.reminding import told_of
from lms.certification.actions.saving import Assessment
from lms.certification.models import StandingRow, StandingSpan
from lms.certification.queries.facts import Dossier
from lms.certification.queries.standings import kept_spans, overlays_of, overlays_text
from lms.certification.rules import (
    ContentVersion,
    Counted,
    Facts,
    Overlay,
    Reason,
    ReasonCode,
    Span,
    Standing,
    State,
    missing,
    spans,
    status,
)
from lms.certification.rules_changes import changed_days, steps_between
from lms.certification.rules_events import StandingChanged, StandingCorrected
from lms.certification.rules_reminders import next_reminder_on
from lms.certification.texts import ProgrammeText


def span_of(row: StandingSpan) -> Span:
    """Read a kept span."""
    return Span(State(row.state), overlays_of(row.overlays), row.from_on, row.until_on)


def keep_spans(
    assessment: Assessment, person_id: UUID, text: ProgrammeText, facts: Facts, *, is_new: bool
) -> tuple[Span, ...]:
    """Append the spans that are new, end the knowledge of those no longer true; tell what was corrected."""
    found, saving = spans(facts), assessment.saving
    rows = assessment.kept.spans.get((person_id, text.id), [])
    wanted = {each.from_on: each for each in kept_spans(found)}
    over = [row.id for row in rows if wanted.get(row.from_on) != span_of(row)]
    for row in rows:
        if row.id not in over:
            del wanted[row.from_on]
    saving.spans_over += over
    for span in wanted.values():
        saving.add(
            StandingSpan,
            id=uuid4(),
            person_id=person_id,
            programme=text.id,
            state=span.state,
            overlays=overlays_text(span.overlays),
            from_on=span.from_on,
            until_on=span.until_on,
            known_from=saving.recorded_at,
        )
    if not is_new and (wanted or over):
        days = changed_days([span_of(row) for row in rows], found, assessment.on)
        if days:
            saving.happened(
                StandingCorrected(
                    subject=f"standing:{person_id}:{text.id}",
                    occurred_at=saving.at,
                    person_id=person_id,
                    programme=text.id,
                    days=tuple((first.isoformat(), last.isoformat()) for first, last in days),
                )
            )
    return found


@dataclass(frozen=True)
class Shown:
    """The number of the certificate that shows a standing (empty: none), and of the open period (0: none)."""

    certificate: str
    period: int


@dataclass(frozen=True)
class Outlook:
    """What comes after the present span."""

    overlays: frozenset[Overlay]
    then_on: date | None


def outlook(found: Sequence[Span], on: date) -> Outlook:
    """Return the overlays of the span after the present one, and the day after which it changes again."""
    here = next(i for i, each in enumerate(found) if each.from_on <= on <= each.last_on)
    coming = found[here + 1] if here + 1 < len(found) else None
    after = found[here + 2] if here + 2 < len(found) else None
    return Outlook(coming.overlays if coming else frozenset(), after.from_on if after else None)


def keep_standing(
    assessment: Assessment,
    dossier: Dossier,
    text: ProgrammeText,
    facts: Facts,
    found: Sequence[Span],
    shown: Shown,
) -> None:
    """Write the standing if it differs from the row kept, tell how it changed, and remind."""
    on, saving = assessment.on, assessment.saving
    standing = status(facts, on)
    values = _values(assessment, dossier, text, facts, standing)
    values |= {"certificate": shown.certificate, "period": shown.period}
    ahead = outlook(found, on)
    values |= {"next_overlays": overlays_text(ahead.overlays), "then_on": ahead.then_on}
    row = assessment.kept.standings.get((dossier.person_id, text.id))
    if row is not None and all(getattr(row, name) == value for name, value in values.items()):
        return
    values |= {"assessed_on": on, "updated_at": saving.recorded_at}
    saving.standings.append(values)
    steps = _changes(row, found, on)
    for before, after, changed_on in steps:
        saving.happened(
            StandingChanged(
                subject=f"standing:{dossier.person_id}:{text.id}",
                occurred_at=saving.at,
                person_id=dossier.person_id,
                programme=text.id,
                before=before,
                after=after,
                changed_on=changed_on,
            )
        )
    open_supplements(assessment, dossier.person_id, text.id, supplements_of(facts, standing))
    told_of(assessment, dossier.person_id, text, standing, values, was=State(row.state) if row else None)


def supplements_of(facts: Facts, standing: Standing) -> list[ContentVersion]:
    """Return the changed texts that are owed beside the state."""
    owed = {each.fact for each in standing.reasons if each.code is ReasonCode.SUPPLEMENT_OWED}
    return [each for each in facts.content if each.id in owed]


def _changes(row: StandingRow | None, found: Sequence[Span], on: date) -> list[tuple[State, State, date]]:
    if row is None:
        here = next(each for each in found if each.from_on <= on <= each.last_on)
        is_plain = here.state is State.NOT_REQUIRED
        return [] if is_plain else [(State.NOT_REQUIRED, here.state, max(here.from_on, date.min))]
    return steps_between(State(row.state), row.assessed_on, found, on)


def _values(
    assessment: Assessment, dossier: Dossier, text: ProgrammeText, facts: Facts, standing: Standing
) -> dict[str, Any]:
    on = assessment.on
    spell = dossier.employed.spell_on(on)
    asked = missing(facts, on)
    remind_on = next_reminder_on(standing, text.newest, on) if text.rules else None
    wake = [day for day in (standing.next_change_on, remind_on) if day is not None]
    return {
        "person_id": dossier.person_id,
        "programme": text.id,
        "kind": text.kind,
        "state": standing.state,
        "overlays": overlays_text(standing.overlays),
        "since": standing.since,
        "due_on": standing.due_on,
        "valid_from": standing.valid_from,
        "valid_until": standing.valid_until,
        "window_opens_on": standing.window_opens_on,
        "grace_until": standing.grace_until,
        "next_change_on": standing.next_change_on,
        "next_state": standing.next_state,
        "remind_on": remind_on,
        "wake_on": min(wake, default=None),
        "reasons": json.dumps([reason_json(each) for each in standing.reasons], sort_keys=True),
        "steps": json.dumps(_steps(asked, supplements_of(facts, standing), standing), sort_keys=True),
        "unit_id": spell.unit_on(on) if spell else None,
        "employed": spell is not None,
    }


def _steps(
    asked: Sequence[Counted], supplements: Sequence[ContentVersion], standing: Standing
) -> list[dict[str, Any]]:
    """What is to be done: for the open period, and the changed texts that it does not ask for anyhow.

    Changed parts of a course stand beside it even so: they have a date of their own.
    """
    found = [step_json(each) for each in asked]
    met = {(each["need"], each["target"]) for each in found if each["met_on"] is None}
    beside = [
        supplement_json(each, standing)
        for each in supplements
        if each.is_in_parts or (each.need.value, each.target) not in met
    ]
    return [*found, *beside]


def supplement_json(change: ContentVersion, standing: Standing) -> dict[str, Any]:
    """Return a changed text that is owed, with the day it is due and, in parts, what they are."""
    days = [each.on for each in standing.reasons if each.fact == change.id and each.on is not None]
    found: dict[str, Any] = {"need": change.need.value, "target": change.target, "met_on": None}
    found["due_on"] = min(days).isoformat() if days else None
    if change.is_in_parts:
        found |= {"supplement": change.version, "lessons": change.lessons, "items": change.items}
    return found


def reason_json(reason: Reason) -> dict[str, str | None]:
    """Return a reason as rows and answers hold it."""
    return {
        "code": reason.code.value,
        "on": reason.on.isoformat() if reason.on else None,
        "fact": reason.fact,
    }


def step_json(counted: Counted) -> dict[str, str | None]:
    """Return a requirement with the day on which it was met."""
    requirement, day = counted.requirement, counted.met_on
    return {
        "need": requirement.need.value,
        "target": requirement.target,
        "met_on": day.isoformat() if day else None,
    }
