"""The evaluation feed: one row a person, the same figures as the pages, under the cycle's seal."""

import json
from typing import Any
from uuid import UUID

from flask import request
from pydantic import BaseModel, Field

from lms.core.access import Action
from lms.evaluations import presenting, queries
from lms.web import context
from lms.web.access import Api
from lms.web.api import conditional

api = Api("evaluations_api", __name__, url_prefix="/api/v1", tag="Evaluations")


class PageQuery(BaseModel):
    """Keyset paging: the rows after the person `after`."""

    after: UUID | None = None
    limit: int = Field(default=100, ge=1, le=500)


class ComponentOut(BaseModel):
    """One component: exact score as "n/d", as it is displayed, its weight and evidence references."""

    score: str | None
    shown: str
    weight: int
    evidence: list[str]


class EvaluationOut(BaseModel):
    """One person's figures as they stand: the last correction, or what was sealed, or a preview."""

    person: UUID
    components: dict[str, ComponentOut]
    total: str | None
    shown: str
    grade: str | None
    capped: bool
    corrections: int


class CyclePage(BaseModel):
    """One page of a cycle; `next` is the `after` of the page that follows, absent on the last."""

    cycle: str
    policy: int
    state: str
    seal: str | None
    rows: list[EvaluationOut]
    next: UUID | None


@api.show("/evaluations/<cycle_id>", may=Action.READ_EVALUATION, scope="evaluations:read")
@api.input(PageQuery, location="query", arg_name="page")
@api.output(CyclePage)
def evaluations(cycle_id: str, page: PageQuery) -> Any:
    """List the evaluations of a cycle whom the token's owner may read, by person id."""
    session = context.db_session()
    view = queries.cycle(session, cycle_id)
    people = sorted(queries.people_within(session, context.actor(), view), key=str)
    wanted = [each for each in people if page.after is None or str(each) > str(page.after)]
    shown = wanted[: page.limit]
    documents = presenting.figures_of(session, view, shown)
    corrections = queries.corrections_of(session, view.cycle.id, shown)
    rows = [_row(documents[each], len(corrections.get(each, ()))) for each in shown if each in documents]
    context.observe(presenting.exported(view, len(rows), context.now()))
    following = shown[-1] if len(wanted) > len(shown) else None
    body = {**presenting.head_of(view), "rows": rows, "next": str(following) if following else None}
    return conditional(body, request.if_none_match)


def _row(document: dict[str, Any], corrections: int) -> dict[str, Any]:
    names = ("person", "components", "total", "shown", "grade", "capped")
    kept = json.loads(json.dumps({name: document[name] for name in names}))
    return {**kept, "corrections": corrections}
