"""Decisions about one person: form, preview of what moves, then done or asked of a second person."""

from typing import Any
from uuid import UUID

from flask import render_template, request, url_for
from wtforms import DateField, SelectField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from lms.certification.labels import FACTS, NEEDS
from lms.certification.queries import history_of
from lms.certification.queries.choices import live_credits, named_assignments, running_decisions
from lms.core.access import Action
from lms.core.errors import NotFound
from lms.core.versions import snapshot
from lms.people.queries import PersonRow, person_for, unit_tree
from lms.people.views.blueprint import unit_choices
from lms.reports import queries
from lms.reports.presenting import Words
from lms.reports.views.acts import ACTS, Act
from lms.reports.views.blueprint import pages
from lms.reports.views.evidence import countable
from lms.reports.views.planning import Plan, PlanForm, Steps, kept_fields, taken
from lms.web import context
from lms.web.pages import day, language

OPTIONAL = frozenset({"from_on", "until_on"})


class DecisionForm(PlanForm):
    """All that any act asks for; each leaves out what is not its."""

    programme = SelectField(validators=[DataRequired()])
    decision = SelectField(validators=[DataRequired()])
    credit = SelectField(validators=[DataRequired()])
    assignment = SelectField(validators=[DataRequired()])
    target = SelectField(validators=[DataRequired()])
    unit = SelectField(validators=[DataRequired()])
    occurred_on = DateField(validators=[InputRequired()])
    from_on = DateField(validators=[Optional()])
    until_on = DateField(validators=[Optional()])
    reason = TextAreaField(validators=[DataRequired(), Length(max=2_000)])


@pages.show("/hr/people/<uuid:person_id>/decide/<act>", may=Action.DECIDE)
def decide_form(person_id: UUID, act: str) -> Any:
    """Ask what is to be decided."""
    found, wanted = _about(person_id, act)
    form = _form(wanted, found)
    for name in ("programme", "credit", "decision"):
        if name in form and request.args.get(name):
            form[name].data = request.args[name][:120]
    return _steps(form, wanted, found).form()


@pages.change("/hr/people/<uuid:person_id>/decide/<act>", may=Action.DECIDE)
def decide(person_id: UUID, act: str) -> Any:
    """Show what would move; once that was seen, do it or ask a second person."""
    found, wanted = _about(person_id, act)
    form = _form(wanted, found)
    return taken(form, lambda: wanted.plan(form, found.id), _steps(form, wanted, found))


def _about(person_id: UUID, act: str) -> tuple[PersonRow, Act]:
    found = person_for(context.db_session(), context.actor(), person_id, Action.DECIDE)
    if act not in ACTS:
        raise NotFound
    return found, ACTS[act]


def _steps(form: DecisionForm, wanted: Act, found: PersonRow) -> Steps:
    back = url_for("reports.person", person_id=found.id)
    shared = {"form": form, "act": wanted, "person": found, "back": back}

    def preview(plan: Plan) -> str:
        return render_template("reports/decide_preview.html", plan=plan, kept=kept_fields(form), **shared)

    return Steps(lambda: render_template("reports/decide.html", **shared), preview, back)


def _form(wanted: Act, found: PersonRow) -> DecisionForm:
    form = DecisionForm()
    for name in [each.name for each in form if each.type not in {"HiddenField", "CSRFTokenField"}]:
        if name not in wanted.fields:
            del form[name]
            continue
        label, help_text = wanted.fields[name]
        form[name].label.text, form[name].description = label, help_text
        if name in OPTIONAL and name in wanted.needed:
            form[name].validators = [InputRequired()]
            form[name].flags.required = True
            form[name].flags.optional = False
    words = Words(context.db_session(), queries.tree_of(context.db_session()), language())
    for name, choices in CHOICES.items():
        if name in form:
            form[name].choices = [("", "—"), *choices(words, found.id)]
    return form


def _programmes(words: Words, _person: UUID) -> list[tuple[str, str]]:
    return [(name, words.programmes[name]) for name in history_of(context.db_session()).programmes]


def _decisions(words: Words, person_id: UUID) -> list[tuple[str, str]]:
    found = running_decisions(context.db_session(), person_id, context.today())
    return [
        (
            str(row.id),
            f"{words.say(FACTS[f'decision.{row.kind}'])}: {words.programmes[row.programme]}, {day(row.occurred_on)}"
            + (f" – {day(row.until_on)}" if row.until_on else ""),
        )
        for row in found
    ]


def _credits(words: Words, person_id: UUID) -> list[tuple[str, str]]:
    return [
        (str(row.id), f"{words.targets[row.target]}, {day(row.occurred_on)}")
        for row in live_credits(context.db_session(), person_id)
    ]


def _assignments(words: Words, person_id: UUID) -> list[tuple[str, str]]:
    return [
        (str(row.id), f"{words.programmes[row.programme]}, {day(row.from_on)}")
        for row in named_assignments(context.db_session(), person_id)
    ]


def _targets(words: Words, _person: UUID) -> list[tuple[str, str]]:
    published = snapshot(context.db_session())
    return [
        (f"{need.value}:{target}", f"{words.say(NEEDS[need])}: {words.targets[target]}")
        for need, target in countable(context.db_session())
        if published.find(need.value, target)
    ]


def _units(_words: Words, _person: UUID) -> list[tuple[str, str]]:
    return unit_choices(unit_tree(context.db_session()))


CHOICES = {
    "programme": _programmes,
    "decision": _decisions,
    "credit": _credits,
    "assignment": _assignments,
    "target": _targets,
    "unit": _units,
}
