"""Pages of authors: the map of a case with the paths that staff took, and a draft tried without being stored."""

from typing import Any

from flask import render_template, request

from lms.cases import queries
from lms.cases.drawing import draw
from lms.cases.rules import PathsRead
from lms.cases.source import read_case
from lms.cases.views.blueprint import pages
from lms.core import versions
from lms.core.access import Action
from lms.core.problems import in_order, render
from lms.core.text import Language
from lms.web import context
from lms.web.pages import language

FEWEST_PLAYS = 5  # below, a path might be told to be somebody's
LARGEST_DRAFT = 512 * 1024


@pages.show("/author/cases", may=Action.READ_CONTENT)
def maps() -> Any:
    """List the cases with their maps."""
    return _maps()


def _maps(**tried: Any) -> str:
    snapshot = versions.snapshot(context.db_session(), context.actor().publication)
    return render_template("cases/maps.html", cases=queries.cases_in(snapshot), **tried)


@pages.change("/author/cases", may=Action.READ_CONTENT)
def try_draft() -> Any:
    """Check a case.yml and draw its map; nothing of it is stored."""
    sent = request.files.get("draft")
    data = sent.read(LARGEST_DRAFT) if sent else b""
    source, found = read_case("case.yml", data)
    spoken: Language = "zh" if language() == "zh" else "en"
    lines = [render(each, spoken) for each in in_order(found)]
    case, proof = (source.case, source.proof) if source else (None, None)
    drawing = draw(case, proof.no_return, proof.findings) if case and proof else None
    return _maps(tried=True, problems=lines, case=case, proof=proof, drawing=drawing)


@pages.show("/author/cases/<case_id>", may=Action.READ_CONTENT)
def case_map(case_id: str) -> Any:
    """Draw a published case; from five plays on with the paths that staff took, as counts."""
    session = context.db_session()
    found = queries.case_of(versions.snapshot(session, context.actor().publication), case_id)
    paths = queries.paths_of(session, found.version_id)
    shown = paths.taken if paths.plays >= FEWEST_PLAYS else {}
    context.observe(PathsRead(subject=f"case:{case_id}", occurred_at=context.now(), case_id=case_id))
    return render_template(
        "cases/map.html", published=found, drawing=draw(found.case, found.no_return, (), shown), paths=paths,
        taken=shown, fewest=FEWEST_PLAYS,
    )  # fmt: skip
