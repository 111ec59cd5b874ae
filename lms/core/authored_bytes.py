"""Bytes of authored files to text with plain line ends. Pure."""

import re

from lms.core.problems import Problem, problem

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ufffe\uffff]")


def decode(path: str, data: bytes, limit: int) -> tuple[str | None, list[Problem]]:
    """Return a file as text with plain line ends, and what is wrong with its bytes; None: unreadable."""
    if len(data) > limit:
        return None, [problem(path, (1, 1), "E001", size=len(data) // 1024, limit=limit // 1024)]
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return None, [problem(path, (1, 1), "E003")]
    found = []
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
        found.append(problem(path, (1, 1), "E005"))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return None, [*found, _undecodable(path, data, error.start)]
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    control = _CONTROL.search(text)
    if control:
        place = _place(text, control.start())
        return None, [*found, problem(path, place, "E004", character=f"U+{ord(control[0]):04X}")]
    lines = text.count("\n")
    if lines > 1000 + len(text) // 10:
        return None, [*found, problem(path, (1, 1), "E008", lines=lines)]
    if not text.strip():
        return None, [*found, problem(path, (1, 1), "E006")]
    return text, found


def _undecodable(path: str, data: bytes, start: int) -> Problem:
    before = data[:start].decode("utf-8")
    place = _place(before.replace("\r\n", "\n"), len(before.replace("\r\n", "\n")))
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return problem(path, place, "E002", byte=f"0x{data[start]:02X}")
    code = "E004" if b"\x00" in data else "E007"
    return problem(path, place, code, character="U+0000")


def _place(text: str, index: int) -> tuple[int, int]:
    return text.count("\n", 0, index) + 1, index - (text.rfind("\n", 0, index) + 1) + 1
