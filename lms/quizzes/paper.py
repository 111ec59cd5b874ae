"""Papers: drawn from a seed, and drawn again for proof. Pure."""

import hmac
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from lms.core.canonical import canonical_json, sha256_hex
from lms.quizzes.rules import Blueprint, Draw, Item, ItemKind, Paper, Slot
from lms.quizzes.scoring import item_version

SEED_BYTES = 16
FIXED = (ItemKind.TRUEFALSE, ItemKind.SCALE, ItemKind.HOTSPOT)  # their options have an order of their own


@dataclass(frozen=True, slots=True)
class Shortage:
    """A draw that could not be filled; `number` counts the blueprint's draws from 1."""

    number: int
    draw: Draw
    found: int


class TooFewItems(Exception):
    """A blueprint asks for more items than its candidates can fill."""

    def __init__(self, shortages: tuple[Shortage, ...]) -> None:
        """Keep which draws are short."""
        self.shortages = shortages
        parts = (
            f"draw {short.number} ({short.draw.bank}) takes {short.draw.take}, found {short.found}"
            for short in shortages
        )
        super().__init__("; ".join(parts))


def draw(
    blueprint: Blueprint,
    candidates: Iterable[Item],
    seed: bytes,
    seen: AbstractSet[str] = frozenset(),
    exposure: Mapping[str, int] | None = None,
) -> Paper:
    """Draw a paper: unseen items first, then the least exposed, then by HMAC-SHA256(seed, item id).

    The choice is the best one over all draws together: no chosen item could give its place to a better
    unchosen one, and items of overlapping draws are shared out so that a paper that can be filled is.
    `candidates` are the items this person may be given, `seen` ids from earlier attempts, `exposure`
    how often each id has been given. Raises TooFewItems; ValueError for a seed that is not 128 bits or
    for two candidates with one id.
    """
    counted = exposure or {}
    ranked = sorted(
        _distinct(candidates),
        key=lambda item: (item.id in seen, counted.get(item.id, 0), _rank(seed, item.id)),
    )
    places = _places(blueprint.draws, ranked)
    return redraw(blueprint, [item for place in places for item in place], seed)


def redraw(blueprint: Blueprint, chosen: Iterable[Item], seed: bytes) -> Paper:
    """Build the paper of the chosen items again from what is stored: it equals the drawn one.

    Neither what was seen nor the exposures of that day are needed. Raises as `draw` does.
    """
    ranked = sorted(_distinct(chosen), key=lambda item: _rank(seed, item.id))
    places = _places(blueprint.draws, ranked)
    shortages = _shortages(blueprint.draws, places)
    if shortages:
        raise TooFewItems(shortages)
    drawn = [
        (part, item)
        for part, place in zip(blueprint.draws, places, strict=True)
        for item in sorted(place, key=lambda item: _place_in_draw(item, seed))
    ]
    slots = tuple(
        Slot(number, item.id, item_version(item), item.objective, part.critical, option_order(item, seed))
        for number, (part, item) in enumerate(drawn, start=1)
    )
    return Paper(blueprint.id, blueprint_hash(blueprint), seed.hex(), slots)


def paper_of(blueprint: Blueprint, items: Iterable[Item], seed: bytes) -> Paper:
    """Build the paper of exactly these items, each once, under a blueprint's cut score and time.

    A slot is critical where the first draw that could take its item is. Raises ValueError as `draw` does.
    """
    listed = sorted(_distinct(items), key=lambda item: (*_place_in_draw(item, seed), item.id))
    slots = tuple(
        Slot(
            number,
            item.id,
            item_version(item),
            item.objective,
            next((part.critical for part in blueprint.draws if part.admits(item)), False),
            option_order(item, seed),
        )
        for number, item in enumerate(listed, start=1)
    )
    return Paper(blueprint.id, blueprint_hash(blueprint), seed.hex(), slots, fixed=True)


def shortages_of(blueprint: Blueprint, candidates: Iterable[Item]) -> tuple[Shortage, ...]:
    """Return the draws that these candidates cannot fill; none means that every draw succeeds."""
    return _shortages(blueprint.draws, _places(blueprint.draws, _distinct(candidates)))


def option_order(item: Item, seed: bytes) -> tuple[str, ...]:
    """Return the option ids in the seed's order; pinned ones and those of fixed kinds keep their place."""
    fixed = {one.id for one in item.options if one.pinned or item.kind in FIXED}
    loose = [one.id for one in item.options if one.id not in fixed]
    shuffled = iter(sorted(loose, key=lambda option: _rank(seed, f"{item.id}\n{option}")))
    return tuple(one.id if one.id in fixed else next(shuffled) for one in item.options)


def paper_hash(paper: Paper) -> str:
    """Return the hash of a whole paper: blueprint, seed, item versions, order of options."""
    slots = [
        {
            "number": slot.number,
            "item": slot.item,
            "version": slot.version,
            "objective": slot.objective,
            "critical": slot.critical,
            "order": slot.order,
        }
        for slot in paper.slots
    ]
    document = {
        "blueprint": paper.blueprint,
        "blueprint_hash": paper.blueprint_hash,
        "seed": paper.seed,
        "slots": slots,
    }
    return sha256_hex(canonical_json(document))


def blueprint_hash(blueprint: Blueprint) -> str:
    """Return the hash of a blueprint: everything in it but its title."""
    document = {
        "id": blueprint.id,
        "kind": blueprint.kind,
        "cut_score": str(blueprint.cut_score),
        "minutes": blueprint.minutes,
        "attempts": blueprint.attempts,
        "waits_seconds": [int(wait.total_seconds()) for wait in blueprint.waits],
        "draws": [_draw_document(part) for part in blueprint.draws],
        "show": [blueprint.show.after_submit, blueprint.show.after_pass],
    }
    return sha256_hex(canonical_json(document))


def _draw_document(part: Draw) -> dict[str, object]:
    document: dict[str, object] = {
        "bank": part.bank,
        "take": part.take,
        "objective": part.objective,
        "difficulty": part.difficulty,
        "critical": part.critical,
    }
    return {**document, "sets": True} if part.sets else document


def _rank(seed: bytes, message: str) -> bytes:
    if len(seed) != SEED_BYTES:
        raise ValueError(f"a seed has {SEED_BYTES} bytes, not {len(seed)}")
    return hmac.digest(seed, message.encode("utf-8"), "sha256")


def _distinct(items: Iterable[Item]) -> list[Item]:
    known: dict[str, Item] = {}
    for item in items:
        if known.setdefault(item.id, item) != item:
            raise ValueError(f"two candidates have the id {item.id}")
    return list(known.values())


def _shortages(draws: Sequence[Draw], places: Sequence[Sequence[Item]]) -> tuple[Shortage, ...]:
    pairs = enumerate(zip(draws, places, strict=True), start=1)
    return tuple(
        Shortage(number, part, len(place)) for number, (part, place) in pairs if len(place) < part.take
    )


def _places(draws: Sequence[Draw], ranked: Sequence[Item]) -> list[list[Item]]:
    """Give each draw its items. A set stands or falls whole: its first item is placed for all of it."""
    known = {item.id: item for item in ranked}
    wholes: dict[str, list[Item]] = {}
    for item in ranked:
        members = item.set.members if item.set else (item.id,)
        if item.id == members[0] and known.keys() >= set(members):
            wholes[item.id] = [known[member] for member in members]
    firsts = [known[name] for name in wholes]
    placed = _fill([_in_wholes(part, firsts) for part in draws], firsts)
    return [[member for first in place for member in wholes[first.id]] for place in placed]


def _in_wholes(part: Draw, firsts: Iterable[Item]) -> Draw:
    """Return a draw of sets counted in sets; all sets of a bank have one size, which the loader sees to."""
    if not part.sets:
        return part
    size = next((len(item.set.members) for item in firsts if item.set and part.admits(item)), 1)
    return replace(part, take=part.take // size)


def _place_in_draw(item: Item, seed: bytes) -> tuple[bytes, int]:
    members = item.set.members if item.set else (item.id,)
    return _rank(seed, members[0]), members.index(item.id)


def _fill(draws: Sequence[Draw], ranked: Iterable[Item]) -> list[list[Item]]:
    """Give each draw its items, taking them in rank order.

    An item is passed over only if no sharing-out of the items taken so far leaves it a place (augmenting
    paths; the sets that fit form a matroid), so the items taken are the best possible in that order.
    """
    places: list[list[Item]] = [[] for _ in draws]
    wanted = sum(part.take for part in draws)
    for item in ranked:
        if wanted == 0:
            break
        wanted -= _place(item, draws, places, set())
    return places


def _place(item: Item, draws: Sequence[Draw], places: list[list[Item]], tried: set[int]) -> bool:
    for number, part in enumerate(draws):
        if number in tried or not part.admits(item):
            continue
        tried.add(number)
        if len(places[number]) < part.take:
            places[number].append(item)
            return True
        for index, held in enumerate(places[number]):
            if _place(held, draws, places, tried):
                places[number][index] = item
                return True
    return False
