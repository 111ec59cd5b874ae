"""Bring the catalogues up to date: extract every sentence, merge it into zh, compile.

.venv/bin/python tools/translations.py          # extract, merge, compile
.venv/bin/python tools/translations.py --check  # only say what is missing (exit status 1)
"""

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "lms" / "translations"
ZH = FOLDER / "zh_Hans_CN" / "LC_MESSAGES" / "messages.po"
METHODS = [("**/templates/**.html", "jinja2"), ("**.py", "python")]
KEYWORDS = {
    "_": None, "gettext": None, "ngettext": (1, 2), "lazy_gettext": None, "message": None, "pgettext": ((1, "c"), 2),
}  # fmt: skip


def extract() -> Catalog:
    """Return every sentence of the program."""
    catalog = Catalog(project="Chizheng", charset="utf-8", fuzzy=False)
    options = {"**/templates/**.html": {"trimmed": "true", "silent": "false"}}
    found = extract_from_dir(str(ROOT / "lms"), METHODS, options, KEYWORDS, comment_tags=("NOTE:",))
    for filename, line, text, comments, context in found:
        catalog.add(text, None, [(f"lms/{filename}", line)], auto_comments=comments, context=context)
    return catalog


def main() -> int:
    """Update or check; return the exit status."""
    catalog = extract()
    existing = read_po(ZH.open("rb"), locale="zh_Hans_CN") if ZH.exists() else Catalog(locale="zh_Hans_CN")
    if "--check" in sys.argv:
        known = {(m.id, m.context) for m in existing if m.string}
        missing = [m.id for m in catalog if m.id and (m.id, m.context) not in known]
        print("\n".join(str(each) for each in missing))
        return 1 if missing else 0
    existing.update(catalog, no_fuzzy_matching=True)
    existing.obsolete.clear()
    ZH.parent.mkdir(parents=True, exist_ok=True)
    with ZH.open("wb") as po:
        write_po(po, existing, width=110, sort_output=True, no_location=True)
    with ZH.with_suffix(".mo").open("wb") as mo:
        write_mo(mo, existing)
    left = sum(1 for m in existing if m.id and not m.string)
    print(f"{len(existing)} sentences, {left} not translated yet")
    return 0


if __name__ == "__main__":
    sys.exit(main())
