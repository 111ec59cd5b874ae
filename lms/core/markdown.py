"""Markdown to sanitised HTML: the one renderer. Pure; slow, so it runs when content is checked or published.

What the renderer cannot bear (it hangs for a minute on 20 kB of `[`) is refused by `weighed` first; `render`
refuses it too. Raw HTML never survives; images come only from media, as `media:<file>`.
"""

import re
from html import escape
from xml.etree.ElementTree import Element

import markdown
import nh3
from markdown.extensions import Extension
from markdown.extensions.tables import TableExtension
from markdown.extensions.toc import TocExtension, slugify_unicode
from markdown.treeprocessors import Treeprocessor

CALLOUTS = ("situation", "rule", "do", "say", "avoid", "document", "note", "dialogue")
INTERNAL = re.compile(r"/?(handbook/[A-Za-z0-9_-]+|courses/[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)?)(#[^\s#]*)?")
MEDIA = re.compile(r"media/([A-Za-z0-9][A-Za-z0-9._-]{0,99})")
EXTERNAL = re.compile(r"(?:https?://|mailto:)[^\s\"'<>\\]+")
_TAGS = {
    *("p", "br", "hr", "div", "h2", "h3", "h4", "h5", "h6", "strong", "em", "code", "pre", "blockquote"),
    *("ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "a", "img"),
}
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title"},
    "ol": {"start"},
    "th": {"align"},
    "td": {"align"},
    **{f"h{level}": {"id"} for level in range(2, 7)},
}
_CLASSES = {"div": {"admonition", *CALLOUTS}, "p": {"admonition-title"}}
_HAN = "\u3000-\u303f\u3400-\u9fff\uff00-\uffef“”‘’—…"
_SOFT_BREAK = re.compile(f"(?<=[{_HAN}])\n(?=[{_HAN}])")
_PRE = re.compile(r"(<pre>.*?</pre>)", re.DOTALL)
_BOLD = re.compile(r"\*\*(?=\S)([^*\n]+?)(?<=\S)\*\*")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_BLANK = re.compile(r"\n[ \t]*\n")


class TooHeavy(ValueError):
    """The text would take the renderer too long; `line` (from 1) is where its heavy block begins."""

    def __init__(self, line: int, sign: str) -> None:
        super().__init__(f"too heavy at line {line}: {sign}")
        self.line, self.sign = line, sign


BYTES_LIMIT = 64 * 1024
_BLOCK_LIMITS = (("[", 60), ("*", 300), ("_", 300), ("`", 200), ("\\", 100), ("|", 1500))
_TEXT_LIMITS = (("[", 300), ("*", 2000), ("_", 1000), ("`", 1000), ("\\", 500))
_BLOCK_LINES = 200
_BLOCK_LENGTH = 6000
_BLOCKS = 800
_TAG_LIMIT = 40
_NESTED = re.compile(r"(?m)^(?:[ \t]*(?:>|[-*+]|[0-9]{1,9}[.)])){6,}|^[ \t]{41,}\S")


def weigh(text: str) -> None:
    """Refuse what the renderer cannot bear. Raises TooHeavy."""
    if len(text) > BYTES_LIMIT or len(text.encode("utf-8", "replace")) > BYTES_LIMIT:
        raise TooHeavy(1, "64 kB")
    if len(_TAG.findall(text)) > _TAG_LIMIT:
        raise TooHeavy(1, "<")
    nested = _NESTED.search(text)
    if nested:
        raise TooHeavy(text.count("\n", 0, nested.start()) + 1, nested[0].strip()[:10] or " ")
    for sign, limit in _TEXT_LIMITS:
        if text.count(sign) > limit:
            raise TooHeavy(1, sign)
    blocks = _blocks(text)
    if len(blocks) > _BLOCKS:
        raise TooHeavy(1, "…")
    line = 1
    for block in blocks:
        _weigh_block(block, line)
        line += block.count("\n") + 1


def _blocks(text: str) -> list[str]:
    blocks: list[list[str]] = [[]]
    for line in text.split("\n"):
        blocks[-1].append(line)
        if not line.strip():
            blocks.append([])
    return ["\n".join(block) for block in blocks]


def _weigh_block(block: str, line: int) -> None:
    if block.count("\n") > _BLOCK_LINES or len(block) > _BLOCK_LENGTH:
        raise TooHeavy(line, "…")
    for sign, limit in _BLOCK_LIMITS:
        if block.count(sign) > limit:
            raise TooHeavy(line, sign)


def render(text: str) -> str:
    """Return sanitised HTML. Raises TooHeavy."""
    weigh(text)
    html = _renderer().convert(text)
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        allowed_classes=_CLASSES,
        attribute_filter=_filtered,
        url_schemes={"http", "https", "mailto", "media"},
        link_rel="noopener noreferrer",
        strip_comments=True,
    )
    parts = _PRE.split(clean)
    parts[::2] = [_SOFT_BREAK.sub("", part) for part in parts[::2]]
    return "".join(parts)


def render_inline(text: str) -> str:
    """Return a short plain text as HTML: **bold** and line ends, nothing else."""
    lines = [_BOLD.sub(r"<strong>\1</strong>", escape(line.strip())) for line in text.strip().split("\n")]
    return "<br>".join(lines)


def _renderer() -> markdown.Markdown:
    toc = TocExtension(slugify=_slug, marker="", permalink=False)
    tables = TableExtension(use_align_attribute=True)  # the content security policy bars inline styles
    return markdown.Markdown(extensions=[tables, "admonition", "sane_lists", toc, _Targets()])


def _slug(title: str, separator: str) -> str:
    """Return a heading's id, with a prefix that keeps it apart from the ids of the page around it."""
    return f"s-{slugify_unicode(title, separator)}"


class _Targets(Extension):
    """Rewrites the targets of links and images."""

    def extendMarkdown(self, md: markdown.Markdown) -> None:  # noqa: N802 - the library's name
        md.treeprocessors.register(_Rewriter(md), "targets", 0)


class _Rewriter(Treeprocessor):
    def run(self, root: Element) -> None:
        for link in root.iter("a"):
            page, hash_sign, heading = link.get("href", "").partition("#")
            internal = INTERNAL.fullmatch(page)
            if hash_sign and (internal or not page):
                hash_sign = "#s-"
            if internal or not page:
                link.set("href", (f"/{internal[1]}" if internal else "") + hash_sign + heading)
        for image in root.iter("img"):
            media = MEDIA.fullmatch(image.get("src", ""))
            if media:
                image.set("src", f"media:{media[1]}")


_HREF = re.compile(rf"(?:/{INTERNAL.pattern[2:]}|{EXTERNAL.pattern}|#[^\s#]*)")
_SRC = re.compile(r"media:[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_ALIGN = re.compile("left|center|right")


def _filtered(_tag: str, name: str, value: str) -> str | None:
    """Keep an attribute only where its value is one we write ourselves."""
    pattern = {"href": _HREF, "src": _SRC, "align": _ALIGN}.get(name)
    return value if pattern is None or pattern.fullmatch(value) else None
