"""My training, my record, certificates and their public verification."""

from collections.abc import Iterable
from typing import Any

from flask import Response, jsonify, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from lms.certification import labels, queries
from lms.certification.actions.printing import keep_pdf
from lms.certification.queries.choices import decisions_given
from lms.certification.queries.standings import StandingLine
from lms.certification.rules_events import CertificateRead
from lms.certification.training import Step, returned, title_of, training_of
from lms.certification.views.blueprint import pages
from lms.core import versions
from lms.core.access import Action
from lms.core.errors import Message, message
from lms.core.pdf import MissingGlyphs
from lms.courses.queries import passages_of
from lms.people.queries import names
from lms.web import context
from lms.web.context import Mode
from lms.web.limits import at_most

LOOKS_A_MINUTE = "60 per minute"


@pages.show("/", may=Action.LEARN)
def my_training() -> Any:
    """Say where the reader stands and what comes next."""
    session, actor = context.db_session(), context.actor()
    texts = versions.snapshot(session, actor.publication)
    lines = queries.own_standings(session, actor.person_id, context.today())
    passages = passages_of(session, actor.person_id)
    found = training_of(lines, passages, texts, context.today())
    return render_template(
        "certification/training.html", training=found, today=context.today(), action=_button(found.next_step),
        needs=labels.NEEDS, labels=labels, given=_given(lines),
    )  # fmt: skip


def _given(lines: Iterable[StandingLine]) -> dict[str, Message]:
    """Return what to say about each decision that some standing rests on: why, who asked, who agreed."""
    session = context.db_session()
    reasons = (each for line in lines for each in line.standing.reasons)
    found = decisions_given(
        session, {each.fact for each in reasons if each.fact and each.code in labels.BY_DECISION}
    )
    called = names(
        session, {who for each in found.values() for who in (each.asked_by, each.approved_by) if who}
    )
    nobody = {"zh": "", "en": ""}
    return {
        decision: message(
            "%(reason)s (asked by %(asker)s, approved by %(approver)s)",
            reason=each.reason,
            asker=called.get(each.asked_by, nobody) if each.asked_by else nobody,
            approver=called.get(each.approved_by, nobody) if each.approved_by else nobody,
        )
        if each.asked_by
        else message("%(reason)s", reason=each.reason)
        for decision, each in found.items()
    }


def _button(step: Step | None) -> dict[str, str] | None:
    if step is None:
        return None
    if step.changed and step.changed.publication:
        return {
            "url": request.script_root + step.path,
            "label": gettext("Do what has changed"),
            "icon": "arrow-right",
        }
    words = {
        "agreement": gettext("Read and sign the agreement"),
        "course": gettext("Go on with the course") if step.has_begun else gettext("Start the course"),
        "quiz": gettext("Take the quiz"),
        "examination": gettext("Take the examination"),
        "case": gettext("Play the case"),
        "case_from": gettext("Choose a case"),
    }
    return {"url": request.script_root + step.path, "label": words[step.need.value], "icon": "arrow-right"}


@pages.show("/me/record", may=Action.LEARN)
def my_record() -> Any:
    """Show the reader everything that is kept about them here."""
    session, actor = context.db_session(), context.actor()
    texts = versions.snapshot(session, actor.publication)
    record = queries.record_of(session, actor.person_id, context.today())
    return render_template(
        "certification/record.html", record=record, given=_given(record.standings),
        returned=returned(record.facts), labels=labels, today=context.today(),
        programme=lambda name: title_of(texts, "programme", name), own=str(actor.person_id),
        thing=lambda fact: title_of(texts, fact.detail if fact.kind.startswith("credit.") else "programme", fact.about),
    )  # fmt: skip


@pages.show("/certificates/<number>", may=Action.PUBLIC)
@at_most(LOOKS_A_MINUTE)
def certificate(number: str) -> Any:
    """Say to anybody who holds the number what a certificate is worth today."""
    session, actor = context.db_session(), context.context().actor
    found = queries.verification_of(session, number, context.today())
    own = actor is not None and queries.may_have_pdf(session, actor, number)
    return render_template(
        "certification/certificate.html", found=found, look=labels.OUTCOMES[found.outcome], own=own
    )


@pages.show("/certificates/<number>.json", may=Action.PUBLIC)
@at_most(LOOKS_A_MINUTE)
def certificate_json(number: str) -> Any:
    """Say the same to a program."""
    found = queries.verification_of(context.db_session(), number, context.today())
    return jsonify(
        number=found.number, outcome=found.outcome, holder=found.holder, programme=found.programme,
        issued_on=found.issued_on.isoformat(), valid_from=found.valid_from.isoformat(),
        valid_until=found.valid_until.isoformat() if found.valid_until else None,
        earned_on=[
            {"need": each.need, "target": each.target, "version": each.version} for each in found.earned_on
        ],
        checked_at=context.now().isoformat(),
    )  # fmt: skip


@pages.show("/certificates/<number>.pdf", may=Action.SIGNED_IN, mode=Mode.OWN)
def certificate_file(number: str) -> Any:
    """Hand out the printed certificate; while its event waits to be sealed, say so."""
    actor = context.actor()
    with context.reading() as session:
        row = queries.certificate_for(session, actor, number)
        session.expunge(row)
        data = queries.pdf_of(session, row.id)
    if data is None:
        data = _printed_now(row)
    if data is None:
        return render_template("certification/pending.html", number=row.number), 202
    if actor.person_id != row.person_id:
        context.observe(
            CertificateRead(
                subject=f"certificate:{row.id}", occurred_at=context.now(), person_id=row.person_id
            )
        )
    return _download(data, row.number)


def _printed_now(row: Any) -> bytes | None:
    """Build a document that no job has built yet, as of certificates of long ago."""
    try:
        with context.transaction() as session:
            keep_pdf(session, row, context.shell().settings, context.now())
            return queries.pdf_of(session, row.id)
    except MissingGlyphs:
        return None


def _download(data: bytes, number: str) -> AnyResponse:
    response = Response(data, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{number}.pdf"'
    return response
