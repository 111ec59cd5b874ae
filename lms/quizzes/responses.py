"""What a browser or a program sent for an item, read by the item's kind. Pure, bounded; nothing here raises."""

from collections.abc import Callable, Mapping, Sequence

from lms.core.text import normalise
from lms.quizzes.figures import read_figure
from lms.quizzes.rules import Item, ItemKind
from lms.quizzes.rules_answers import (
    Choose,
    Counted,
    Filled,
    InvalidReason,
    InvalidResponse,
    Ordered,
    Paired,
    Reading,
    Response,
    Written,
)
from lms.quizzes.rules_kinds import Cloze, Figure, Match

TEXT_LENGTH = 500
GAP_LENGTH = 200
Document = dict[str, list[str] | dict[str, str] | str]
Fields = Mapping[str, Sequence[str]]


def read_response(item: Item, raw: object) -> Reading:
    """Read what a browser sent for an item; None is "unanswered". Never raises; its work is bounded."""
    return None if raw is None else READERS[item.kind](item, raw)


def response_document(response: Response | None) -> Document | None:
    """Return the one form in which a read response is stored and hashed; read_response reads it back."""
    match response:
        case None:
            return None
        case Choose():
            return {"choose": sorted(response.ids)}
        case Paired():
            return {"pairs": dict(sorted(response.pairs))}
        case Ordered():
            return {"order": list(response.ids)}
        case Counted():
            said: Document = {"number": response.number}
            return {**said, "unit": response.unit} if response.unit else said
        case Written():
            return {"text": response.text}
        case Filled():
            return {"gaps": dict(sorted(response.gaps))}


def _refused(reason: InvalidReason) -> InvalidResponse:
    return InvalidResponse(reason)


def _listed(item: Item, raw: object, name: str) -> list[str] | InvalidResponse:
    """Read a list of ids of the item's options, none twice."""
    if not isinstance(raw, dict) or len(raw) != 1 or not isinstance(raw.get(name), list):
        return _refused(InvalidReason.SHAPE)
    chosen: list[object] = raw[name]
    if len(chosen) > len(item.options):
        return _refused(InvalidReason.TOO_MANY)
    ids = [one for one in chosen if isinstance(one, str)]
    if len(ids) < len(chosen):
        return _refused(InvalidReason.SHAPE)
    if len(set(ids)) < len(ids):
        return _refused(InvalidReason.DUPLICATE)
    known = {option.id for option in item.options}
    return ids if known.issuperset(ids) else _refused(InvalidReason.UNKNOWN)


def _read_choose(item: Item, raw: object) -> Reading:
    ids = _listed(item, raw, "choose")
    if isinstance(ids, InvalidResponse):
        return ids
    if len(ids) > 1 and item.kind is not ItemKind.MULTIPLE:
        return _refused(InvalidReason.SEVERAL)
    return Choose(frozenset(ids)) if ids else None


def _read_order(item: Item, raw: object) -> Reading:
    ids = _listed(item, raw, "order")
    if isinstance(ids, InvalidResponse):
        return ids
    return Ordered(tuple(ids)) if ids else None


def _mapped(raw: object, name: str, known: Mapping[str, int]) -> dict[str, str] | InvalidResponse:
    """Read texts by id; `known` has the ids and the length of what may be written under each."""
    if not isinstance(raw, dict) or len(raw) != 1 or not isinstance(raw.get(name), dict):
        return _refused(InvalidReason.SHAPE)
    given: dict[object, object] = raw[name]
    if len(given) > len(known):
        return _refused(InvalidReason.TOO_MANY)
    found: dict[str, str] = {}
    for key, value in given.items():
        if not isinstance(key, str) or not isinstance(value, str):
            return _refused(InvalidReason.SHAPE)
        if key not in known:
            return _refused(InvalidReason.UNKNOWN)
        if len(value) > known[key]:
            return _refused(InvalidReason.TOO_MANY)
        found[key] = value.strip()
    return found


def _read_match(item: Item, raw: object) -> Reading:
    detail = item.detail
    assert isinstance(detail, Match)
    found = _mapped(raw, "pairs", {pair.id: GAP_LENGTH for pair in detail.pairs})
    if isinstance(found, InvalidResponse):
        return found
    chosen = {key: value for key, value in found.items() if value}
    if not {option.id for option in item.options}.issuperset(chosen.values()):
        return _refused(InvalidReason.UNKNOWN)
    return Paired(frozenset(chosen.items())) if chosen else None


def _read_cloze(item: Item, raw: object) -> Reading:
    detail = item.detail
    assert isinstance(detail, Cloze)
    found = _mapped(raw, "gaps", {gap.id: GAP_LENGTH for gap in detail.gaps})
    if isinstance(found, InvalidResponse):
        return found
    filled = {key: value for key, value in found.items() if normalise(value)}
    return Filled(frozenset(filled.items())) if filled else None


def _read_number(item: Item, raw: object) -> Reading:
    detail = item.detail
    assert isinstance(detail, Figure)
    if not isinstance(raw, dict) or not {"number"} <= raw.keys() <= {"number", "unit"}:
        return _refused(InvalidReason.SHAPE)
    number, unit = raw["number"], raw.get("unit", "")
    if not isinstance(number, str) or not isinstance(unit, str):
        return _refused(InvalidReason.SHAPE)
    if unit and unit not in detail.units:
        return _refused(InvalidReason.UNKNOWN)
    if len(number) > GAP_LENGTH:
        return _refused(InvalidReason.TOO_MANY)
    if not normalise(number):
        return None
    found = read_figure(number)
    if found is None or (found[1] and unit and found[1] != unit):
        return _refused(InvalidReason.NO_FIGURE)
    return Counted(number.strip(), unit)


def _read_text(_: Item, raw: object) -> Reading:
    if not isinstance(raw, dict) or len(raw) != 1 or not isinstance(raw.get("text"), str):
        return _refused(InvalidReason.SHAPE)
    text: str = raw["text"]
    if len(text) > TEXT_LENGTH:
        return _refused(InvalidReason.TOO_MANY)
    return Written(text.strip()) if normalise(text) else None


READERS: Mapping[ItemKind, Callable[[Item, object], Reading]] = {
    ItemKind.SINGLE: _read_choose,
    ItemKind.MULTIPLE: _read_choose,
    ItemKind.TRUEFALSE: _read_choose,
    ItemKind.MATCH: _read_match,
    ItemKind.ORDER: _read_order,
    ItemKind.NUMBER: _read_number,
    ItemKind.TEXT: _read_text,
    ItemKind.CLOZE: _read_cloze,
    ItemKind.SCALE: _read_choose,
    ItemKind.HOTSPOT: _read_choose,
}


def response_from_fields(item: Item, fields: Fields) -> object:
    """Return what a form without JavaScript sent for an item, as `read_response` takes it.

    `fields` go by what follows the question in their names; "" is the question's own field.
    """
    match item.kind:
        case ItemKind.MATCH:
            return {"pairs": _first_values(fields)}
        case ItemKind.ORDER:
            return {"order": _by_place(item, fields)}
        case ItemKind.NUMBER:
            said = _first_values(fields)
            return {"number": said.get("number", ""), "unit": said.get("unit", "")}
        case ItemKind.TEXT:
            return {"text": _first_values(fields).get("", "")}
        case ItemKind.CLOZE:
            gaps = _first_values(fields).items()
            return {"gaps": {key.removeprefix("gap-"): value for key, value in gaps if value}}
        case _:
            return {"choose": list(fields.get("", ()))}


def _first_values(fields: Fields) -> dict[str, str]:
    return {key: values[0] for key, values in fields.items() if values}


def _by_place(item: Item, fields: Fields) -> list[str]:
    """Return the options by their places; two on one place come out twice, which no reading takes."""
    places = {key: value for key, value in _first_values(fields).items() if value}
    known = {str(number): number for number in range(1, len(item.options) + 1)}
    if not known.keys() >= set(places.values()):
        return [*places, ""]
    twice = [key for key, value in places.items() if list(places.values()).count(value) > 1]
    return [*sorted(places, key=lambda key: known[places[key]]), *twice]
