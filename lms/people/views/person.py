"""One person: identity, employment, roles, links, sessions."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from lms.core.access import GRANTED_ROLES, Action, Role
from lms.core.errors import NotFound
from lms.people import actions, queries
from lms.people.employment import EmploymentKind
from lms.people.labels import FACTS, ROLES
from lms.people.queries import PersonRow
from lms.people.rules import ROLES_BY_TWO, NewFact, PeopleRead
from lms.people.rules_mail import MailStep
from lms.people.views.blueprint import attempted, pages, unit_choices
from lms.people.views.directory import sheet
from lms.people.views.forms import FactForm, PersonForm, RoleForm, VoidForm
from lms.people.views.signin import REFUSED
from lms.web import context
from lms.web.pages import say

IDENTITY = ("staff_number", "name_zh", "name_en", "mail", "username")


@pages.show("/people/<uuid:person_id>", may=Action.READ_PEOPLE)
def person(person_id: UUID) -> Any:
    """Show what the directory knows about a person."""
    found = _person(person_id, Action.READ_PEOPLE)
    event = PeopleRead(subject=f"person:{found.id}", occurred_at=context.now(), person_id=found.id, count=1)
    context.observe(event)
    return _page(found, _fact_form(), _role_form())


@pages.show("/people/<uuid:person_id>/edit", may=Action.MANAGE_PEOPLE)
def edit_person(person_id: UUID) -> Any:
    """Show the form of the identity."""
    found = _person(person_id)
    values = {"name_zh": _own(found, "zh"), "name_en": _own(found, "en")}
    form = PersonForm(
        data={"staff_number": found.staff_number, "mail": found.mail, "username": found.username, **values}
    )
    return render_template("people/person_form.html", form=form, person=found)


@pages.change("/people/<uuid:person_id>/edit", may=Action.MANAGE_PEOPLE)
def change_person(person_id: UUID) -> Any:
    """Change the identity; another address waits until it is confirmed at the old one."""
    found, form, steps = _person(person_id), PersonForm(), list[MailStep]()
    changes = {name: form[name].data or "" for name in IDENTITY}
    changes["username"] = changes["username"] or found.username

    def change(db: Session) -> None:
        steps.append(actions.change_identity(db, person_id, changes, context.now()))

    if not attempted(form, change):
        return render_template("people/person_form.html", form=form, person=found), REFUSED
    asked = MailStep.ASK in steps
    flash(_("The new address is asked for at the old one.") if asked else _("Changed."), "success")
    return _back(person_id)


@pages.change("/people/<uuid:person_id>/facts", may=Action.MANAGE_PEOPLE)
def add_fact(person_id: UUID) -> Any:
    """Record that somebody moved, left, went on leave, came back or was re-hired."""
    found, form = _person(person_id), _fact_form()

    def add(db: Session) -> None:
        unit = UUID(form.unit.data) if form.unit.data else None
        kind, reason = EmploymentKind(form.kind.data), form.reason.data or ""
        new = NewFact(kind, form.from_on.data, form.until_on.data, unit, reason=reason)
        actions.record_employment(db, person_id, new, context.now())

    if not attempted(form, add):
        return _page(found, form, _role_form()), REFUSED
    flash(_("Recorded."), "success")
    return _back(person_id)


@pages.show("/people/<uuid:person_id>/facts/<uuid:fact_id>/void", may=Action.MANAGE_PEOPLE)
def void_fact_form(person_id: UUID, fact_id: UUID) -> Any:
    """Ask why a fact never was."""
    return _void_page(person_id, fact_id, VoidForm())


@pages.change("/people/<uuid:person_id>/facts/<uuid:fact_id>/void", may=Action.MANAGE_PEOPLE)
def void_fact(person_id: UUID, fact_id: UUID) -> Any:
    """Declare a fact void; it stays on the page, struck out."""
    _person(person_id)
    form, kind = VoidForm(), EmploymentKind.VOID
    new = NewFact(kind, context.today(), voids_id=fact_id, reason=form.reason.data or "")
    if not attempted(form, lambda db: actions.record_employment(db, person_id, new, context.now())):
        return _void_page(person_id, fact_id, form), REFUSED
    flash(_("Declared void."), "success")
    return _back(person_id)


@pages.change("/people/<uuid:person_id>/roles", may=Action.MANAGE_PEOPLE)
def give_role(person_id: UUID) -> Any:
    """Give a role, or ask a second person for one that takes two."""
    found, form, actor, at = _person(person_id), _role_form(), context.actor(), context.now()

    def give(db: Session) -> None:
        role = Role(form.role.data)
        if role not in ROLES_BY_TWO:
            actions.grant_role(db, person_id, role, at)
        elif actions.is_founding(db, at):
            actions.grant_founding_role(db, person_id, role, at)
        else:
            actions.request_role(db, person_id, role, actor.person_id, form.role_reason.data or "", at)
            flash(_("Asked: a second person must agree."), "info")

    if not attempted(form, give):
        return _page(found, _fact_form(), form), REFUSED
    return _back(person_id)


@pages.change("/people/<uuid:person_id>/roles/<role>/end", may=Action.MANAGE_PEOPLE)
def take_role(person_id: UUID, role: str) -> Any:
    """Take a role; one person is enough."""
    _person(person_id)
    if role not in set(GRANTED_ROLES):
        raise NotFound
    actions.end_role(context.db_session(), person_id, Role(role), context.now())
    flash(_("The role is taken."), "success")
    return _back(person_id)


@pages.change("/people/<uuid:person_id>/link", may=Action.MANAGE_PEOPLE)
def send_link(person_id: UUID) -> Any:
    """Mail a one-time link, or print it for one without an address."""
    found = _person(person_id)
    by_mail = request.form.get("way") == "mail"
    token = actions.issue_link(
        context.db_session(), person_id, context.now(), by_mail=by_mail, by_another=_another(person_id)
    )
    if not by_mail:
        return sheet([(found, token)])
    flash(_("A link is on its way to the registered address."), "success")
    return _back(person_id)


@pages.change("/people/<uuid:person_id>/sessions/end", may=Action.MANAGE_PEOPLE)
def end_sessions(person_id: UUID) -> Any:
    """Sign a person out everywhere."""
    _person(person_id)
    actions.end_sessions_of(context.db_session(), person_id, context.now())
    flash(_("They are signed out everywhere."), "success")
    return _back(person_id)


def _another(person_id: UUID) -> bool:
    return context.actor().person_id != person_id


def _person(person_id: UUID, action: Action = Action.MANAGE_PEOPLE) -> PersonRow:
    return queries.person_for(context.db_session(), context.actor(), person_id, action)


def _own(found: PersonRow, language: str) -> str:
    """Return a name only where it is that language's own."""
    other = found.name["en" if language == "zh" else "zh"]
    return found.name[language] if found.name[language] != other or language == "en" else ""


def _back(person_id: UUID) -> Any:
    return redirect(url_for("people.person", person_id=person_id), 303)


def _fact_form() -> FactForm:
    form = FactForm()
    kinds = [kind for kind in EmploymentKind if kind not in {EmploymentKind.JOIN, EmploymentKind.VOID}]
    form.kind.choices = [("", "—"), *((kind.value, say(FACTS[kind])) for kind in kinds)]
    form.unit.choices = [("", "—"), *unit_choices(queries.unit_tree(context.db_session()))]
    return form


def _role_form() -> RoleForm:
    form = RoleForm()
    form.role.choices = [("", "—"), *((role.value, say(ROLES[role])) for role in GRANTED_ROLES)]
    return form


def _void_page(person_id: UUID, fact_id: UUID, form: VoidForm) -> Any:
    found = _person(person_id)
    fact = next(
        (each for each in queries.facts_shown(context.db_session(), found.id) if each.id == fact_id), None
    )
    if fact is None:
        raise NotFound
    return render_template("people/void.html", form=form, person=found, fact=fact, kinds=FACTS)


def _page(found: PersonRow, fact_form: FactForm, role_form: RoleForm) -> Any:
    db = context.db_session()
    return render_template(
        "people/person.html",
        person=found,
        facts=queries.facts_shown(db, found.id),
        leads=queries.leads_of(db, found.id),
        roles=queries.roles_of(db, found.id),
        account=queries.account(db, found.id, context.now()),
        waiting=queries.mail_change_waiting(db, found.id),
        now=context.now(),
        kinds=FACTS,
        role_names=ROLES,
        fact_form=fact_form,
        role_form=role_form,
    )
