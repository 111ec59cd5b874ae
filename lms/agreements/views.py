"""Pages of agreements: read the whole text, sign it, take the signed copy."""

from typing import Any

from flask import Response, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext, lazy_gettext
from wtforms import HiddenField, StringField
from wtforms.validators import DataRequired, Length

from lms.agreements import actions, queries
from lms.agreements.actions import ProofNeeded, Signing
from lms.agreements.documents import SignedCopy, signed_copy_pdf
from lms.agreements.rules import AgreementText
from lms.core import versions
from lms.core.access import Action
from lms.core.errors import Conflict, Invalid, message
from lms.people.credentials import is_fresh
from lms.web import context
from lms.web.access import Pages
from lms.web.context import Mode
from lms.web.forms import Form, whole
from lms.web.pages import language

pages = Pages("agreements", __name__, template_folder="templates")
TYPED = "agreement_name"  # what was typed before the password was asked for again


class SignForm(Form):
    """The name, and which text was shown in which language."""

    typed_name = StringField(
        lazy_gettext("Your full name"),
        filters=[lambda value: value.strip() if value else value],
        validators=[DataRequired(lazy_gettext("Type your full name to sign.")), Length(max=120)],
    )
    language = HiddenField(validators=[Length(max=2)])
    shown_sha256 = HiddenField(validators=[Length(max=64)])


@pages.show("/agreements/<agreement_id>", may=Action.LEARN)
def agreement(agreement_id: str) -> Any:
    """Show the whole text, whether it is signed, and the form to sign it."""
    text = _current(agreement_id)
    spoken = language()
    form = SignForm(
        None, typed_name=session.pop(TYPED, ""), language=spoken, shown_sha256=text.sha256(spoken)
    )
    return _page(text, form)


@pages.change("/agreements/<agreement_id>", may=Action.LEARN)
def sign(agreement_id: str) -> Any:
    """Sign the text that was shown."""
    form, text = SignForm(), _current(agreement_id)
    if not form.validate():
        return _page(text, form), 422
    try:
        actions.sign(context.db_session(), context.actor(), _signing(agreement_id, form), context.now())
    except ProofNeeded:
        session[TYPED] = form.typed_name.data
        here = url_for("agreements.agreement", agreement_id=agreement_id, _anchor="sign")
        return redirect(url_for("people.re_authenticate", next=here), 303)
    except Invalid as error:
        form.blame(error)
        return _page(text, form), 422
    flash(gettext("Signed. Your copy will be ready in a moment."), "success")
    return redirect(url_for("agreements.agreement", agreement_id=agreement_id), 303)


@pages.show("/agreements/<agreement_id>/copy.pdf", may=Action.LEARN, mode=Mode.OWN)
def copy(agreement_id: str) -> Any:
    """Send one's own signed copy: of the version asked for, or the newest signed."""
    found = _signed_copy(agreement_id, request.args.get("version", type=whole))
    if found is None:
        raise Conflict(
            message("Your copy is being prepared. It is ready once the log is sealed, in a moment.")
        )
    response = Response(signed_copy_pdf(found), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{agreement_id}.pdf"'
    return response


def _current(agreement_id: str) -> AgreementText:
    snapshot = versions.snapshot(context.db_session())
    return queries.agreement_in(snapshot, agreement_id)


def _signing(agreement_id: str, form: SignForm) -> Signing:
    return Signing(
        agreement_id, form.language.data or "", form.shown_sha256.data or "", form.typed_name.data or ""
    )


def _page(text: AgreementText, form: SignForm) -> str:
    actor = context.actor()
    signatures = queries.signatures_of(context.db_session(), actor.person_id, text.id)
    current = next((each for each in signatures if each.version_id == text.version_id), None)
    older = [each for each in signatures if each.version_id != text.version_id]
    return render_template(
        "agreements/agreement.html", text=text, form=form, signed=current, older=older,
        is_fresh=is_fresh(actor.authenticated_at, context.now()),
    )  # fmt: skip


def _signed_copy(agreement_id: str, version_id: int | None) -> SignedCopy | None:
    settings = context.shell().settings
    with context.reading() as db:
        signature = queries.own_signature(db, context.actor(), agreement_id, version_id)
        text, record = queries.signed_record(db, signature)
        proof = queries.proof_of(db, signature.event_id)
    if proof is None:
        return None
    issuer = settings.firm_name_zh if record.language == "zh" else settings.firm_name_en
    html, title = text.html[record.language], text.title[record.language]
    return SignedCopy(title=title, issuer=issuer, html=html, record=record, proof=proof, zone=settings.zone)
