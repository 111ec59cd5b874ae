"""The signed copy of an agreement: the whole text, the signature, and the evidence carried inside."""

from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from lms.agreements.blocks import blocks_of
from lms.agreements.evidence import LogProof, SignatureRecord, evidence_json
from lms.core.pdf import Attachment, compile_pdf

TEMPLATE = Path(__file__).with_name("copy.typ")
EVIDENCE_NAME = "evidence.json"

_LEVELS = {
    "click": ("点击确认", "Confirmed by click"),
    "re-authenticated": ("签署前重新验证身份", "Signed after fresh authentication"),
    "ca": ("可靠电子签名（数字证书）", "Reliable electronic signature by certificate"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedCopy:
    """All that stands in a signed copy. `html` is the canonical text in the language shown."""

    title: str
    issuer: str
    html: str
    record: SignatureRecord
    proof: LogProof
    zone: ZoneInfo


def signed_copy_pdf(copy: SignedCopy) -> bytes:
    """Return the copy as PDF/A-3a and PDF/UA-1 with its evidence attached.

    Dated by the checkpoint, so that the same signature always gives the same bytes. Raises MissingGlyphs,
    and ValueError when text, signature and proof do not belong together.
    """
    record, proof = copy.record, copy.proof
    evidence = evidence_json(record, copy.html, proof)
    level_zh, level_en = _LEVELS[record.signature_level]
    data = {
        "language": record.language,
        "title": copy.title,
        "issuer": copy.issuer,
        "blocks": blocks_of(copy.html),
        "intent": record.intent,
        "typed_name": record.typed_name,
        "agreement": record.agreement,
        "version": record.version,
        "signed_at": _moment(copy),
        "method": {"zh": level_zh, "en": level_en},
        "text_zh_sha256": _grouped(record.text_zh_sha256),
        "text_en_sha256": _grouped(record.text_en_sha256),
        "entry": f"{proof.entry.id}, {proof.position}",
        "checkpoint": f"{proof.checkpoint.size}  {_grouped(proof.checkpoint.root.hex())}",
    }
    attachment = Attachment(
        name=EVIDENCE_NAME,
        text=evidence,
        media_type="application/json",
        description="签署证据，可离线核验 Evidence of the signature, to be checked offline",
    )
    return compile_pdf(TEMPLATE, data, at=proof.checkpoint.sealed_at, attachments=[attachment])


def _moment(copy: SignedCopy) -> str:
    local = copy.record.signed_at.astimezone(copy.zone)
    offset = local.strftime("%z")
    return f"{local:%Y-%m-%d %H:%M:%S} (UTC{offset[:3]}:{offset[3:]}, {copy.zone.key})"


def _grouped(digits: str) -> str:
    return " ".join(digits[start : start + 8] for start in range(0, len(digits), 8))
