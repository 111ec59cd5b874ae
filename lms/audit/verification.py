"""Recompute a whole log and say what is wrong with it, reading it once and in flat memory. Pure.

After damage the walk goes on from the next checkpoint whose signature holds, so that a finding names the
stretch that was touched and later stretches are still proven. A cut tail (rows and checkpoints alike) can
only be seen against an anchor kept elsewhere.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from lms.audit.chain import Anchor, Checkpoint, Entry, SealedRow, commit_body, entry_leaf, note_hash
from lms.audit.merkle import Frontier
from lms.core.events import Event

FINDINGS_KEPT = 100


class Code(StrEnum):
    """What may be wrong. Positions are of entries; for checkpoints and anchors, their size."""

    EVENT_ALTERED = "event_altered"
    EVENT_MISSING = "event_missing"
    BODY_ALTERED = "body_altered"
    BODY_MISSING = "body_missing"
    ERASURE_UNRECORDED = "erasure_unrecorded"
    GAP = "gap"
    POSITION_REPEATED = "position_repeated"
    ROOT_MISMATCH = "root_mismatch"
    SIGNATURE_BAD = "signature_bad"
    FRONTIER_ALTERED = "frontier_altered"
    CHECKPOINTS_BROKEN = "checkpoints_broken"
    TAIL_MISSING = "tail_missing"
    TAIL_UNSIGNED = "tail_unsigned"
    ANCHOR_MISMATCH = "anchor_mismatch"
    ANCHOR_NOT_REACHED = "anchor_not_reached"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong, from `position` through `last` (the same for a single place)."""

    code: Code
    position: int
    last: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a walk found. `findings` are the first hundred; `counts` has them all."""

    entries: int
    checkpoints: int
    anchors: int
    erased_bodies: int
    root: bytes
    findings: tuple[Finding, ...] = ()
    counts: dict[Code, int] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """Say whether nothing is wrong."""
        return not self.counts


@dataclass(frozen=True, kw_only=True)
class LogVerified(Event):
    """The whole log was recomputed; `findings` counts what is wrong with it, by code."""

    entries: int
    checkpoints: int
    anchors: int
    holds: bool
    findings: Mapping[str, int]


SignatureCheck = Callable[[Checkpoint], bool]
ErasureCheck = Callable[[Entry], bool]


def verify(
    rows: Iterable[SealedRow],
    checkpoints: Iterable[Checkpoint],
    signature_is_good: SignatureCheck,
    anchors: Iterable[Anchor] = (),
    erasure_recorded: ErasureCheck | None = None,
) -> Verdict:
    """Return the verdict over a log.

    Rows come by position, checkpoints by size, both from the first. `erasure_recorded` says whether
    the erasure ledger knows of an entry whose body is blank; without it every blank body is believed.
    """
    walk = _Walk(iter(checkpoints), signature_is_good, anchors, erasure_recorded)
    for row in rows:
        walk.take(row)
    return walk.finish()


class _Walk:
    def __init__(
        self,
        checkpoints: Iterator[Checkpoint],
        signature_is_good: SignatureCheck,
        anchors: Iterable[Anchor],
        erasure_recorded: ErasureCheck | None,
    ) -> None:
        self._checkpoints = checkpoints
        self._signature_is_good = signature_is_good
        self._erasure_recorded = erasure_recorded
        self._anchors = sorted(anchors, key=lambda anchor: anchor.size, reverse=True)
        self._checkpoint = next(checkpoints, None)
        self._before: Checkpoint | None = None
        self._frontier = Frontier()
        self._unbroken = True
        self._next = 0
        self._entries = self._checkpoints_seen = self._anchors_met = self._erased = 0
        self._findings: list[Finding] = []
        self._counts: Counter[Code] = Counter()

    def take(self, row: SealedRow) -> None:
        if self._next == 0:
            self._settle(0)
        if row.position < self._next:
            self._find(Code.POSITION_REPEATED, row.position)
            return
        if row.position > self._next:
            self._find(Code.GAP, self._next, row.position - 1)
            self._unbroken = False
            self._next = row.position
            self._settle(row.position)
        self._check_event(row)
        self._frontier.append(row.leaf)
        self._entries += 1
        self._next += 1
        self._settle(self._next)

    def finish(self) -> Verdict:
        self._settle(self._next)
        signed = self._before.size if self._before else 0
        if signed < self._next:
            self._find(Code.TAIL_UNSIGNED, signed, self._next - 1)
        while self._checkpoint:
            self._find(Code.TAIL_MISSING, self._next, self._checkpoint.size - 1)
            self._check_statement(self._checkpoint)
            self._advance(self._checkpoint)
        for anchor in reversed(self._anchors):
            self._find(Code.ANCHOR_NOT_REACHED, anchor.size)
        return Verdict(
            entries=self._entries,
            checkpoints=self._checkpoints_seen,
            anchors=self._anchors_met,
            erased_bodies=self._erased,
            root=self._frontier.root(),
            findings=tuple(self._findings),
            counts=dict(self._counts),
        )

    def _find(self, code: Code, position: int, last: int | None = None) -> None:
        self._counts[code] += 1
        if len(self._findings) < FINDINGS_KEPT:
            self._findings.append(Finding(code, position, position if last is None else last))

    def _check_event(self, row: SealedRow) -> None:
        if row.entry is None:
            self._find(Code.EVENT_MISSING, row.position)
            return
        if entry_leaf(row.entry) != row.leaf:
            self._find(Code.EVENT_ALTERED, row.position)
        self._check_body(row, row.entry)

    def _check_body(self, row: SealedRow, entry: Entry) -> None:
        commitment, body = entry.body_commitment, row.body
        if commitment is None:
            if body is not None:
                self._find(Code.BODY_ALTERED, row.position)
        elif body is None:
            self._find(Code.BODY_MISSING, row.position)
        elif body.salt is None and body.text is None:
            self._erased += 1
            if self._erasure_recorded and not self._erasure_recorded(entry):
                self._find(Code.ERASURE_UNRECORDED, row.position)
        elif not _opens(commitment, body.salt, body.text):
            self._find(Code.BODY_ALTERED, row.position)

    def _settle(self, size: int) -> None:
        """Compare with all that is known of the tree of this size, or of sizes that a gap left out."""
        while self._anchors and self._anchors[-1].size <= size:
            anchor = self._anchors.pop()
            if anchor.size == size and self._unbroken and anchor.root == self._frontier.root():
                self._anchors_met += 1
            else:
                self._find(Code.ANCHOR_MISMATCH, anchor.size)
        while self._checkpoint and self._checkpoint.size <= size:
            self._check_root(self._checkpoint, size)
            self._advance(self._checkpoint)

    def _check_root(self, checkpoint: Checkpoint, size: int) -> None:
        signed = self._check_statement(checkpoint)
        proven = self._before.size if self._before else 0
        right = self._unbroken and checkpoint.size == size and checkpoint.root == self._frontier.root()
        if self._unbroken and not right:
            self._find(Code.ROOT_MISMATCH, proven, max(proven, checkpoint.size - 1))
        if not right:
            self._resume_from(checkpoint if signed else None, size)

    def _resume_from(self, checkpoint: Checkpoint | None, size: int) -> None:
        frontier = checkpoint.frontier if checkpoint and checkpoint.size == size else None
        self._unbroken = frontier is not None and checkpoint is not None and _matches(frontier, checkpoint)
        if self._unbroken and frontier is not None:
            self._frontier = frontier.copy()

    def _check_statement(self, checkpoint: Checkpoint) -> bool:
        """Check what a checkpoint says by itself and about the one before it; return whether it is signed."""
        signed = self._signature_is_good(checkpoint)
        if not signed:
            self._find(Code.SIGNATURE_BAD, checkpoint.size)
        if checkpoint.frontier is not None and not _matches(checkpoint.frontier, checkpoint):
            self._find(Code.FRONTIER_ALTERED, checkpoint.size)
        grows = checkpoint.size > (self._before.size if self._before else 0)
        if not grows or checkpoint.previous != note_hash(self._before):
            self._find(Code.CHECKPOINTS_BROKEN, checkpoint.size)
        return signed

    def _advance(self, checkpoint: Checkpoint) -> None:
        self._before = checkpoint
        self._checkpoints_seen += 1
        self._checkpoint = next(self._checkpoints, None)


def _opens(commitment: bytes, salt: bytes | None, text: str | None) -> bool:
    try:
        return salt is not None and text is not None and commit_body(salt, text) == commitment
    except ValueError:
        return False


def _matches(frontier: Frontier, checkpoint: Checkpoint) -> bool:
    return frontier.size == checkpoint.size and frontier.root() == checkpoint.root
