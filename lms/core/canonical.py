"""One byte sequence for one value: the canonical JSON behind every stored hash. Pure."""

import hashlib
import json
from collections.abc import Mapping


def canonical_json(value: object) -> bytes:
    """Return the one UTF-8 JSON text of a value: keys sorted by code point, no spaces, nothing escaped.

    Takes None, booleans, integers, strings, lists, tuples and mappings with string keys.
    Raises TypeError for anything else (a float has no one exact text; write a fraction as a string),
    ValueError for text that UTF-8 cannot hold.
    """
    plain = _plain(value)
    text = json.dumps(plain, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8")


def sha256_hex(content: bytes) -> str:
    """Return the SHA-256 of bytes as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


# By their exact types most values are known at once; what is derived from them takes the longer way.
_AS_THEY_ARE = frozenset({str, int, bool, type(None)})


def _plain(value: object) -> object:
    if type(value) in _AS_THEY_ARE:
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        return value
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, Mapping):
        return {key if type(key) is str else _key(key): _plain(part) for key, part in value.items()}
    raise TypeError(f"canonical JSON does not take {type(value).__name__}")


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError(f"canonical JSON takes only strings as keys, not {type(key).__name__}")
    return str(key)
