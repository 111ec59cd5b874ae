"""One value, one byte sequence."""

import hashlib
import json
from collections import OrderedDict
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.core.canonical import canonical_json, sha256_hex


class Colour(StrEnum):
    RED = "red"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "null"),
        (True, "true"),
        (1, "1"),
        (10**30, "1" + "0" * 30),
        ("保密", '"保密"'),
        ('a"\\\n\x00', '"a\\"\\\\\\n\\u0000"'),
        (Colour.RED, '"red"'),
        ((1, [2]), "[1,[2]]"),
        ({"b": 1, "a": {"d": None, "c": ()}}, '{"a":{"c":[],"d":null},"b":1}'),
        ({"é": 1, "z": 2, "A": 3, "中": 4}, '{"A":3,"z":2,"é":1,"中":4}'),
        (MappingProxyType({Colour.RED: "x"}), '{"red":"x"}'),
    ],
)
def test_a_value_is_written_in_its_one_form(value: object, written: str) -> None:
    assert canonical_json(value) == written.encode()


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        Fraction(1, 2),
        Decimal(1),
        {1, 2},
        b"x",
        date(2026, 1, 1),
        Ellipsis,
        {1: "a"},
        {None: "a"},
        {True: 1},
        {"deep": [{"deeper": 0.5}]},
    ],
    ids=repr,
)
def test_what_has_no_one_form_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        canonical_json(value)


def test_text_that_utf8_cannot_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="surrogates"):
        canonical_json({"stem": "\ud800"})


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
)


@given(VALUES)
def test_it_reads_back_as_it_was(value: object) -> None:
    assert json.loads(canonical_json(value)) == value


@given(st.dictionaries(TEXT, VALUES, max_size=5), st.data())
def test_the_order_of_keys_does_not_matter(value: dict[str, object], data: st.DataObject) -> None:
    turned = OrderedDict(data.draw(st.permutations(list(value.items()))))
    assert canonical_json(turned) == canonical_json(value)


def test_a_hash_is_the_sha256_of_the_bytes() -> None:
    assert sha256_hex(b"abc") == hashlib.sha256(b"abc").hexdigest()
    assert sha256_hex(b"abc").startswith("ba7816bf")
