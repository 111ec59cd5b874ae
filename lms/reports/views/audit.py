"""The log, for auditors: entries, checkpoints, the last verification."""

from datetime import date, timedelta
from typing import Any

from flask import Response, render_template, request, url_for

from lms.audit.chain import signed_note
from lms.audit.queries import checkpoint_of, last_checkpoint, waiting
from lms.core.access import Action
from lms.core.errors import NotFound
from lms.people.queries import person_named
from lms.reports import queries, rules
from lms.reports.presenting import Words, acted_as, recorded, who_did
from lms.reports.queries import LogFilter
from lms.reports.views.blueprint import pages
from lms.web import context
from lms.web.forms import whole
from lms.web.pages import language

ENTRIES_A_PAGE = 50
A_CENTURY = timedelta(days=36_525)


@pages.show("/audit", may=Action.READ_AUDIT)
def audit() -> Any:
    """Show entries by kind, person and day, the checkpoints, and how the last verification ended."""
    session = context.db_session()
    wanted, unknown = _wanted()
    found = [] if unknown else queries.entries(session, wanted)
    words = Words(session, queries.tree_of(session), language())
    verified = queries.entries(session, LogFilter(kinds=("LogVerified",), limit=1))
    shown = found[:ENTRIES_A_PAGE]
    context.observe(
        rules.ReportRead(subject="report:audit", occurred_at=context.now(), report="audit", filters=_kept())
    )
    return render_template(
        "reports/audit.html", entries=shown, who=who_did(session, words, [*shown, *verified]), words=words,
        acted_as=acted_as, recorded=recorded, kinds=queries.kinds(session), kind=request.args.get("kind", ""),
        person=request.args.get("person", ""), on=request.args.get("on", ""), unknown=unknown,
        checkpoints=queries.checkpoints(session), newest=last_checkpoint(session), waiting=waiting(session),
        verified=verified[0] if verified else None,
        next_url=_url(shown[-1].seq) if len(found) > ENTRIES_A_PAGE else None,
        first_url=_url(None) if wanted.before else None,
    )  # fmt: skip


def _wanted() -> tuple[LogFilter, bool]:
    """Read the filters; the second says that a person or day was named whom or which nobody knows."""
    kind, person, text = (request.args.get(name, "").strip() for name in ("kind", "person", "on"))
    try:
        person_id = person_named(context.db_session(), person) if person else None
        on = date.fromisoformat(text) if text else None
        if on and abs(context.today() - on) > A_CENTURY:
            raise ValueError("no log reaches that far")
    except (NotFound, ValueError):
        return LogFilter(), True
    before = request.args.get("before", type=whole)
    return LogFilter((kind,) if kind else (), person_id, on, before, limit=ENTRIES_A_PAGE + 1), False


def _kept() -> dict[str, str]:
    return {name: request.args[name][:80] for name in ("kind", "on") if request.args.get(name)}


def _url(before: int | None) -> str:
    kept: dict[str, Any] = {
        name: request.args[name] for name in ("kind", "person", "on") if request.args.get(name)
    }
    return url_for("reports.audit", before=before, **kept)


@pages.show("/audit/checkpoints/<int:size>.txt", may=Action.READ_AUDIT)
def checkpoint(size: int) -> Any:
    """Give a signed checkpoint as text, to be kept elsewhere and held against the log later."""
    found = checkpoint_of(context.db_session(), size)
    response = Response(signed_note(found), content_type="text/plain; charset=utf-8")
    response.headers["Content-Disposition"] = f"attachment; filename=checkpoint-{size}.txt"
    return response
