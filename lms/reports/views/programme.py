"""One programme: its rules in words, its numbers, its people."""

from dataclasses import replace
from typing import Any

from flask import render_template, request, url_for

from lms.certification.labels import NEEDS
from lms.certification.queries import history_of, programme_in
from lms.certification.rules import Programme, Requirement
from lms.certification.rules_words import Need
from lms.certification.texts import ProgrammeText
from lms.core.access import Action, may_ever
from lms.core.dates import Duration, Unit
from lms.core.errors import Message
from lms.people.labels import ROLES
from lms.reports import labels, queries, rules
from lms.reports.catalogue import report_named
from lms.reports.presenting import Words
from lms.reports.queries import Page
from lms.reports.rules import Figure
from lms.reports.views.assigning import rules_shown
from lms.reports.views.blueprint import Asking, asking, filters, filters_in_log, pages, shared
from lms.reports.views.firm import address
from lms.reports.views.painting import painted
from lms.web import context

ROWS_A_PAGE = 50


@pages.show("/hr/programmes/<programme_id>", may=Action.READ_REPORTS)
def programme(programme_id: str) -> Any:
    """Show what a programme asks of whom, how many stand where, and who."""
    session, found = context.db_session(), asking()
    text = programme_in(history_of(session), programme_id)
    question = replace(found.question, programme=programme_id)
    whole, _, _ = queries.overview_of(session, replace(question, states=frozenset()), found.tree)
    page = Page(request.args.get("after", "")[:200], ROWS_A_PAGE + 1)
    report = report_named("standings")
    rows = list(report.rows(session, question, page, found.words))
    context.observe(_read(programme_id))
    shown = rows[:ROWS_A_PAGE]
    return render_template(
        "reports/programme.html",
        text=text,
        report=report,
        painted=painted(report, shown, found.words),
        shown=len(shown),
        whole=whole,
        figures=[(figure, labels.FIGURES[figure], labels.TONES[figure]) for figure in Figure],
        address=address,
        facts=_facts(text, found),
        may_enter=may_ever(context.actor(), Action.ENTER_FACTS) and bool(text.rules),
        hands=rules_shown(programme_id),
        may_assign=may_ever(context.actor(), Action.ASSIGN) and not text.is_retired,
        first_url=_url(programme_id, None) if page.after else None,
        next_url=_url(programme_id, rows[ROWS_A_PAGE - 1][0]) if len(rows) > ROWS_A_PAGE else None,
        states=[(state, found.words.states[state]) for state in rules.RISK],
        **shared(found),
    )


def _read(programme_id: str) -> rules.ReportRead:
    narrowed = {**filters_in_log(), "programme": programme_id}
    return rules.ReportRead(
        subject=f"programme:{programme_id}", occurred_at=context.now(), report="programme", filters=narrowed
    )


def _url(programme_id: str, after: str | None) -> str:
    kept = {name: value for name, value in filters().items() if name != "programme"}
    return url_for("reports.programme", programme_id=programme_id, after=after, **kept)


def _facts(text: ProgrammeText, found: Asking) -> dict[str, Any]:
    """The rules published last, in words; a programme that was only ever retired has none."""
    words, newest = found.words, text.newest
    return {
        "kind": words.say(labels.KINDS[text.kind.value]),
        "whom": [_rule(rule, words) for rule in text.assign[-1][1]],
        "initial": [_step(each, words) for each in newest.initial],
        "renewal": [_step(each, words) for each in newest.renewal],
        "sentences": [words.say(each) for each in sentences(newest, words)],
        "version": newest.version.partition("@")[2],
        "effective_on": newest.effective_on,
    }


def _rule(rule: Any, words: Words) -> str:
    return words.say(Message(labels.RULES[rule.kind].text, {"target": _target(rule, words)}))


def _target(rule: Any, words: Words) -> str:
    if rule.kind == "holds":
        return words.programmes[rule.target]
    if rule.kind == "role" and rule.target in ROLES:
        return words.say(ROLES[rule.target])
    return str(rule.target)


def _step(each: Requirement, words: Words) -> tuple[str, str]:
    target = words.programmes[each.target] if each.need is Need.PROGRAMME else words.targets[each.target]
    return words.say(NEEDS[each.need]), target


def sentences(newest: Programme, words: Words) -> list[Message]:
    """Return the durations of a programme as sentences."""

    def said(sentence: Message, duration: Duration) -> Message:
        return Message(sentence.text, {"span": words.say(span(duration))})

    found = [said(labels.DUE, newest.due)]
    if newest.period_months is None:
        found.append(labels.ONCE)
    else:
        found.append(said(labels.PERIOD, Duration(newest.period_months, Unit.MONTHS)))
        grid = ", ".join(f"{month:02}-{day:02}" for month, day in newest.grid)
        found.append(Message(labels.MODES[newest.mode.value].text, {"grid": grid} if newest.grid else {}))
    optional = (
        (labels.WINDOW, newest.window),
        (labels.GRACE, newest.grace),
        (labels.LONG_LAPSE, newest.long_lapse),
    )
    found += [said(sentence, each) for sentence, each in optional if each is not None and each.count]
    if newest.look_back.count:
        found.append(said(labels.LOOK_BACK, newest.look_back))
    return found


def span(duration: Duration) -> Message:
    """Return a duration in words."""
    text = labels.MONTHS if duration.unit is Unit.MONTHS else labels.DAYS
    return Message(text.text, {"count": duration.count})
