"""What each kind of response earns, what would earn all, and what must earn nothing. Pure and exact."""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from itertools import combinations

from lms.core.text import normalise
from lms.quizzes.figures import agrees, figure_text, read_figure
from lms.quizzes.responses import read_response
from lms.quizzes.rules import Item, ItemKind, Scheme
from lms.quizzes.rules_answers import (
    NOTHING,
    WHOLE,
    Choose,
    Counted,
    Filled,
    InvalidResponse,
    Mark,
    Ordered,
    Outcome,
    Paired,
    Reading,
    Response,
    Written,
    mark_of,
)
from lms.quizzes.rules_kinds import Accept, Cloze, Figure, Match, Typed

_OUTER = " .,;:!?\"'"


def mark(item: Item, reading: Reading) -> Mark:
    """Return the outcome and the exact score of a response to an item."""
    if reading is None or reading == Choose(frozenset()):
        return Mark(Outcome.UNANSWERED, NOTHING)
    if isinstance(reading, InvalidResponse):
        return Mark(Outcome.INVALID, NOTHING)
    return MARKERS[item.kind](item, reading)


def _invalid() -> Mark:
    return Mark(Outcome.INVALID, NOTHING)


def _mark_choice(item: Item, response: Response) -> Mark:
    if not isinstance(response, Choose) or response.ids - {option.id for option in item.options}:
        return _invalid()
    if len(response.ids) > 1 and item.kind is not ItemKind.MULTIPLE:
        return _invalid()
    return mark_of(SCHEMES[item.scoring](item, response.ids))


def _exact(item: Item, ids: frozenset[str]) -> Fraction:
    return WHOLE if ids == item.key else NOTHING


def _no_wrong(item: Item, ids: frozenset[str]) -> Fraction:
    return NOTHING if ids - item.key else Fraction(len(ids), len(item.key))


def _cn_half(item: Item, ids: frozenset[str]) -> Fraction:
    if ids == item.key:
        return WHOLE
    return NOTHING if ids - item.key else min(WHOLE, Fraction(len(ids), 4))


def _weights(item: Item, ids: frozenset[str]) -> Fraction:
    total = sum((option.weight for option in item.options if option.id in ids), NOTHING)
    return min(WHOLE, max(NOTHING, total))


SCHEMES: Mapping[Scheme, Callable[[Item, frozenset[str]], Fraction]] = {
    Scheme.EXACT: _exact,
    Scheme.NO_WRONG: _no_wrong,
    Scheme.CN_HALF: _cn_half,
    Scheme.WEIGHTS: _weights,
}


def _share(item: Item, right: int, total: int) -> Mark:
    """Mark by the share that is right; under `exact` only the whole counts."""
    if item.scoring is Scheme.EXACT:
        return mark_of(WHOLE if right == total else NOTHING)
    return mark_of(Fraction(right, total))


def _mark_match(item: Item, response: Response) -> Mark:
    """Mark by right pairs; one option for every line is ticking everything, and earns nothing."""
    detail = item.detail
    if not isinstance(detail, Match) or not isinstance(response, Paired):
        return _invalid()
    given, key = dict(response.pairs), {pair.id: pair.to for pair in detail.pairs}
    if len(given) == len(key) > 1 and len(set(given.values())) == 1:
        return mark_of(NOTHING)
    return _share(item, sum(given.get(name) == to for name, to in key.items()), len(key))


def _mark_order(item: Item, response: Response) -> Mark:
    """Mark by the share of pairs that stand in the right order; what is not placed is in no such pair."""
    if not isinstance(response, Ordered):
        return _invalid()
    right = {option.id: place for place, option in enumerate(item.options)}
    agreeing = sum(right[one] < right[other] for one, other in combinations(response.ids, 2))
    return _share(item, agreeing, len(right) * (len(right) - 1) // 2)


def _mark_number(item: Item, response: Response) -> Mark:
    if not isinstance(item.detail, Figure) or not isinstance(response, Counted):
        return _invalid()
    found = read_figure(response.number)
    if found is None:
        return _invalid()
    value, unit = found
    return mark_of(WHOLE if agrees(item.detail, value, response.unit or unit) else NOTHING)


def _mark_text(item: Item, response: Response) -> Mark:
    if not isinstance(item.detail, Typed) or not isinstance(response, Written):
        return _invalid()
    return mark_of(WHOLE if accepts(item.detail.accept, response.text) else NOTHING)


def _mark_cloze(item: Item, response: Response) -> Mark:
    if not isinstance(item.detail, Cloze) or not isinstance(response, Filled):
        return _invalid()
    given, gaps = dict(response.gaps), item.detail.gaps
    if len(given) == len(gaps) > 1 and len({compared(text) for text in given.values()}) == 1:
        return mark_of(NOTHING)  # as in matching
    return _share(item, sum(accepts(gap.accept, given.get(gap.id, "")) for gap in gaps), len(gaps))


MARKERS: Mapping[ItemKind, Callable[[Item, Response], Mark]] = {
    ItemKind.SINGLE: _mark_choice,
    ItemKind.MULTIPLE: _mark_choice,
    ItemKind.TRUEFALSE: _mark_choice,
    ItemKind.MATCH: _mark_match,
    ItemKind.ORDER: _mark_order,
    ItemKind.NUMBER: _mark_number,
    ItemKind.TEXT: _mark_text,
    ItemKind.CLOZE: _mark_cloze,
    ItemKind.SCALE: _mark_choice,
    ItemKind.HOTSPOT: _mark_choice,
}


def compared(text: str) -> str:
    """Return the form in which typed answers are compared: normalised, without punctuation around it."""
    return normalise(text).strip(_OUTER)


def accepts(accept: Accept, text: str) -> bool:
    """Tell whether a typed answer is one of those taken; nothing typed never is."""
    said = compared(text)
    return bool(said) and said in {compared(one) for one in accept.texts}


def key_response(item: Item) -> Response:
    """Return a response that earns all there is."""
    match item.detail:
        case Match(pairs=pairs):
            return Paired(frozenset((pair.id, pair.to) for pair in pairs))
        case Figure() as figure:
            return Counted(figure_text(figure.answer), figure.unit)
        case Typed(accept=accept):
            return Written(accept.texts[0])
        case Cloze(gaps=gaps):
            return Filled(frozenset((gap.id, gap.accept.texts[0]) for gap in gaps))
        case _ if item.kind is ItemKind.ORDER:
            return Ordered(tuple(option.id for option in item.options))
        case _:
            return Choose(item.key)


def careless_responses(item: Item) -> Iterator[object]:
    """Yield what nobody must be paid for: a blank, everything ticked, one and the same answer throughout."""
    ids = [option.id for option in item.options]
    match item.detail:
        case Match(pairs=pairs):
            yield from ({"pairs": {pair.id: name for pair in pairs}} for name in ["", *ids])
        case Figure(units=units):
            yield from ({"number": text, "unit": unit} for text in ("", "0") for unit in ("", *units))
        case Typed():
            yield from ({"text": text} for text in ("", " ", "."))
        case Cloze(gaps=gaps):
            same = [text for gap in gaps[:1] for text in gap.accept.texts] if len(gaps) > 1 else []
            yield from ({"gaps": {gap.id: text for gap in gaps}} for text in ("", *same))
        case _ if item.kind is ItemKind.ORDER:
            yield from ({"order": order} for order in ([], ids[:1], ids + ids))
        case _:
            yield from ({"choose": chosen} for chosen in ([], ids))


def select_all_or_blank_earns(item: Item) -> bool:
    """Tell whether an answer that takes no thought earns the mark: such an item must not be published."""
    return any(mark(item, read_response(item, raw)).score > 0 for raw in careless_responses(item))
