"""The texts of an item with their places, for checks that compare the languages. Pure."""

from collections.abc import Iterator

from lms.core.text import Words
from lms.quizzes.rules import Item, ItemKind
from lms.quizzes.rules_kinds import Cloze, Hotspot, Match

Said = tuple[tuple[str | int, ...], Words]


def said_texts(item: Item) -> tuple[Said, ...]:
    """Return every text of an item with the steps that lead to it in its file."""
    found: list[Said] = [(("stem",), item.stem)]
    if item.kind is not ItemKind.TRUEFALSE:
        for option in item.options:
            found.append((("options", option.id), option.text))
            if option.because:
                found.append((("options", option.id, "because"), option.because))
    found += _details(item)
    if item.because:
        found.append((("because",), item.because))
    return tuple(found)


def _details(item: Item) -> Iterator[Said]:
    match item.detail:
        case Match(pairs=pairs):
            for pair in pairs:
                yield ("pairs", pair.id), pair.text
                if pair.because:
                    yield ("pairs", pair.id, "because"), pair.because
        case Cloze(text=text, gaps=gaps):
            yield ("text",), text
            yield from ((("gaps", gap.id, "because"), gap.because) for gap in gaps if gap.because)
        case Hotspot(alt=alt):
            yield ("alt",), alt
