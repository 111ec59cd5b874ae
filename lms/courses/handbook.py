"""The handbook and the search in it: words in either language, Chinese by pairs, hits marked. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from html import escape, unescape

from lms.core.errors import NotFound
from lms.core.text import Language, search_key, search_share, search_terms
from lms.core.versions import Snapshot, Version
from lms.courses.tables import with_cards

LANGUAGES: tuple[Language, Language] = ("zh", "en")
LEAST_SHARE = Fraction(1, 2)
TITLE_WEIGHT, KEYWORD_WEIGHT = 4, 3
EXCERPT = 120
_TAG = re.compile(r"(<[^>]*>)")
_BLOCK_END = re.compile(r"</(?:p|li|h[1-6]|td|th|tr|blockquote|pre|div)>|<br>")

Pieces = tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class Wording:
    """A section in one language: what is shown, and the keys it is found by."""

    title: str
    html: str
    blocks: tuple[str, ...]
    title_key: str
    keyword_key: str
    text_key: str

    def score(self, query: str) -> Fraction:
        """Return how well a query fits; 0 when less than half of it is found."""
        whole = search_share(query, f"{self.title_key}{self.keyword_key}{self.text_key}")
        if whole < LEAST_SHARE:
            return Fraction(0)
        title, keywords = search_share(query, self.title_key), search_share(query, self.keyword_key)
        return whole + TITLE_WEIGHT * title + KEYWORD_WEIGHT * keywords


@dataclass(frozen=True)
class Section:
    """A section of the handbook in both languages."""

    id: str
    wordings: Mapping[Language, Wording]
    reviewed_on: date | None


@dataclass(frozen=True)
class Hit:
    """A section found, in the language it was found in, with the passage that fits best."""

    section: Section
    language: Language
    score: Fraction
    title: Pieces
    excerpt: Pieces


def sections_in(snapshot: Snapshot) -> Mapping[str, Section]:
    """Return the sections by id, in the order of their ids."""
    return snapshot.derived("courses.handbook", _read_sections)


def section_in(snapshot: Snapshot, section_id: str) -> Section:
    """Return a section.

    Raises NotFound.
    """
    found = sections_in(snapshot).get(section_id)
    if found is None:
        raise NotFound
    return found


def search(sections: Iterable[Section], query: str, language: Language) -> list[Hit]:
    """Return the sections that fit a query, the best first, each in the reader's language if it can."""
    hits = (_hit(section, query, language) for section in sections)
    return sorted((each for each in hits if each), key=lambda each: (-each.score, each.section.id))


def _hit(section: Section, query: str, language: Language) -> Hit | None:
    scores = {each: section.wordings[each].score(query) for each in LANGUAGES}
    spoken = language if scores[language] else max(LANGUAGES, key=lambda each: scores[each])
    if not scores[spoken]:
        return None
    wording = section.wordings[spoken]
    # A fit in the other language alone ranks after every fit in the reader's own.
    score = scores[spoken] if spoken == language else scores[spoken] / 1000
    return Hit(section, spoken, score, marked(wording.title, query), marked(_excerpt(wording, query), query))


def _excerpt(wording: Wording, query: str) -> str:
    best = max(wording.blocks, key=lambda block: search_share(query, search_key(block)), default="")
    first = next((len(text) for text, hit in _leading(marked(best, query)) if hit), 0)
    start = max(0, first - EXCERPT // 3)
    cut = best[start : start + EXCERPT]
    return f"{'…' if start else ''}{cut}{'…' if start + EXCERPT < len(best) else ''}"


def _leading(pieces: Pieces) -> Iterator[tuple[str, bool]]:
    before = ""
    for text, hit in pieces:
        yield before, hit
        before += text


def marked(text: str, query: str) -> Pieces:
    """Return a text in pieces, each with whether the query meets it."""
    hits = _hits(text, search_terms(query))
    pieces: list[tuple[str, bool]] = []
    for character, hit in zip(text, hits, strict=True):
        if pieces and pieces[-1][1] == hit:
            pieces[-1] = (pieces[-1][0] + character, hit)
        else:
            pieces.append((character, hit))
    return tuple(pieces)


def marked_html(html: str, query: str) -> str:
    """Return sanitised HTML with what the query meets in <mark>; tags stay as they are."""
    if not search_terms(query):
        return html
    parts = _TAG.split(html)
    parts[::2] = [_marked_text(unescape(part), query) for part in parts[::2]]
    return "".join(parts)


def _marked_text(text: str, query: str) -> str:
    pieces = ((escape(each, quote=False), hit) for each, hit in marked(text, query))
    return "".join(f"<mark>{each}</mark>" if hit else each for each, hit in pieces)


def _hits(text: str, terms: Iterable[str]) -> list[bool]:
    folded = "".join(_fold(each) for each in text)
    hits = [False] * len(text)
    for term in terms:
        place = folded.find(term)
        while place >= 0:
            if not (
                term[0].isascii() and place and folded[place - 1].isascii() and folded[place - 1].isalnum()
            ):
                hits[place : place + len(term)] = [True] * len(term)
            place = folded.find(term, place + len(term))
    return hits


def _fold(character: str) -> str:
    folded = unicodedata.normalize("NFKC", character).casefold()
    return folded if len(folded) == 1 else character


def _read_sections(snapshot: Snapshot) -> Mapping[str, Section]:
    return {version.content_id: _section(version) for version in snapshot.all("handbook")}


def _section(version: Version) -> Section:
    body = version.body
    wordings = {each: _wording(body, each) for each in LANGUAGES}
    reviewed_on = date.fromisoformat(body["reviewed_on"]) if body["reviewed_on"] else None
    return Section(version.content_id, wordings, reviewed_on)


def _wording(body: Mapping[str, Mapping[str, str]], language: Language) -> Wording:
    html = with_cards(body["html"][language].replace('src="media:', 'src="/handbook/media/'))
    blocks = tuple(filter(None, (_plain(each) for each in _BLOCK_END.split(html))))
    return Wording(
        title=body["title"][language],
        html=html,
        blocks=blocks,
        title_key=search_key(body["title"][language]),
        keyword_key=search_key(" ".join(body["keywords"][language])),
        text_key=search_key(" ".join(blocks)),
    )


def _plain(html: str) -> str:
    return " ".join(unescape(_TAG.sub("", html)).split())
