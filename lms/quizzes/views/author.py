"""An author's pages: what answers say of banks and items, remedies of faulty items; HR's reviews of passes."""

import json
from fractions import Fraction
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session
from wtforms import RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from lms.core import versions
from lms.core.access import Action, may_ever
from lms.core.errors import Conflict, Invalid, LmsError, NotAllowed, NotFound
from lms.people.queries import names
from lms.quizzes import actions
from lms.quizzes.figures_told import FLAG_NAMES, FLAGS, decimals, percents, quiz_lines
from lms.quizzes.posted import reader_language
from lms.quizzes.queries import regrading, statistics
from lms.quizzes.rules import Item, ItemKind, Option
from lms.quizzes.rules_remedies import RemedyKind
from lms.quizzes.scoring import shown_percent
from lms.quizzes.views.blueprint import pages
from lms.web import context
from lms.web.context import Mode
from lms.web.forms import Form
from lms.web.pages import STATUS, say

CHOSEN = frozenset({ItemKind.SINGLE, ItemKind.MULTIPLE, ItemKind.TRUEFALSE, ItemKind.SCALE, ItemKind.HOTSPOT})
KINDS = {
    RemedyKind.CREDIT: _("Credit everybody with it"),
    RemedyKind.ACCEPT: _("Take another answer as right, too"),
    RemedyKind.DROP: _("Leave it out of every paper"),
}
TOOLS = {"decimals": decimals, "percents": percents, "FLAGS": FLAGS, "FLAG_NAMES": FLAG_NAMES}


class RemedyForm(Form):
    """What is to be done about one version of an item."""

    version = SelectField(_("Version"), coerce=int)
    kind = RadioField(_("Remedy"), validators=[DataRequired()])
    options = SelectMultipleField(_("The other right answer"), validators=[Optional()])
    text = StringField(_("The other right answer"), validators=[Optional(), Length(max=200)])
    reason = TextAreaField(_("Reason"), validators=[DataRequired(), Length(max=2000)])

    def accept(self) -> str:
        """Return the other answer as responses are sent, or nothing."""
        if self.kind.data != RemedyKind.ACCEPT.value:
            return ""
        answer = {"text": self.text.data} if self.text.data else {"choose": self.options.data or []}
        return json.dumps(answer, ensure_ascii=False)


class ReviewForm(Form):
    """What somebody found about a pass that a remedy would have failed."""

    remark = TextAreaField(_("What you found"), validators=[DataRequired(), Length(max=2000)])


@pages.show("/author", may=Action.READ_CONTENT)
def author() -> Any:
    """List the banks."""
    snapshot = versions.snapshot(context.db_session(), context.actor().publication)
    return render_template("quizzes/author.html", banks=statistics.banks(snapshot))


@pages.show("/author/banks/<bank>", may=Action.READ_CONTENT)
def bank(bank: str) -> Any:
    """Show what first attempts say of a bank's items, and of the quizzes drawn from it."""
    session = context.db_session()
    items = statistics.banks(versions.snapshot(session, context.actor().publication)).get(bank)
    if items is None:
        raise NotFound
    found = statistics.analysis(session, bank, statistics.SHOWN_FROM)
    current = {each.item.id: each for each in found.series if each.current}
    return render_template(
        "quizzes/bank.html", bank=bank, items=items, current=current, quizzes=found.quizzes,
        lines=quiz_lines, most=statistics.SHOWN_FROM, **TOOLS,
    )  # fmt: skip


@pages.show("/author/items/<item_id>", may=Action.READ_CONTENT, mode=Mode.OWN)
def item(item_id: str) -> Any:
    """Show what answers say of an item, with its key: opening it is recorded."""
    with context.transaction() as session:
        return _item_page(session, item_id)


def _item_page(session: Session, item_id: str, form: RemedyForm | None = None, refused: str = "") -> str:
    newest = regrading.item_at(session, regrading.version_of(session, item_id)).item
    actor = context.actor()
    actions.note_keys_opened(session, actor.person_id, [item_id], context.now())
    numbers = regrading.versions_of(session, item_id)
    found = statistics.analysis(session, newest.bank, statistics.SHOWN_FROM).of_item(item_id)
    return render_template(
        "quizzes/item.html", item=newest, series=found, numbers=numbers, refused=refused, kinds=KINDS,
        remedies=regrading.remedies_of(session, numbers).values(), form=form or _remedy_form(newest, numbers),
        may_ask=may_ever(actor, Action.PUBLISH_CONTENT), chosen=newest.kind in CHOSEN, **TOOLS,
    )  # fmt: skip


def _remedy_form(newest: Item, numbers: dict[int, int]) -> RemedyForm:
    form = RemedyForm()
    form.version.choices = [(version_id, str(number)) for version_id, number in numbers.items()]
    form.options.choices = [(option.id, _told(option)) for option in newest.options]
    may_accept = newest.kind in CHOSEN or newest.kind is ItemKind.TEXT
    form.kind.choices = [(k.value, v) for k, v in KINDS.items() if may_accept or k is not RemedyKind.ACCEPT]
    return form


def _told(option: Option) -> str:
    """Return an option as an author reads it: its id, its text, and whether the key has it."""
    told = f"{option.id} · {option.text.said_in(reader_language())}"
    return gettext("%(option)s (right)", option=told) if option.right else told


@pages.change("/author/items/<item_id>/remedies", may=Action.PUBLISH_CONTENT)
def ask_remedy(item_id: str) -> Any:
    """Put a remedy before a second person."""
    session, actor = context.db_session(), context.actor()
    numbers = regrading.versions_of(session, item_id)
    newest = regrading.item_at(session, regrading.version_of(session, item_id)).item
    form = _remedy_form(newest, numbers)
    if not form.validate():
        return _item_page(session, item_id, form), 422
    asked = actions.RemedyAsked(
        form.version.data, RemedyKind(form.kind.data), form.reason.data or "", form.accept()
    )
    try:
        approval = actions.ask_remedy(session, actor.person_id, asked, context.now())
    except (Conflict, Invalid, NotAllowed) as error:
        session.rollback()
        return _item_page(session, item_id, form, str(say(error.reason))), _status(error)
    return redirect(url_for("approvals.detail", approval_id=approval.id), 303)


def _status(error: LmsError) -> int:
    return int(STATUS[type(error)])


@pages.show("/hr/score-reviews", may=Action.READ_REPORTS)
def score_reviews() -> Any:
    """List the passes that a remedy would have failed and nobody has looked at."""
    return _reviews(ReviewForm())


def _reviews(form: ReviewForm) -> str:
    session, actor = context.db_session(), context.actor()
    rows = regrading.open_reviews(session)
    titles = {each.content_id: each.body["title"] for kind in ("quiz", "examination")
              for each in versions.snapshot(session, actor.publication).all(kind)}  # fmt: skip
    return render_template(
        "quizzes/score_reviews.html", rows=rows, form=form, titles=titles,
        percents={change.id: shown_percent(Fraction(change.computed_score)) for change, _attempt in rows},
        names=names(session, {attempt.person_id for _change, attempt in rows}),
        may_close=may_ever(actor, Action.ENTER_FACTS),
    )  # fmt: skip


@pages.change("/hr/score-reviews/<uuid:change_id>", may=Action.ENTER_FACTS)
def close_review(change_id: UUID) -> Any:
    """Note what was found; the pass stands."""
    form = ReviewForm()
    if not form.validate():
        return _reviews(form), 422
    actions.close_review(
        context.db_session(), context.actor(), change_id, form.remark.data or "", context.now()
    )
    flash(gettext("Noted. The pass stands."), "success")
    return redirect(url_for("quizzes.score_reviews"), 303)
