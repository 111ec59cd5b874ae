"""Media files: their kind by their bytes, and what an SVG must not hold. Pure."""

import re
from dataclasses import dataclass

from lms.core.canonical import sha256_hex
from lms.core.problems import Problem, problem

MEDIA_LIMIT = 2 * 1024 * 1024
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_KINDS = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
}
_MAGIC = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff", "image/webp": b"RIFF"}
_ACTIVE = re.compile(
    r"<\s*(?:[\w.-]+:)?(script|foreignobject|iframe|embed|object|animate|set|handler|style(?=[^>]*>[^<]*@import))\b"
    r"|<!\s*(entity|doctype)|<\?(?!xml[\s?])|\b(on[a-z]+)\s*=|(javascript\s*:)|(&#)",
    re.IGNORECASE,
)
_OUTSIDE = re.compile(
    r"(?:href|src)\s*=\s*[\"']\s*(?!#)([^\"']{0,80})|url\(\s*[\"']?(?!\s*[\"']?#)([^)\"']{0,80})", re.I
)


@dataclass(frozen=True, slots=True)
class Media:
    """A media file; `content_type` is empty where its kind is not taken."""

    path: str
    file: str
    content_type: str
    sha256: str
    data: bytes


def read_media(path: str, file: str, data: bytes) -> tuple[Media, list[Problem]]:
    """Read a media file."""
    content_type = _KINDS.get(file.rpartition(".")[2].lower(), "")
    found = []
    if not _NAME.fullmatch(file) or not content_type:
        found.append(problem(path, (1, 1), "E412", known=", ".join(_KINDS)))
    elif len(data) > MEDIA_LIMIT:
        found.append(problem(path, (1, 1), "E001", size=len(data) // 1024, limit=MEDIA_LIMIT // 1024))
    elif content_type == "image/svg+xml":
        found += _check_drawing(path, data)
    elif not data.startswith(_MAGIC[content_type]):
        found.append(problem(path, (1, 1), "E419", wanted=content_type))
    return Media(path, file, content_type if not found else "", sha256_hex(data), data), found


def _check_drawing(path: str, data: bytes) -> list[Problem]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return [problem(path, (1, 1), "E419", wanted="image/svg+xml")]
    if "<svg" not in text[:2000]:
        return [problem(path, (1, 1), "E419", wanted="image/svg+xml")]
    found = []
    for pattern in (_ACTIVE, _OUTSIDE):
        match = pattern.search(text)
        if match:
            start = match.start()
            place = (text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start))
            found.append(problem(path, place, "E413", what=" ".join(match[0].split())[:40]))
    return found
