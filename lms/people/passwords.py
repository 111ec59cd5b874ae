"""Password hashes: Argon2id at the OWASP parameters, a bounded number at once, no database in between."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

WAIT_SECONDS = 10.0
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_places = threading.BoundedSemaphore(max(2, os.cpu_count() or 1))
# Of nothing anybody knows: a name that does not exist costs as much as one that does.
_DUMMY = _hasher.hash(os.urandom(24).hex())


class OverloadedError(Exception):
    """Too many hashes are waiting; the reader is asked to come back in a moment."""


def hash_password(password: str) -> str:
    """Return the hash to be kept of a password.

    Raises OverloadedError.
    """
    with _place():
        return _hasher.hash(password)


def verify_password(kept: str, password: str) -> bool:
    """Whether a password is the one kept; without a kept one the same work is done for nothing.

    Raises OverloadedError.
    """
    with _place():
        try:
            return _hasher.verify(kept or _DUMMY, password) and bool(kept)
        except (VerificationError, InvalidHashError):
            return False


@contextmanager
def _place() -> Iterator[None]:
    if not _places.acquire(timeout=WAIT_SECONDS):
        raise OverloadedError
    try:
        yield
    finally:
        _places.release()
