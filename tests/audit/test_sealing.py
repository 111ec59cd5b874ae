"""The log on real databases: what is recorded is sealed, and what is touched afterwards is seen."""

import threading
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, func, select, text, update

from lms.audit import actions, queries
from lms.audit.chain import Anchor
from lms.audit.events import record
from lms.audit.models import AuditBody, AuditCheckpoint, AuditEvent, AuditSeal
from lms.audit.signing import Keyring, new_private_key_text, private_key_from
from lms.audit.verification import Code
from lms.core.db import By
from lms.core.events import Event

KEY = private_key_from(new_private_key_text())
RING = Keyring([KEY.public_key()])
AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class DoorOpened(Event):
    number: int


def happen(database, count, start=0):
    for number in range(start, start + count):
        with database.transaction(By("operator")) as session:
            record(
                session, DoorOpened(subject=f"door:{number}", occurred_at=AT, number=number, reason="test")
            )


def seal_all(database):
    with database.transaction(By("worker")) as session:
        return actions.seal(session, KEY, AT)


def verdict(database, anchors=()):
    with database.reading() as session:
        return queries.verify_log(session, RING, anchors)


@pytest.fixture
def sealed(database):
    """Thirty events under three checkpoints."""
    for start in (0, 10, 20):
        happen(database, 10, start)
        seal_all(database)
    return database


def test_an_untouched_log_holds(sealed):
    found = verdict(sealed)
    assert found.holds
    assert (found.entries, found.checkpoints) == (30, 3)


def test_a_log_longer_than_one_reading_is_verified_whole(database, monkeypatch):
    monkeypatch.setattr(queries, "ROWS_AT_ONCE", 7)
    happen(database, 20)
    seal_all(database)
    assert verdict(database).entries == 20
    with database.transaction(By("intruder")) as session:
        session.execute(update(AuditEvent).where(AuditEvent.seq == 15).values(actor="x"))
    assert Code.EVENT_ALTERED in verdict(database).counts


def test_sealing_twice_seals_nothing_new(sealed):
    assert seal_all(sealed) == 0


def test_an_event_rolled_back_leaves_no_trace(database):
    def fail():
        with database.transaction(By("operator")) as session:
            record(session, DoorOpened(subject="door:1", occurred_at=AT, number=1))
            raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        fail()
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(AuditEvent)) == 0


def test_a_session_without_reactions_is_refused(database):
    database.reactions = None
    with pytest.raises(RuntimeError, match="reactions"), database.transaction(By("operator")) as session:
        record(session, DoorOpened(subject="door:1", occurred_at=AT, number=1))


def _edit_event(session):
    session.execute(update(AuditEvent).where(AuditEvent.seq == 5).values(actor="somebody else"))


def _edit_body(session):
    event_id = session.scalar(select(AuditEvent.id).where(AuditEvent.seq == 5))
    session.execute(update(AuditBody).where(AuditBody.event_id == event_id).values(body='{"after":{}}'))


def _delete_event(session):
    event_id = session.scalar(select(AuditEvent.id).where(AuditEvent.seq == 5))
    session.execute(delete(AuditBody).where(AuditBody.event_id == event_id))
    session.execute(delete(AuditEvent).where(AuditEvent.seq == 5))


def _delete_sealed_row(session):
    session.execute(delete(AuditSeal).where(AuditSeal.position == 5))


def _swap(session):
    for old, new in ((3, 9001), (4, 3), (9001, 4)):
        session.execute(update(AuditSeal).where(AuditSeal.position == old).values(position=new))


def _forge_checkpoint(session):
    session.execute(update(AuditCheckpoint).where(AuditCheckpoint.size == 10).values(signature=b"\0" * 64))


@pytest.mark.parametrize(
    ("touch", "code"),
    [
        (_edit_event, Code.EVENT_ALTERED),
        (_edit_body, Code.BODY_ALTERED),
        (_delete_event, Code.EVENT_MISSING),
        (_delete_sealed_row, Code.GAP),
        (_swap, Code.EVENT_ALTERED),
        (_forge_checkpoint, Code.SIGNATURE_BAD),
    ],
)
def test_whatever_is_touched_is_seen(sealed, touch, code):
    with sealed.transaction(By("intruder")) as session:
        touch(session)
    found = verdict(sealed)
    assert not found.holds
    # Swapping two rows keeps every leaf true to its event: it shows in the root instead.
    assert code in found.counts or (touch is _swap and Code.ROOT_MISMATCH in found.counts)


def test_a_cut_tail_is_seen_against_an_anchor_kept_elsewhere(sealed):
    whole = verdict(sealed)
    with sealed.transaction(By("intruder")) as session:
        session.execute(delete(AuditSeal).where(AuditSeal.position >= 10))
        session.execute(delete(AuditCheckpoint).where(AuditCheckpoint.size > 10))
    assert verdict(sealed).holds
    assert Code.ANCHOR_NOT_REACHED in verdict(sealed, [Anchor(30, whole.root)]).counts


def test_the_sealer_refuses_to_sign_over_a_touched_checkpoint(sealed):
    with sealed.transaction(By("intruder")) as session:
        session.execute(update(AuditCheckpoint).where(AuditCheckpoint.size == 30).values(root=b"\1" * 32))
    happen(sealed, 1, 90)
    with pytest.raises(RuntimeError, match="audit verify"):
        seal_all(sealed)


def test_an_event_committed_late_is_sealed_later_and_not_skipped(database):
    if database.engine.dialect.name == "sqlite":
        happen(database, 2)
        assert seal_all(database) == 2
        return
    with database.transaction(By("operator")) as slow:
        record(slow, DoorOpened(subject="door:1", occurred_at=AT, number=1))
        slow.info["keep"] = slow.execute(text("SELECT nextval('audit_event_seq_seq')")).scalar()
        happen(database, 1, 2)
        assert seal_all(database) == 1
    assert seal_all(database) == 1
    assert verdict(database).holds


def test_eight_writers_and_a_sealer_lose_nothing(database):
    errors = []

    def write(start):
        try:
            happen(database, 15, start)
        except Exception as error:  # noqa: BLE001 - shown below
            errors.append(error)

    threads = [threading.Thread(target=write, args=(index * 100,)) for index in range(8)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        seal_all(database)
    for thread in threads:
        thread.join()
    seal_all(database)
    assert errors == []
    found = verdict(database)
    assert found.holds
    assert found.entries == 120
