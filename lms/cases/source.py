"""A case.yml and its documents from authored files, with all their problems. Pure."""

import re
from dataclasses import dataclass
from enum import StrEnum

from lms.cases.proof import Proof, prove
from lms.cases.rules import Case, Choice, Clock, Ending, Scene, Var, Wanted
from lms.cases.source_checks import check_names, problems_of_proof
from lms.core.authored import Mapping, Scalar, place_of, read_yaml
from lms.core.authored_page import Page, read_page
from lms.core.authored_schema import Fields
from lms.core.authored_values import Sheet, hint, read_id
from lms.core.markdown_check import Outline, inspect
from lms.core.problems import Problem
from lms.core.text import Language, Words

CHOICE_LIMIT = 600
MOST_POINTS = 100
MOST_VALUE = 10_000
_RANGE = re.compile(r"(-?[0-9]{1,5})\.\.(-?[0-9]{1,5})")
_SIGNED = re.compile(r"[+-]?[0-9]{1,5}")
LANGUAGES: tuple[Language, Language] = ("zh", "en")


class VarKind(StrEnum):
    """How a variable is written that has no range."""

    FLAG = "flag"


class DocumentKind(StrEnum):
    """As what a document is shown."""

    EMAIL = "email"
    CHAT = "chat"
    SHEET = "sheet"


@dataclass(frozen=True, slots=True)
class CaseSource:
    """A case.yml; `case` and `proof` are None where an error leaves none."""

    path: str
    id: str
    title: Words | None
    summary: Words | None
    owner: str
    minutes: int
    pools: tuple[str, ...]
    case: Case | None
    proof: Proof | None
    outlines: tuple[Outline, ...]
    retired: bool
    root: Mapping


@dataclass(frozen=True, slots=True)
class DocumentSource:
    """One language of a document; an e-mail has `from`, `to` and `sent`; its title is its subject."""

    page: Page
    kind: DocumentKind
    head: tuple[tuple[str, str], ...]


def read_case(path: str, data: bytes) -> tuple[CaseSource | None, list[Problem]]:
    """Read a case.yml and prove it."""
    text, found = read_yaml(path, data)
    if text is None:
        return None, found
    sheet = Sheet(path, found)
    fields = Fields(sheet, text.root, "@file")
    name = fields.id("case")
    title, summary = fields.words("title", limit=120), fields.words("summary", required=False, limit=1000)
    owner, minutes = fields.id("owner", required=False), fields.whole("minutes", 1, 120, default=15)
    pools = fields.ids("pools", required=False)
    retired = fields.flag("retired", default=False)
    case = _case(sheet, fields, name, title)
    outlines = _outlines(sheet, text.root, case) if case else ()
    fields.close()
    if case:
        check_names(sheet, text.root, case)
    sound = case is not None and not any(one.is_error for one in found)
    proof = prove(case) if case and sound else None
    if case and proof:
        problems_of_proof(sheet, text.root, case, proof)
    source = CaseSource(
        path, name, title, summary, owner, minutes, pools, case if sound else None, proof, outlines, retired,
        text.root,
    )  # fmt: skip
    return source, found


def _case(sheet: Sheet, fields: Fields, name: str, title: Words | None) -> Case | None:
    criteria = _criteria(fields)
    variables = _variables(sheet, fields)
    start, cut_score = fields.id("start"), fields.percent("cut_score")
    expert = _expert(sheet, fields)
    scenes = {scene.id: scene for scene in _scenes(sheet, fields, variables)}
    if title is None or cut_score is None or not (name and criteria and start and scenes):
        return None
    return Case(name, title, criteria, variables, start, expert, cut_score, scenes)


def _criteria(fields: Fields) -> tuple[tuple[str, Words], ...]:
    found = []
    for name, entry in fields.entries("criteria", "criterion"):
        said = entry.words_here(limit=80)
        entry.close()
        if said and name:
            found.append((name, said))
    return tuple(found)


def _expert(sheet: Sheet, fields: Fields) -> tuple[str, ...]:
    """Return the expert's choices; the same name may come in several scenes, so also twice here."""
    found = []
    for item in fields.items("expert"):
        if isinstance(item, Scalar):
            found.append(read_id(sheet, item))
        else:
            sheet.add(item.place, "E100", what="@entry expert", wanted="@text")
    return tuple(found)


def _variables(sheet: Sheet, fields: Fields) -> tuple[Var, ...]:
    found = []
    for name, entry in fields.entries("vars", "variable", required=False):
        if entry.has("kind"):
            entry.choice("kind", VarKind)
            found.append(Var(name, 0, 1, int(entry.flag("start", default=False))))
        else:
            found.append(_ranged(sheet, entry, name))
        entry.close()
    return tuple(found)


def _ranged(sheet: Sheet, entry: Fields, name: str) -> Var:
    low, high = _range(sheet, entry.scalar("range"))
    value = entry.scalar("start")
    start = _signed(sheet, value, -MOST_VALUE, MOST_VALUE) if value else low
    if value and not low <= start <= high:
        sheet.add(value.place, "E707", value=start, low=low, high=high)
        start = low
    return Var(name, low, high, start)


def _range(sheet: Sheet, value: Scalar | None) -> tuple[int, int]:
    match = _RANGE.fullmatch(value.text) if value else None
    if match and int(match[1]) < int(match[2]):
        return int(match[1]), int(match[2])
    if value:
        sheet.add(value.place, "E706", value=value.text[:40])
    return 0, 1


def _signed(sheet: Sheet, value: Scalar, low: int, high: int) -> int:
    if not _SIGNED.fullmatch(value.text):
        sheet.add(value.place, "E705", value=value.text[:40])
        return 0
    number = int(value.text)
    if not low <= number <= high:
        sheet.add(value.place, "E707", value=number, low=low, high=high)
        return 0
    return number


def _scenes(sheet: Sheet, fields: Fields, variables: tuple[Var, ...]) -> list[Scene]:
    found = []
    for name, entry in fields.entries("scenes", "scene"):
        text = entry.words("text")
        ending = entry.choice("ending", Ending, default=None) if entry.has("ending") else None
        documents = entry.ids("documents", required=False)
        clock = _clock(entry)
        choices = _choices(sheet, entry, variables) if entry.has("choices") else {}
        if ending is None and len(choices) < 2 and entry.sound:
            sheet.add(entry.place, "E708", what=entry.what)
        elif ending is not None and (choices or clock):
            sheet.add(entry.place, "E709", what=entry.what)
        entry.close()
        if text and name:
            found.append(Scene(name, text, choices, documents, clock, ending))
    return found


def _clock(scene: Fields) -> Clock | None:
    entry = scene.record("clock", required=False)
    if entry is None:
        return None
    clock = Clock(entry.whole("seconds", 10, 3600), entry.id("then"))
    entry.close()
    return clock


def _choices(sheet: Sheet, scene: Fields, variables: tuple[Var, ...]) -> dict[str, Choice]:
    found = {}
    for name, entry in scene.entries("choices", "choice"):
        text, because = entry.words("text", limit=CHOICE_LIMIT), entry.words("because", limit=2000)
        to = entry.id("to")
        changes = _Changes(sheet, {each.id: each for each in variables})
        when, sets, adds = changes.when(entry), changes.sets(entry), changes.adds(entry)
        points = tuple((each, number) for each, number in _numbers(sheet, entry, "rubric", MOST_POINTS))
        critical, acknowledged = (
            entry.flag("critical", default=False),
            entry.flag("acknowledged", default=False),
        )
        tempting, see = entry.flag("tempting", default=False), entry.text("see", required=False, limit=200)
        entry.close()
        if text and because and name:
            found[name] = Choice(
                name, text, to, because, when, sets, adds, points, critical, acknowledged, tempting, see
            )
    return found


def _numbers(sheet: Sheet, entry: Fields, key: str, most: int) -> list[tuple[str, int]]:
    found = []
    for name, value in entry.pairs(key, required=False):
        if isinstance(value, Scalar):
            found.append((read_id(sheet, name), _signed(sheet, value, -most, most)))
        else:
            sheet.add(name.place, "E100", what=f"@key {name.text}", wanted="@text")
    return found


@dataclass(frozen=True, slots=True)
class _Changes:
    """Reads what a choice asks of variables and does to them."""

    sheet: Sheet
    known: dict[str, Var]

    def when(self, entry: Fields) -> tuple[Wanted, ...]:
        found = []
        for var, value in self.values(entry, "when"):
            match = _RANGE.fullmatch(value.text)
            low, high = (int(match[1]), int(match[2])) if match else (number := self.value(value), number)
            if not var.low <= low <= high <= var.high:
                self.sheet.add(value.place, "E707", value=value.text[:40], low=var.low, high=var.high)
            found.append(Wanted(var.id, low, high))
        return tuple(found)

    def sets(self, entry: Fields) -> tuple[tuple[str, int], ...]:
        found = []
        for var, value in self.values(entry, "set"):
            number = self.value(value)
            if not var.low <= number <= var.high:
                self.sheet.add(value.place, "E707", value=value.text[:40], low=var.low, high=var.high)
            found.append((var.id, number))
        return tuple(found)

    def adds(self, entry: Fields) -> tuple[tuple[str, int], ...]:
        values = self.values(entry, "add")
        return tuple((var.id, _signed(self.sheet, value, -MOST_VALUE, MOST_VALUE)) for var, value in values)

    def value(self, value: Scalar) -> int:
        if value.text in ("true", "false"):
            return int(value.text == "true")
        return _signed(self.sheet, value, -MOST_VALUE, MOST_VALUE)

    def values(self, entry: Fields, key: str) -> list[tuple[Var, Scalar]]:
        found = []
        for name, value in entry.pairs(key, required=False):
            if name.text not in self.known:
                self.sheet.add(name.place, "E703", name=name.text[:80], hint=hint(name.text, self.known))
            elif isinstance(value, Scalar):
                found.append((self.known[name.text], value))
            else:
                self.sheet.add(name.place, "E100", what=f"@key {name.text}", wanted="@text")
        return found


def _outlines(sheet: Sheet, root: Mapping, case: Case) -> tuple[Outline, ...]:
    """Look into the scenes' Markdown: headings, links, what the renderer could not bear."""
    found = []
    for scene in case.scenes.values():
        for language in LANGUAGES:
            line, column = place_of(root, "scenes", scene.id, "text", language)
            found.append(inspect(sheet, scene.text.said_in(language), (line + 1, column + 2)))
    return tuple(found)


def read_document(path: str, data: bytes) -> tuple[DocumentSource | None, list[Problem]]:
    """Read one language of a document: front matter `id`, `title`, `kind`, for an e-mail its head; then the text."""
    reading, found = read_page(path, data)
    if reading is None:
        return None, found
    fields = reading.fields
    kind = fields.choice("kind", DocumentKind, default=DocumentKind.SHEET) or DocumentKind.SHEET
    mail = kind is DocumentKind.EMAIL
    head = tuple((key, fields.text(key, required=mail, limit=200)) for key in ("from", "to", "sent"))
    fields.close()
    return DocumentSource(reading.page, kind, head if mail else ()), found
