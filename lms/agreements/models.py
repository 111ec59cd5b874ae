"""Signatures under agreements. Only added."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from lms.agreements.rules import SignatureLevel
from lms.audit.models import event_reference
from lms.core.db import Base, IdText, one_of


class Signature(Base):
    """A person's signature under one version of an agreement, once.

    `html_sha256` is the hash of the text in the language shown, the other two those of both languages.
    """

    __tablename__ = "agreement_signature"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people_person.id"))
    agreement_id: Mapped[str] = mapped_column(IdText)
    version_id: Mapped[int] = mapped_column(ForeignKey("content_version.id"), index=True)
    language: Mapped[str] = mapped_column(String(2))
    html_sha256: Mapped[str] = mapped_column(String(64))
    zh_sha256: Mapped[str] = mapped_column(String(64))
    en_sha256: Mapped[str] = mapped_column(String(64))
    typed_name: Mapped[str] = mapped_column(String(120))
    signed_at: Mapped[datetime]
    signed_on: Mapped[date]
    signature_level: Mapped[str] = mapped_column(String(20))
    recorded_at: Mapped[datetime]
    event_id: Mapped[UUID] = event_reference()

    __table_args__ = (UniqueConstraint("person_id", "version_id"), one_of("signature_level", SignatureLevel))
