"""Evaluations as pages and files show them: sealed figures with their corrections, or previews."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from lms.core import versions
from lms.core.errors import Message, NotFound, message
from lms.core.events import Event
from lms.core.i18n import translate
from lms.evaluations import labels, queries
from lms.evaluations.queries import CycleView
from lms.evaluations.rules import Component, CycleState, LineCode, as_document
from lms.people.queries import names, people_by_id


@dataclass(frozen=True, kw_only=True)
class EvaluationRead(Event):
    """Somebody read another person's evaluation."""

    cycle: str


@dataclass(frozen=True, kw_only=True)
class EvaluationsExported(Event):
    """Somebody took a cycle's evaluations as a file."""

    cycle: str
    rows: int


def record_read(view: CycleView, person_id: UUID, at: datetime) -> EvaluationRead:
    """Return the event of reading another person's evaluation."""
    return EvaluationRead(
        subject=f"person:{person_id}", occurred_at=at, person_id=person_id, cycle=view.cycle.id
    )


def exported(view: CycleView, rows: int, at: datetime) -> EvaluationsExported:
    """Return the event of an export."""
    return EvaluationsExported(
        subject=f"cycle:{view.cycle.id}", occurred_at=at, cycle=view.cycle.id, rows=rows
    )


def figures_of(session: Session, view: CycleView, people: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """Return each person's document: the last correction, else what was sealed, else a preview."""
    if view.state is CycleState.OPEN:
        return {each: as_document(found) for each, found in queries.previews(session, view, people).items()}
    corrections = queries.corrections_of(session, view.cycle.id, people)
    found = queries.sealed_documents(session, view.cycle.id, people)
    return {
        each: queries.document_of(corrections[each][-1]) if each in corrections else document
        for each, document in found.items()
    }


def columns(view: CycleView) -> list[tuple[str, Message]]:
    """Return the columns of the list and of its files."""
    head = [("name", message("Name")), ("staff_number", message("Staff number")), ("unit", message("Unit"))]
    figures = [(each.value, labels.COMPONENTS[each]) for each in Component if each in view.policy.weights]
    return [*head, *figures, ("total", message("Total")), ("grade", message("Grade"))]


def heading(label: Message, language: str) -> str:
    """Return the heading of a column in a language."""
    return translate(label, language)


def in_language(rows: Iterable[dict[str, Any]], language: str) -> Iterator[dict[str, Any]]:
    """Yield rows with names and units in one language, for files."""
    for row in rows:
        yield {
            **row,
            **{name: row[name].get(language) or row[name].get("zh", "") for name in ("name", "unit")},
        }


def rows_of(session: Session, wanted: Collection[UUID], view: CycleView) -> list[dict[str, Any]]:
    """Return a row for each of some people whom the cycle covers, by unit and staff number."""
    people = people_by_id(session, wanted)
    documents = figures_of(session, view, [each.id for each in people])
    return [
        {
            "person": str(each.id),
            "name": each.name,
            "staff_number": each.staff_number,
            "unit": each.unit,
            **{name: figure["shown"] for name, figure in documents[each.id]["components"].items()},
            "total": documents[each.id]["shown"],
            "grade": documents[each.id]["grade"] or "",
        }
        for each in people
        if each.id in documents
    ]


def head_of(view: CycleView) -> dict[str, Any]:
    """Return what a file of a cycle says besides its rows."""
    return {
        "cycle": view.cycle.id,
        "policy": view.policy.version,
        "state": view.state.value,
        "seal": view.seal.sha256 if view.seal else None,
    }


def detail_of(session: Session, view: CycleView, person_id: UUID) -> dict[str, Any]:
    """Return what the page of one person's evaluation shows.

    Raises NotFound when the cycle does not cover them.
    """
    covered = view.state is CycleState.SEALED or queries.people_of(session, view, [person_id])
    document = figures_of(session, view, [person_id]).get(person_id) if covered else None
    if document is None:
        raise NotFound
    corrections = queries.corrections_of(session, view.cycle.id, [person_id]).get(person_id, [])
    titles = _titles(session)
    return {
        "person_id": person_id,
        "name": names(session, {person_id})[person_id],
        "document": document,
        "lines": [
            (each["component"], _sentence(each, titles), each["evidence"]) for each in document["lines"]
        ],
        "sealed": queries.sealed_document(session, view.cycle.id, person_id),
        "corrections": [(each, queries.document_of(each)) for each in corrections],
    }


def _titles(session: Session) -> dict[str, Any]:
    snapshot = versions.snapshot(session)
    kinds = ("programme", "examination")
    return {each.content_id: each.body["title"] for kind in kinds for each in snapshot.all(kind)}


def _sentence(entry: dict[str, Any], titles: dict[str, Any]) -> Message:
    params = dict(entry["params"])
    for name in ("programme", "target"):
        if name in params:
            params[name] = titles.get(params[name], params[name])
    if entry["code"] == LineCode.GATE:
        params["state"] = STATE_WORDS.get(params["state"], params["state"])
    return labels.line(entry["code"], params)


STATE_WORDS: dict[str, Message] = {
    "overdue": message("overdue"),
    "lapsed": message("lapsed"),
    "long_lapsed": message("long lapsed"),
    "revoked": message("revoked"),
    "supplement_overdue": message("behind with a supplement"),
}
