"""Import a roster: look first, then do it."""

import base64
import binascii
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from lms.core.access import Action
from lms.core.canonical import sha256_hex
from lms.core.errors import Conflict, Invalid, message
from lms.people import actions, queries, rosterfile
from lms.people import roster as rosters
from lms.people.labels import FIELDS, ROLES, STEPS
from lms.people.roster import Plan
from lms.people.views.blueprint import pages
from lms.people.views.signin import REFUSED
from lms.web import context
from lms.web.context import Mode

LARGEST_FILE_BYTES = 600_000


@pages.show("/people/import", may=Action.MANAGE_PEOPLE)
def roster() -> Any:
    """Ask for a file and say what it looks like."""
    return render_template("people/import.html", columns=rosterfile.COLUMNS)


@pages.change("/people/import", may=Action.MANAGE_PEOPLE, mode=Mode.OWN)
def preview_roster() -> Any:
    """Show what a file would change, and everything that is wrong with it."""
    sent = request.files.get("file")
    data = sent.read(LARGEST_FILE_BYTES + 1) if sent else b""
    if not data or len(data) > LARGEST_FILE_BYTES:
        raise Invalid(
            {"file": message("Choose a CSV file of at most %(size)s kB.", size=LARGEST_FILE_BYTES // 1000)}
        )
    with context.reading() as db:
        return _preview(db, data)


@pages.change("/people/import/do", may=Action.MANAGE_PEOPLE, mode=Mode.OWN)
def import_roster() -> Any:
    """Do what was shown; when the state of things has moved on, show it anew instead."""
    try:
        data = base64.b64decode(request.form.get("roster", ""), validate=True)
    except binascii.Error as error:
        raise Invalid({"file": message("The file did not come through whole: choose it again.")}) from error
    try:
        with context.transaction() as db:
            plan = _plan(db, data)
            if _hash(plan) != request.form.get("shown"):
                raise Conflict(message("What this would do has changed since it was shown."))
            actions.import_roster(db, plan, context.now())
    except (Conflict, Invalid) as error:
        with context.reading() as db:
            return _preview(db, data, error), REFUSED
    flash(_("Imported."), "success")
    return redirect(url_for("people.index"), 303)


def _plan(db: Session, data: bytes) -> Plan:
    state = queries.roster_state(db, context.now(), context.actor().person_id)
    return rosters.compare(rosterfile.read(data), state)


def _consequences(plan: Plan) -> list[tuple[int, str]]:
    """Return in numbers what would happen."""
    words = {
        "join": _("people join"),
        "identity": _("people get changed details"),
        "asks": _("new addresses will be asked at the old address"),
        "move": _("people move to another unit"),
        "leave": _("people get a last day"),
        "role": _("roles are given or taken"),
        "lead": _("units get another line manager"),
    }
    counts = {**{kind: len(plan.of(kind)) for kind in words}, "asks": len(plan.asking)}
    counted = [(counts[kind], text) for kind, text in words.items()]
    counted = [(len(plan.units), _("units are made")), *counted]
    return [
        *((count, text) for count, text in counted if count),
        (plan.unmentioned, _("people are not mentioned")),
    ]


def _hash(plan: Plan) -> str:
    return sha256_hex(repr((plan.units, plan.steps, plan.problems)).encode())


def _preview(db: Session, data: bytes, error: Conflict | Invalid | None = None) -> Any:
    plan = _plan(db, data)
    people = {step.who for step in plan.steps if not isinstance(step.who, int)}
    units = {node.id: node for node in queries.unit_tree(db)}
    numbers = {step.line: step.row.staff_number for step in plan.of("join") if step.row}
    return render_template(
        "people/import_preview.html",
        plan=plan,
        kinds=STEPS,
        role_names=ROLES,
        field_names=FIELDS,
        consequences=_consequences(plan),
        names=queries.names(db, people),
        numbers=numbers,
        units=units,
        roster=base64.b64encode(data).decode(),
        shown=_hash(plan),
        error=error.reason if error else None,
    )
