"""A line manager's people."""

from typing import Any

from flask import render_template, request

from lms.core.access import Action
from lms.reports import queries, rules
from lms.reports.presenting import Memo, Words
from lms.reports.rules import FAILING
from lms.reports.views.blueprint import asked, indented, moment, pages
from lms.web import context
from lms.web.pages import day, language


@pages.show("/team", may=Action.READ_TEAM)
def team() -> Any:
    """Show the people of the units led, those at risk first, as of a day, as known at an instant."""
    session, actor = context.db_session(), context.actor()
    when = asked()
    tree = queries.tree_of(session)
    led = [node for node in tree.nodes if node.id in actor.units]
    node = tree.find(request.args["unit"]) if request.args.get("unit") else None
    units = tree.below(node.id) & actor.units if node else actor.units
    members = queries.team(session, actor.person_id, units, when)
    context.observe(
        rules.ReportRead(subject="report:team", occurred_at=context.now(), report="team", filters=moment())
    )
    words = Words(session, tree, language())
    return render_template(
        "reports/team.html",
        members=members,
        failing=sum(1 for each in members if any(h.line.state in FAILING for h in each.holdings)),
        soon=sum(1 for each in members if any(rules.is_soon(h.line, when) for h in each.holdings)),
        words=words,
        days=Memo(day),
        asked=when,
        known_at_text=request.args.get("known_at", ""),
        when=moment(),
        unit=str(node.id) if node else "",
        unit_choices=[
            (str(each.id), indented(words.units[each.id], each.depth - led[0].depth)) for each in led
        ],
    )
