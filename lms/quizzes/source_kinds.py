"""What items of each kind write beside options: pairs, figures, accept lists, gaps, regions. Pure."""

import re
from collections.abc import Callable, Mapping
from fractions import Fraction

from lms.core.authored import Node, Place, Scalar
from lms.core.authored_schema import Fields
from lms.core.authored_values import Sheet
from lms.core.text import Words
from lms.quizzes.figures import agrees, read_figure
from lms.quizzes.marking import compared
from lms.quizzes.public import cloze_parts
from lms.quizzes.rules import ItemKind, Option
from lms.quizzes.rules_kinds import (
    UNITS,
    Accept,
    Cloze,
    Detail,
    Figure,
    Gap,
    Hotspot,
    Match,
    Near,
    Pair,
    Region,
    Typed,
    family_of,
)

LINE_LIMIT = 600
TEXT_LIMIT = 2000
_FIGURES = re.compile(r"([1-9]) figures?")
_PERCENT = re.compile(r"[0-9]{1,3}")
Options = tuple[Option, ...]


def read_detail(sheet: Sheet, fields: Fields, kind: ItemKind | None, options: Options) -> Detail | None:
    """Read what a kind writes beside options; None where there is nothing, or nothing that can be read."""
    read = DETAILS.get(kind) if kind else None
    return read(sheet, fields, options) if read else None


def _match(sheet: Sheet, fields: Fields, options: Options) -> Match | None:
    known = [option.id for option in options]
    found = []
    for name, entry in fields.entries("pairs", "pair"):
        text = entry.words_here(limit=LINE_LIMIT)
        to = entry.word("to", known)
        because = entry.words("because", required=False, limit=TEXT_LIMIT)
        entry.close()
        if name and text and to:
            found.append(Pair(name, text, to, because))
    if fields.has("pairs") and len(fields.pairs("pairs")) < 2:
        sheet.add(fields.at("pairs"), "E215", what=fields.what)
    elif found and len({pair.to for pair in found}) == 1 and len(found) == len(fields.pairs("pairs")):
        sheet.add(fields.at("pairs"), "E216", what=fields.what, option=found[0].to)
    return Match(tuple(found)) if found else None


def _figure(sheet: Sheet, fields: Fields, _: Options) -> Figure | None:
    answer = _exact(sheet, fields.scalar("answer"), "answer")
    unit = fields.word("unit", UNITS, default="")
    units = tuple(one.text for one in fields.scalars("units", required=False)) or family_of(unit)
    if answer is None:
        return None
    if fields.has("units") and (not unit or len(units) < 2 or unit not in units or set(units) - UNITS.keys()):
        sheet.add(fields.at("units"), "E217", known=", ".join(UNITS))
        return None
    near, tolerance = _tolerance(sheet, fields)
    figure = Figure(answer, unit, units, near, tolerance)
    if any(agrees(figure, Fraction(0), one) for one in units or ("",)):
        sheet.add(fields.at("tolerance" if answer else "answer"), "E218", what=fields.what)
    return figure


def _exact(sheet: Sheet, value: Scalar | None, key: str) -> Fraction | None:
    if value is None:
        return None
    found = read_figure(value.text)
    if found is None or found[1]:
        sheet.add(value.place, "E219", what=f"@key {key}", value=value.text[:40])
        return None
    return found[0]


def _tolerance(sheet: Sheet, fields: Fields) -> tuple[Near, Fraction]:
    value = fields.scalar("tolerance", required=False)
    if value is None:
        return Near.ABSOLUTE, Fraction(0)
    figures = _FIGURES.fullmatch(value.text)
    if figures:
        return Near.FIGURES, Fraction(figures[1])
    found = read_figure(value.text)
    if found is None or found[0] < 0 or found[1] not in ("", "%"):
        sheet.add(value.place, "E220", value=value.text[:40])
        return Near.ABSOLUTE, Fraction(0)
    return (Near.RELATIVE, found[0] / 100) if found[1] else (Near.ABSOLUTE, found[0])


def _typed(sheet: Sheet, fields: Fields, _: Options) -> Typed | None:
    accept = _accept(sheet, fields)
    return Typed(accept) if accept else None


def _accept(sheet: Sheet, fields: Fields) -> Accept | None:
    inner = fields.record("accept")
    if inner is None:
        return None
    taken = {}
    for language in ("zh", "en"):
        texts = []
        seen: dict[str, str] = {}
        for one in inner.scalars(language):
            said = compared(one.text)
            if not said or len(one.text) > TEXT_LIMIT // 20:
                sheet.add(one.place, "E221", value=one.text[:40])
            elif said in seen:
                sheet.add(one.place, "W212", one=seen[said], other=one.text[:80])
            else:
                texts.append(one.text.strip())
            seen.setdefault(said, one.text[:80])
        taken[language] = tuple(texts)
    inner.close()
    return Accept(taken["zh"], taken["en"]) if taken["zh"] and taken["en"] else None


def _cloze(sheet: Sheet, fields: Fields, _: Options) -> Cloze | None:
    text = fields.words("text", limit=TEXT_LIMIT)
    found, places = [], {}
    for name, entry in fields.entries("gaps", "gap"):
        accept = _accept(sheet, entry)
        because = entry.words("because", required=False, limit=TEXT_LIMIT)
        entry.close()
        places[name] = entry.place
        if name and accept:
            found.append(Gap(name, accept, because))
    if text is None or not _gaps_agree(sheet, fields, text, places):
        return None
    if len(found) > 1 and _common(found):
        sheet.add(fields.at("gaps"), "E223", what=fields.what)
    return Cloze(text, tuple(found)) if len(found) == len(places) else None


def _gaps_agree(sheet: Sheet, fields: Fields, text: Words, places: Mapping[str, Place]) -> bool:
    """Tell whether each gap stands once in each language, and nothing else is written as one."""
    sound = True
    inner = fields.record("text")
    for language in ("zh", "en"):
        said = text.zh if language == "zh" else text.en
        written = [piece["gap"] for piece in cloze_parts(said) if isinstance(piece, dict)]
        wrong = sorted(name for name in {*written, *places} if written.count(name) != 1 or name not in places)
        if (wrong or not written) and inner is not None:
            names = ", ".join(f"{{{name}}}" for name in wrong)
            sheet.add(inner.at(language), "E222", language=language, gaps=names or "{…}")
            sound = False
    return sound


def _common(gaps: list[Gap]) -> set[str]:
    taken = [{compared(text) for text in gap.accept.texts} for gap in gaps]
    return set.intersection(*taken)


def _hotspot(sheet: Sheet, fields: Fields, _: Options) -> Hotspot | None:
    image = fields.text("image", limit=110)
    alt = fields.words("alt", limit=LINE_LIMIT)
    regions = [_region(sheet, name, node) for name, node in fields.pairs("options")]
    if image and not image.startswith("media/"):
        sheet.add(fields.at("image"), "E226")
    sound = tuple(region for region in regions if region)
    if not image or alt is None or len(sound) < len(regions):
        return None
    folder = (sheet.path.split("/") * 3)[2]
    return Hotspot(f"courses/{folder}/{image}", alt, sound)


def _region(sheet: Sheet, name: Scalar, node: Node) -> Region | None:
    entry = Fields(sheet, node, f"@option {name.text}", name.place)
    written = entry.items("box")
    numbers = [int(one.text) for one in written if isinstance(one, Scalar) and _PERCENT.fullmatch(one.text)]
    if len(numbers) == len(written) == 4:
        x, y, width, height = numbers
        if width and height and x + width <= 100 and y + height <= 100:
            return Region(name.text, x, y, width, height)
    if entry.has("box"):
        sheet.add(entry.at("box"), "E224", what=entry.what)
    return None


DETAILS: Mapping[ItemKind, Callable[[Sheet, Fields, Options], Detail | None]] = {
    ItemKind.MATCH: _match,
    ItemKind.NUMBER: _figure,
    ItemKind.TEXT: _typed,
    ItemKind.CLOZE: _cloze,
    ItemKind.HOTSPOT: _hotspot,
}
