"""The Merkle tree of RFC 6962 over leaf hashes: roots, compact ranges and proofs. Pure.

Leaves are numbered from 0. A range is half open. Nothing here knows what a leaf means.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import Self

EMPTY_ROOT = hashlib.sha256(b"").digest()
HASH_BYTES = 32

RootOf = Callable[[int, int], bytes]


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of one leaf. Source: RFC 6962, section 2.1."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node. Source: RFC 6962, section 2.1."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """The roots of the perfect subtrees of a growing tree, largest first: all that appending needs."""

    def __init__(self, size: int = 0, hashes: Sequence[bytes] = ()) -> None:
        if size < 0 or len(hashes) != size.bit_count():
            raise ValueError(
                f"a tree of {size} leaves has {max(size, 0).bit_count()} subtrees, not {len(hashes)}"
            )
        if any(len(item) != HASH_BYTES for item in hashes):
            raise ValueError("a subtree root must have 32 bytes")
        self._size = size
        self._hashes = list(hashes)

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read what `to_text` wrote. Raises ValueError."""
        size, _, rest = text.partition(":")
        hashes = [bytes.fromhex(part) for part in rest.split(",")] if rest else []
        frontier = cls(int(size), hashes)
        if frontier.to_text() != text:
            raise ValueError("not a frontier as this program writes it")
        return frontier

    def to_text(self) -> str:
        """Return `size:hash,hash,…` in lower-case hexadecimal."""
        return f"{self._size}:" + ",".join(item.hex() for item in self._hashes)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Frontier) and self.to_text() == other.to_text()

    def __hash__(self) -> int:
        return hash(self.to_text())

    def __repr__(self) -> str:
        return f"Frontier({self._size}, root={self.root().hex()})"

    @property
    def size(self) -> int:
        """Return the number of leaves appended so far."""
        return self._size

    def copy(self) -> "Frontier":
        """Return an independent frontier of the same tree."""
        return Frontier(self._size, self._hashes)

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash at the end."""
        node, size = leaf, self._size
        while size & 1:
            node = node_hash(self._hashes.pop(), node)
            size >>= 1
        self._hashes.append(node)
        self._size += 1

    def root(self) -> bytes:
        """Return the root of the whole tree."""
        if not self._hashes:
            return EMPTY_ROOT
        *rest, node = self._hashes
        for left in reversed(rest):
            node = node_hash(left, node)
        return node


def tree_root(leaves: Iterable[bytes]) -> bytes:
    """Return the root over leaf hashes, in flat memory."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


def _split(size: int) -> int:
    """Return the largest power of two below size."""
    return 1 << (size - 1).bit_length() - 1


def inclusion_proof(index: int, size: int, root_of: RootOf) -> list[bytes]:
    """Return the audit path of leaf `index` in the tree of the first `size` leaves, leaf to root.

    `root_of(first, end)` gives the root over those leaves, for example `tree_root` over a query.
    Raises ValueError for an index outside the tree. Source: RFC 6962, section 2.1.1.
    """
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    path = []
    first, end = 0, size
    while end - first > 1:
        middle = first + _split(end - first)
        if index < middle:
            path.append(root_of(middle, end))
            end = middle
        else:
            path.append(root_of(first, middle))
            first = middle
    return path[::-1]


def inclusion_holds(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Say whether the proof leads from the leaf hash to the root. Source: RFC 9162, section 2.1.3.2."""
    if not 0 <= index < size:
        return False
    node, place, last = leaf, index, size - 1
    for step in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            node = node_hash(step, node)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = node_hash(node, step)
        place, last = place >> 1, last >> 1
    return last == 0 and node == root


def consistency_proof(old: int, new: int, root_of: RootOf) -> list[bytes]:
    """Return the proof that the tree of `old` leaves is the beginning of the tree of `new`.

    Raises ValueError unless 0 < old <= new. Source: RFC 6962, section 2.1.2.
    """
    if not 0 < old <= new:
        raise ValueError(f"no consistency proof from {old} to {new} leaves")
    path = []
    first, end, whole = 0, new, True
    while end != old:
        middle = first + _split(end - first)
        if old <= middle:
            path.append(root_of(middle, end))
            end = middle
        else:
            path.append(root_of(first, middle))
            first, whole = middle, False
    if not whole:
        path.append(root_of(first, end))
    return path[::-1]


def consistency_holds(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Say whether the new tree only adds to the old one. Source: RFC 9162, section 2.1.4.2."""
    if not 0 < old <= new:
        return False
    if old == new:
        return not proof and old_root == new_root
    path = list(proof)
    if old & (old - 1) == 0:
        path.insert(0, old_root)
    if not path:
        return False
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old_node = new_node = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old_node, new_node = node_hash(step, old_node), node_hash(step, new_node)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new_node = node_hash(new_node, step)
        place, last = place >> 1, last >> 1
    return last == 0 and old_node == old_root and new_node == new_root
