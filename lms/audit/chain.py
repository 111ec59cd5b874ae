"""What an audit entry commits to, and how a checkpoint is written down. Pure.

An entry becomes one leaf of a Merkle tree; its body (before, after, reason) is bound by a salted hash
and kept apart, so that a body can be erased while the tree stays as it is. Whatever names or describes a
person therefore belongs into the body: an entry is for ever.
"""

import hashlib
import re
from dataclasses import dataclass, fields
from datetime import UTC, datetime

from lms.audit.merkle import HASH_BYTES, Frontier, leaf_hash
from lms.core.canonical import canonical_json

SALT_BYTES = 16
NO_PREVIOUS = bytes(HASH_BYTES)

_ENTRY_FORMAT = "chizheng-audit-entry/1"
_NOTE_FORMAT = "chizheng-audit/1"
_BODY_PREFIX = b"chizheng-audit-body/1\x00"

_NOTE = re.compile(
    rf"{_NOTE_FORMAT}\n"
    r"size (0|[1-9][0-9]{0,18})\n"
    r"root ([0-9a-f]{64})\n"
    r"previous ([0-9a-f]{64})\n"
    r"sealed ([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z)\n"
    r"key ([0-9a-f]{16})\n"
    r"signature ([0-9a-f]{128})\n"
)
_ANCHOR = re.compile(r"(0|[1-9][0-9]{0,18}):([0-9a-f]{64})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that happened. `actor` is a person's pseudonymous id, `operator` or `worker`."""

    id: str
    kind: str
    occurred_at: datetime
    recorded_at: datetime
    actor: str
    on_behalf_of: str | None = None
    role: str | None = None
    scope: str | None = None
    credential_kind: str | None = None
    request_id: str | None = None
    object_kind: str | None = None
    object_id: str | None = None
    object_version: str | None = None
    body_commitment: bytes | None = None
    approval_id: str | None = None
    policy_version: str | None = None


@dataclass(frozen=True, slots=True)
class StoredBody:
    """The row kept beside an entry; both are None once the body has been erased."""

    salt: bytes | None
    text: str | None


@dataclass(frozen=True, slots=True)
class SealedRow:
    """One position of the log as read from the database; what is missing there is None."""

    position: int
    leaf: bytes
    entry: Entry | None
    body: StoredBody | None


@dataclass(frozen=True, slots=True)
class Anchor:
    """A root known from outside: printed on a certificate, or exported to another place."""

    size: int
    root: bytes

    def to_text(self) -> str:
        """Return `size:root`, the form for anchor files and documents."""
        return f"{self.size}:{self.root.hex()}"

    @classmethod
    def from_text(cls, text: str) -> "Anchor":
        """Read `size:root`. Raises ValueError."""
        match = _ANCHOR.fullmatch(text.strip())
        if match is None:
            raise ValueError("an anchor is written size:root, the root as 64 hexadecimal digits")
        return cls(int(match[1]), bytes.fromhex(match[2]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A signed statement that the first `size` leaves have this root.

    `previous` is `note_hash` of the checkpoint before it. `frontier` lets the sealer go on without
    reading the log; it is not signed, being bound by the root.
    """

    size: int
    root: bytes
    previous: bytes
    sealed_at: datetime
    key_id: str
    signature: bytes = b""
    frontier: Frontier | None = None

    @property
    def anchor(self) -> Anchor:
        """Return what is printed in documents."""
        return Anchor(self.size, self.root)


def utc_text(moment: datetime) -> str:
    """Return an instant in UTC with microseconds. Raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("an instant needs its zone")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")


def body_text(*, before: object = None, after: object = None, reason: str | None = None) -> str:
    """Return the canonical body to be stored, byte for byte, beside its entry."""
    return canonical_json({"before": before, "after": after, "reason": reason}).decode()


def commit_body(salt: bytes, text: str) -> bytes:
    """Return the commitment to a stored body. The salt is 16 random bytes, fresh for each entry."""
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes")
    return hashlib.sha256(_BODY_PREFIX + salt + text.encode()).digest()


def entry_json(entry: Entry) -> bytes:
    """Return the canonical bytes of an entry: every field by its name, absent ones as null."""
    plain: dict[str, object] = {"format": _ENTRY_FORMAT}
    for field in fields(entry):
        value = getattr(entry, field.name)
        if isinstance(value, datetime):
            value = utc_text(value)
        elif isinstance(value, bytes):
            value = value.hex()
        plain[field.name] = value
    return canonical_json(plain)


def entry_leaf(entry: Entry) -> bytes:
    """Return the leaf hash of an entry."""
    return leaf_hash(entry_json(entry))


def note(checkpoint: Checkpoint) -> bytes:
    """Return the text that is signed."""
    lines = (
        _NOTE_FORMAT,
        f"size {checkpoint.size}",
        f"root {checkpoint.root.hex()}",
        f"previous {checkpoint.previous.hex()}",
        f"sealed {utc_text(checkpoint.sealed_at)}",
        f"key {checkpoint.key_id}",
    )
    return "".join(line + "\n" for line in lines).encode()


def note_hash(checkpoint: Checkpoint | None) -> bytes:
    """Return what the next checkpoint carries as `previous`; zeros where there is none yet."""
    return NO_PREVIOUS if checkpoint is None else hashlib.sha256(note(checkpoint)).digest()


def signed_note(checkpoint: Checkpoint) -> str:
    """Return the checkpoint as text to be printed, mailed or kept elsewhere."""
    return note(checkpoint).decode() + f"signature {checkpoint.signature.hex()}\n"


def parse_signed_note(text: str) -> Checkpoint:
    """Read what `signed_note` wrote, without its frontier. Raises ValueError. Trusts no signature."""
    match = _NOTE.fullmatch(text)
    if match is None:
        raise ValueError("not a checkpoint of this log")
    return Checkpoint(
        size=int(match[1]),
        root=bytes.fromhex(match[2]),
        previous=bytes.fromhex(match[3]),
        sealed_at=datetime.fromisoformat(match[4]),
        key_id=match[5],
        signature=bytes.fromhex(match[6]),
    )
