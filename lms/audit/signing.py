"""Ed25519 signatures on checkpoints. Only the sealer has the private key; verifying takes public keys."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from lms.audit.chain import Checkpoint, note

_KEY_ID_DIGITS = 16


def key_id_of(key: Ed25519PublicKey) -> str:
    """Return the short name by which checkpoints name their key."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:_KEY_ID_DIGITS]


def new_private_key_text() -> str:
    """Return a fresh signing key as 64 hexadecimal digits, to be kept as a secret."""
    return Ed25519PrivateKey.generate().private_bytes_raw().hex()


def private_key_from(text: str) -> Ed25519PrivateKey:
    """Read a signing key. Raises ValueError, without repeating the text."""
    return Ed25519PrivateKey.from_private_bytes(_key_bytes(text))


def public_key_from(text: str) -> Ed25519PublicKey:
    """Read a public key of 64 hexadecimal digits. Raises ValueError."""
    return Ed25519PublicKey.from_public_bytes(_key_bytes(text))


def public_key_text(key: Ed25519PrivateKey | Ed25519PublicKey) -> str:
    """Return the public key as 64 hexadecimal digits."""
    public = key.public_key() if isinstance(key, Ed25519PrivateKey) else key
    return public.public_bytes_raw().hex()


def _key_bytes(text: str) -> bytes:
    try:
        raw = bytes.fromhex(text.strip())
    except ValueError:
        raw = b""
    if len(raw) != 32:
        raise ValueError("an Ed25519 key is written as 64 hexadecimal digits") from None
    return raw


def sign_checkpoint(checkpoint: Checkpoint, key: Ed25519PrivateKey) -> Checkpoint:
    """Return the checkpoint naming this key and signed by it."""
    named = replace(checkpoint, key_id=key_id_of(key.public_key()))
    return replace(named, signature=key.sign(note(named)))


class Keyring:
    """The public keys believed, the present one and those before it."""

    def __init__(self, keys: Iterable[Ed25519PublicKey]) -> None:
        self._keys = {key_id_of(key): key for key in keys}

    @property
    def key_ids(self) -> frozenset[str]:
        """The short names of the keys believed."""
        return frozenset(self._keys)

    def signature_is_good(self, checkpoint: Checkpoint) -> bool:
        """Say whether a key of this ring signed the checkpoint as it stands."""
        key = self._keys.get(checkpoint.key_id)
        if key is None:
            return False
        try:
            key.verify(checkpoint.signature, note(checkpoint))
        except InvalidSignature:
            return False
        return True
