"""The tree of units and who leads them."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from lms.core.access import Action
from lms.core.errors import Invalid, NotFound, message
from lms.people import actions, queries
from lms.people.rules import NewUnit, UnitNode
from lms.people.views.blueprint import attempted, pages, unit_choices
from lms.people.views.forms import EndLeadForm, LeadForm, UnitForm
from lms.people.views.signin import REFUSED
from lms.web import context


@pages.show("/people/units", may=Action.READ_PEOPLE)
def units() -> Any:
    """Show the tree, with leads and how many people are where."""
    db, today = context.db_session(), context.today()
    leads = queries.leads_on(db, today)
    return render_template(
        "people/units.html",
        tree=queries.unit_tree(db),
        leads=leads,
        names=queries.names(db, leads.values()),
        counts=queries.headcounts(db, today),
    )


@pages.show("/people/units/new", may=Action.MANAGE_PEOPLE)
def new_unit() -> Any:
    """Show the form for a new unit."""
    return render_template("people/unit_form.html", form=_unit_form(), unit=None)


@pages.change("/people/units/new", may=Action.MANAGE_PEOPLE)
def create_unit() -> Any:
    """Make a unit."""
    form = _unit_form()
    if not attempted(form, lambda db: actions.create_unit(db, _entered(form), context.now())):
        return render_template("people/unit_form.html", form=form, unit=None), REFUSED
    flash(_("The unit is made."), "success")
    return redirect(url_for("people.units"), 303)


@pages.show("/people/units/<uuid:unit_id>", may=Action.MANAGE_PEOPLE)
def unit(unit_id: UUID) -> Any:
    """Show the forms of a unit: its names and place, and who leads it."""
    found = _unit(unit_id)
    parent = str(found.parent_id or "")
    form = _unit_form(code=found.code, name_zh=found.name["zh"], name_en=found.name["en"], parent=parent)
    return _page(found, form, LeadForm(), EndLeadForm())


@pages.change("/people/units/<uuid:unit_id>", may=Action.MANAGE_PEOPLE)
def change_unit(unit_id: UUID) -> Any:
    """Rename or move a unit."""
    found, form = _unit(unit_id), _unit_form()
    if not attempted(form, lambda db: actions.change_unit(db, unit_id, _entered(form), context.now())):
        return _page(found, form, LeadForm(), EndLeadForm()), REFUSED
    flash(_("Changed."), "success")
    return redirect(url_for("people.units"), 303)


@pages.change("/people/units/<uuid:unit_id>/lead", may=Action.MANAGE_PEOPLE)
def set_lead(unit_id: UUID) -> Any:
    """Let somebody lead a unit from a day on."""
    found, form = _unit(unit_id), LeadForm()

    def lead(db: Session) -> None:
        try:
            person_id = queries.person_named(db, form.person.data)
        except NotFound as error:
            raise Invalid({"person": message("Nobody has this sign-in name or staff number.")}) from error
        actions.set_lead(db, unit_id, person_id, form.from_on.data, context.now())

    if not attempted(form, lead):
        return _page(found, _unit_form(), form, EndLeadForm()), REFUSED
    flash(_("Recorded."), "success")
    return redirect(url_for("people.units"), 303)


@pages.change("/people/units/<uuid:unit_id>/lead/end", may=Action.MANAGE_PEOPLE)
def end_lead(unit_id: UUID) -> Any:
    """End the lead of a unit."""
    found, form = _unit(unit_id), EndLeadForm()
    if not attempted(form, lambda db: actions.end_lead(db, unit_id, form.until_on.data, context.now())):
        return _page(found, _unit_form(), LeadForm(), form), REFUSED
    flash(_("Recorded."), "success")
    return redirect(url_for("people.units"), 303)


def _unit(unit_id: UUID) -> UnitNode:
    tree = queries.unit_tree(context.db_session())
    found = next((node for node in tree if node.id == unit_id), None)
    if found is None:
        raise NotFound
    return found


def _unit_form(**data: str) -> UnitForm:
    form = UnitForm(data=data) if data else UnitForm()
    form.parent.choices = [("", "—"), *unit_choices(queries.unit_tree(context.db_session()))]
    return form


def _entered(form: UnitForm) -> NewUnit:
    parent = UUID(form.parent.data) if form.parent.data else None
    return NewUnit(form.code.data, form.name_zh.data or "", form.name_en.data or "", parent)


def _page(found: UnitNode, form: UnitForm, lead_form: LeadForm, end_form: EndLeadForm) -> Any:
    db = context.db_session()
    lead = queries.leads_on(db, context.today()).get(found.id)
    return render_template(
        "people/unit_form.html",
        form=form,
        unit=found,
        lead=queries.names(db, [lead]).get(lead) if lead else None,
        lead_form=lead_form,
        end_form=end_form,
    )
