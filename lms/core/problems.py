"""Problems of authored text: where, what and how to mend it, in both languages. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from lms.core.problem_texts import NOUNS, TEXTS
from lms.core.text import Language

_AFTER_QUOTE = re.compile("(?<=”) (?=[\u4e00-\u9fff])")
Params = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One problem at one place; codes begin with E (an error) or W (a warning).

    Lines and columns count from 1, columns in characters. A parameter written `@noun name` is said with the
    noun in the reader's language.
    """

    path: str
    line: int
    column: int
    code: str
    params: Params = ()

    @property
    def is_error(self) -> bool:
        """Tell whether the problem keeps the text from being published."""
        return self.code.startswith("E")


def problem(path: str, place: tuple[int, int], code: str, **params: object) -> Problem:
    """Return a problem with its parameters as sorted text."""
    said = tuple(sorted((name, str(value)) for name, value in params.items()))
    return Problem(path, place[0], place[1], code, said)


def message(found: Problem, language: Language) -> str:
    """Say what is wrong, without the place."""
    return _said(found, language, 0)


def mend(found: Problem, language: Language) -> str:
    """Say what to do about it."""
    return _said(found, language, 1)


def render(found: Problem, language: Language) -> str:
    """Return the one line that editors, code hosts and people read."""
    gap = "" if language == "zh" else " "
    place = f"{found.path}:{found.line}:{found.column}"
    return f"{place}: {found.code} {message(found, language)}{gap}{mend(found, language)}"


def as_json(found: Problem, language: Language) -> dict[str, object]:
    """Return the problem for a machine."""
    return {
        "path": found.path,
        "line": found.line,
        "column": found.column,
        "code": found.code,
        "severity": "error" if found.is_error else "warning",
        "message": message(found, language),
        "mend": mend(found, language),
        "params": dict(found.params),
    }


def in_order(found: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return the problems sorted by place, each once."""
    return tuple(sorted(set(found)))


def _said(found: Problem, language: Language, which: int) -> str:
    texts = TEXTS[found.code]
    template = texts[which] if language == "zh" else texts[which + 2]
    said = template.format_map({name: _value(text, language) for name, text in found.params})
    return _AFTER_QUOTE.sub("", said) if language == "zh" else said


def _value(text: str, language: Language) -> str:
    if not text.startswith("@"):
        return text
    noun, _, name = text[1:].partition(" ")
    if noun not in NOUNS:
        return text
    zh, en = NOUNS[noun]
    return (zh if language == "zh" else en).replace("{}", name)
