"""Documents are set in our fonts alone, say what cannot be printed, and come out the same every time."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from lms.core.pdf import FONTS, Attachment, MissingGlyphs, compile_pdf, missing_glyphs

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
TEMPLATE = """
#let d = json(bytes(sys.inputs.data))
#for item in json(bytes(sys.inputs.attachments)) {
  pdf.attach(item.name, bytes(item.text),
    relationship: "data", mime-type: item.type, description: item.description)
}
#set document(title: "t")
#set text(font: ((name: "Noto Sans", covers: "latin-in-cjk"), "Noto Sans SC"), lang: "zh")
= #d.head
#d.text
"""
NOTE = Attachment(name="note.json", text='{"名": "𠮷"}', media_type="application/json", description="n")


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "t.typ"
    path.write_text(TEMPLATE, encoding="utf-8")
    return path


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def metadata_of(pdf: bytes) -> str:
    stream = PdfReader(io.BytesIO(pdf)).root_object["/Metadata"].get_object()
    return stream.get_data().decode()


def test_chinese_and_english_come_out_as_text(template: Path) -> None:
    pdf = compile_pdf(template, {"head": "持正", "text": "Łukasz 与 Çağlar, 䶮㛃 ạ"}, at=AT)
    assert text_of(pdf).split() == ["持正", "Łukasz", "与", "Çağlar,", "䶮㛃", "ạ"]


@pytest.mark.parametrize(
    "hostile",
    ['#panic("x") $x$ *b* _i_ @ref <l>', "\\ #let x = 1", '"}], {"', "// gone? /* no */", "= No heading"],
)
def test_hostile_text_stays_text(template: Path, hostile: str) -> None:
    assert hostile in text_of(compile_pdf(template, {"head": "x", "text": hostile}, at=AT))


def test_the_same_data_gives_the_same_bytes_also_from_several_threads(template: Path) -> None:
    data = {"head": "持正", "text": "same"}
    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(lambda _: compile_pdf(template, data, at=AT), range(8)))
    assert len(made) == 1
    shanghai = AT.astimezone(timezone(timedelta(hours=8))) + timedelta(microseconds=5)
    assert compile_pdf(template, data, at=shanghai) in made
    assert compile_pdf(template, {**data, "text": "other"}, at=AT) not in made


def test_a_document_is_archival_tagged_and_dated(template: Path) -> None:
    pdf = compile_pdf(template, {"head": "x", "text": "y"}, at=AT)
    metadata = metadata_of(pdf)
    assert "<pdfaid:part>2</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    reader = PdfReader(io.BytesIO(pdf))
    assert reader.root_object["/MarkInfo"]["/Marked"]
    assert reader.metadata is not None
    assert reader.metadata.creation_date == AT
    assert reader.attachments == {}


def test_an_attachment_travels_inside_whatever_its_characters(template: Path) -> None:
    pdf = compile_pdf(template, {"head": "x", "text": "y"}, at=AT, attachments=[NOTE])
    assert "<pdfaid:part>3</pdfaid:part>" in metadata_of(pdf)
    assert PdfReader(io.BytesIO(pdf)).attachments == {"note.json": [NOTE.text.encode()]}


def test_all_fonts_are_embedded_and_ours(template: Path) -> None:
    pdf = compile_pdf(template, {"head": "持 b", "text": "持 a"}, at=AT)
    fonts = PdfReader(io.BytesIO(pdf)).pages[0]["/Resources"]["/Font"]
    names = set()
    for font in fonts.values():
        descendant = font.get_object()["/DescendantFonts"][0].get_object()
        descriptor = descendant["/FontDescriptor"].get_object()
        assert isinstance(descriptor, DictionaryObject)
        assert "/FontFile3" in descriptor
        names.add(str(descriptor["/FontName"]).partition("+")[2])
    assert names == {"NotoSans-Regular", "NotoSans-Bold", "NotoSansSC-Regular", "NotoSansSC-Bold"}


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("张伟 Zhang Wei", set()),
        ("𠮷野家", {"𠮷"}),
        ("好👍🏽", {"👍", "🏽"}),
        ("محمد", set("محمد")),
        ("a\u202eb\u200b\x00\t\ufeff", {"\u202e", "\u200b", "\x00", "\t", "\ufeff"}),
        ("first\nsecond", set()),
        ("", set()),
        ("\ud800\U0010ffff", {"\ud800", "\U0010ffff"}),
    ],
)
def test_characters_without_a_glyph_are_named(text: str, missing: set[str]) -> None:
    assert missing_glyphs(text) == missing


def test_a_document_with_such_characters_is_refused_wherever_they_stand(template: Path) -> None:
    data = {"head": "x", "text": "y", "more": [{"deep": ("𠮷", 1, None)}, "a\u202e"]}
    with pytest.raises(MissingGlyphs) as refused:
        compile_pdf(template, data, at=AT)
    assert refused.value.characters == {"𠮷", "\u202e"}
    assert str(refused.value) == (
        "no glyph for U+202E RIGHT-TO-LEFT OVERRIDE, 𠮷 U+20BB7 CJK UNIFIED IDEOGRAPH-20BB7"
    )


def test_a_naive_instant_is_refused(template: Path) -> None:
    with pytest.raises(ValueError, match="zone"):
        compile_pdf(template, {"head": "x", "text": "y"}, at=AT.replace(tzinfo=None))


def test_every_character_of_a_registered_name_can_be_printed() -> None:
    every_pair = (bytes((a, b)) for a in range(0x81, 0xFE) for b in range(0x40, 0xFF))
    gbk = "".join(pair.decode("gbk", "ignore") for pair in every_pair)
    han = {character for character in gbk if "\u4e00" <= character <= "\u9fff"}
    assert len(han) == 20902
    assert not missing_glyphs("".join(han))
    assert not missing_glyphs("".join(map(chr, range(0x3400, 0x4DB6))))
    assert not missing_glyphs("·•・ ÀàÇçŁłŐőŞşẮắЖж“”‘’—…《》（）、。，①②")


def test_the_list_of_covered_characters_is_that_of_the_fonts() -> None:
    covered: set[int] = set()
    for path in FONTS.glob("*.otf"):
        with TTFont(path) as font:
            covered.update(font.getBestCmap())
    assert len(covered) > 29_000
    everything = "".join(chr(code) for code in range(0x20, 0x40000) if not 0xD800 <= code < 0xE000)
    assert {ord(character) for character in set(everything) - missing_glyphs(everything)} == covered


def test_the_fonts_keep_their_licence_and_their_size() -> None:
    names = {path.name for path in FONTS.iterdir()}
    assert {"OFL-NotoSans.txt", "OFL-NotoSansSC.txt"} <= names
    assert "SIL OPEN FONT LICENSE" in (FONTS / "OFL-NotoSansSC.txt").read_text(encoding="utf-8")
    assert sum(path.stat().st_size for path in FONTS.iterdir()) < 10.5e6
