"""One person: where they stand and why, over the years, fact by fact."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import render_template, request, url_for
from flask_babel import gettext

from lms.approvals.queries import open_about
from lms.certification.labels import reason_message
from lms.certification.queries import Answer, history_of
from lms.certification.rules import Overlay, Span
from lms.core.access import Action, may_ever
from lms.core.errors import Message
from lms.people.queries import person_for
from lms.reports import queries, rules
from lms.reports.presenting import Memo, Shown, Words, percent, shown_facts
from lms.reports.queries.persons import FACTS_A_PAGE, Dossier
from lms.reports.rules import Asked
from lms.reports.views.acts import ACTS, GROUPS
from lms.reports.views.blueprint import asked, pages
from lms.web import context
from lms.web.forms import whole
from lms.web.pages import day, language

TONES = {
    "certified": "jade", "renewal_open": "jade", "assigned": "indigo", "grace": "amber", "overdue": "vermilion",
    "lapsed": "vermilion", "long_lapsed": "vermilion", "revoked": "vermilion", "waived": "grey",
}  # fmt: skip


DECIDED = {"DecisionRecorded": "amber", "DecisionWithdrawn": "grey"}


@pages.show("/hr/people/<uuid:person_id>", may=Action.READ_RECORD)
def person(person_id: UUID) -> Any:
    """Show a person's record as of a day, as known at an instant; reading another's is recorded."""
    session, actor, when = context.db_session(), context.actor(), asked()
    found = person_for(session, actor, person_id, Action.READ_RECORD)
    words = Words(session, queries.tree_of(session), language())
    record = queries.dossier(session, person_id, when)
    facts = queries.facts_of(session, person_id, when, request.args.get("before", type=whole))
    shown = _facts(facts, words, when)
    if actor.person_id != person_id:
        context.observe(_read(person_id, when))
    return render_template(
        "reports/person.html", person=found, asked=when, words=words, days=Memo(day), percent=percent, record=record,
        standings=_standings(record, words, when, shown), facts=shown, earlier=_earlier(facts, person_id),
        kinds=_kinds(), known_at_text=request.args.get("known_at", ""), may_manage=may_ever(actor, Action.READ_PEOPLE),
        groups=_groups(found.id), waiting=open_about(session, f"person:{person_id}"),
        may_decide=may_ever(actor, Action.DECIDE) and actor.person_id != person_id,
        may_report=may_ever(actor, Action.READ_REPORTS),
    )  # fmt: skip


def _groups(person_id: UUID) -> list[tuple[Any, list[tuple[str, Any]]]]:
    """What can be decided about a person, by what it is about: each as an address with its name."""
    return [
        (
            title,
            [
                (url_for("reports.decide_form", person_id=person_id, act=name), act.title)
                for name, act in ACTS.items()
                if act.group == group
            ],
        )
        for group, title in GROUPS
    ]


def _read(person_id: UUID, when: Asked) -> rules.RecordRead:
    return rules.RecordRead(
        subject=f"person:{person_id}", occurred_at=context.now(), person_id=person_id, as_of=when.as_of,
        known_at=when.known_at,
    )  # fmt: skip


def _kinds() -> dict[str, str]:
    programmes = history_of(context.db_session()).programmes
    return {name: each.kind.value for name, each in programmes.items()}


def _facts(found: list[Any], words: Words, when: Asked) -> list[Any]:
    shown = shown_facts(context.db_session(), words, found[:FACTS_A_PAGE])
    return [each for each in shown if when.is_live or each.day <= when.as_of]


def _earlier(found: list[Any], person_id: UUID) -> str | None:
    if len(found) <= FACTS_A_PAGE:
        return None
    kept: dict[str, Any] = {
        name: request.args[name] for name in ("as_of", "known_at") if request.args.get(name)
    }
    return url_for("reports.person", person_id=person_id, before=found[FACTS_A_PAGE - 1].seq, **kept)


def _standings(record: Dossier, words: Words, when: Asked, facts: list[Shown]) -> list[dict[str, Any]]:
    """Each programme with its answer, why it is so, and its years."""
    return [
        {
            "programme": name,
            "title": words.programmes[name],
            "standing": answer.standing,
            "overlays": sorted(each.value for each in answer.standing.overlays),
            "why": _why(answer, words),
            **_years(record, (name, facts), words, when),
        }
        for name, answer in sorted(record.answers.items(), key=lambda each: words.programmes[each[0]])
    ]


def _why(answer: Answer, words: Words) -> list[tuple[str, str, str | None]]:
    """Each reason as a sentence, with its code and the fact it rests on."""
    found = []
    for reason in answer.standing.reasons:
        sentence: Message = reason_message(reason)
        found.append((words.say(sentence), reason.code.value, reason.fact))
    return found


def _years(record: Dossier, about: tuple[str, list[Shown]], words: Words, when: Asked) -> dict[str, Any]:
    """The timeline of one programme: states above, leave below, certificates and decisions as dots."""
    programme, facts = about
    known = [span for span in record.spans.get(programme, ()) if span.state.value not in rules.UNASKED]
    begun = [span for span in known if span.from_on <= when.as_of]
    events = [
        {"on": each.completed_on, "label": each.number, "tone": "indigo"}
        for each in record.certificates
        if each.programme == programme
    ]
    events += [
        {"on": each.day, "label": each.sentence, "tone": DECIDED[each.entry.kind]}
        for each in facts
        if each.entry.kind in DECIDED
        and (each.entry.payload or {}).get("programme") == programme
        and each.day <= when.as_of
    ]
    if not begun:
        return {"years": [], "first": when.as_of, "last": when.as_of, "events": []}
    first = min(max(span.from_on, date(1990, 1, 1)) for span in begun).replace(month=1, day=1)
    last = max([_last(span, when) for span in begun] + [when.as_of]).replace(month=12, day=31)
    lanes = [_lane(span, 0, TONES[span.state.value], words.states[span.state.value], last) for span in begun]
    away = words.overlays[Overlay.ON_LEAVE.value]
    lanes += [_lane(span, 1, "grey", away, last) for span in begun if Overlay.ON_LEAVE in span.overlays]
    return {"years": lanes, "first": first, "last": last, "events": events}


def _last(span: Span, when: Asked) -> date:
    """How far into the future the last state begun is drawn: two years at most."""
    return min(span.last_on, when.as_of + timedelta(days=731)) if span.until_on else when.as_of


def _lane(span: Span, lane: int, tone: str, word: str, last: date) -> dict[str, Any]:
    until = min(span.last_on, last)
    label = gettext("%(what)s: %(more)s", what=word, more=f"{day(span.from_on)} – {day(until)}")
    return {"from_": span.from_on, "until": until, "tone": tone, "lane": lane, "label": label}
