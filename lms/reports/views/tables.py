"""Lists and their files: the same rows, the same columns."""

from typing import Any

from flask import render_template, request, url_for

from lms.core.access import Action
from lms.core.tables import Counted
from lms.reports import catalogue, rules
from lms.reports.queries import Page
from lms.reports.views.blueprint import Asking, asking, filters, filters_in_log, pages, shared
from lms.reports.views.painting import painted
from lms.web import context
from lms.web.exports import export

ROWS_A_PAGE = 100
MOST_ROWS = 5_000


@pages.show("/hr/reports/<name>", may=Action.READ_REPORTS)
def report(name: str) -> Any:
    """Show a page of a report."""
    wanted, found = catalogue.report_named(name), asking()
    most = min(max(request.args.get("limit", ROWS_A_PAGE, int), 1), MOST_ROWS)
    page = Page(request.args.get("after", "")[:200], most + 1)
    rows = list(wanted.rows(context.db_session(), found.question, page, found.words))
    context.observe(_read(wanted.name))
    following = rows[most - 1][0] if len(rows) > most else None
    shown = rows[:most]
    return render_template(
        "reports/report.html",
        report=wanted,
        painted=painted(wanted, shown, found.words),
        shown=len(shown),
        first_url=url_for("reports.report", name=name, **filters()) if page.after else None,
        next_url=_next(name, following, most),
        states=_states(found),
        **shared(found),
    )


def _read(name: str) -> rules.ReportRead:
    filters = filters_in_log()
    return rules.ReportRead(subject=f"report:{name}", occurred_at=context.now(), report=name, filters=filters)


def _next(name: str, following: str | None, limit: int) -> str | None:
    if following is None:
        return None
    size: dict[str, Any] = {"limit": limit} if limit != ROWS_A_PAGE else {}
    return url_for("reports.report", name=name, after=following, **filters(), **size)


def _states(found: Asking) -> list[tuple[str, str]]:
    return [(state, found.words.states[state]) for state in (*rules.RISK, *sorted(rules.UNASKED))]


@pages.show("/hr/reports/<name>.<any(csv, xlsx, json):form>", may=Action.READ_REPORTS)
def download(name: str, form: str) -> Any:
    """Give a report as a file: every row the screen would show, page after page."""
    wanted, found = catalogue.report_named(name), asking()
    rows = wanted.rows(context.db_session(), found.question, Page(), found.words)
    written = Counted(catalogue.written(wanted, rows, found.words, form))
    columns, head = (
        catalogue.columns(wanted, found.words, form),
        catalogue.head(wanted, found.question, str(found.unit or "") or None),
    )
    response = export(f"{name}-{found.asked.as_of}", form, columns, written, head)
    context.observe(
        rules.ReportExported(
            subject=f"report:{name}", occurred_at=context.now(), report=name, form=form, rows=written.count,
            filters=filters_in_log(),
        )
    )  # fmt: skip
    return response
