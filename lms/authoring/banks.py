"""Whether a bank can be guessed, and whether a blueprint can be filled from it. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from lms.authoring.corpus import LANGUAGES, Corpus
from lms.core.authored import place_of
from lms.core.problems import Problem, problem
from lms.core.text import Language
from lms.quizzes.rules import Draw, Item, ItemKind, Use
from lms.quizzes.source import BankSource
from lms.quizzes.source_blueprints import BlueprintSource

ENOUGH_ITEMS = 5  # fewer say nothing about habits
LONGEST_SHARE_PERCENT = 40
POSITION_SHARE_PERCENT = 45
TRUEFALSE_SHARE_PERCENT = 75
CANDIDATES_A_PLACE = 3
_ALIKE = 0.75
_COMPARED = 400
_CATCH_ALL = re.compile(
    r"\b(?:all|none|both|neither) of the above\b|(?:以上|上述)(?:选项)?(?:都|皆|均|全|各项)|皆是|均正确",
    re.IGNORECASE,
)
_SPACES = re.compile(r"[\W_]+")


def check_banks(corpus: Corpus) -> list[Problem]:
    """Report banks that give their keys away, items that say the same, and what no item covers."""
    found: list[Problem] = []
    for bank in corpus.banks.values():
        singles = [item for item in bank.drawn() if item.kind is ItemKind.SINGLE]
        found += [*_longest(bank, singles), *_positions(bank, singles), *_true_or_false(bank)]
        found += [*_catch_all(bank), *_alike(bank)]
        if bank.sound:
            found += _uncovered(corpus, bank)
    found += _idle_checks(corpus)
    for source in corpus.blueprints.values():
        if source.blueprint and not source.retired:
            found += _draws(corpus, source, source.blueprint.draws)
    return found


def _longest(bank: BankSource, singles: Sequence[Item]) -> Iterable[Problem]:
    if len(singles) < ENOUGH_ITEMS:
        return
    for language in LANGUAGES:
        names = [item.id for item in singles if _key_is_longest(item, language)]
        share = round(100 * len(names) / len(singles))
        if 100 * len(names) > LONGEST_SHARE_PERCENT * len(singles):
            place = place_of(bank.root, "bank")
            said = ", ".join(names)
            yield problem(bank.path, place, "W201", share=share, language=language, items=said)


def _key_is_longest(item: Item, language: Language) -> bool:
    right = [len(one.text.said_in(language)) for one in item.options if one.right]
    wrong = [len(one.text.said_in(language)) for one in item.options if not one.right]
    return max(right) > max(wrong, default=0)


def _positions(bank: BankSource, singles: Sequence[Item]) -> Iterable[Problem]:
    places = Counter(
        option.id for item in singles for option in item.options if option.right and not option.pinned
    )
    total = sum(places.values())
    if total < 2 * ENOUGH_ITEMS:
        return
    (most, count), *_ = places.most_common(1)
    if 100 * count > POSITION_SHARE_PERCENT * total:
        share = round(100 * count / total)
        yield problem(bank.path, place_of(bank.root, "bank"), "W202", option=most, share=share)


def _true_or_false(bank: BankSource) -> Iterable[Problem]:
    answers = Counter(min(item.key) for item in bank.drawn() if item.kind is ItemKind.TRUEFALSE)
    total = sum(answers.values())
    for answer, count in answers.items():
        if total >= ENOUGH_ITEMS and 100 * count > TRUEFALSE_SHARE_PERCENT * total:
            share = round(100 * count / total)
            yield problem(bank.path, place_of(bank.root, "bank"), "W202", option=answer, share=share)


def _catch_all(bank: BankSource) -> Iterable[Problem]:
    for source in bank.items:
        options = source.item.options if source.item and source.item.kind is not ItemKind.TRUEFALSE else ()
        for option in options:
            for language in LANGUAGES:
                match = _CATCH_ALL.search(option.text.said_in(language))
                if match:
                    place = place_of(source.node, "options", option.id, language)
                    yield problem(bank.path, place, "W204", said=match[0], what=f"@option {option.id}")


def _alike(bank: BankSource) -> Iterable[Problem]:
    sources = [source for source in bank.items if source.item and not source.retired][:_COMPARED]
    for language in LANGUAGES:
        stems = [_pieces(source.item.stem.said_in(language)) for source in sources if source.item]
        for index, pieces in enumerate(stems):
            for earlier in range(index):
                if _likeness(pieces, stems[earlier]) >= _ALIKE:
                    place = place_of(sources[index].node, "stem", language)
                    other = f"@item {sources[earlier].id}"
                    yield problem(bank.path, place, "W203", other=other, line=sources[earlier].place[0])


def _pieces(text: str) -> frozenset[str]:
    bare = _SPACES.sub("", text).casefold()
    return frozenset(bare[index : index + 3] for index in range(max(1, len(bare) - 2)))


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    few, many = sorted((len(one), len(other)))
    if few < _ALIKE * many:
        return 0.0
    return len(one & other) / len(one | other)


def _uncovered(corpus: Corpus, bank: BankSource) -> Iterable[Problem]:
    folder = bank.path.split("/")[2]
    course = corpus.courses.get(folder)
    if course is None or course.retired:
        return
    graded = bank.drawn()
    seen = {item.see for item in graded}
    for index, slug in enumerate(course.lessons):
        if f"courses/{folder}/{slug}" not in seen:
            yield problem(course.path, place_of(course.root, "lessons", index), "W208", lesson=slug)
    asked = {item.objective for item in graded}
    for name, _ in course.objectives:
        if name and name not in asked:
            yield problem(course.path, place_of(course.root, "objectives", name), "W209", objective=name)


def _idle_checks(corpus: Corpus) -> Iterable[Problem]:
    used = {name for pair in corpus.lessons.values() for lesson in pair.values() for name in lesson.checks}
    for bank in corpus.banks.values():
        for source in bank.items:
            check = source.item and source.item.use is Use.CHECK and not source.retired
            if check and source.id not in used:
                yield problem(bank.path, source.place, "W210", item=source.id)


def _draws(corpus: Corpus, source: BlueprintSource, draws: Sequence[Draw]) -> Iterable[Problem]:
    """Report draws that cannot be filled, several draws competing for the same items included."""
    banks = {draw.bank: corpus.banks.get(draw.bank) for draw in draws}
    if any(bank is None or not bank.sound for bank in banks.values()):
        return
    items = {item.id: item for bank in banks.values() if bank for item in bank.drawn()}
    candidates = [frozenset(name for name, item in items.items() if draw.admits(item)) for draw in draws]
    short = _unfilled(draws, candidates)
    for index, draw in enumerate(draws):
        wanted = sum(
            other.take for place, other in enumerate(draws) if candidates[place] <= candidates[index]
        )
        here = place_of(source.root, "draw", index, "take")
        count = len(candidates[index])
        sizes = sorted({len(each.set.members) for each in items.values() if each.set and draw.admits(each)})
        if sizes and (len(sizes) > 1 or draw.take % sizes[0]):
            said = ", ".join(map(str, sizes))
            yield problem(source.path, here, "E230", sizes=said, take=draw.take)
        elif index in short:
            yield problem(source.path, here, "E208", count=count, take=draw.take, filled=short[index])
        elif count < CANDIDATES_A_PLACE * wanted:
            yield problem(
                source.path, here, "W211", count=count, take=wanted, wanted=CANDIDATES_A_PLACE * wanted
            )


def _unfilled(draws: Sequence[Draw], candidates: Sequence[frozenset[str]]) -> dict[int, int]:
    """Return the draws that stay short, and how many places each fills: a bipartite matching."""
    holder: dict[str, int] = {}  # item → draw
    filled = [0] * len(draws)
    for index in sorted(range(len(draws)), key=lambda one: len(candidates[one])):
        for _ in range(min(draws[index].take, len(candidates[index]))):
            if _place(index, candidates, holder):
                filled[index] += 1
    return {index: filled[index] for index, draw in enumerate(draws) if filled[index] < draw.take}


def _place(start: int, candidates: Sequence[frozenset[str]], holder: dict[str, int]) -> bool:
    """Give a draw one more item, moving others along an augmenting path."""
    came: dict[int, tuple[int, str]] = {}  # draw → the draw that takes an item from it, and the item
    queue = [start]
    seen = {start}
    for draw in queue:
        for name in sorted(candidates[draw]):
            owner = holder.get(name)
            if owner is None:
                _shift(start, draw, name, came, holder)
                return True
            if owner not in seen:
                seen.add(owner)
                came[owner] = (draw, name)
                queue.append(owner)
    return False


def _shift(
    start: int, draw: int, name: str, came: dict[int, tuple[int, str]], holder: dict[str, int]
) -> None:
    holder[name] = draw
    while draw != start:
        draw, name = came[draw]
        holder[name] = draw
