"""The blueprint of these pages, and how the address says what is asked."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import request

from lms.certification.queries import history_of
from lms.certification.rules_words import State
from lms.core import clock
from lms.core.errors import Invalid, message
from lms.reports import labels
from lms.reports.presenting import Memo, Words
from lms.reports.queries import Tree, tree_of
from lms.reports.rules import Asked, Question
from lms.web import context
from lms.web.access import Pages
from lms.web.pages import day, language

pages = Pages("reports", __name__, template_folder="../templates")
LONGEST_TEXT = 100


@dataclass(frozen=True)
class Asking:
    """What the address asks, with the tree and the words to answer it in."""

    question: Question
    tree: Tree
    words: Words
    unit: UUID | None

    @property
    def asked(self) -> Asked:
        """As of which day, as known when."""
        return self.question.asked


def asking() -> Asking:
    """Read the filters of this request.

    Raises Invalid naming the field that cannot be read.
    """
    session = context.db_session()
    tree = tree_of(session)
    node = tree.find(request.args["unit"]) if request.args.get("unit") else None
    question = Question(
        asked=asked(),
        units=tree.below(node.id) if node else None,
        programme=_programme(request.args.get("programme", "")),
        states=frozenset(request.args.getlist("state")) & {state.value for state in State},
        text=request.args.get("q", "").strip()[:LONGEST_TEXT],
        recent=request.args.get("recent") == "1",
    )
    return Asking(question, tree, Words(session, tree, language()), node.id if node else None)


def _programme(name: str) -> str:
    return name if name in history_of(context.db_session()).programmes else ""


def asked() -> Asked:
    """Read `as_of` and `known_at`; without them: today, by all that is known."""
    today, errors = context.today(), {}
    as_of, known_at = today, None
    try:
        as_of = date.fromisoformat(request.args.get("as_of") or today.isoformat())
    except ValueError:
        errors["as_of"] = message("A day is written like 2026-03-31.")
    if as_of > today:
        errors["as_of"] = message("Only days up to today can be answered.")
    try:
        known_at = instant(request.args.get("known_at", ""))
    except ValueError:
        errors["known_at"] = message("An instant is written like 2026-03-31T17:30.")
    if errors:
        raise Invalid(errors)
    return Asked(today, as_of, known_at)


def instant(text: str) -> datetime | None:
    """Read an instant; one without a zone is on the firm's wall clock. Raises ValueError."""
    return clock.read_instant(text, context.shell().settings.zone) if text.strip() else None


def filters() -> dict[str, Any]:
    """Return the filters of this request as an address holds them, but for the page."""
    names = ("unit", "programme", "q", "as_of", "known_at", "recent")
    found: dict[str, Any] = {name: request.args[name] for name in names if request.args.get(name)}
    if states := request.args.getlist("state"):
        found["state"] = states
    return found


def filters_in_log() -> dict[str, str]:
    """Return the filters for the log; a text may be a name and stays out of it."""
    return {
        name: " ".join(value) if isinstance(value, list) else str(value)[:80]
        for name, value in filters().items()
        if name != "q"
    }


def shared(found: Asking) -> dict[str, Any]:
    """Return what every page with filters shows."""
    chosen, words = found.question, found.words
    programmes = history_of(context.db_session()).programmes
    return {
        "asked": found.asked,
        "words": words,
        "days": Memo(day),
        "filters": filters(),
        "chosen": chosen,
        "one_state": next(iter(chosen.states)) if len(chosen.states) == 1 else "",
        "narrowed": _narrowed(chosen, words),
        "unit": str(found.unit or ""),
        "unit_choices": [
            (str(node.id), indented(words.units[node.id], node.depth)) for node in found.tree.nodes
        ],
        "programmes": [(name, words.programmes[name]) for name in programmes],
        "known_at_text": request.args.get("known_at", ""),
        "when": moment(),
    }


def moment() -> dict[str, str]:
    """Return the day and the instant asked about as an address holds them."""
    return {name: request.args[name] for name in ("as_of", "known_at") if request.args.get(name)}


def indented(name: str, depth: int) -> str:
    """Return a unit's name as it lies in the tree."""
    return "　" * depth + name


def _narrowed(chosen: Question, words: Words) -> str:
    """Say by what a list is narrowed that no field of its form shows."""
    parts = [words.states[state] for state in sorted(chosen.states)] if len(chosen.states) > 1 else []
    if chosen.recent:
        parts.append(words.say(labels.RECENT))
    return ("、" if words.language == "zh" else ", ").join(parts)
