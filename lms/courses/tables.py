"""Tables of published texts made so that on a phone each row can become a card. Pure.

Works on the regular HTML that publication wrote. Roles are named because cards take the browser's away.
"""

import re
from collections.abc import Iterator
from html import escape, unescape

WIDE_FROM = 3
_TABLE = re.compile(r"<table>.*?</table>", re.DOTALL)
_HEAD = re.compile(r"<th(?:\s[^>]*)?>(.*?)</th>", re.DOTALL)
_ROW = re.compile(r"<tr>(.*?)</tr>", re.DOTALL)
_CELL = re.compile(r"<td((?:\s[^>]*)?)>")
_TAG = re.compile(r"<[^>]*>")


def with_cards(html: str) -> str:
    """Return HTML whose tables of three columns and more carry the label of each cell."""
    return _TABLE.sub(lambda match: _labelled(match[0]), html)


def _labelled(table: str) -> str:
    labels = [unescape(_TAG.sub("", each)).strip() for each in _HEAD.findall(table)]
    if len(labels) < WIDE_FROM:
        return table
    rows = _ROW.sub(lambda match: f'<tr role="row">{_row(match[1], labels)}</tr>', table)
    rows = re.sub(r"<th(?=[\s>])", '<th role="columnheader"', rows)
    rows = re.sub(r"<(thead|tbody)>", r'<\1 role="rowgroup">', rows)
    return rows.replace("<table>", '<table class="table-cards" role="table">', 1)


def _row(cells: str, labels: list[str]) -> str:
    names: Iterator[str] = iter(labels)

    def cell(match: re.Match[str]) -> str:
        name = next(names, "")
        if name is labels[0]:
            return f'<td role="rowheader"{match[1]}>'
        label = f' data-label="{escape(name)}"' if name else ""
        return f'<td role="cell" class="stack"{label}{match[1]}>'

    return _CELL.sub(cell, cells)
