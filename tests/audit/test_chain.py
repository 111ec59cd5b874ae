"""Entries, bodies and checkpoints as they are written down, and who signed them."""

import json
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from cryptography.exceptions import InvalidSignature
from hypothesis import given
from hypothesis import strategies as st

from lms.audit import signing
from lms.audit.chain import (
    NO_PREVIOUS,
    Anchor,
    Checkpoint,
    Entry,
    body_text,
    commit_body,
    entry_json,
    entry_leaf,
    note,
    note_hash,
    parse_signed_note,
    signed_note,
    utc_text,
)
from lms.audit.merkle import leaf_hash

NOON = datetime(2026, 11, 23, 12, 0, 0, 5, tzinfo=UTC)
ENTRY = Entry(id="e1", kind="Certified", occurred_at=NOON, recorded_at=NOON, actor="worker")
KEY = signing.private_key_from("01" * 32)
CHECKPOINT = signing.sign_checkpoint(
    Checkpoint(size=3, root=b"\x07" * 32, previous=NO_PREVIOUS, sealed_at=NOON, key_id=""), KEY
)


def test_the_leaf_of_an_entry_never_changes_its_form() -> None:
    absent = "approval_id body_commitment credential_kind object_id object_kind object_version on_behalf_of"
    expected = {
        **dict.fromkeys(f"{absent} policy_version request_id role scope".split()),
        "format": "chizheng-audit-entry/1",
        "id": "e1",
        "kind": "Certified",
        "occurred_at": "2026-11-23T12:00:00.000005Z",
        "recorded_at": "2026-11-23T12:00:00.000005Z",
        "actor": "worker",
    }
    assert json.loads(entry_json(ENTRY)) == expected
    assert entry_leaf(ENTRY) == leaf_hash(entry_json(ENTRY))
    assert entry_leaf(ENTRY).hex() == "285bdf20823aadea392421859a1d3774b9f394f517b1ab77032363a39bb2bc26"


@pytest.mark.parametrize("name", [field.name for field in fields(Entry)])
def test_every_field_of_an_entry_is_bound_by_its_leaf(name: str) -> None:
    other: object = f"other {name}"
    if name.endswith("_at"):
        other = NOON + timedelta(microseconds=1)
    elif name == "body_commitment":
        other = b"\x01" * 32
    assert entry_leaf(replace(ENTRY, **{name: other})) != entry_leaf(ENTRY)


def test_the_zone_an_instant_came_in_does_not_matter() -> None:
    shanghai = NOON.astimezone(timezone(timedelta(hours=8)))
    assert entry_leaf(replace(ENTRY, occurred_at=shanghai)) == entry_leaf(ENTRY)


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        utc_text(NOON.replace(tzinfo=None))


def test_an_early_year_keeps_its_four_digits() -> None:
    assert utc_text(datetime(926, 1, 2, tzinfo=UTC)) == "0926-01-02T00:00:00.000000Z"


def test_a_body_is_canonical_and_says_what_is_absent() -> None:
    text = body_text(after={"b": 1, "a": "张伟"}, reason="补录")
    assert text == '{"after":{"a":"张伟","b":1},"before":null,"reason":"补录"}'


@given(st.text(), st.text(), st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16))
def test_a_commitment_is_opened_by_its_salt_and_text_alone(a: str, b: str, salt: bytes, other: bytes) -> None:
    assert (commit_body(salt, body_text(reason=a)) == commit_body(salt, body_text(reason=b))) is (a == b)
    assert (commit_body(salt, a) == commit_body(other, a)) is (salt == other)


@pytest.mark.parametrize("length", [0, 15, 17])
def test_a_salt_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        commit_body(bytes(length), "{}")


def test_a_checkpoint_survives_being_printed_and_read() -> None:
    text = signed_note(CHECKPOINT)
    assert text.startswith(f"chizheng-audit/1\nsize 3\nroot {'07' * 32}\nprevious {'00' * 32}\n")
    assert parse_signed_note(text) == CHECKPOINT
    assert note_hash(parse_signed_note(text)) == note_hash(CHECKPOINT) != note_hash(None) == NO_PREVIOUS


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("size 3", "size 03"),
        ("size 3", "size -3"),
        ("root 07", "root 0"),
        ("root 07", "root zz"),
        ("chizheng-audit/1", "chizheng-audit/2"),
        ("Z\n", "+08:00\n"),
        ("sealed 2026-11", "sealed 2026-13"),
        ("signature ", "signature 00"),
        ("key ", "extra 1\nkey "),
    ],
)
def test_a_note_in_another_form_is_refused(old: str, new: str) -> None:
    text = signed_note(CHECKPOINT)
    assert old in text
    with pytest.raises(ValueError):
        parse_signed_note(text.replace(old, new, 1))


def test_an_anchor_survives_being_printed_and_read() -> None:
    assert CHECKPOINT.anchor == Anchor(3, b"\x07" * 32)
    assert Anchor.from_text(CHECKPOINT.anchor.to_text() + "\n") == CHECKPOINT.anchor


@pytest.mark.parametrize(
    "text", ["", "3", "3:", "3:07", f"03:{'07' * 32}", f"３:{'07' * 32}", f"3:{'07' * 33}"]
)
def test_an_anchor_in_another_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="size:root"):
        Anchor.from_text(text)


def test_a_signed_checkpoint_is_believed() -> None:
    public = signing.public_key_from(signing.public_key_text(KEY))
    assert signing.public_key_text(public) == signing.public_key_text(KEY)
    assert CHECKPOINT.key_id == signing.key_id_of(public)
    assert signing.Keyring([public]).signature_is_good(CHECKPOINT)


@pytest.mark.parametrize(
    "change",
    [
        {"size": 4},
        {"root": b"\x08" * 32},
        {"previous": b"\x08" * 32},
        {"sealed_at": NOON + timedelta(seconds=1)},
        {"key_id": "0" * 16},
        {"signature": bytes(64)},
        {"signature": b""},
    ],
)
def test_a_checkpoint_changed_in_any_part_is_not_believed(change: dict[str, object]) -> None:
    assert not signing.Keyring([KEY.public_key()]).signature_is_good(replace(CHECKPOINT, **change))


def test_a_stranger_s_signature_is_not_believed_and_an_older_key_of_ours_is() -> None:
    older = signing.private_key_from(signing.new_private_key_text())
    signed = signing.sign_checkpoint(CHECKPOINT, older)
    assert not signing.Keyring([KEY.public_key()]).signature_is_good(signed)
    assert signing.Keyring([KEY.public_key(), older.public_key()]).signature_is_good(signed)


@pytest.mark.parametrize("text", ["", "00", "zz" * 32, "00" * 33])
def test_a_damaged_key_is_refused_without_being_repeated(text: str) -> None:
    for read in (signing.private_key_from, signing.public_key_from):
        with pytest.raises(ValueError) as refused:
            read(text)
        assert str(refused.value) == "an Ed25519 key is written as 64 hexadecimal digits"
        assert refused.value.__suppress_context__


def test_the_note_is_what_the_signature_covers() -> None:
    covered = note(CHECKPOINT)
    KEY.public_key().verify(CHECKPOINT.signature, covered)
    for place in range(len(covered)):
        other = covered[:place] + bytes([covered[place] ^ 1]) + covered[place + 1 :]
        with pytest.raises(InvalidSignature):
            KEY.public_key().verify(CHECKPOINT.signature, other)
