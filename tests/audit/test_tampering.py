"""Every way to touch a log, tried at every place, is noticed; erasing bodies never is a fault."""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from lms.audit.chain import Entry, StoredBody, entry_leaf
from lms.audit.merkle import Frontier, leaf_hash
from tests.audit.logs import START, Log, body_of, entry_of, make_log, make_row

# Each takes the log and a number that chooses the place.


def edit_field(log: Log, spot: int) -> None:
    row = log.rows[spot % len(log.rows)]
    names = [field.name for field in fields(Entry)]
    name = names[spot % len(names)]
    forged: object = START - timedelta(days=1) if name.endswith("_at") else "forged"
    forged = b"\x09" * 32 if name == "body_commitment" else forged
    log.rows[row.position] = replace(row, entry=replace(entry_of(row), **{name: forged}))


def rewrite_event(log: Log, spot: int) -> None:
    edit_field(log, spot)
    row = log.rows[spot % len(log.rows)]
    log.rows[row.position] = replace(row, leaf=entry_leaf(entry_of(row)))


def edit_body(log: Log, spot: int) -> None:
    row = log.rows[spot % len(log.rows) // 3 * 3]
    body = body_of(row)
    edited = StoredBody(body.salt, f"{body.text} ") if spot % 2 else StoredBody(bytes(16), body.text)
    log.rows[row.position] = replace(row, body=edited)


def edit_leaf(log: Log, spot: int) -> None:
    row = log.rows[spot % len(log.rows)]
    log.rows[row.position] = replace(row, leaf=leaf_hash(row.leaf))


def delete_event(log: Log, spot: int) -> None:
    row = log.rows[spot % len(log.rows)]
    log.rows[row.position] = replace(row, entry=None, body=None)


def delete_row(log: Log, spot: int) -> None:
    del log.rows[spot % len(log.rows)]


def delete_and_renumber(log: Log, spot: int) -> None:
    delete_row(log, spot)
    log.rows = [replace(row, position=number) for number, row in enumerate(log.rows)]


def insert_row(log: Log, spot: int) -> None:
    log.rows.insert(spot % (len(log.rows) + 1), make_row(1000))
    log.rows = [replace(row, position=number) for number, row in enumerate(log.rows)]


def swap_rows(log: Log, spot: int) -> None:
    a, b = spot % (len(log.rows) - 1), spot % (len(log.rows) - 1) + 1
    log.rows[a], log.rows[b] = replace(log.rows[b], position=a), replace(log.rows[a], position=b)


def cut_tail(log: Log, spot: int) -> None:
    kept = spot % len(log.rows)
    del log.rows[kept:]
    log.checkpoints = [item for item in log.checkpoints if item.size <= kept]


def delete_checkpoint(log: Log, spot: int) -> None:
    del log.checkpoints[spot % len(log.checkpoints)]


def edit_checkpoint(log: Log, spot: int) -> None:
    place = spot % len(log.checkpoints)
    changes: tuple[dict[str, object], ...] = (
        {"size": log.checkpoints[place].size + 1},
        {"root": b"\x01" * 32},
        {"previous": b"\x01" * 32},
        {"sealed_at": START - timedelta(days=1)},
        {"key_id": "0" * 16},
        {"signature": bytes(64)},
        {"frontier": Frontier()},
    )
    log.checkpoints[place] = replace(log.checkpoints[place], **changes[spot % len(changes)])


TAMPERINGS = (
    edit_field,
    rewrite_event,
    edit_body,
    edit_leaf,
    delete_event,
    delete_row,
    delete_and_renumber,
    insert_row,
    swap_rows,
    cut_tail,
    delete_checkpoint,
    edit_checkpoint,
)


@given(
    batches=st.lists(st.integers(1, 6), min_size=2, max_size=5),
    tamper=st.sampled_from(TAMPERINGS),
    spot=st.integers(0, 10_000),
)
def test_whatever_is_touched_is_caught(
    batches: list[int], tamper: Callable[[Log, int], None], spot: int
) -> None:
    log = make_log(*batches)
    assert log.verdict().holds
    tamper(log, spot)
    assert not log.verdict().holds


@given(batches=st.lists(st.integers(1, 6), min_size=1, max_size=5), blanked=st.sets(st.integers(0, 30)))
def test_erasing_any_bodies_never_breaks_the_log(batches: list[int], blanked: set[int]) -> None:
    log = make_log(*batches)
    log.rows = [
        replace(row, body=StoredBody(None, None)) if row.body and row.position in blanked else row
        for row in log.rows
    ]
    verdict = log.verdict()
    assert verdict.holds
    assert verdict.erased_bodies == sum(row.body == StoredBody(None, None) for row in log.rows)
