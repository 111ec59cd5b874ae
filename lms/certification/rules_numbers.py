"""The numbers of certificates: unguessable, readable aloud, forgiving when typed. Pure."""

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ALIKE = str.maketrans("OIL", "011")
PREFIX = "CZ"
DIGITS = 28
GROUP = 4


def number_of(secret: bytes) -> str:
    """Return the number made of 140 random bits: CZ and seven groups of four.

    Raises ValueError for fewer than 18 bytes.
    """
    if len(secret) * 8 < DIGITS * 5:
        raise ValueError("a certificate's number needs at least 140 random bits")
    value = int.from_bytes(secret, "big")
    digits = "".join(ALPHABET[(value >> (5 * place)) & 31] for place in range(DIGITS))
    return "-".join((PREFIX, *(digits[i : i + GROUP] for i in range(0, DIGITS, GROUP))))


def tidied(typed: str) -> str:
    """Return a number as it was printed, however it was typed: case, spaces, dashes, O for 0, I and L for 1."""
    plain = "".join(typed.split()).replace("-", "").upper()
    digits = plain.removeprefix(PREFIX).translate(_ALIKE)
    return "-".join((PREFIX, *(digits[i : i + GROUP] for i in range(0, min(len(digits), 40), GROUP))))
