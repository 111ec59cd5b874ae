"""The sealer: takes committed, unsealed events, appends them to the tree, signs a checkpoint."""

from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import insert, select, text, update
from sqlalchemy.orm import Session

from lms.audit.chain import Checkpoint, entry_leaf, note_hash
from lms.audit.events import record
from lms.audit.merkle import Frontier
from lms.audit.models import AuditCheckpoint, AuditEvent, AuditSeal
from lms.audit.queries import entry_of, last_checkpoint
from lms.audit.signing import Keyring, sign_checkpoint
from lms.audit.verification import LogVerified, Verdict

BATCH = 5_000
SEALER_LOCK = 7_719_204  # PostgreSQL: one sealer at a time; SQLite has one writer anyhow


def seal(session: Session, key: Ed25519PrivateKey, at: datetime) -> int:
    """Seal up to 5,000 waiting events and sign a checkpoint; return how many were sealed.

    An event committed late, with a lower sequence number than those already sealed, is taken by the next
    call: positions follow sealing, not insertion, so nothing is ever skipped.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": SEALER_LOCK})
    waiting = list(
        session.scalars(select(AuditEvent).where(AuditEvent.pending).order_by(AuditEvent.seq).limit(BATCH))
    )
    if not waiting:
        return 0
    before = last_checkpoint(session)
    frontier = _frontier_of(before, Keyring([key.public_key()]))
    first = frontier.size
    leaves = [entry_leaf(entry_of(event)) for event in waiting]
    for leaf in leaves:
        frontier.append(leaf)
    seals = [
        {"position": first + index, "event_id": event.id, "leaf": leaf}
        for index, (event, leaf) in enumerate(zip(waiting, leaves, strict=True))
    ]
    session.execute(insert(AuditSeal), seals)
    session.execute(
        update(AuditEvent).where(AuditEvent.seq.in_([event.seq for event in waiting])).values(pending=False),
        execution_options={"synchronize_session": False},
    )
    _write(session, sign_checkpoint(_statement(frontier, before, at), key))
    return len(waiting)


def _frontier_of(before: Checkpoint | None, keyring: Keyring) -> Frontier:
    """Return where the tree goes on.

    Raises RuntimeError when the last checkpoint was tampered with: signing over it would hide that. A key
    changed since then is fine, its old signature being checked by `lms audit verify`.
    """
    if before is None:
        return Frontier()
    frontier = before.frontier
    if frontier is None or (frontier.size, frontier.root()) != (before.size, before.root):
        raise RuntimeError("the last checkpoint does not match its tree: run `lms audit verify`")
    if before.key_id in keyring.key_ids and not keyring.signature_is_good(before):
        raise RuntimeError("the signature of the last checkpoint is bad: run `lms audit verify`")
    return frontier.copy()


def _statement(frontier: Frontier, before: Checkpoint | None, at: datetime) -> Checkpoint:
    return Checkpoint(
        size=frontier.size,
        root=frontier.root(),
        previous=note_hash(before),
        sealed_at=max(at, before.sealed_at) if before else at,
        key_id="",
        frontier=frontier,
    )


def _write(session: Session, checkpoint: Checkpoint) -> None:
    frontier = checkpoint.frontier or Frontier()
    session.add(
        AuditCheckpoint(
            size=checkpoint.size,
            root=checkpoint.root,
            previous=checkpoint.previous,
            at=checkpoint.sealed_at,
            frontier=frontier.to_text(),
            key_id=checkpoint.key_id,
            signature=checkpoint.signature,
        )
    )
    session.flush()


def note_verdict(session: Session, verdict: Verdict, at: datetime) -> None:
    """Record that the whole log was verified, and what came of it."""
    happened = LogVerified(
        subject="log", occurred_at=at, entries=verdict.entries, checkpoints=verdict.checkpoints,
        anchors=verdict.anchors, holds=verdict.holds,
        findings={code.value: count for code, count in verdict.counts.items()},
    )  # fmt: skip
    record(session, happened)
