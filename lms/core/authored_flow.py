"""Lines of YAML flow collections (`[…]`, `{…}`) and quotations, sign by sign. Pure."""

import re
from collections.abc import Iterator

NARROW = {"，": ",", "：": ":", "［": "[", "］": "]", "｛": "{", "｝": "}"}
_WIDE_IN_FLOW = re.compile(r"[，：]\s*(?=[A-Za-z0-9_\"'\[{])|(?<=[A-Za-z0-9_])[，：]|[［］｛｝]")


def closing(line: str, start: int, quote: str) -> int:
    """Return where a quotation ends, or -1; a doubled ' and an escaped " do not end it."""
    index = start
    while index < len(line):
        if quote == '"' and line[index] == "\\":
            index += 2
            continue
        if line[index] == quote:
            if quote == '"' or line[index + 1 : index + 2] != "'":
                return index
            index += 1
        index += 1
    return -1


def signs(line: str, start: int) -> Iterator[tuple[int, str]]:
    """Yield what steers a flow collection; a quotation is yielded only when it does not end on this line."""
    index = start
    fresh = True  # a value may begin here
    while index < len(line):
        sign = line[index]
        if fresh and sign in "\"'":
            end = closing(line, index + 1, sign)
            if end < 0:
                yield index, sign
                return
            index = end
        elif sign in "[]{}" or (fresh and sign in "&*!"):
            yield index, sign
        elif sign == "#" and line[index - 1 : index] in (" ", "\t"):
            return
        if sign not in " \t":
            fresh = sign in "[{,:"
        index += 1


def narrowed(line: str, start: int) -> tuple[str, list[tuple[int, str, str]]]:
    """Replace full-width commas, colons and brackets that stand for syntax.

    Returns the line, and of each sign replaced its place, itself and the word before it.
    """
    pieces, last, quotes = [], start, 0
    found = []
    for match in _WIDE_IN_FLOW.finditer(line, start):
        index, sign = match.start(), match[0][0]
        quotes += line.count('"', last, index) + line.count("'", last, index)
        pieces.append(line[last:index])
        last = index + 1
        before = line[max(0, index - 60) : index]
        if quotes % 2 or not _separates(before, sign, line[index + 1 : index + 60]):
            pieces.append(sign)
            continue
        found.append((index, sign, before.rpartition(" ")[2].lstrip("{[")))
        pieces.append(NARROW[sign] + " ")
    return line[:start] + "".join(pieces) + line[last:], found


def _separates(before: str, sign: str, after: str) -> bool:
    if sign not in "：，":
        return True
    if sign == "：":
        return bool(re.search(r"(?:^|[\[{,，])\s*[a-z_]{1,40}$", before))
    if re.match(r"\s*[a-z_]{1,40}\s*[:：]", after):
        return True
    in_list = before.rfind("[") > max(before.rfind("{"), before.rfind("]"))
    return in_list and bool(
        re.match(r"\s*[A-Za-z0-9\"'-]", after) and re.search(r"[A-Za-z0-9\"'%]\s*$", before)
    )
