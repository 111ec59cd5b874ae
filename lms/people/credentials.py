"""The rules of sign-in: passwords, lockout, second factor, freshness. Pure."""

import hashlib
import re
import secrets
from datetime import datetime, timedelta

import pyotp

from lms.core.errors import Message, message
from lms.people.rules import LinkPurpose

SHORTEST, LONGEST = 12, 200
DEMO_PASSWORD = "demo-Chizheng-1"  # noqa: S105 - published on purpose, and refused outside demonstrations
# The words people reach for, and those of this house; a password may not consist of one and digits.
COMMON_WORDS = """
password passwort passw0rd letmein welcome iloveyou qwerty qwertyuiop asdfghjkl zxcvbnm 1qaz2wsx qazwsx
admin administrator monkey dragon sunshine princess football baseball superman trustno1 starwars
woaini woaini1314 wangyi taobao alibaba baidu beijing shanghai shenzhen guangzhou china zhongguo
chizheng training certification changeme secret default summer winter spring autumn
"""
COMMON = frozenset(COMMON_WORDS.split())
ROWS = ("0123456789", "9876543210", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")

FREE_FAILURES = 4
FIRST_LOCK, LONGEST_LOCK = timedelta(minutes=1), timedelta(hours=1)
FRESH_FOR = timedelta(minutes=5)
BARRED_FOR = timedelta(hours=72)
SECOND_STEP_WITHIN = timedelta(minutes=5)
LASTS = {
    LinkPurpose.ACTIVATION: timedelta(days=14),
    LinkPurpose.RESET: timedelta(hours=4),
    LinkPurpose.FIRST_ADMINISTRATOR: timedelta(hours=24),
}
STEP_SECONDS = 30
RECOVERY_CODES = 10
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that are mistaken for one another


def password_objection(
    password: str, about: tuple[str, ...], *, demonstration: bool = False
) -> Message | None:
    """Say why a password is refused, or None; `about` are the names and numbers of its owner."""
    if password == DEMO_PASSWORD:
        return (
            None
            if demonstration
            else message("This password is published with the product: choose another one.")
        )
    if len(password) < SHORTEST:
        return message(
            "A password has at least %(count)s characters: three or four words are easy to remember.",
            count=SHORTEST,
        )
    if len(password) > LONGEST:
        return message("A password has at most %(count)s characters.", count=LONGEST)
    folded = password.casefold()
    if any(len(part) >= 3 and part.casefold() in folded for part in about):
        return message("A password does not contain your name or number.")
    if _is_common(folded):
        return message("This password is among the first that are guessed: choose another one.")
    return None


def _is_common(folded: str) -> bool:
    bare = re.sub(r"[\W\d_]+", "", folded)
    if bare in COMMON or folded in COMMON or len(set(folded)) < 5:
        return True
    half = folded[: len(folded) // 2]
    return any(folded in row * 2 for row in ROWS) or (folded == half * 2 and _is_common(half))


def lock_after(failures: int) -> timedelta:
    """Return how long sign-in rests after failures in a row: a minute after five, doubling to an hour."""
    if failures <= FREE_FAILURES:
        return timedelta(0)
    doubled: int = 1 << min(failures - FREE_FAILURES - 1, 10)
    return min(FIRST_LOCK * doubled, LONGEST_LOCK)


def is_locked(locked_until: datetime | None, at: datetime) -> bool:
    """Whether sign-in rests now."""
    return locked_until is not None and at < locked_until


def is_fresh(authenticated_at: datetime | None, at: datetime) -> bool:
    """Whether somebody proved who they are recently enough to sign or to change how they sign in."""
    return authenticated_at is not None and at - authenticated_at <= FRESH_FOR


def barred_until(credentials_reset_at: datetime | None, at: datetime) -> datetime | None:
    """Return until when signing and approving are barred after a reset by somebody else; None when not."""
    if credentials_reset_at is None or at >= credentials_reset_at + BARRED_FOR:
        return None
    return credentials_reset_at + BARRED_FOR


def new_totp_secret() -> str:
    """Return a new secret for an authenticator."""
    return pyotp.random_base32()


def totp_step(secret: str, code: str, at: datetime, last_step: int) -> int | None:
    """Return the time step whose code this is, if it is later than the last one used; else None.

    A clock that is half a minute fast or slow is allowed for.
    """
    digits = re.sub(r"\s", "", code)
    if not re.fullmatch(r"[0-9]{6}", digits):
        return None
    totp, now = pyotp.TOTP(secret), int(at.timestamp()) // STEP_SECONDS
    steps = [
        step for step in (now - 1, now, now + 1) if secrets.compare_digest(totp.generate_otp(step), digits)
    ]
    return next((step for step in steps if step > last_step), None)


def new_recovery_codes() -> list[str]:
    """Return ten one-time substitutes for the second factor."""
    return [f"{_letters(5)}-{_letters(5)}" for _ in range(RECOVERY_CODES)]


def _letters(count: int) -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(count))


def hash_recovery_code(code: str) -> bytes:
    """Return what is kept of a recovery code, however it was typed."""
    return hashlib.sha256(re.sub(r"[\W_]", "", code.lower()).encode()).digest()
