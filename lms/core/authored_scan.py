"""What goes wrong before YAML is read: bytes, tabs, full-width signs, unquoted text. Pure.

YAML blames the wrong line for most slips of someone who is not a programmer, or accepts them and drops
text. The scan names the slip where it is, and hands on a mended copy so that the rest can be checked too.
"""

import re
from dataclasses import dataclass, field

from lms.core.authored_flow import NARROW, closing, narrowed, signs
from lms.core.problems import Problem, problem

YAML_LIMIT = 256 * 1024
MAX_NESTING = 12
TEXT_KEYS = frozenset(["zh", "en", "title", "name", "issuer", "article", "intent", "may_depart"])
_DASHES = re.compile(r"(?:-[ \t]+)*(?:-$)?")
_KEY = re.compile(
    r"""([^\s#:,\[\]{}"'&*!|>%@`：，“”?-][^\s#:,\[\]{}"'：，“”]*|"[^"]*"|'[^']*')[ \t]*:(?=[ \t]|$)[ \t]*"""
)
_WIDE_KEY = re.compile(r"([A-Za-z0-9_.-]+)[ \t]*：[ \t]*")
_TIGHT_KEY = re.compile(r"([a-z_]+):(?![/\d\s])")
_BLOCK = re.compile(r"[|>][0-9+-]{0,2}[ \t]*(?:#.*)?$")
_COMMENT = re.compile(r"[ \t]#")
_COLON = re.compile(r":(?=[ \t]|$)")
_QUOTED_WIDE = re.compile(r"“([A-Za-z0-9_.:%/ -]*)”$")


@dataclass
class Scan:
    """The state of one scan; `fatal` keeps the text from YAML altogether."""

    path: str
    first_line: int
    problems: list[Problem] = field(default_factory=list)
    fatal: bool = False
    number: int = 0
    block_indent: int | None = None  # the indent of the key whose block text is being read
    plain_indent: int | None = None  # the indent of the key whose unquoted text may go on
    plain_key: str = ""
    quote: str = ""  # the quotation mark that is open
    flow: list[str] = field(default_factory=list)  # the brackets that are open
    opened: tuple[int, int] = (1, 1)
    open_indent: int = 0

    def add(self, column: int, code: str, **params: object) -> None:
        """Note a problem on the line being read; columns count from 0 here."""
        self.problems.append(problem(self.path, (self.number, column + 1), code, **params))


def scan_yaml(path: str, text: str, first_line: int = 1) -> tuple[str, Scan]:
    """Return a copy of YAML text in which the slips are mended, and the scan with its problems."""
    scan = Scan(path, first_line)
    lines = []
    for offset, line in enumerate(text.split("\n")):
        scan.number = first_line + offset
        lines.append(line if scan.fatal else _scan_line(scan, line))
    if scan.quote and not scan.fatal:
        _unclosed(scan, "E020", scan.quote)
    elif scan.flow and not scan.fatal:
        _unclosed(scan, "E021", scan.flow[-1])
    return "\n".join(lines), scan


def _unclosed(scan: Scan, code: str, sign: str) -> None:
    scan.problems.append(problem(scan.path, scan.opened, code, sign=sign))
    scan.fatal = True


def _scan_line(scan: Scan, line: str) -> str:
    bare = line.lstrip(" \t")
    indent = len(line) - len(bare)
    if not bare:
        return line
    if scan.block_indent is not None:
        if indent > scan.block_indent:
            return _untabbed(scan, line, min(indent, scan.block_indent + 1))
        scan.block_indent = None
    if scan.quote or scan.flow:
        return _scan_open(scan, line, indent)
    if bare.startswith("#"):
        return line
    line = _untabbed(scan, line, indent)
    indent = len(line) - len(line.lstrip(" "))
    if scan.plain_indent is not None and indent > scan.plain_indent:
        return _scan_continuation(scan, line, indent)
    scan.plain_indent = None
    return _scan_entry(scan, line, indent)


def _untabbed(scan: Scan, line: str, indent: int) -> str:
    tab = line.find("\t", 0, indent)
    if tab < 0:
        return line
    scan.add(tab, "E010")
    return line[:indent].replace("\t", "  ") + line[indent:]


def _scan_entry(scan: Scan, line: str, indent: int) -> str:
    dashes = _DASHES.match(line, indent)
    start = dashes.end() if dashes else indent
    if line.count("-", indent, start) > 3:
        scan.add(indent, "E025", limit=MAX_NESTING)
        scan.fatal = True
        return line
    key = _KEY.match(line, start)
    if key:
        return _scan_value(scan, line, key.end(), start, key[1].strip("\"'"))
    wide = _WIDE_KEY.match(line, start)
    if wide and (wide.end() == len(line) or wide[1].islower()):
        scan.add(wide.end(1), "E011", key=wide[1])
        mended = f"{line[: wide.end(1)]}: {line[wide.end() :]}"
        return _scan_value(scan, mended, wide.end(1) + 2, start, wide[1])
    tight = _TIGHT_KEY.match(line, start)
    if tight:
        scan.add(tight.end() - 1, "E016", key=tight[1])
        mended = f"{line[: tight.end()]} {line[tight.end() :]}"
        return _scan_value(scan, mended, tight.end() + 1, start, tight[1])
    return _scan_value(scan, line, start, indent, "")


def _scan_value(scan: Scan, line: str, start: int, indent: int, key: str) -> str:
    sign = line[start : start + 1]
    if not sign or sign == "#":
        if sign and key in TEXT_KEYS:
            scan.add(start, "E015")
        return line
    if sign in "|>":
        return _scan_block(scan, line, start, indent)
    if sign in "\"'":
        return _scan_quoted(scan, line, start, indent)
    if sign in "[{":
        return _scan_flow_start(scan, line, start, indent)
    if sign in "&*!%@`" or line.startswith(("- ", "? "), start):
        return _quoted_copy(scan, line, start, "E018", sign=sign)
    if sign in "［｛":
        scan.add(start, "E013", sign=sign, right=NARROW[sign])
        mended = line[:start] + "".join(NARROW.get(one, one) for one in line[start:])
        return _scan_flow_start(scan, mended, start, indent)
    wide = _QUOTED_WIDE.match(line, start)
    if wide and key not in TEXT_KEYS:
        scan.add(start, "E014")
        return f'{line[:start]}"{wide[1]}"'
    return _scan_plain(scan, line, start, indent, key)


def _scan_block(scan: Scan, line: str, start: int, indent: int) -> str:
    if not _BLOCK.match(line, start):
        return _quoted_copy(scan, line, start, "E018", sign=line[start])
    scan.block_indent = indent
    return line


def _quoted_copy(
    scan: Scan, line: str, start: int, code: str, at: int | None = None, **params: object
) -> str:
    scan.add(start if at is None else at, code, **params)
    scan.plain_indent = None
    inner = line[start:].replace("'", "''")
    return f"{line[:start]}'{inner}'"


def _scan_plain(scan: Scan, line: str, start: int, indent: int, key: str) -> str:
    scan.plain_indent, scan.plain_key = indent, key
    comment = _COMMENT.search(line, start)
    end = comment.start() if comment else len(line)
    if comment and _is_text(key, line[start:end]):
        scan.add(comment.start() + 1, "E015")
        end = len(line)
    colon = _COLON.search(line, start, end)
    if colon and not comment:
        colon = _COLON.search(line, start)
    if colon:
        return _quoted_copy(scan, line, start, "E017", at=colon.start())
    return line


def _is_text(key: str, value: str) -> bool:
    return key in TEXT_KEYS or any("\u3400" <= one <= "\u9fff" for one in value)


def _scan_continuation(scan: Scan, line: str, indent: int) -> str:
    key = _KEY.match(line, indent)
    if key and key[1].islower():
        scan.add(indent, "E022", key=key[1])
        scan.fatal = True
        return line
    comment = _COMMENT.search(line, indent)
    if comment and _is_text(scan.plain_key, line[indent:]):
        scan.add(comment.start() + 1, "E015")
    colon = _COLON.search(line, indent, comment.start() if comment else len(line))
    if colon:
        scan.add(colon.start(), "E017")
        scan.fatal = True
    return line


def _scan_quoted(scan: Scan, line: str, start: int, indent: int) -> str:
    end = closing(line, start + 1, line[start])
    if end < 0:
        scan.quote, scan.opened, scan.open_indent = line[start], (scan.number, start + 1), indent
        return line
    rest = line[end + 1 :].lstrip(" \t")
    if rest and not rest.startswith("#"):
        return _quoted_copy(scan, line, start, "E019", at=end + 1)
    return line


def _scan_open(scan: Scan, line: str, indent: int) -> str:
    """Read a line inside a quotation or brackets that began on an earlier line."""
    if indent <= scan.open_indent and _KEY.match(line, indent):
        _unclosed(scan, "E020" if scan.quote else "E021", scan.quote or scan.flow[-1])
        return line
    start = 0
    if scan.quote:
        end = closing(line, 0, scan.quote)
        if end < 0:
            return line
        scan.quote, start = "", end + 1
        if not scan.flow:
            return _after_open(scan, line, start)
    return _scan_flow(scan, line, start)


def _after_open(scan: Scan, line: str, start: int) -> str:
    rest = line[start:].strip(" \t")
    if rest and not rest.startswith("#"):
        scan.add(start, "E019")
        scan.fatal = True
    return line


def _scan_flow_start(scan: Scan, line: str, start: int, indent: int) -> str:
    scan.opened, scan.open_indent = (scan.number, start + 1), indent
    before = len(scan.problems)
    mended = _scan_flow(scan, line, start)
    late = len(scan.problems) > before and scan.problems[-1].code == "E019" and not scan.flow
    if late:
        del scan.problems[before:]
        scan.fatal = False
        return _quoted_copy(scan, line, start, "E018", sign=line[start])
    return mended


def _scan_flow(scan: Scan, line: str, start: int) -> str:
    line, wide = narrowed(line, start)
    for index, sign, word in wide:
        code = {"：": "E011", "，": "E012"}.get(sign, "E013")
        scan.add(index, code, key=word, sign=sign, right=NARROW[sign])
    for index, sign in signs(line, start):
        if sign in "[{":
            scan.flow.append(sign)
            if len(scan.flow) > MAX_NESTING:
                scan.add(index, "E025", limit=MAX_NESTING)
                scan.fatal = True
                return line
        elif sign in "]}":
            if scan.flow:
                scan.flow.pop()
            if not scan.flow:
                return _after_open(scan, line, index + 1)
        elif sign in "&*!":
            scan.add(index, "E018", sign=sign)
            scan.fatal = True
            return line
        elif sign in "\"'":
            scan.quote = sign
    return line
