"""The directory: people in pages, somebody new, activation."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from lms.core.access import Action
from lms.core.errors import Invalid, message
from lms.people import actions, queries
from lms.people.labels import STATES
from lms.people.queries import Wanted
from lms.people.rules import NewPerson, PeopleRead, UnitNode, at_or_below
from lms.people.views.blueprint import attempted, pages, unit_choices
from lms.people.views.forms import NewPersonForm
from lms.people.views.signin import REFUSED
from lms.web import context

MOST_LINKS = 200


@pages.show("/people", may=Action.READ_PEOPLE)
def index() -> Any:
    """List people by name, unit and state."""
    db, tree = context.db_session(), queries.unit_tree(context.db_session())
    wanted = _wanted(tree)
    rows, after = queries.people_page(db, wanted, context.today())
    context.observe(PeopleRead(subject="people", occurred_at=context.now(), count=len(rows)))
    return render_template(
        "people/index.html",
        rows=rows,
        wanted=wanted,
        states=STATES,
        units=unit_choices(tree),
        unit=request.args.get("unit", ""),
        first_url=_url(wanted, "") if wanted.after else None,
        next_url=_url(wanted, after) if after else None,
    )


def _wanted(tree: list[UnitNode]) -> Wanted:
    chosen = next((node.id for node in tree if str(node.id) == request.args.get("unit")), None)
    state = request.args.get("state", "employed")
    return Wanted(
        text=request.args.get("q", "").strip()[:100],
        units=at_or_below(tree, [chosen]) if chosen else None,
        state=state if state in STATES else "employed",
        after=request.args.get("after", "")[:130],
    )


def _url(wanted: Wanted, after: str) -> str:
    unit = request.args.get("unit") or None
    return url_for("people.index", q=wanted.text or None, unit=unit, state=wanted.state, after=after or None)


@pages.show("/people/new", may=Action.MANAGE_PEOPLE)
def new_person() -> Any:
    """Show the form for somebody new."""
    return _new_person(_new_form())


@pages.change("/people/new", may=Action.MANAGE_PEOPLE)
def add_person() -> Any:
    """Add somebody, with their first day and unit."""
    form = _new_form()
    added: list[UUID] = []

    def add(db: Session) -> None:
        new = NewPerson(
            staff_number=form.staff_number.data,
            name_zh=form.name_zh.data or "",
            name_en=form.name_en.data or "",
            unit_id=UUID(form.unit.data),
            joined_on=form.joined_on.data,
            mail=form.mail.data or "",
            username=form.username.data or "",
        )
        added.append(actions.add_person(db, new, context.now()))

    if not attempted(form, add):
        return _new_person(form), REFUSED
    flash(_("Added. They sign in once they have set a password by a one-time link."), "success")
    return redirect(url_for("people.person", person_id=added[0]), 303)


@pages.show("/people/activation", may=Action.MANAGE_PEOPLE)
def activation() -> Any:
    """List those who have never set a password."""
    rows = queries.not_activated(context.db_session(), context.today())
    return render_template("people/activation.html", rows=rows)


@pages.change("/people/activation", may=Action.MANAGE_PEOPLE)
def issue_activation() -> Any:
    """Mail links to those chosen who have an address, or print those of the others: shown this once."""
    db, at = context.db_session(), context.now()
    chosen = set(request.form.getlist("person", type=UUID)[:MOST_LINKS])
    by_mail = request.form.get("way") == "mail"
    people = [each for each in queries.not_activated(db, context.today()) if each.id in chosen]
    people = [each for each in people if bool(each.mail) == by_mail]
    if not people:
        raise Invalid({"person": message("Choose at least one person to whom this applies.")})
    made = [(each, actions.issue_link(db, each.id, at, by_mail=by_mail, by_another=True)) for each in people]
    if not by_mail:
        return sheet([(each, token) for each, token in made])
    flash(ngettext("%(num)s link is on its way.", "%(num)s links are on their way.", len(made)), "success")
    return redirect(url_for("people.activation"), 303)


def sheet(made: list[tuple[queries.PersonRow, str]]) -> Any:
    """Render links to be cut out and handed over; the address comes from the settings, not the request."""
    base = context.shell().settings.base_url
    slips = [(each, base + url_for("people.link", token=token)) for each, token in made]
    import segno  # noqa: PLC0415 - heavy, and seldom asked for

    pictures = [segno.make(address, error="m").svg_data_uri(scale=4, border=2) for _each, address in slips]
    return render_template("people/sheet.html", slips=list(zip(slips, pictures, strict=True)))


def _new_form() -> NewPersonForm:
    form = NewPersonForm()
    form.unit.choices = unit_choices(queries.unit_tree(context.db_session()))
    return form


def _new_person(form: NewPersonForm) -> Any:
    return render_template("people/person_form.html", form=form, person=None)
