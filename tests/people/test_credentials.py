"""The rules of sign-in, without a database."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.people import credentials

NOON = datetime(2026, 6, 1, 4, tzinfo=UTC)
ABOUT = ("liwei", "A1007", "李伟", "Wei", "Li")


@pytest.mark.parametrize(
    ("password", "fine"),
    [
        ("winter-Harbour-92", True),
        ("eleven-char", False),
        ("twelve-chars", True),
        ("x" * 200, False),
        ("correct horse battery staple", True),
        ("三年前的冬天我们去看海了", True),
        ("my-liwei-password", False),
        ("MY-LIWEI-PASSPHRASE", False),
        ("number-a1007-here", False),
        ("password123456", False),
        ("123456789012", False),
        ("qwertyuiopas", False),
        ("abcabcabcabc", False),
        ("demo-Chizheng-1", False),
    ],
)
def test_a_password_is_long_and_says_nothing_about_its_owner(password, fine):
    assert (credentials.password_objection(password, ABOUT) is None) is fine


def test_the_demonstration_password_is_for_demonstrations():
    assert credentials.password_objection("demo-Chizheng-1", ABOUT, demonstration=True) is None


def test_sign_in_rests_after_five_failures_and_doubles_to_an_hour():
    minutes = [credentials.lock_after(n) // timedelta(minutes=1) for n in range(14)]
    assert minutes == [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]


@given(st.integers(0, 10**6))
def test_more_failures_never_rest_for_less(failures):
    assert credentials.lock_after(failures) <= credentials.lock_after(failures + 1) <= timedelta(hours=1)


def test_a_code_fits_for_half_a_minute_either_way_and_only_once():
    secret = credentials.new_totp_secret()
    code, step = pyotp.TOTP(secret).at(NOON), int(NOON.timestamp()) // 30
    assert [
        credentials.totp_step(secret, code, NOON + timedelta(seconds=30 * away), 0)
        for away in (-2, -1, 0, 1, 2)
    ] == [None, step, step, step, None]
    assert credentials.totp_step(secret, f" {code[:3]} {code[3:]} ", NOON, 0) == step
    assert credentials.totp_step(secret, code, NOON, step) is None
    assert credentials.totp_step(secret, "", NOON, 0) is None
    assert credentials.totp_step(secret, "١٢٣٤٥٦", NOON, 0) is None


@pytest.mark.parametrize(("minutes", "fresh"), [(0, True), (5, True), (5.01, False)])
def test_a_proof_is_fresh_for_five_minutes(minutes, fresh):
    assert credentials.is_fresh(NOON, NOON + timedelta(minutes=minutes)) is fresh
    assert not credentials.is_fresh(None, NOON)


def test_recovery_codes_differ_and_are_read_however_they_are_typed():
    codes = credentials.new_recovery_codes()
    assert len(set(codes)) == 10
    typed = f" {codes[0].upper().replace('-', ' ')} "
    assert credentials.hash_recovery_code(typed) == credentials.hash_recovery_code(codes[0])
