"""The form in which an authored text is published. Pure."""

from dataclasses import dataclass

from lms.core.canonical import canonical_json, sha256_hex
from lms.core.text import Words

Body = dict[str, object]


@dataclass(frozen=True, slots=True)
class Document:
    """One authored text as it is published.

    `body` is canonical JSON's input; `sha256` is its hash. A lesson's id is `course/slug`, a media file's
    `courses/<id>/<file>`. The two hashes are an item's; `data` is a media file's.
    """

    kind: str
    id: str
    path: str
    body: Body
    sha256: str
    scoring_hash: str = ""
    text_hash: str = ""
    data: bytes = b""


def document(kind: str, name: str, path: str, body: Body) -> Document:
    """Return a document with its hash."""
    return Document(kind, name, path, body, sha256_hex(canonical_json(body)))


def said(words: Words | None) -> dict[str, str] | None:
    """Return words as they stand in a body."""
    return None if words is None else {"zh": words.zh, "en": words.en}
