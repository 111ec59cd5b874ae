"""Agreements from authored files, with all their problems. Pure."""

from dataclasses import dataclass

from lms.core.authored_page import Page, read_page
from lms.core.problems import Problem


@dataclass(frozen=True, slots=True)
class AgreementSource:
    """One language of an agreement; `intent` is the sentence its signer agrees to."""

    page: Page
    intent: str


def read_agreement(path: str, data: bytes) -> tuple[AgreementSource | None, list[Problem]]:
    """Read one language of an agreement."""
    reading, found = read_page(path, data)
    if reading is None:
        return None, found
    agreement = AgreementSource(reading.page, reading.fields.text("intent", limit=400))
    reading.fields.close()
    return agreement, found
