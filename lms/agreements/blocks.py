"""The canonical HTML of an agreement as blocks that a document can be set from. Pure.

Every character of the text is kept, in order; tags that are not known are passed through for their text.
The HTML has been sanitised at publication: this reads it, it does not clean it.
"""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import NotRequired, TypedDict

_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_LISTS = frozenset({"ul", "ol"})
_PARTED = _LISTS | {"tr"}
_HOLDERS = frozenset({"li", "tr", "td", "th", "blockquote"})
_STYLES = {"strong": "strong", "b": "strong", "em": "em", "i": "em"}
_BREAKING = frozenset(
    (
        "address",
        "article",
        "aside",
        "dd",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "footer",
        "header",
        "hr",
        "main",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "tfoot",
        "thead",
    )
)
_WIDE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
_SPACES = " \t\r\n\f"


class Run(TypedDict):
    """Some text in one style."""

    text: str
    strong: bool
    em: bool
    link: str


class Block(TypedDict):
    """`heading` and `paragraph` have runs; `list`, `row` and `quote` have parts, each a list of blocks."""

    kind: str
    level: NotRequired[int]
    runs: NotRequired[list[Run]]
    ordered: NotRequired[bool]
    start: NotRequired[int]
    parts: NotRequired[list[list["Block"]]]


def blocks_of(html: str) -> list[Block]:
    """Return the blocks of the text, in order.

    Heading levels begin at 1 and never skip one on the way down, as accessible documents ask; a heading
    within a list or a quotation becomes a strong paragraph.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    blocks = reader.finish()
    _even_levels(blocks)
    return blocks


def text_of(blocks: list[Block]) -> str:
    """Return the text alone, each heading, paragraph and part on its line."""
    lines = []
    for block in blocks:
        if "runs" in block:
            lines.append("".join(run["text"] for run in block["runs"]))
        lines.extend(text_of(part) for part in block.get("parts", []))
    return "\n".join(lines)


def _even_levels(blocks: list[Block]) -> None:
    opened: list[int] = []
    for block in blocks:
        if block["kind"] == "heading":
            while opened and opened[-1] >= block["level"]:
                opened.pop()
            opened.append(block["level"])
            block["level"] = len(opened)
        for part in block.get("parts", []):
            _level_to_strong(part)


def _level_to_strong(blocks: list[Block]) -> None:
    for block in blocks:
        if block["kind"] == "heading":
            block["kind"] = "paragraph"
            del block["level"]
            block["runs"] = [{**run, "strong": True} for run in block["runs"]]
        for part in block.get("parts", []):
            _level_to_strong(part)


@dataclass
class _Open:
    """What has been opened and not yet closed: its blocks, or its parts where it is made of such."""

    tag: str
    start: int = 1
    blocks: list[Block] = field(default_factory=list)
    parts: list[list[Block]] = field(default_factory=list)

    def add(self, block: Block) -> None:
        """Take a block; where only parts belong, it is one by itself."""
        if self.tag in _PARTED:
            self.parts.append([block])
        else:
            self.blocks.append(block)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open = [_Open("")]
        self._runs: list[Run] = []
        self._heading = self._preformatted = 0
        self._styles: list[str] = []
        self._links: list[str] = []

    def finish(self) -> list[Block]:
        self._end_block()
        while len(self._open) > 1:
            self._close_last()
        return self._open[0].blocks

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _STYLES:
            self._styles.append(_STYLES[tag])
        elif tag == "a":
            self._links.append(dict(attrs).get("href") or "")
        elif tag == "br":
            self._runs.append({"text": "\v", "strong": False, "em": False, "link": ""})
        elif tag in _HEADINGS:
            self._end_block()
            self._heading = _HEADINGS[tag]
        elif tag in _LISTS or tag in _HOLDERS:
            self._end_block()
            start = dict(attrs).get("start") or ""
            self._open.append(_Open(tag, int(start) if re.fullmatch("[0-9]{1,6}", start) else 1))
        elif tag in _BREAKING:
            self._end_block()
            self._preformatted += tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        if tag in _STYLES:
            if _STYLES[tag] in self._styles:
                self._styles.remove(_STYLES[tag])
        elif tag == "a":
            self._links = self._links[:-1]
        elif tag in _HEADINGS or tag in _BREAKING or tag in _LISTS or tag in _HOLDERS:
            self._end_block()
            self._heading = 0
            self._preformatted = max(0, self._preformatted - (tag == "pre"))
            self._close(tag)

    def handle_data(self, data: str) -> None:
        text = data.replace("\n", "\v").replace("\r", "") if self._preformatted else data
        link = self._links[-1] if self._links else ""
        styles = self._styles
        self._runs.append({"text": text, "strong": "strong" in styles, "em": "em" in styles, "link": link})

    def _close(self, tag: str) -> None:
        if any(item.tag == tag for item in self._open[1:]):
            while self._open[-1].tag != tag:
                self._close_last()
            self._close_last()

    def _close_last(self) -> None:
        done, outer = self._open.pop(), self._open[-1]
        if done.tag in {"li", "td", "th"}:
            if outer.tag in _PARTED:
                outer.parts.append(done.blocks)
            else:
                outer.blocks.extend(done.blocks)
        elif done.tag in _LISTS and done.parts:
            ordered = done.tag == "ol"
            outer.add({"kind": "list", "ordered": ordered, "start": done.start, "parts": done.parts})
        elif done.tag == "tr" and done.parts:
            outer.add({"kind": "row", "parts": done.parts})
        elif done.tag == "blockquote" and done.blocks:
            outer.add({"kind": "quote", "parts": [done.blocks]})

    def _end_block(self) -> None:
        runs, self._runs = _tidy(self._runs, keep_spaces=self._preformatted > 0), []
        if not runs:
            return
        block: Block = {"kind": "paragraph", "runs": runs}
        if self._heading:
            block = {"kind": "heading", "level": self._heading, "runs": runs}
        self._open[-1].add(block)


def _tidy(runs: list[Run], *, keep_spaces: bool) -> list[Run]:
    """Make one space of many and none at the edges; a line end between Han characters is no space.

    A break asked for (a vertical tab until here) becomes a line feed.
    """
    kept: list[Run] = []
    waiting, last = "", "\v"
    for run in runs:
        text = ""
        for character in run["text"]:
            if character in _SPACES and not keep_spaces:
                waiting += character
                continue
            if waiting and last != "\v" and character != "\v" and not _joined(waiting, last, character):
                text += " "
            waiting, last = "", character
            text += character
        if text:
            kept.append({**run, "text": text.replace("\v", "\n")})
    while kept and not kept[-1]["text"].rstrip("\n"):
        kept.pop()
    return kept


def _joined(space: str, before: str, after: str) -> bool:
    return "\n" in space and bool(_WIDE.match(before) and _WIDE.match(after))
