"""What the kinds hold beside options, as published bodies and hashes take it, and read back. Pure."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from lms.core.text import Words
from lms.quizzes.rules import ItemKind
from lms.quizzes.rules_kinds import (
    Accept,
    Cloze,
    Detail,
    Figure,
    Gap,
    Hotspot,
    ItemSet,
    Match,
    Near,
    Pair,
    Region,
    Typed,
)

Body = dict[str, Any]


def detail_body(detail: Detail) -> Body:
    """Return a detail for a published body; detail_from reads it back."""
    match detail:
        case Match(pairs=pairs):
            return {
                "pairs": [
                    {"id": one.id, "text": _said(one.text), "to": one.to, "because": _said(one.because)}
                    for one in pairs
                ]
            }
        case Figure():
            return {
                "answer": str(detail.answer), "unit": detail.unit, "units": list(detail.units),
                "near": detail.near.value, "tolerance": str(detail.tolerance),
            }  # fmt: skip
        case Typed(accept=accept):
            return {"accept": _accept_body(accept)}
        case Cloze(text=text, gaps=gaps):
            return {
                "text": _said(text),
                "gaps": [
                    {"id": one.id, "accept": _accept_body(one.accept), "because": _said(one.because)}
                    for one in gaps
                ],
            }
        case Hotspot(image=image, alt=alt, regions=regions):
            boxes = [[one.option, one.x, one.y, one.width, one.height] for one in regions]
            return {"image": image, "alt": _said(alt), "regions": boxes}


def detail_key(detail: Detail) -> Body:
    """Return what of a detail decides scores."""
    match detail:
        case Match(pairs=pairs):
            return {one.id: one.to for one in pairs}
        case Figure():
            return detail_body(detail)
        case Typed(accept=accept):
            return {"accept": sorted(accept.texts)}
        case Cloze(gaps=gaps):
            return {one.id: sorted(one.accept.texts) for one in gaps}
        case Hotspot():
            return {}


def detail_text(detail: Detail) -> Body:
    """Return what of a detail touches nobody's score."""
    body = detail_body(detail)
    match detail:
        case Match():
            return {"pairs": [{**one, "to": None} for one in body["pairs"]]}
        case Cloze():
            return {"text": body["text"], "gaps": [{**one, "accept": None} for one in body["gaps"]]}
        case Hotspot():
            return body
        case _:
            return {}


def detail_from(kind: ItemKind, body: Mapping[str, Any]) -> Detail | None:
    """Read a detail from a published body; None for kinds whose options are all there is."""
    read = READERS.get(kind)
    return read(body["detail"]) if read else None


def set_from(body: Mapping[str, Any]) -> ItemSet | None:
    """Read the set of an item from its published body."""
    found = body.get("set")
    return ItemSet(found["id"], _sure(found["stem"]), tuple(found["members"])) if found else None


def set_body(group: ItemSet) -> Body:
    """Return a set for a published body."""
    return {"id": group.id, "stem": _said(group.stem), "members": list(group.members)}


def _match(body: Mapping[str, Any]) -> Match:
    pairs = (Pair(one["id"], _sure(one["text"]), one["to"], _words(one["because"])) for one in body["pairs"])
    return Match(tuple(pairs))


def _figure(body: Mapping[str, Any]) -> Figure:
    return Figure(
        Fraction(body["answer"]), body["unit"], tuple(body["units"]), Near(body["near"]),
        Fraction(body["tolerance"]),
    )  # fmt: skip


def _typed(body: Mapping[str, Any]) -> Typed:
    return Typed(_accept(body["accept"]))


def _cloze(body: Mapping[str, Any]) -> Cloze:
    gaps = (Gap(one["id"], _accept(one["accept"]), _words(one["because"])) for one in body["gaps"])
    return Cloze(_sure(body["text"]), tuple(gaps))


def _hotspot(body: Mapping[str, Any]) -> Hotspot:
    return Hotspot(body["image"], _sure(body["alt"]), tuple(Region(*one) for one in body["regions"]))


READERS: Mapping[ItemKind, Callable[[Mapping[str, Any]], Detail]] = {
    ItemKind.MATCH: _match,
    ItemKind.NUMBER: _figure,
    ItemKind.TEXT: _typed,
    ItemKind.CLOZE: _cloze,
    ItemKind.HOTSPOT: _hotspot,
}


def _accept(body: Mapping[str, Any]) -> Accept:
    return Accept(tuple(body["zh"]), tuple(body["en"]))


def _accept_body(accept: Accept) -> Body:
    return {"zh": list(accept.zh), "en": list(accept.en)}


def _words(said: Mapping[str, str] | None) -> Words | None:
    return None if said is None else _sure(said)


def _sure(said: Mapping[str, str]) -> Words:
    return Words(said["zh"], said["en"])


def _said(words: Words | None) -> dict[str, str] | None:
    return None if words is None else {"zh": words.zh, "en": words.en}
