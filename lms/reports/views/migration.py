"""Open periods under older rules: who would move, and the request that a second person decides."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from lms.certification.actions import ask_migration, foresee_migration
from lms.certification.moving import lines_of, summary
from lms.certification.queries import history_of, programme_in
from lms.core.access import Action
from lms.core.errors import Conflict, Message
from lms.people.queries import names
from lms.reports import queries, rules
from lms.reports.presenting import Words
from lms.reports.views.blueprint import pages
from lms.web import context
from lms.web.forms import Form
from lms.web.pages import day, language, say

MOST_ROWS = 500
REFUSED = 422


class MigrationForm(Form):
    """Why the open periods should go on under the newest rules."""

    reason = TextAreaField(
        _("Reason"), validators=[InputRequired(), Length(max=2_000)],
        description=_("The second person decides by it."),
    )  # fmt: skip


@pages.show("/hr/programmes/<programme_id>/migration", may=Action.ENTER_FACTS)
def migration(programme_id: str) -> Any:
    """Show who would move if the open periods went on under the newest rules; nothing is changed."""
    return _page(programme_id, MigrationForm())


@pages.change("/hr/programmes/<programme_id>/migration", may=Action.ENTER_FACTS)
def ask_for_migration(programme_id: str) -> Any:
    """Put it before a second person."""
    form, session, me = MigrationForm(), context.db_session(), context.actor().person_id
    if not form.validate():
        return _page(programme_id, form), REFUSED
    try:
        asked = ask_migration(session, me, programme_id, form.reason.data or "", context.now())
    except Conflict as error:
        flash(say(error.reason), "warning")
        return redirect(url_for("reports.migration", programme_id=programme_id), 303)
    flash(gettext("The request is filed: nothing moves until a second person approves it."), "success")
    return redirect(url_for("approvals.detail", approval_id=asked.id), 303)


def _page(programme_id: str, form: MigrationForm) -> Any:
    session = context.db_session()
    text = programme_in(history_of(session), programme_id)
    words = Words(session, queries.tree_of(session), language())
    found = foresee_migration(session, programme_id, context.today())
    lines = list(lines_of(found))
    called = names(session, {each.person_id for each in lines[:MOST_ROWS]})
    context.observe(
        rules.ReportRead(
            subject=f"programme:{programme_id}", occurred_at=context.now(), report="migration",
            filters={"programme": programme_id},
        )
    )  # fmt: skip
    rows = [
        {
            "who": words.both(called[each.person_id], ""),
            "href": url_for("reports.person", person_id=each.person_id),
            "programme": words.programmes[each.programme],
            "what": words.say(each.what),
            "before": _said(each.before, words),
            "after": _said(each.after, words),
        }
        for each in lines[:MOST_ROWS]
    ]
    return render_template(
        "reports/migration.html", text=text, words=words, found=found, form=form, rows=rows,
        more=len(lines) - len(rows), counts=[words.say(each) for each in summary(found)],
    )  # fmt: skip


def _said(value: Any, words: Words) -> str:
    return words.say(value) if isinstance(value, Message) else day(value)
