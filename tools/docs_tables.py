"""Write the tables in docs/ that come from the program: the problem codes of authored texts.

.venv/bin/python tools/docs_tables.py
"""

import re
from pathlib import Path

from lms.core.problem_texts import TEXTS

AUTHORING = Path(__file__).resolve().parent.parent / "docs" / "authoring.md"
BEGIN, END = "<!-- problem codes: begin -->", "<!-- problem codes: end -->"


def problem_table() -> str:
    """Return the table of every code with what it says, in both languages."""
    lines = ["| Code | 中文 | English |", "|---|---|---|"]
    for code, (said_zh, mend_zh, said_en, mend_en) in sorted(TEXTS.items()):
        lines.append(f"| {code} | {_cell(said_zh + mend_zh)} | {_cell(said_en + ' ' + mend_en)} |")
    return "\n".join(lines) + "\n"


def with_table(text: str) -> str:
    """Return the page with its table as it should be. Raises ValueError without the two marks."""
    before, begun, rest = text.partition(BEGIN)
    _, ended, after = rest.partition(END)
    if not begun or not ended:
        raise ValueError(f"docs/authoring.md lacks {BEGIN} or {END}")
    return f"{before}{BEGIN}\n\n{problem_table()}\n{END}{after}"


def _cell(text: str) -> str:
    text = re.sub(r"\{[a-z]+\}", "…", text)
    text = text.replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_\[\]|])", r"\\\1", text)


if __name__ == "__main__":
    AUTHORING.write_text(with_table(AUTHORING.read_text(encoding="utf-8")), encoding="utf-8")
