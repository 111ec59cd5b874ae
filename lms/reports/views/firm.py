"""The firm at a glance."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import render_template, url_for

from lms.core.access import Action, may_ever
from lms.reports import labels, queries
from lms.reports.catalogue import REPORTS
from lms.reports.rules import STATES_OF, Figure, Tally
from lms.reports.views.blueprint import Asking, asking, filters, pages, shared
from lms.reports.views.painting import Counted, addresses, person_addresses, tallied
from lms.web import context


@pages.show("/hr", may=Action.READ_REPORTS)
def hr() -> Any:
    """Show the numbers that matter, by unit and programme, who is next and what is new."""
    found = asking()
    whole, coming, changed = queries.overview_of(context.db_session(), found.question, found.tree)
    return render_template(
        "reports/hr.html",
        whole=whole,
        figures=[(each, found.words.say(labels.FIGURES[each]), labels.TONES[each]) for each in Figure],
        parts=list(labels.PARTS.values()),
        unit_rows=tallied(_unit_rows(found, whole.units), whole, found.words),
        programme_rows=tallied(_programme_rows(found, whole.programmes), whole, found.words),
        coming=coming,
        changed=changed,
        address=address,
        person_url=person_addresses(),
        narrow={name: value for name, value in filters().items() if name not in {"state", "recent"}},
        reports=list(REPORTS.values()),
        may_enter=may_ever(context.actor(), Action.ENTER_FACTS),
        may_decide=may_ever(context.actor(), Action.APPROVE),
        **shared(found),
    )


def _unit_rows(found: Asking, tallies: Mapping[UUID, Tally]) -> list[Counted]:
    """Each unit with the address of the same page for it alone."""
    kept = {name: value for name, value in filters().items() if name != "unit"}
    url = addresses("reports.hr", "unit", **kept)
    return [
        (url(node.id), found.words.units[node.id], node.depth, tallies[node.id])
        for node in found.tree.nodes
        if node.id in tallies and (found.question.units is None or node.id in found.question.units)
    ]


def _programme_rows(found: Asking, tallies: Mapping[str, Tally]) -> list[Counted]:
    kept = {name: value for name, value in filters().items() if name != "programme"}
    return [
        (url_for("reports.programme", programme_id=name, **kept), found.words.programmes[name], 0, tally)
        for name, tally in sorted(tallies.items())
    ]


def address(name: str, **narrower: str) -> str:
    """Return where the list behind a figure is: the same filters, or narrower ones."""
    figure = Figure(name)
    kept = {key: value for key, value in filters().items() if key not in {"state", "recent"}} | narrower
    if figure is Figure.DUE:
        return url_for("reports.report", name="due", **kept)
    return url_for("reports.report", name="standings", state=sorted(STATES_OF[figure]), **kept)
