"""Assign a programme: by a rule over a unit, a role or days of joining, or to people by name; and end a rule."""

from typing import Any
from uuid import UUID

from flask import render_template, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import DateField, RadioField, SelectField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from lms.certification import actions
from lms.certification.actions import NewAssignments, NewRule
from lms.certification.queries import history_of, programme_in
from lms.certification.queries.hands import hand_rule, hand_rules, people_under
from lms.certification.requests_hands import preview_named, whom_it_asks
from lms.certification.rules_sources import HandKind, HandRule
from lms.certification.texts import ProgrammeText
from lms.core.access import GRANTED_ROLES, Action
from lms.core.dates import Duration, add
from lms.core.errors import Invalid, message
from lms.people.labels import ROLES
from lms.people.queries import headcounts, unit_tree
from lms.people.rules import UnitNode, at_or_below
from lms.reports.views.blueprint import indented, pages
from lms.reports.views.evidence import people_written
from lms.reports.views.planning import Plan, PlanForm, Steps, by_two, kept_fields, taken
from lms.web import context
from lms.web.pages import both, say

NAMED = "named"
WHO = (
    (HandKind.UNIT.value, _("A unit, with those below it")),
    (HandKind.ROLE.value, _("Everybody with a role")),
    (HandKind.JOINED.value, _("Everybody who joins on certain days")),
    (NAMED, _("People by name")),
)


class AssignForm(PlanForm):
    """Who is to owe a programme, from when, and by when."""

    who = RadioField(_("Who"), default=HandKind.UNIT.value, validators=[DataRequired()])
    unit = SelectField(
        _("Unit"), validators=[Optional()], description=_("In brackets: how many people work there today.")
    )
    role = SelectField(_("Role"), validators=[Optional()])
    joined_from = DateField(_("Joined from"), validators=[Optional()])
    joined_until = DateField(
        _("Joined until"), validators=[Optional()], description=_("Left empty: whoever joins later, too.")
    )
    people = TextAreaField(
        _("People"), validators=[Optional(), Length(max=20_000)],
        description=_("Staff numbers or sign-in names, one a line or parted by commas: 200 people at most."),
    )  # fmt: skip
    from_on = DateField(_("Owed from"), validators=[InputRequired()])
    due_on = DateField(
        _("Due on"), validators=[InputRequired()],
        description=_("Whoever comes under a rule later has as many days from their own first day."),
    )  # fmt: skip
    reason = TextAreaField(_("Reason"), validators=[DataRequired(), Length(max=2_000)])


class EndForm(PlanForm):
    """When a rule ends, and why."""

    until_on = DateField(_("Last day"), validators=[InputRequired()])
    reason = TextAreaField(_("Reason"), validators=[DataRequired(), Length(max=2_000)])


@pages.show("/hr/programmes/<programme_id>/assign", may=Action.ASSIGN)
def assign_form(programme_id: str) -> Any:
    """Ask whom to assign a programme to."""
    text = programme_in(history_of(context.db_session()), programme_id)
    form = _form()
    form.from_on.data = context.today()
    form.due_on.data = add(context.today(), text.newest.due if text.rules else Duration(30))
    return _steps(form, text).form()


@pages.change("/hr/programmes/<programme_id>/assign", may=Action.ASSIGN)
def assign(programme_id: str) -> Any:
    """Show whom it would move; once that was seen, do it or ask a second person."""
    text = programme_in(history_of(context.db_session()), programme_id)
    form = _form()
    return taken(form, lambda: _plan(form, text), _steps(form, text))


def _form() -> AssignForm:
    session, form = context.db_session(), AssignForm()
    tree, heads = unit_tree(session), headcounts(session, context.today())
    counts = {node.id: sum(heads.get(each, 0) for each in at_or_below(tree, [node.id])) for node in tree}
    form.who.choices = list(WHO)
    form.unit.choices = [
        ("", "—"),
        *((node.code, indented(_counted(node, counts[node.id]), node.depth)) for node in tree),
    ]
    form.role.choices = [("", "—"), *((role.value, say(ROLES[role])) for role in GRANTED_ROLES)]
    return form


def _counted(node: UnitNode, people: int) -> str:
    return str(gettext("%(unit)s (%(people)s)", unit=both(node.name), people=people))


def _steps(form: AssignForm, text: ProgrammeText) -> Steps:
    back = url_for("reports.programme", programme_id=text.id)
    shared = {"form": form, "text": text, "back": back}

    def preview(plan: Plan) -> str:
        return render_template("reports/assign_preview.html", plan=plan, kept=kept_fields(form), **shared)

    return Steps(lambda: render_template("reports/assign.html", **shared), preview, back)


def _plan(form: AssignForm, text: ProgrammeText) -> Plan:
    return _by_name(form, text) if form.who.data == NAMED else _by_rule(form, text)


def _by_rule(form: AssignForm, text: ProgrammeText) -> Plan:
    session, kind = context.db_session(), HandKind(form.who.data)
    new = NewRule(
        text.id,
        kind,
        _target(form, kind),
        _day(form, "from_on"),
        _day(form, "due_on"),
        form.reason.data or "",
    )
    return by_two(session, actions.rule_request(session, new, context.now()))


def _target(form: AssignForm, kind: HandKind) -> str:
    """Read whom a rule is about. Raises Invalid where that was left open."""
    if kind is HandKind.JOINED:
        if form.joined_from.data is None:
            raise Invalid({"joined_from": message("Say from which day of joining on.")})
        last = form.joined_until.data
        return f"{form.joined_from.data.isoformat()}/{last.isoformat() if last else ''}"
    field = form[kind.value]
    if not field.data:
        raise Invalid({kind.value: message("Choose one.")})
    return str(field.data)


def _day(form: AssignForm, name: str) -> Any:
    return form[name].data


def _by_name(form: AssignForm, text: ProgrammeText) -> Plan:
    session, at, me = context.db_session(), context.now(), context.actor().person_id
    people = tuple(people_written(form.people.data or ""))
    if not people:
        raise Invalid({"people": message("Name at least one person.")})
    new = NewAssignments(text.id, people, _day(form, "from_on"), _day(form, "due_on"), form.reason.data or "")
    actions.check_assignments(session, new, at)
    what = message(
        "Ask “%(programme)s” of the people named, from %(first)s, due on %(due)s.",
        programme=dict(text.title), first=new.from_on, due=new.due_on,
    )  # fmt: skip

    def act() -> None:
        actions.assign_people(session, new, at, me)

    return Plan(what, preview_named(session, new), act, by_two=False)


@pages.show("/hr/rules/<uuid:rule_id>/end", may=Action.ASSIGN)
def end_rule_form(rule_id: UUID) -> Any:
    """Ask when a rule ends, and why."""
    rule, form = hand_rule(context.db_session(), rule_id), EndForm()
    form.until_on.data = context.today()
    return _end_steps(form, rule).form()


@pages.change("/hr/rules/<uuid:rule_id>/end", may=Action.ASSIGN)
def end_rule(rule_id: UUID) -> Any:
    """Show whom the end would move; once that was seen, ask a second person."""
    rule, form = hand_rule(context.db_session(), rule_id), EndForm()

    def plan() -> Plan:
        session = context.db_session()
        asked = actions.rule_end_request(
            session, rule_id, _end_day(form), form.reason.data or "", context.now()
        )
        return by_two(session, asked)

    return taken(form, plan, _end_steps(form, rule))


def _end_day(form: EndForm) -> Any:
    return form.until_on.data


def _end_steps(form: EndForm, rule: HandRule) -> Steps:
    session = context.db_session()
    text = programme_in(history_of(session), rule.programme)
    back = url_for("reports.programme", programme_id=rule.programme)
    shared = {"form": form, "text": text, "back": back, "whom": whom_it_asks(session, rule), "rule": rule}

    def preview(plan: Plan) -> str:
        return render_template("reports/assign_preview.html", plan=plan, kept=kept_fields(form), **shared)

    return Steps(lambda: render_template("reports/rule_end.html", **shared), preview, back)


def rules_shown(programme_id: str) -> list[dict[str, Any]]:
    """Return the rules made by hand for a programme, with whom each is about and how many that are today."""
    session = context.db_session()
    return [
        {
            "rule": rule,
            "whom": whom_it_asks(session, rule),
            "people": len(people_under(session, rule)),
            "over": rule.until_on is not None and rule.until_on < context.today(),
        }
        for rule in reversed(hand_rules(session, programme_id))
    ]
