"""Documents: a Typst template and plain data in, the bytes of an accessible archival PDF out.

The same template, data and instant always give the same bytes. Only the fonts beside this file are used; a
character none of them has is refused by name before anything is set, never left out in silence. Data
reaches the template as JSON, so no text in it is ever read as markup.
"""

import json
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typst

FONTS = Path(__file__).with_name("fonts")

# PDF/A-2 admits no attachment but another PDF/A; with one the document is PDF/A-3. Both are tagged.
_PLAIN: "list[typst.PDFStandard]" = ["a-2a", "ua-1"]
_WITH_ATTACHMENT: "list[typst.PDFStandard]" = ["a-3a", "ua-1"]


class MissingGlyphs(ValueError):
    """A text has characters that no font of ours can show."""

    def __init__(self, characters: Iterable[str]) -> None:
        self.characters = frozenset(characters)
        super().__init__("no glyph for " + ", ".join(map(_name, sorted(self.characters))))


@dataclass(frozen=True, slots=True)
class Attachment:
    """A text file carried inside the document, for machines to read."""

    name: str
    text: str
    media_type: str
    description: str


def missing_glyphs(text: str) -> set[str]:
    """Return the characters of the text that cannot be printed, control characters among them.

    A line feed is a line break and always allowed.
    """
    return {character for character in set(text) if character != "\n" and not _covered(ord(character))}


def compile_pdf(
    template: Path, data: Mapping[str, object], *, at: datetime, attachments: Sequence[Attachment] = ()
) -> bytes:
    """Return the document that the template makes of the data, dated `at`.

    The template reads `json(bytes(sys.inputs.data))`, and `sys.inputs.attachments` likewise. Raises
    MissingGlyphs naming every character that could not be shown.
    """
    missing = {character for text in _texts(data) for character in missing_glyphs(text)}
    if missing:
        raise MissingGlyphs(missing)
    if at.tzinfo is None:
        raise ValueError("an instant needs its zone")
    carried = [
        {"name": item.name, "text": item.text, "type": item.media_type, "description": item.description}
        for item in attachments
    ]
    import typst  # noqa: PLC0415 - heavy, and seldom asked for

    return typst.compile(
        template,
        root=template.parent,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": _json(data), "attachments": _json(carried)},
        pdf_standards=_WITH_ATTACHMENT if attachments else _PLAIN,
        timestamp=at.astimezone(UTC).replace(microsecond=0),
    )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, Sequence):
        for item in value:
            yield from _texts(item)


def _name(character: str) -> str:
    shown = f"{character} " if character.isprintable() else ""
    return f"{shown}U+{ord(character):04X} {unicodedata.name(character, '')}".rstrip()


def _covered(code: int) -> bool:
    firsts, lasts = _coverage()
    place = bisect_right(firsts, code) - 1
    return place >= 0 and code <= lasts[place]


@cache
def _coverage() -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the first and last codes of the covered ranges, as `tools/subset_fonts.py` wrote them."""
    lines = (FONTS / "coverage.txt").read_text(encoding="ascii").split()
    bounds = [line.partition("-") for line in lines]
    return tuple(int(first, 16) for first, _, _ in bounds), tuple(
        int(last or first, 16) for first, _, last in bounds
    )


@cache
def _fonts() -> "typst.Fonts":
    import typst  # noqa: PLC0415 - heavy, and seldom asked for

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])
