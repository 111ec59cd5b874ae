"""Attendance and papers from elsewhere: HR enters them with evidence, a second person lets them count."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from wtforms import DateField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from lms.certification.actions import ask_credit
from lms.certification.actions.credits import ENTERED, NewCredit
from lms.certification.labels import NEEDS
from lms.certification.queries import history_of
from lms.certification.rules_words import Need
from lms.core.access import Action
from lms.core.errors import Conflict, Invalid, LmsError, NotAllowed, message
from lms.people.queries import names, people_meant
from lms.reports import queries
from lms.reports.presenting import Words
from lms.reports.views.blueprint import pages
from lms.web import context
from lms.web.forms import Form
from lms.web.pages import language, say

MOST_PEOPLE = 200
REFUSED = 422


class CreditForm(Form):
    """Who did what, when, and what shows it."""

    people = TextAreaField(
        _("Who"), validators=[InputRequired(), Length(max=20_000)],
        description=_("Staff numbers or sign-in names, one a line or parted by commas: 200 people at most."),
    )  # fmt: skip
    target = SelectField(_("What was done"), validators=[InputRequired()])
    occurred_on = DateField(_("On which day"), validators=[InputRequired()])
    evidence = TextAreaField(
        _("Evidence"), validators=[InputRequired(), Length(max=2_000)],
        description=_("What shows it, and where it is kept: the list of attendance, a certificate, a letter."),
    )  # fmt: skip


@pages.show("/hr/credits/new", may=Action.ENTER_FACTS)
def new_credit() -> Any:
    """Show the form, for the person named in the address if there is one."""
    form = _form()
    form.people.data = request.args.get("person", "")[:80]
    return render_template("reports/credit.html", form=form)


@pages.change("/hr/credits/new", may=Action.ENTER_FACTS)
def enter_credit() -> Any:
    """Ask a second person to let the credits count: one request a person, all of them or none."""
    form = _form()
    if form.validate():
        try:
            filed = _ask(form)
        except Invalid as error:
            context.db_session().rollback()
            form.blame(error)
        else:
            flash(_filed(len(filed)), "success")
            return redirect(url_for("approvals.index"), 303)
    return render_template("reports/credit.html", form=form), REFUSED


def _filed(count: int) -> str:
    return str(
        ngettext(
            "%(num)s request is filed. It counts for nothing until a second person approves it.",
            "%(num)s requests are filed. They count for nothing until a second person approves them.",
            count,
        )
    )


def _form() -> CreditForm:
    session, form = context.db_session(), CreditForm()
    words = Words(session, queries.tree_of(session), language())
    form.target.choices = [
        (f"{need.value}:{target}", f"{words.say(NEEDS[need])}: {words.targets[target]}")
        for need, target in countable(session)
    ]
    return form


def countable(session: Session) -> list[tuple[Need, str]]:
    """Return what some programme asks for and credits can be entered for."""
    programmes = history_of(session).programmes.values()
    return sorted({each for text in programmes for each in text.targets if each[0] in ENTERED})


def _ask(form: CreditForm) -> list[UUID]:
    """File a request for each person; what is wrong with any of them is told beside the field.

    Raises Invalid.
    """
    session, me, at = context.db_session(), context.actor().person_id, context.now()
    need, _colon, target = (form.target.data or "").partition(":")
    found = people_written(form.people.data or "")
    filed = []
    for person_id in found:
        new = NewCredit(
            person_id, Need(need), target, form.occurred_on.data or context.today(), form.evidence.data or ""
        )
        try:
            filed.append(ask_credit(session, me, new, at).id)
        except (Conflict, NotAllowed) as error:
            raise Invalid({"people": _about(person_id, error)}) from error
    return filed


def _about(person_id: UUID, error: LmsError) -> Any:
    name = names(context.db_session(), [person_id])[person_id]
    return message("%(name)s: %(problem)s", name=name.get(language(), ""), problem=say(error.reason))


def people_written(text: str) -> list[UUID]:
    """Return those meant by names or numbers as written, each once.

    Raises Invalid for too many, or where nobody is known by one.
    """
    found, wrong = _people(text)
    if wrong:
        raise Invalid({"people": message("Nobody is known by: %(names)s.", names=", ".join(wrong[:10]))})
    return found


def _people(text: str) -> tuple[list[UUID], list[str]]:
    """Return those meant, each once and in the order named, and what nobody is known by.

    Raises Invalid for too many.
    """
    words = [word.strip() for line in text.splitlines() for word in line.replace("，", ",").split(",")]
    words = [word for word in words if word]
    if len(words) > MOST_PEOPLE:
        raise Invalid({"people": message("These are more than 200 people: enter them in parts.")})
    known = people_meant(context.db_session(), words)
    return list(dict.fromkeys(known[word] for word in words if word in known)), [
        w for w in words if w not in known
    ]
