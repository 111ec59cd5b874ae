"""Build the fonts that documents are set in, and the list of the characters they have.

    npm pack @expo-google-fonts/noto-sans-sc@0.4.3 && tar xzf expo-google-fonts-noto-sans-sc-0.4.3.tgz
    mv package noto-sans-sc            (likewise @expo-google-fonts/noto-sans, unpacked as noto-sans)
    python tools/subset_fonts.py FOLDER lms/core/fonts

Noto Sans SC Regular keeps every Han character of the source (all of GBK and CJK Extension A, and those of
the later extensions that the List of Commonly Used Standard Characters needs), so that every registered
name can be set; Bold, for headings, keeps GB 2312. Noto Sans gives the Latin, Greek and Cyrillic letters.
The quadratic outlines are refitted as cubic ones within one unit in a thousand, which makes the files
a quarter smaller. Control and formatting characters are never counted as covered.

Both families are under the SIL Open Font License 1.1, whose text lies beside the fonts; the reserved name
of Noto Sans SC's licence is "Source", which is not used.
"""

import argparse
import sys
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from fontTools import subset
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.qu2cuPen import Qu2CuPen
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.ttLib import TTFont

TOLERANCE = 1.0
FULL_WIDTH = 1000
KEPT_NAMES = [0, 1, 2, 3, 4, 5, 6, 13, 14]
KEPT_FEATURES = ["kern", "ccmp", "mark"]
DROPPED_TABLES = ["DSIG", "BASE", "STAT", "vhea", "vmtx", "gasp", "prep", "cvt ", "fpgm"]


def _gb2312() -> frozenset[int]:
    found = set()
    for row in (*range(0xA1, 0xAA), *range(0xB0, 0xF8)):
        for cell in range(0xA1, 0xFF):
            text = bytes((row, cell)).decode("gb2312", "ignore")
            found.update(map(ord, text))
    return frozenset(found)


GB2312 = _gb2312()


def _visible(code: int) -> bool:
    return unicodedata.category(chr(code)) not in {"Cc", "Cf", "Cs", "Co", "Cn"}


def _letters(code: int) -> bool:
    return code < 0x250 or 0x300 <= code < 0x460 or 0x1E00 <= code < 0x1F00


def _signs(code: int) -> bool:
    """Punctuation, arrows, mathematical signs, circled numbers, shapes; kana; full-width forms."""
    spans = ((0x2000, 0x2300), (0x2460, 0x2500), (0x25A0, 0x2700), (0x3000, 0x3130), (0xFF00, 0xFFF0))
    return any(first <= code < end for first, end in spans)


def _han(code: int) -> bool:
    return 0x3400 <= code < 0xA000 or 0xF900 <= code < 0xFB00 or code >= 0x20000


def _all(code: int) -> bool:
    return _letters(code) or _signs(code) or _han(code)


def _heading(code: int) -> bool:
    return _letters(code) or _signs(code) or code in GB2312


@dataclass(frozen=True)
class Cut:
    """One font to make: where it comes from, what it keeps."""

    source: str
    target: str
    keeps: Callable[[int], bool]


CUTS = (
    Cut("noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf", "NotoSansSC-Regular.otf", _all),
    Cut("noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf", "NotoSansSC-Bold.otf", _heading),
    Cut("noto-sans/400Regular/NotoSans_400Regular.ttf", "NotoSans-Regular.otf", _letters),
    Cut("noto-sans/700Bold/NotoSans_700Bold.ttf", "NotoSans-Bold.otf", _letters),
)
LICENCES = (
    ("noto-sans-sc/LICENSE_FONT", "OFL-NotoSansSC.txt"),
    ("noto-sans/LICENSE_FONT", "OFL-NotoSans.txt"),
)


def cut_font(source: Path, keeps: Callable[[int], bool]) -> TTFont:
    """Return the font reduced to the visible characters that `keeps` says yes to."""
    options = subset.Options()
    options.layout_features = KEPT_FEATURES
    options.name_IDs = KEPT_NAMES
    options.hinting = False
    options.glyph_names = False
    options.notdef_outline = True
    options.drop_tables += DROPPED_TABLES
    font = subset.load_font(str(source), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[code for code in font.getBestCmap() if _visible(code) and keeps(code)])
    subsetter.subset(font)
    return font


def to_cubic(font: TTFont) -> None:
    """Replace the TrueType outlines by CFF ones."""
    glyphs, widths, strings = font.getGlyphSet(), font["hmtx"], {}
    tolerance = TOLERANCE * font["head"].unitsPerEm / 1000
    for name in font.getGlyphOrder():
        width = widths[name][0]
        pen = T2CharStringPen(None if width == FULL_WIDTH else width, glyphs)
        glyphs[name].draw(Qu2CuPen(pen, tolerance, all_cubic=True, reverse_direction=True))
        strings[name] = pen.getCharString()
    names = font["name"]
    for table in ("glyf", "loca", *DROPPED_TABLES):
        if table in font:
            del font[table]
    font.sfntVersion = "OTTO"
    font["maxp"].tableVersion = 0x00005000
    builder = FontBuilder(font=font)
    info = {"FullName": names.getDebugName(4), "FamilyName": names.getDebugName(1)}
    builder.setupCFF(names.getDebugName(6), info, strings, {"defaultWidthX": FULL_WIDTH, "nominalWidthX": 0})


def ranges_of(codes: Iterable[int]) -> list[tuple[int, int]]:
    """Return the codes as inclusive ranges, in order."""
    ranges: list[tuple[int, int]] = []
    for code in sorted(codes):
        if ranges and code == ranges[-1][1] + 1:
            ranges[-1] = (ranges[-1][0], code)
        else:
            ranges.append((code, code))
    return ranges


def main() -> int:
    """Build all fonts, the list of their characters and the licences into one folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    chosen = parser.parse_args()
    covered: set[int] = set()
    for cut in CUTS:
        font = cut_font(chosen.source / cut.source, cut.keeps)
        covered.update(font.getBestCmap())
        to_cubic(font)
        font["head"].modified = font["head"].created
        font.recalcTimestamp = False
        font.save(chosen.target / cut.target)
        size = (chosen.target / cut.target).stat().st_size
        print(f"{cut.target}: {len(font.getBestCmap())} characters, {size / 1e6:.1f} MB", file=sys.stderr)
    lines = [f"{first:x}" if first == last else f"{first:x}-{last:x}" for first, last in ranges_of(covered)]
    (chosen.target / "coverage.txt").write_text("\n".join(lines) + "\n", encoding="ascii")
    for source, name in LICENCES:
        (chosen.target / name).write_bytes((chosen.source / source).read_bytes())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
