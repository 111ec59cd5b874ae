"""Words in two languages, and the forms in which texts are compared and searched. Pure."""

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby, islice
from typing import Literal

Language = Literal["zh", "en"]

_HAN = (
    "\u2e80-\u2fdf\u3005\u3007\u3021-\u3029\u3038-\u303b\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff"
)
_HAN_RUN = re.compile(f"[{_HAN}]+")
_WORD = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+")
_SPACES = re.compile(r"\s+")
_SPACE_AT_HAN = re.compile(f"(?<=[{_HAN}]) | (?=[{_HAN}])")
_DASHES = re.compile("[\u2010-\u2015\u2212\u2500\u2e3a\u2e3b]+")
_DOTS = re.compile(r"\.{3,}")
# Invisible characters outside the category Cf: joiners, fillers, inherent vowels, variation selectors.
_UNSEEN = frozenset(
    (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x180F, 0x3164, 0xFFA0)
).union(range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))
# Sorting a run of combining marks takes time by its square; no language needs more in a row (UAX #15).
_MARKS_IN_A_ROW = 30
_QUERY_CHARACTERS = 200
_CHINESE_PUNCTUATION = str.maketrans(
    {
        "。": ".",
        "、": ",",
        "“": '"',
        "”": '"',
        "„": '"',
        "「": '"',
        "」": '"',
        "『": '"',
        "』": '"',
        "‘": "'",
        "’": "'",
        "《": "<",
        "》": ">",
        "〈": "<",
        "〉": ">",
        "【": "[",
        "】": "]",
        "〔": "[",
        "〕": "]",
        "〖": "[",
        "〗": "]",
        "・": "·",
        "•": "·",
        "‧": "·",
        "〜": "~",
        "〝": '"',
        "〞": '"',
        "⁄": "/",
        "∶": ":",
    }
)


@dataclass(frozen=True, slots=True)
class Words:
    """A text in both languages."""

    zh: str
    en: str

    def said_in(self, language: Language) -> str:
        """Return the text in one language."""
        return self.zh if language == "zh" else self.en


def normalise(text: str) -> str:
    """Return the form in which two typed texts are compared: equal forms, equal answers.

    Width, case, compatibility forms, invisible characters, Chinese or Western punctuation and spaces at
    a Han character make no difference; superscripts and circled digits stay what they are (10² is not
    102). Doing it twice changes nothing. Traditional characters are not folded here.
    """
    parts = groupby(_few_marks(_visible(text)), _is_protected)
    folded = "".join("".join(part) if protected else _fold("".join(part)) for protected, part in parts)
    folded = _DASHES.sub("-", _few_marks(folded).translate(_CHINESE_PUNCTUATION))
    folded = _SPACES.sub(" ", _DOTS.sub("...", folded)).strip()
    return _SPACE_AT_HAN.sub("", folded)


def search_key(text: str) -> str:
    """Return what is kept of a text to search in: its words, Han characters singly and in pairs.

    Each term stands between single spaces, the first and last included.
    """
    terms: list[str] = []
    for word in _WORD.findall(normalise(text)):
        if _HAN_RUN.match(word):
            terms += [*word, *_pairs(word)]
        else:
            terms.append(word)
    return f" {' '.join(dict.fromkeys(terms))} "


def search_terms(query: str) -> tuple[str, ...]:
    """Return what a query asks for: Han characters in pairs (a lone one singly) and other words.

    A space parts what is asked for, in Chinese too. Only the first 200 characters are looked at.
    """
    terms: list[str] = []
    for part in query[:_QUERY_CHARACTERS].split():
        for word in _WORD.findall(normalise(part)):
            pairs = _pairs(word) if _HAN_RUN.match(word) else []
            terms += pairs or [word]
    return tuple(dict.fromkeys(terms))


def search_share(query: str, key: str) -> Fraction:
    """Return the share of a query's terms found in a search key; nothing asked is nothing found.

    A word of the query matches words that begin with it; a Han term matches itself.
    """
    terms = search_terms(query)
    found = sum(f" {term} " in key if _HAN_RUN.match(term) else f" {term}" in key for term in terms)
    return Fraction(found, len(terms)) if terms else Fraction(0)


def _pairs(run: str) -> list[str]:
    return [run[place : place + 2] for place in range(len(run) - 1)]


def _visible(text: str) -> str:
    """Drop zero-width characters, soft hyphens, marks of direction and variation selectors."""
    return "".join(one for one in text if unicodedata.category(one) != "Cf" and ord(one) not in _UNSEEN)


def _few_marks(text: str) -> str:
    if not any(map(unicodedata.combining, text)):
        return text
    runs = groupby(text, lambda one: unicodedata.combining(one) > 0)
    return "".join("".join(islice(run, _MARKS_IN_A_ROW) if marks else run) for marks, run in runs)


def _is_protected(character: str) -> bool:
    """Tell whether a character is a superscript or a circled digit or number, which NFKC would make plain."""
    kind = unicodedata.decomposition(character).partition(" ")[0]
    if kind == "<circle>":
        return unicodedata.numeric(character, None) is not None
    return kind == "<super>"


def _fold(text: str) -> str:
    """Fold compatibility forms and case together: casefolding may undo NFKC, so NFKC comes last."""
    decomposed = unicodedata.normalize("NFKC", unicodedata.normalize("NFD", text).casefold())
    return unicodedata.normalize("NFKC", decomposed.casefold())
