"""The printed certificate: plain data in, the bytes of a PDF out, the same bytes for the same data."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from lms.audit.chain import Anchor
from lms.certification.guilloche import ground_svg
from lms.core.pdf import compile_pdf

TEMPLATE = Path(__file__).with_name("certificate.typ")

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_SPREAD_UP_TO = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class EarnedOn:
    """A course, case, examination or agreement as it was when the credit was earned."""

    title: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateData:
    """All that stands on a certificate. A holder has at least one of the two names.

    `valid_until` is the inclusive last day; None means that it does not expire. `sealed_at` dates the
    file, `checkpoint` proves from outside that the log reached that far.
    """

    number: str
    holder_zh: str | None
    holder_en: str | None
    programme_zh: str
    programme_en: str
    issuer_zh: str
    issuer_en: str
    issued_on: date
    valid_from: date
    valid_until: date | None
    earned_on: Sequence[EarnedOn]
    verification_url: str
    checkpoint: Anchor
    sealed_at: datetime


def certificate_pdf(certificate: CertificateData) -> bytes:
    """Return the certificate as one bilingual A4 page, PDF/A-2a and PDF/UA-1.

    Raises MissingGlyphs when a name has a character that cannot be printed, ValueError without a name.
    """
    names = [name for name in (certificate.holder_zh, certificate.holder_en) if name]
    if not names:
        raise ValueError("a certificate needs its holder's name")
    title = f"认证证书 Certificate {certificate.number}"
    data = {
        "title": title,
        "summary": f"{' '.join(names)} · {certificate.programme_zh} {certificate.programme_en}",
        "ground": ground_svg(),
        "issuer_zh": certificate.issuer_zh,
        "issuer_en": certificate.issuer_en,
        "holder": names[0],
        "holder_second": names[1] if len(names) > 1 else None,
        "spread": len(names[0]) <= _SPREAD_UP_TO and certificate.holder_zh == names[0],
        "programme_zh": certificate.programme_zh,
        "programme_en": certificate.programme_en,
        "number": certificate.number,
        "issued": _day(certificate.issued_on),
        "valid_from": _day(certificate.valid_from),
        "valid_until": _day(certificate.valid_until),
        "versions": "　".join(f"{item.title} {item.version}" for item in certificate.earned_on),
        "checkpoint_size": f"{certificate.checkpoint.size}",
        "checkpoint_root": _grouped(certificate.checkpoint.root.hex()),
        "url": certificate.verification_url,
        "qr": _qr_svg(certificate.verification_url),
        "qr_alt": f"扫码核验 Scan to verify: {certificate.verification_url}",
    }
    return compile_pdf(TEMPLATE, data, at=certificate.sealed_at)


def _day(day: date | None) -> dict[str, str]:
    if day is None:
        return {"zh": "长期有效", "en": "Does not expire"}
    return {
        "zh": f"{day.year}年{day.month}月{day.day}日",
        "en": f"{day.day} {_MONTHS[day.month - 1]} {day.year}",
    }


def _grouped(digits: str) -> str:
    return " ".join(digits[start : start + 8] for start in range(0, len(digits), 8))


def _qr_svg(url: str) -> str:
    buffer = io.BytesIO()
    import segno  # noqa: PLC0415 - heavy, and seldom asked for

    segno.make_qr(url, error="m").save(buffer, kind="svg", border=2, dark="#1c2733", xmldecl=False)
    return buffer.getvalue().decode()
