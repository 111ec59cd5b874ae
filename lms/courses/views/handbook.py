"""The handbook: its sections, and the search in them."""

from typing import Any

from flask import render_template, request
from werkzeug.wrappers import Response

from lms.core.access import Action
from lms.courses import handbook as rules
from lms.courses.views.blueprint import pages, picture, spoken, texts
from lms.web.pages import safe_html

LONGEST_QUERY = 200


@pages.show("/handbook", may=Action.SIGNED_IN)
def handbook() -> Any:
    """List the sections, or those that a search has found."""
    sections, query = rules.sections_in(texts()), _query()
    hits = rules.search(sections.values(), query, spoken()) if query else []
    return render_template("courses/handbook.html", sections=sections.values(), query=query, hits=hits)


@pages.show("/handbook/<section_id>", may=Action.SIGNED_IN)
def section(section_id: str) -> Any:
    """Show a section; what was searched for is marked in it."""
    sections, query = rules.sections_in(texts()), _query()
    found = rules.section_in(texts(), section_id)
    wording = found.wordings[spoken()]
    return render_template(
        "courses/section.html", sections=sections.values(), section=found, wording=wording, query=query,
        html=safe_html(rules.marked_html(wording.html, query)),
    )  # fmt: skip


@pages.show("/handbook/media/<file>", may=Action.SIGNED_IN)
def handbook_media(file: str) -> Response:
    """Send a picture of the handbook."""
    return picture("handbook", file)


def _query() -> str:
    return request.args.get("q", "").strip()[:LONGEST_QUERY]
