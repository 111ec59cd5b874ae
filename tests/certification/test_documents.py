"""The printed certificate says what was decided, on one page, in both languages, always in the same bytes."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from xml.etree import ElementTree

import pytest
from pypdf import PdfReader

from lms.audit.chain import Anchor
from lms.certification.documents import CertificateData, EarnedOn, certificate_pdf
from lms.certification.guilloche import HEIGHT, WIDTH, ground_svg
from lms.core.pdf import MissingGlyphs

NUMBER = "CZ-Q9A2-CZM4-12JW-93MZ-7EWX-GZ0P-N7S8"
CERTIFICATE = CertificateData(
    number=NUMBER,
    holder_zh="李伟",
    holder_en="Li Wei",
    programme_zh="年度保密认证",
    programme_en="Annual confidentiality certification",
    issuer_zh="持正融资有限公司",
    issuer_en="Chizheng Finance Co., Ltd.",
    issued_on=date(2026, 2, 12),
    valid_from=date(2026, 3, 1),
    valid_until=date(2027, 2, 28),
    earned_on=[EarnedOn(title="客户信息保密", version="8f2a91c4")],
    verification_url=f"https://train.example.com/certificates/{NUMBER}",
    checkpoint=Anchor(48213, bytes.fromhex("2d711642" * 8)),
    sealed_at=datetime(2026, 2, 12, 3, 4, 5, tzinfo=UTC),
)
LONG_ZH = "阿卜杜勒·买买提江·吐尔逊阿吉·木合塔尔"
LONG_EN = "Maria Aleksandra Wierzbicka-Łukasiewicz von Hohenzollern-Sigmaringen"


def page_of(certificate: CertificateData) -> str:
    """Return the text of the only page, spaces and line ends as single spaces."""
    reader = PdfReader(io.BytesIO(certificate_pdf(certificate)))
    assert len(reader.pages) == 1
    return " ".join(reader.pages[0].extract_text().split())


@pytest.mark.parametrize(
    "words",
    [
        "李伟",
        "Li Wei",
        "年度保密认证",
        "Annual confidentiality certification",
        "持正融资有限公司",
        "Chizheng Finance Co., Ltd.",
        "证书编号 Certificate No. CZ-Q9A2-CZM4-12JW- 93MZ-7EWX-GZ0P-N7S8",
        "颁发日期 Issued on 2026 年 2 月 12 日 12 February 2026",
        "生效日期 Valid from 2026 年 3 月 1 日 1 March 2026",
        "有效期至（含当日） Valid through 2027 年 2 月 28 日 28 February 2027",
        "客户信息保密 8f2a91c4",
        "48213 2d711642 2d711642 2d711642 2d711642 2d711642 2d711642 2d711642 2d711642",
        f"https://train.example.com/certificates/{NUMBER}",
    ],
)
def test_a_certificate_says(words: str) -> None:
    assert words in page_of(CERTIFICATE)


@pytest.mark.parametrize("letter", "WMQ01J")
def test_a_number_of_letters_however_wide_takes_two_lines(letter: str) -> None:
    groups = [letter * 4] * 7
    page = page_of(replace(CERTIFICATE, number="-".join(["CZ", *groups])))
    assert f"CZ-{'-'.join(groups[:3])}- {'-'.join(groups[3:])} " in page


def test_a_certificate_without_end_says_so() -> None:
    page = page_of(replace(CERTIFICATE, valid_until=None))
    assert "Valid through 长期有效 Does not expire" in page
    assert "2027" not in page


def test_a_certificate_is_an_a4_page_across_and_names_itself() -> None:
    reader = PdfReader(io.BytesIO(certificate_pdf(CERTIFICATE)))
    box = reader.pages[0].mediabox
    assert (round(box.width / 72 * 25.4), round(box.height / 72 * 25.4)) == (297, 210)
    assert reader.metadata is not None
    assert reader.metadata.title == f"认证证书 Certificate {NUMBER}"
    assert reader.metadata.author == "持正融资有限公司"
    assert reader.metadata.creation_date == CERTIFICATE.sealed_at
    assert reader.root_object["/Lang"] == "zh-CN"


def test_the_same_certificate_has_the_same_bytes() -> None:
    assert certificate_pdf(CERTIFICATE) == certificate_pdf(replace(CERTIFICATE))
    assert certificate_pdf(CERTIFICATE) != certificate_pdf(replace(CERTIFICATE, number=f"{NUMBER[:-1]}9"))


@pytest.mark.parametrize(
    ("zh", "en", "absent"), [("李伟", None, "Li Wei"), (None, "Li Wei", "李伟"), ("", "Li Wei", "李伟")]
)
def test_one_name_is_enough(zh: str | None, en: str | None, absent: str) -> None:
    page = page_of(replace(CERTIFICATE, holder_zh=zh, holder_en=en))
    assert (zh or en or "") in page
    assert absent not in page


def test_a_certificate_without_a_name_is_refused() -> None:
    with pytest.raises(ValueError, match="name"):
        certificate_pdf(replace(CERTIFICATE, holder_zh="", holder_en=None))


def test_long_names_titles_and_lists_stay_whole_on_one_page() -> None:
    title = "项目融资授信基础：现金流分析、担保结构与贷后管理暨重大项目客户经理高级资格认证" * 2
    versions = [EarnedOn(title=f"第{number}单元", version=f"{number:08x}") for number in range(40)]
    page = page_of(
        replace(CERTIFICATE, holder_zh=LONG_ZH, holder_en=LONG_EN, programme_zh=title, earned_on=versions)
    )
    squeezed = page.replace(" ", "")
    for words in (LONG_ZH, LONG_EN, title, *(f"{item.title}{item.version}" for item in versions)):
        assert words.replace(" ", "") in squeezed


def test_absurdly_long_texts_still_give_one_page() -> None:
    words = replace(CERTIFICATE, holder_zh="王" * 400, holder_en="Wang " * 100, programme_en="long " * 200)
    assert "Wang" in page_of(words)


def test_a_rare_name_is_printed() -> None:
    assert "䶮㛃" in page_of(replace(CERTIFICATE, holder_zh="䶮㛃"))


@pytest.mark.parametrize(("name", "missing"), [("𠮷田", "𠮷"), ("Li 🙂", "🙂"), ("محمد", "محمد")])
def test_a_name_that_cannot_be_printed_is_refused_and_told(name: str, missing: str) -> None:
    with pytest.raises(MissingGlyphs) as refused:
        certificate_pdf(replace(CERTIFICATE, holder_en=name))
    assert refused.value.characters == set(missing)


def test_hostile_text_stays_text() -> None:
    hostile = '#panic("x") $x$ *b*'
    assert hostile in page_of(replace(CERTIFICATE, holder_en=hostile, programme_en=hostile))


def test_the_ground_is_lines_alone_and_lies_within_the_page() -> None:
    drawing = ElementTree.fromstring(ground_svg())
    kinds = {item.tag.rpartition("}")[2] for item in drawing}
    assert kinds == {"path", "rect"}
    for item in drawing.iter("{http://www.w3.org/2000/svg}path"):
        numbers = [float(part) for part in item.attrib["d"].strip("MZ").replace("C", " ").split()]
        assert all(5 < across < WIDTH - 5 for across in numbers[::2])
        assert all(5 < down < HEIGHT - 5 for down in numbers[1::2])


def test_the_braid_looks_alike_in_all_corners() -> None:
    drawing = ElementTree.fromstring(ground_svg())
    braid = drawing.findall("{http://www.w3.org/2000/svg}path")[0].attrib["d"]
    numbers = [float(part) for part in braid.strip("MZ").replace("C", " ").split()]
    places = {(round(x, 1), round(y, 1)) for x, y in zip(numbers[::2], numbers[1::2], strict=True)}
    near = 0.15
    for x, y in places:
        turned = (WIDTH - x, HEIGHT - y)
        assert any(abs(turned[0] - a) < near and abs(turned[1] - b) < near for a, b in places)
