"""Whoever touches the log is caught, and told from an erasure that was allowed."""

from collections.abc import Iterator
from dataclasses import fields, replace

import pytest

from lms.audit.chain import Anchor, Entry, SealedRow, StoredBody, body_text, entry_leaf
from lms.audit.merkle import Frontier, leaf_hash
from lms.audit.signing import sign_checkpoint
from lms.audit.verification import FINDINGS_KEPT, Code, Finding, verify
from tests.audit.logs import KEYRING, START, STRANGER, Log, entry_of, make_log, make_row


def found(log: Log) -> list[tuple[Code, int, int]]:
    return [(item.code, item.position, item.last) for item in log.verdict().findings]


def test_an_untouched_log_holds() -> None:
    log = make_log(4, 1, 7)
    verdict = log.verdict()
    assert verdict.holds and verdict.findings == ()
    assert (verdict.entries, verdict.checkpoints, verdict.anchors, verdict.erased_bodies) == (12, 3, 3, 0)
    assert verdict.root == log.checkpoints[-1].root


def test_an_empty_log_holds() -> None:
    verdict = verify([], [], KEYRING.signature_is_good, [Anchor(0, Frontier().root())])
    assert verdict.holds and verdict.anchors == 1


def test_erased_bodies_are_fine_and_counted() -> None:
    log = make_log(4, 4)
    for spot in (0, 4):
        log.rows[spot] = replace(log.rows[spot], body=StoredBody(None, None))
    verdict = log.verdict()
    assert verdict.holds and verdict.erased_bodies == 2


def test_a_body_blanked_without_a_record_is_found_when_the_ledger_is_asked() -> None:
    log = make_log(4, 4)
    for spot in (0, 4):
        log.rows[spot] = replace(log.rows[spot], body=StoredBody(None, None))
    verdict = verify(
        log.rows, log.checkpoints, KEYRING.signature_is_good, erasure_recorded=lambda entry: entry.id == "e0"
    )
    assert verdict.findings == (Finding(Code.ERASURE_UNRECORDED, 4, 4),)


@pytest.mark.parametrize("name", [field.name for field in fields(Entry) if field.name != "body_commitment"])
def test_an_edited_field_is_found_at_its_place(name: str) -> None:
    log = make_log(3, 3)
    forged: object = START if name.endswith("_at") else "forged"
    log.rows[4] = replace(log.rows[4], entry=replace(entry_of(log.rows[4]), **{name: forged}))
    assert found(log) == [(Code.EVENT_ALTERED, 4, 4)]


@pytest.mark.parametrize(
    "body",
    [
        StoredBody(bytes(16), body_text(after={"score": 100})),
        StoredBody(bytes(3), "short salt"),
        StoredBody(None, "text without salt"),
        StoredBody(bytes(16), None),
    ],
)
def test_an_edited_body_is_found_at_its_place(body: StoredBody) -> None:
    log = make_log(3, 3)
    log.rows[3] = replace(log.rows[3], body=body)
    assert found(log) == [(Code.BODY_ALTERED, 3, 3)]


def test_a_body_put_beside_an_entry_that_had_none_is_found() -> None:
    log = make_log(3, 3)
    log.rows[2] = replace(log.rows[2], body=StoredBody(None, None))
    assert found(log) == [(Code.BODY_ALTERED, 2, 2)]


def test_a_body_row_that_was_removed_is_not_an_erasure() -> None:
    log = make_log(3, 3)
    log.rows[3] = replace(log.rows[3], body=None)
    assert found(log) == [(Code.BODY_MISSING, 3, 3)]


def test_an_event_and_its_leaf_rewritten_together_are_found_in_their_stretch_alone() -> None:
    log = make_log(3, 3, 3)
    forged = replace(entry_of(log.rows[4]), actor="p9")
    log.rows[4] = replace(log.rows[4], entry=forged, leaf=entry_leaf(forged))
    assert found(log) == [(Code.ANCHOR_MISMATCH, 6, 6), (Code.ROOT_MISMATCH, 3, 5)]


def test_a_deleted_event_is_found_at_its_place() -> None:
    log = make_log(3, 3)
    log.rows[4] = replace(log.rows[4], entry=None, body=None)
    assert found(log) == [(Code.EVENT_MISSING, 4, 4)]


def test_a_gap_is_found_with_its_width_and_later_stretches_are_still_proven() -> None:
    log = make_log(3, 4, 3, anchored=False)
    del log.rows[4:6]
    forged = replace(entry_of(log.rows[-1]), actor="p9")
    log.rows[-1] = replace(log.rows[-1], entry=forged, leaf=entry_leaf(forged))
    assert found(log) == [(Code.GAP, 4, 5), (Code.ROOT_MISMATCH, 7, 9)]


def test_a_gap_over_whole_stretches_still_checks_their_checkpoints() -> None:
    log = make_log(2, 2, 2, 2, anchored=False)
    log.checkpoints[1] = replace(log.checkpoints[1], signature=bytes(64))
    del log.rows[1:6]
    assert found(log) == [(Code.GAP, 1, 5), (Code.SIGNATURE_BAD, 4, 4)]


def test_after_a_gap_without_a_frontier_to_resume_from_the_anchors_are_not_called_met() -> None:
    log = make_log(3, 4, 3)
    log.checkpoints = [replace(item, frontier=None) for item in log.checkpoints]
    del log.rows[4]
    assert found(log) == [(Code.GAP, 4, 4), (Code.ANCHOR_MISMATCH, 7, 7), (Code.ANCHOR_MISMATCH, 10, 10)]


def test_a_gap_closed_by_renumbering_is_found() -> None:
    log = make_log(3, 3, 3, anchored=False)
    del log.rows[4]
    log.rows = [replace(row, position=number) for number, row in enumerate(log.rows)]
    codes = {code for code, _, _ in found(log)}
    assert Code.ROOT_MISMATCH in codes and Code.TAIL_MISSING in codes


def test_swapped_events_are_found() -> None:
    log = make_log(3, 3, anchored=False)
    log.rows[3], log.rows[4] = replace(log.rows[4], position=3), replace(log.rows[3], position=4)
    assert found(log) == [(Code.ROOT_MISMATCH, 3, 5)]


def test_a_position_taken_twice_is_found() -> None:
    log = make_log(3, 3)
    log.rows.insert(4, replace(make_row(9), position=3))
    assert found(log) == [(Code.POSITION_REPEATED, 3, 3)]


def test_a_tail_cut_from_the_rows_is_found_by_its_checkpoint() -> None:
    log = make_log(3, 3, 3, anchored=False)
    del log.rows[4:]
    assert found(log) == [(Code.TAIL_UNSIGNED, 3, 3), (Code.TAIL_MISSING, 4, 5), (Code.TAIL_MISSING, 4, 8)]


def test_a_tail_cut_together_with_its_checkpoints_is_found_by_an_anchor() -> None:
    log = make_log(3, 3, 3)
    del log.rows[3:], log.checkpoints[1:]
    assert found(log) == [(Code.ANCHOR_NOT_REACHED, 6, 6), (Code.ANCHOR_NOT_REACHED, 9, 9)]
    log.anchors = []
    assert log.verdict().holds  # nothing inside the database can show this: hence anchors


def test_a_log_written_anew_with_the_true_key_is_found_by_an_anchor() -> None:
    log = make_log(3, 3)
    printed = replace(log.anchors[1], root=leaf_hash(b"the root that was printed"))
    log.anchors = [log.anchors[0], printed]
    assert found(log) == [(Code.ANCHOR_MISMATCH, 6, 6)]


def test_two_anchors_of_one_size_that_differ_show_a_forked_log() -> None:
    log = make_log(3)
    log.anchors.append(Anchor(3, leaf_hash(b"other")))
    verdict = log.verdict()
    assert verdict.anchors == 1 and verdict.counts == {Code.ANCHOR_MISMATCH: 1}


def test_an_anchor_between_checkpoints_is_met() -> None:
    log = make_log(5)
    frontier = Frontier()
    for row in log.rows[:2]:
        frontier.append(row.leaf)
    log.anchors = [Anchor(2, frontier.root())]
    assert log.verdict().holds and log.verdict().anchors == 1


def test_entries_added_without_a_signature_are_found() -> None:
    log = make_log(3, 3)
    log.rows += [make_row(6), make_row(7)]
    assert found(log) == [(Code.TAIL_UNSIGNED, 6, 7)]


def test_a_bad_signature_is_found_and_breaks_nothing_else() -> None:
    log = make_log(3, 3, 3)
    log.checkpoints[1] = replace(log.checkpoints[1], signature=bytes(64))
    assert found(log) == [(Code.SIGNATURE_BAD, 6, 6)]


def test_a_checkpoint_signed_by_a_stranger_is_found() -> None:
    log = make_log(3, 3)
    log.checkpoints[1] = sign_checkpoint(log.checkpoints[1], STRANGER)
    assert found(log) == [(Code.SIGNATURE_BAD, 6, 6)]


def test_a_rewritten_past_signed_by_a_stranger_is_not_resumed_from() -> None:
    log = make_log(3, 3, anchored=False)
    other = Frontier(3, [leaf_hash(b"x"), leaf_hash(b"y")])
    forged = replace(log.checkpoints[0], root=other.root(), frontier=other)
    log.checkpoints[0] = sign_checkpoint(forged, STRANGER)
    assert found(log) == [
        (Code.SIGNATURE_BAD, 3, 3),
        (Code.ROOT_MISMATCH, 0, 2),
        (Code.CHECKPOINTS_BROKEN, 6, 6),
    ]


def test_a_removed_checkpoint_breaks_the_chain() -> None:
    log = make_log(3, 3, 3)
    del log.checkpoints[1]
    assert found(log) == [(Code.CHECKPOINTS_BROKEN, 9, 9)]


def test_a_removed_first_checkpoint_breaks_the_chain() -> None:
    log = make_log(3, 3)
    del log.checkpoints[0]
    assert found(log) == [(Code.CHECKPOINTS_BROKEN, 6, 6)]


def test_a_checkpoint_over_nothing_is_not_one_of_ours() -> None:
    log = make_log(0, 3)
    assert found(log) == [(Code.CHECKPOINTS_BROKEN, 0, 0)]


def test_a_frontier_that_does_not_fit_its_root_is_found() -> None:
    log = make_log(3, 3)
    log.checkpoints[0] = replace(log.checkpoints[0], frontier=Frontier(3, [leaf_hash(b"x"), leaf_hash(b"y")]))
    assert found(log) == [(Code.FRONTIER_ALTERED, 3, 3)]


def test_of_ten_thousand_findings_the_first_are_kept_and_all_are_counted() -> None:
    lone = make_row(0)

    def rows() -> Iterator[SealedRow]:
        for number in range(10_000):
            yield replace(lone, position=number, entry=None, body=None)

    verdict = verify(rows(), iter(()), KEYRING.signature_is_good)
    assert len(verdict.findings) == FINDINGS_KEPT
    assert verdict.counts == {Code.EVENT_MISSING: 10_000, Code.TAIL_UNSIGNED: 1}
