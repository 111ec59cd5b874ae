"""What a result says of each part of an answer: what was right and why. Only for answers released. Pure."""

from collections.abc import Mapping
from typing import Any

from lms.core.text import Language, Words
from lms.quizzes.documents import PublishedItem
from lms.quizzes.figures import figure_text
from lms.quizzes.marking import accepts
from lms.quizzes.rules import ItemKind
from lms.quizzes.rules_answers import Filled, Ordered, Paired, Reading
from lms.quizzes.rules_kinds import UNITS, Accept, Cloze, Figure, Hotspot, Match, Near, Typed

Note = dict[str, Any]
TOLERANCE = {
    Near.ABSOLUTE: Words("{key}（误差不超过 {room}）", "{key} (within {room})"),
    Near.RELATIVE: Words("{key}（误差不超过 {room}）", "{key} (within {room})"),
    Near.FIGURES: Words("{key}（精确到 {room} 位有效数字）", "{key} (to {room} significant figures)"),
}


def notes_of(published: PublishedItem, reading: Reading, language: Language) -> dict[str, Note]:
    """Return the notes on each option, line or gap by its id: `right`, `because`, and `key` where it is a text.

    For choices `right` says whether the option is one of the key; elsewhere, whether the answer was right.
    """
    item, html = published.item, published.html[language]
    match item.detail:
        case Match():
            return _pairs(item.detail, html, reading)
        case Cloze():
            return _gaps(item.detail, html, reading, language)
        case _ if item.kind is ItemKind.ORDER:
            ids = [option.id for option in item.options]
            placed = reading.ids if isinstance(reading, Ordered) else ()
            whole = len(placed) == len(ids)
            return {
                name: {
                    "right": whole and placed[place] == name,
                    "key": str(place + 1),
                    "because": html["options"][name]["because"],
                }
                for place, name in enumerate(ids)
            }
        case None | Hotspot():
            return {
                option.id: {"right": option.right, "because": html["options"][option.id]["because"]}
                for option in item.options
            }
        case _:
            return {}


def key_text(published: PublishedItem, language: Language) -> str | None:
    """Return the key in words where the item has one typed answer."""
    match published.item.detail:
        case Figure() as figure:
            return figure_words(figure, language)
        case Typed(accept=accept):
            return _first(accept, language)
        case _:
            return None


def figure_words(figure: Figure, language: Language) -> str:
    """Return a figure with its unit and tolerance in words."""
    answer = figure_text(figure.answer)
    key = _with_unit(answer, figure.unit, language)
    if not figure.tolerance:
        return key
    if figure.near is Near.RELATIVE:
        room = f"{figure_text(figure.tolerance * 100)}%"
    elif figure.near is Near.FIGURES:
        room = str(figure.tolerance)
    else:
        room = _with_unit(figure_text(figure.tolerance), figure.unit, language)
    return TOLERANCE[figure.near].said_in(language).format(key=key, room=room)


def _with_unit(figure: str, unit: str, language: Language) -> str:
    if not unit:
        return figure
    return f"{figure}{'' if unit in '%‰' else ' '}{UNITS[unit].said.said_in(language)}"


def _pairs(detail: Match, html: Mapping[str, Any], reading: Reading) -> dict[str, Note]:
    given = dict(reading.pairs) if isinstance(reading, Paired) else {}
    return {
        pair.id: {
            "right": given.get(pair.id) == pair.to,
            "key": html["options"][pair.to]["text"],
            "because": html["pairs"][pair.id]["because"],
        }
        for pair in detail.pairs
    }


def _gaps(detail: Cloze, html: Mapping[str, Any], reading: Reading, language: Language) -> dict[str, Note]:
    given = dict(reading.gaps) if isinstance(reading, Filled) else {}
    return {
        gap.id: {
            "right": accepts(gap.accept, given.get(gap.id, "")),
            "key": _first(gap.accept, language),
            "because": html["gaps"][gap.id]["because"],
        }
        for gap in detail.gaps
    }


def _first(accept: Accept, language: Language) -> str:
    own = accept.zh if language == "zh" else accept.en
    return (own or accept.texts)[0]
