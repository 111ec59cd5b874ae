"""What of an item a browser may see before release: never a key, a weight or feedback. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence

from lms.core.text import Language
from lms.quizzes.rules import Item, ItemKind
from lms.quizzes.rules_kinds import UNITS, Cloze, Figure, Hotspot, Match

GAP = re.compile(r"\{([A-Za-z0-9][A-Za-z0-9_-]{0,79})\}")
View = dict[str, object]


def public_slot(item: Item, order: Sequence[str], language: Language) -> View:
    """Return all that may be sent to a browser before release: never a key, a weight or feedback.

    Raises ValueError if the order is not one of exactly this item's options.
    """
    shown: View = {
        "item": item.id,
        "kind": item.kind.value,
        "stem": item.stem.said_in(language),
        **VIEWS[item.kind](item, order, language),
    }
    if item.set is not None:
        shown["set"] = {"id": item.set.id, "stem": item.set.stem.said_in(language)}
    return shown


def _listed(item: Item, order: Sequence[str], language: Language) -> list[dict[str, str]]:
    texts = {option.id: option.text.said_in(language) for option in item.options}
    if sorted(order) != sorted(texts):
        raise ValueError(f"the order is not one of the options of {item.id}")
    return [{"id": option, "text": texts[option]} for option in order]


def _options(item: Item, order: Sequence[str], language: Language) -> View:
    return {"options": _listed(item, order, language)}


def _match(item: Item, order: Sequence[str], language: Language) -> View:
    pairs = item.detail.pairs if isinstance(item.detail, Match) else ()
    stems = [{"id": pair.id, "text": pair.text.said_in(language)} for pair in pairs]
    return {"stems": stems, "targets": _listed(item, order, language)}


def _number(item: Item, _: Sequence[str], language: Language) -> View:
    units = item.detail.units if isinstance(item.detail, Figure) else ()
    return {"units": [{"id": unit, "text": UNITS[unit].said.said_in(language)} for unit in units]}


def _text(_item: Item, _order: Sequence[str], _language: Language) -> View:
    return {}


def _cloze(item: Item, _: Sequence[str], language: Language) -> View:
    return {
        "parts": cloze_parts(item.detail.text.said_in(language)) if isinstance(item.detail, Cloze) else []
    }


def cloze_parts(text: str) -> list[str | dict[str, str]]:
    """Return a text with gaps as its pieces: texts, and gaps by their ids."""
    pieces = GAP.split(text)
    return [{"gap": piece} if place % 2 else piece for place, piece in enumerate(pieces) if piece]


def _hotspot(item: Item, order: Sequence[str], language: Language) -> View:
    shown = _options(item, order, language)
    if isinstance(item.detail, Hotspot):
        boxes = [
            {"id": one.option, "x": one.x, "y": one.y, "width": one.width, "height": one.height}
            for one in item.detail.regions
        ]
        shown |= {
            "image": item.detail.image,
            "alt": item.detail.alt.said_in(language),
            "regions": boxes,
        }
    return shown


VIEWS: Mapping[ItemKind, Callable[[Item, Sequence[str], Language], View]] = {
    ItemKind.SINGLE: _options,
    ItemKind.MULTIPLE: _options,
    ItemKind.TRUEFALSE: _options,
    ItemKind.MATCH: _match,
    ItemKind.ORDER: _options,
    ItemKind.NUMBER: _number,
    ItemKind.TEXT: _text,
    ItemKind.CLOZE: _cloze,
    ItemKind.SCALE: _options,
    ItemKind.HOTSPOT: _hotspot,
}
