"""What an author can get wrong in Markdown, with places; the headings and links of a text. Pure."""

import re
from dataclasses import dataclass

from lms.core.authored import Place, Text
from lms.core.authored_values import Sheet, hint
from lms.core.markdown import CALLOUTS, EXTERNAL, INTERNAL, MEDIA, TooHeavy, weigh

_HEADING = re.compile(r"(#{1,6})[ \t]*(.*?)[ \t]*#*$")
_CALLOUT = re.compile(r"([ \t]*)!!![ \t]*([^\s\"“”]*)[ \t]*(.*)$")
_WIDE_CALLOUT = re.compile(r"[ \t]*！{2,}")
_TITLE = re.compile(r"\"[^\"]+\"[ \t]*$")
_CODE = re.compile(r"`[^`\n]*`")
_LINK = re.compile(r"(!?)\[([^\[\]\n]{0,300})\]\([ \t]*<?([^)\s>]{0,500})[^)\n]{0,200}\)")
_REFERENCE = re.compile(r"()[ ]{0,3}\[([^\[\]\n]{1,100})\]:[ \t]*<?([^\s>]{1,500})")
_WIDE_LINK = re.compile(r"\][ \t]*（([a-z]{1,20}(?:/[A-Za-z0-9_./-]{1,200})?)）|［[^\n［］]{1,100}］[(（]")
_HTML = re.compile(r"<(?!(?:https?://|mailto:)[^\s<>]+>)(?![^\s<>@]{1,100}@[^\s<>]{1,100}>)[A-Za-z/!?]")


@dataclass(frozen=True, slots=True)
class Heading:
    """One heading of a text."""

    level: int
    title: str
    line: int


@dataclass(frozen=True, slots=True)
class Link:
    """A link to another authored text (`handbook/x`, `courses/a`, `courses/a/b`) or to a media file."""

    target: str
    media: bool
    place: Place


@dataclass(frozen=True, slots=True)
class Outline:
    """What other texts are compared with or looked up in."""

    headings: tuple[Heading, ...] = ()
    links: tuple[Link, ...] = ()
    sound: bool = True  # False: too heavy to be looked into


def outline_of(sheet: Sheet, text: Text) -> Outline:
    """Return the headings and links of a page's body; report what an author got wrong."""
    return inspect(sheet, text.body, (text.body_line, 1))


def inspect(sheet: Sheet, body: str, start: Place, top: int = 2) -> Outline:
    """Return the headings and links of Markdown that begins at a place; report what an author got wrong.

    `top` is the highest heading level allowed.
    """
    try:
        weigh(body)
    except TooHeavy as heavy:
        sheet.add((start[0] + heavy.line - 1, start[1]), "E410", sign=heavy.sign)
        return Outline(sound=False)
    headings: list[Heading] = []
    links: list[Link] = []
    lines = body.split("\n")
    for offset, line in enumerate(lines):
        here = (start[0] + offset, start[1])
        if line.startswith("#"):
            headings += _heading(sheet, line, here, headings, top)
        _callout(sheet, lines, offset, here)
        bare = _CODE.sub(lambda code: " " * len(code[0]), line)
        links += _links(sheet, bare, here)
        for tag in _HTML.finditer(bare):
            sheet.add((here[0], here[1] + tag.start()), "E407", tag=bare[tag.start() : tag.start() + 12])
    return Outline(tuple(headings), tuple(links))


def _heading(sheet: Sheet, line: str, here: Place, before: list[Heading], top: int) -> list[Heading]:
    match = _HEADING.match(line)
    if not match:
        return []
    level = len(match[1])
    if level < top:
        sheet.add(here, "E404", sign="#" * top)
    elif not match[2]:
        sheet.add(here, "E418")
    elif before and level > before[-1].level + 1:
        sheet.add(here, "W404", sign="#" * (before[-1].level + 1))
    return [Heading(level, match[2], here[0])]


def _callout(sheet: Sheet, lines: list[str], offset: int, here: Place) -> None:
    line = lines[offset]
    if _WIDE_CALLOUT.match(line):
        sheet.add(here, "E414")
        return
    match = _CALLOUT.match(line)
    if not match:
        return
    place = (here[0], here[1] + len(match[1]))
    if match[2] not in CALLOUTS:
        sheet.add(place, "E405", name=match[2][:40], hint=hint(match[2], CALLOUTS))
    if not _TITLE.match(match[3]):
        sheet.add(place, "E406", name=match[2][:40])
    indent = len(match[1]) + 4
    following = next((one for one in lines[offset + 1 :] if one.strip()), "")
    if not following.startswith((" " * indent, "\t")):
        sheet.add(place, "E411", name=match[2][:40], spaces=indent)


def _links(sheet: Sheet, line: str, here: Place) -> list[Link]:
    for wide in _WIDE_LINK.finditer(line):
        sheet.add((here[0], here[1] + wide.start()), "E415")
    found = []
    matches = list(_LINK.finditer(line))
    reference = _REFERENCE.match(line)
    for match in [*matches, *([reference] if reference else [])]:
        place = (here[0], here[1] + match.start())
        link = _image(sheet, match, place) if match[1] else _link(sheet, match, place)
        found += [link] if link else []
    return found


def _image(sheet: Sheet, match: re.Match[str], place: Place) -> Link | None:
    media = MEDIA.fullmatch(match[3])
    if not media:
        sheet.add(place, "E408", target=match[3][:80])
        return None
    if not match[2].strip():
        sheet.add(place, "E416", target=match[3])
    return Link(media[1], media=True, place=place)


def _link(sheet: Sheet, match: re.Match[str], place: Place) -> Link | None:
    target = match[3]
    if not match[2].strip():
        sheet.add(place, "E417")
    internal = INTERNAL.fullmatch(target)
    if internal and not target.startswith("/"):
        return Link(internal[1], media=False, place=place)
    if not target.startswith("#") and not EXTERNAL.fullmatch(target):
        sheet.add(place, "E409", target=target[:80])
    return None
