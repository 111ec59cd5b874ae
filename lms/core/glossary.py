"""The glossary: one word a thing, in both languages. Pure."""

from dataclasses import dataclass

from lms.core.authored import Mapping, read_yaml
from lms.core.authored_schema import Fields
from lms.core.authored_values import Sheet
from lms.core.problems import Problem
from lms.core.text import Words


@dataclass(frozen=True, slots=True)
class Term:
    """One entry."""

    id: str
    said: Words | None
    note: Words | None


@dataclass(frozen=True, slots=True)
class GlossarySource:
    """A glossary.yml."""

    path: str
    terms: tuple[Term, ...]
    root: Mapping


def read_glossary(path: str, data: bytes) -> tuple[GlossarySource | None, list[Problem]]:
    """Read a glossary.yml; an id or a word that stands twice is refused."""
    text, found = read_yaml(path, data)
    if text is None:
        return None, found
    sheet = Sheet(path, found)
    fields = Fields(sheet, text.root, "@glossary")
    terms: list[Term] = []
    lines: dict[str, int] = {}
    for entry in fields.records("terms", "term"):
        term = Term(
            entry.id("id"), entry.words_here(limit=200), entry.words("note", required=False, limit=1000)
        )
        entry.close()
        for word in (term.id, term.said.zh if term.said else ""):
            if word and word in lines:
                sheet.add(entry.place, "E302", what=f"@term {word}", file=path, line=lines[word])
            lines.setdefault(word, entry.place[0])
        terms.append(term)
    fields.close()
    return GlossarySource(path, tuple(terms), text.root), found
