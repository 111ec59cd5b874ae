"""Item banks and blueprints from authored files, with all their problems. Pure."""

from dataclasses import dataclass, replace
from fractions import Fraction

from lms.core.authored import Mapping, Node, Place, Scalar, Sequence, read_yaml
from lms.core.authored_schema import Fields
from lms.core.authored_values import Sheet, read_fraction
from lms.core.problems import Problem
from lms.quizzes.marking import select_all_or_blank_earns
from lms.quizzes.rules import Item, ItemKind, Option, Scheme, Use, schemes_of, truefalse_options
from lms.quizzes.rules_kinds import Cloze, Detail, ItemSet, Match
from lms.quizzes.source_kinds import DETAILS, read_detail
from lms.quizzes.source_sets import read_sets

STEM_LIMIT = 2000
OPTION_LIMIT = 600
_CN_HALF_RIGHT = 4
_USUAL = {
    ItemKind.SINGLE: (3, 5), ItemKind.MULTIPLE: (4, 6), ItemKind.MATCH: (2, 6), ItemKind.ORDER: (3, 7),
    ItemKind.SCALE: (3, 7), ItemKind.HOTSPOT: (2, 8),
}  # fmt: skip
_ONE_RIGHT = (ItemKind.SINGLE, ItemKind.SCALE, ItemKind.HOTSPOT)
_KEYED = (*_ONE_RIGHT, ItemKind.MULTIPLE)  # kinds whose key is `right: true`


@dataclass(frozen=True, slots=True)
class ItemSource:
    """One item of a bank; `item` is None where it has an error that leaves no item."""

    id: str
    item: Item | None
    retired: bool
    node: Node
    place: Place


@dataclass(frozen=True, slots=True)
class BankSource:
    """A bank.yml; `sound` tells that no item is missing because of an error."""

    path: str
    id: str
    items: tuple[ItemSource, ...]
    root: Mapping

    @property
    def sound(self) -> bool:
        """Tell whether every item could be read."""
        return all(one.item for one in self.items)

    def drawn(self) -> tuple[Item, ...]:
        """Return the items that a graded paper may be drawn from."""
        return tuple(
            one.item for one in self.items if one.item and one.item.use is Use.GRADED and not one.retired
        )


def read_bank(path: str, data: bytes) -> tuple[BankSource | None, list[Problem]]:
    """Read a bank.yml."""
    text, found = read_yaml(path, data)
    if text is None:
        return None, found
    sheet = Sheet(path, found)
    fields = Fields(sheet, text.root, "@bank")
    name = fields.id("bank")
    groups = read_sets(sheet, fields)
    items = tuple(
        _item_source(sheet, name, fields_of, groups) for fields_of in fields.records("items", "item")
    )
    fields.close()
    return BankSource(path, name, items, text.root), found


def _item_source(sheet: Sheet, bank: str, fields: Fields, groups: dict[str, ItemSet]) -> ItemSource:
    name = fields.id("id")
    if name:
        fields.what = f"@item {name}"
    before = sum(one.is_error for one in sheet.problems)
    item = _item(sheet, bank, name, fields)
    group = fields.word("set", groups, default="")
    retired = fields.flag("retired", default=False)
    fields.close()
    sound = sum(one.is_error for one in sheet.problems) == before
    if item and sound and select_all_or_blank_earns(item):
        sheet.add(fields.place, "E228", what=fields.what)
        sound = False
    if item and group and item.use is Use.GRADED and not retired:
        item = replace(item, set=groups[group])
    return ItemSource(name, item if sound else None, retired, fields.node, fields.place)


def _item(sheet: Sheet, bank: str, name: str, fields: Fields) -> Item | None:
    kind = fields.choice("type", ItemKind)
    use = fields.choice("use", Use, default=Use.GRADED) or Use.GRADED
    scheme = _scheme(sheet, fields, kind)
    stem = fields.words("stem", limit=STEM_LIMIT)
    because = fields.words("because", required=False, limit=STEM_LIMIT)
    graded = use is Use.GRADED
    objective = fields.id("objective", required=graded)
    difficulty = fields.whole("difficulty", 1, 3, default=None if graded else 1)
    see = fields.text("see", required=False, limit=200) or None
    options = _options(sheet, fields, kind, scheme)
    detail = read_detail(sheet, fields, kind, options)
    if kind is None or stem is None or not name or (detail is None and kind in DETAILS):
        return None
    _check_key(sheet, fields, kind, scheme, options)
    if because is None and not _explained(options, detail):
        sheet.add(fields.place, "W206", what=fields.what)
    return Item(
        id=name,
        bank=bank,
        kind=kind,
        objective=objective,
        difficulty=difficulty,
        stem=stem,
        options=options,
        scoring=scheme,
        because=because,
        see=see,
        use=use,
        detail=detail,
    )


def _explained(options: tuple[Option, ...], detail: Detail | None) -> bool:
    parts = detail.pairs if isinstance(detail, Match) else detail.gaps if isinstance(detail, Cloze) else ()
    return any(part.because for part in (*options, *parts))


def _scheme(sheet: Sheet, fields: Fields, kind: ItemKind | None) -> Scheme:
    known = schemes_of(kind) if kind else tuple(Scheme)
    scheme = fields.choice("scoring", Scheme, default=known[0]) or known[0]
    if scheme in known:
        return scheme
    sheet.add(fields.at("scoring"), "E206", scheme=scheme.value, known=", ".join(known))
    return known[0]


def _options(sheet: Sheet, fields: Fields, kind: ItemKind | None, scheme: Scheme) -> tuple[Option, ...]:
    if kind is ItemKind.TRUEFALSE:
        if fields.has("options"):
            sheet.add(fields.at("options"), "E207")
        return truefalse_options(fields.flag("answer"))
    if kind in (ItemKind.NUMBER, ItemKind.TEXT, ItemKind.CLOZE):
        return ()
    if isinstance(fields.node.get("options"), Sequence):
        fields.asked.add("options")
        sheet.add(fields.at("options"), "E211")
        return ()
    found = []
    for name, entry in fields.entries("options", "option"):
        if kind is ItemKind.HOTSPOT:
            entry.asked.add("box")
        option = _option(sheet, name, entry, scheme if kind in _KEYED else None)
        if option:
            found.append(option)
    return tuple(found)


def _option(sheet: Sheet, name: str, entry: Fields, scheme: Scheme | None) -> Option | None:
    """Read an option; without a scheme, one that is neither right nor wrong by itself."""
    text = entry.words_here(limit=OPTION_LIMIT)
    right = entry.flag("right", default=False) if scheme else False
    pinned = entry.flag("pinned", default=False) if scheme else False
    because = entry.words("because", required=False, limit=STEM_LIMIT)
    weight = Fraction(0)
    if scheme is Scheme.WEIGHTS:
        weight = _weight(sheet, entry)
    entry.close()
    return Option(name, text, right, pinned, because, weight) if text and name else None


def _weight(sheet: Sheet, entry: Fields) -> Fraction:
    value = entry.scalar("weight")
    if value is None:
        return Fraction(0)
    negative = value.text.startswith(("-", "−"))
    bare = Scalar(value.text[1:] if negative else value.text, value.place)
    number = read_fraction(sheet, bare, "@key weight") or Fraction(0)
    return -number if negative else number


def _check_key(
    sheet: Sheet, fields: Fields, kind: ItemKind, scheme: Scheme, options: tuple[Option, ...]
) -> None:
    written = fields.node.get("options")
    place = fields.at("options")
    if kind not in _USUAL or not isinstance(written, Mapping):
        return
    right = _right_ones(written)
    low, high = _USUAL[kind]
    if not right and kind in _KEYED:
        sheet.add(place, "E201", what=fields.what)
    if len(written.items) < 2:
        sheet.add(place, "E205", what=fields.what)
    elif not low <= len(written.items) <= high:
        sheet.add(place, "W205", count=len(written.items), low=low, high=high)
    if kind in _ONE_RIGHT:
        _check_single(sheet, fields, right)
    elif kind is ItemKind.MULTIPLE:
        _check_multiple(sheet, fields, scheme, len(right), len(written.items))
    if kind is ItemKind.SCALE:
        _check_steps(sheet, fields, scheme, options)
    elif kind in _KEYED:
        _check_weights(sheet, fields, scheme, options)
    _check_alike(sheet, fields, options)


def _right_ones(written: Mapping) -> list[Scalar]:
    found = []
    for name, option in written.items:
        right = option.get("right") if isinstance(option, Mapping) else None
        if isinstance(right, Scalar) and right.text == "true":
            found.append(name)
    return found


def _check_single(sheet: Sheet, fields: Fields, right: list[Scalar]) -> None:
    if len(right) > 1:
        names = ", ".join(one.text for one in right)
        sheet.add(fields.at("options"), "E202", what=fields.what, options=names)


def _check_steps(sheet: Sheet, fields: Fields, scheme: Scheme, options: tuple[Option, ...]) -> None:
    """Check the weights of a scale: 1 on the right step, less on every other."""
    if scheme is not Scheme.WEIGHTS or not options:
        return
    if any((option.weight == 1) != option.right or not 0 <= option.weight <= 1 for option in options):
        sheet.add(fields.at("options"), "E229")


def _check_multiple(sheet: Sheet, fields: Fields, scheme: Scheme, right: int, count: int) -> None:
    if scheme is Scheme.CN_HALF and right > _CN_HALF_RIGHT:
        sheet.add(fields.at("scoring"), "E203", count=right, limit=_CN_HALF_RIGHT)
    if right and right == count:
        sheet.add(fields.at("options"), "E204", what=fields.what)
    if right == 1 and count > 1:
        sheet.add(fields.at("options"), "W207", what=fields.what)


def _check_weights(sheet: Sheet, fields: Fields, scheme: Scheme, options: tuple[Option, ...]) -> None:
    if scheme is not Scheme.WEIGHTS or not options:
        return
    if sum(option.weight for option in options) > 0:
        sheet.add(fields.at("options"), "E212")
    gains = [option for option in options if option.weight > 0]
    if sum(option.weight for option in gains) != 1 or any(not option.right for option in gains):
        sheet.add(fields.at("options"), "E213")


def _check_alike(sheet: Sheet, fields: Fields, options: tuple[Option, ...]) -> None:
    for which in ("zh", "en"):
        seen: dict[str, str] = {}
        for option in options:
            said = " ".join((option.text.zh if which == "zh" else option.text.en).split()).casefold()
            if said in seen:
                sheet.add(fields.at("options"), "E214", one=seen[said], other=option.id, language=which)
            seen.setdefault(said, option.id)
