"""What a signature is, and who may sign when. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from lms.agreements.evidence import SignatureRecord
from lms.core.canonical import sha256_hex
from lms.core.errors import Message, message
from lms.core.events import Event
from lms.core.text import normalise


class SignatureLevel(StrEnum):
    """How surely the signer is the person: by a click, proven again just before, by certificate."""

    CLICK = "click"
    RE_AUTHENTICATED = "re-authenticated"
    CA = "ca"


@dataclass(frozen=True, kw_only=True)
class AgreementSigned(Event):
    """A person signed a version of an agreement.

    The log holds the signature as the signed copy carries it, so that the one proves the other; like all
    bodies it can be erased.
    """

    agreement_id: str
    version_id: int
    signed_on: date
    language: str
    signature: SignatureRecord

    def payload(self) -> dict[str, object]:
        """Return what the signed copy carries too; the log adds the person itself."""
        return {name: value for name, value in self.signature.payload().items() if name != "person"}


@dataclass(frozen=True)
class SignatureFacts:
    """Who signed in which language, by what name, when and how surely."""

    person_id: UUID
    language: str
    typed_name: str
    signed_at: datetime
    signature_level: SignatureLevel


@dataclass(frozen=True)
class AgreementText:
    """An agreement as published: `html` by language is what is shown, hashed and signed."""

    version_id: int
    version_sha256: str
    id: str
    title: Mapping[str, str]
    intent: Mapping[str, str]
    html: Mapping[str, str]

    def sha256(self, language: str) -> str:
        """Return the hash of the text in a language."""
        return sha256_hex(self.html[language].encode())


def signature_record(text: AgreementText, facts: SignatureFacts) -> SignatureRecord:
    """Return a signature as the log and the signed copy carry it."""
    return SignatureRecord(
        agreement=text.id,
        version=text.version_sha256[:16],
        language=facts.language,
        text_zh_sha256=text.sha256("zh"),
        text_en_sha256=text.sha256("en"),
        intent=text.intent[facts.language],
        person=str(facts.person_id),
        typed_name=facts.typed_name,
        signed_at=facts.signed_at,
        signature_level=facts.signature_level,
    )


@dataclass(frozen=True)
class Signed:
    """A signature as pages and other slices read it."""

    id: UUID
    person_id: UUID
    agreement_id: str
    version_id: int
    language: str
    signed_at: datetime
    signed_on: date


def name_problem(typed: str, names: Mapping[str, str]) -> Message | None:
    """Say what is wrong with a typed full name; either language's name will do."""
    wanted = {normalise(name) for name in names.values() if name.strip()}
    if normalise(typed) in wanted:
        return None
    return message(
        "Type your full name as it stands in your record: %(name)s.", name=" / ".join(_distinct(names))
    )


def _distinct(names: Mapping[str, str]) -> list[str]:
    return list(dict.fromkeys(name for name in names.values() if name.strip()))
