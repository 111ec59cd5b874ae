"""Whole logs for the tests, made of small stretches, each with its signed checkpoint."""

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from lms.audit.chain import (
    Anchor,
    Checkpoint,
    Entry,
    SealedRow,
    StoredBody,
    body_text,
    commit_body,
    entry_leaf,
    note_hash,
)
from lms.audit.merkle import Frontier
from lms.audit.signing import Keyring, private_key_from, sign_checkpoint
from lms.audit.verification import Verdict, verify

KEY = private_key_from("11" * 32)
STRANGER = private_key_from("22" * 32)
KEYRING = Keyring([KEY.public_key()])
START = datetime(2026, 1, 5, 9, tzinfo=UTC)


@dataclass
class Log:
    rows: list[SealedRow]
    checkpoints: list[Checkpoint]
    anchors: list[Anchor]

    def verdict(self) -> Verdict:
        return verify(self.rows, self.checkpoints, KEYRING.signature_is_good, self.anchors)


def make_row(position: int) -> SealedRow:
    at = START + timedelta(minutes=position)
    entry = Entry(
        id=f"e{position}",
        kind="AttemptScored",
        occurred_at=at,
        recorded_at=at + timedelta(seconds=1),
        actor="p7",
        role="learner",
        object_kind="attempt",
        object_id=str(position),
    )
    body = None
    if position % 3 != 2:
        salt = hashlib.sha256(b"%d" % position).digest()[:16]
        text = body_text(before={"score": 0}, after={"score": position}, reason="考试")
        body = StoredBody(salt, text)
        entry = replace(entry, body_commitment=commit_body(salt, text))
    return SealedRow(position, entry_leaf(entry), entry, body)


def make_log(*batches: int, anchored: bool = True) -> Log:
    frontier, rows, checkpoints = Frontier(), [], []
    last: Checkpoint | None = None
    for batch in batches:
        for _ in range(batch):
            row = make_row(frontier.size)
            rows.append(row)
            frontier.append(row.leaf)
        draft = Checkpoint(
            size=frontier.size,
            root=frontier.root(),
            previous=note_hash(last),
            sealed_at=START + timedelta(hours=len(checkpoints)),
            key_id="",
            frontier=frontier.copy(),
        )
        last = sign_checkpoint(draft, KEY)
        checkpoints.append(last)
    return Log(rows, checkpoints, [item.anchor for item in checkpoints] if anchored else [])


def body_of(row: SealedRow) -> StoredBody:
    assert row.body is not None
    return row.body


def entry_of(row: SealedRow) -> Entry:
    assert row.entry is not None
    return row.entry
