"""The tree against the published vectors, against the definition, and against forged proofs."""

import hashlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.audit.merkle import (
    EMPTY_ROOT,
    Frontier,
    consistency_holds,
    consistency_proof,
    inclusion_holds,
    inclusion_proof,
    leaf_hash,
    node_hash,
    tree_root,
)

# The eight leaves and roots of the certificate-transparency reference tests.
INPUTS = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
LEAVES = [leaf_hash(bytes.fromhex(item)) for item in INPUTS]
INCLUSION = {
    (0, 1): (),
    (0, 8): (
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ),
    (5, 8): (
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (2, 3): ("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",),
    (1, 5): (
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ),
}
CONSISTENCY = {
    (1, 1): (),
    (1, 8): (
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ),
    (6, 8): (
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (2, 5): (
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ),
}

sizes = st.integers(min_value=1, max_value=70)


def leaves_of(size: int) -> list[bytes]:
    return [leaf_hash(str(number).encode()) for number in range(size)]


def naive_root(leaves: list[bytes]) -> bytes:
    """The definition in RFC 6962, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(naive_root(leaves[:split]), naive_root(leaves[split:]))


def proofs_over(leaves: list[bytes]):
    return lambda first, end: tree_root(leaves[first:end])


def test_the_empty_tree_has_the_published_root() -> None:
    assert Frontier().root() == EMPTY_ROOT
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize("size", range(1, 9))
def test_the_published_leaves_give_the_published_roots(size: int) -> None:
    assert tree_root(LEAVES[:size]).hex() == ROOTS[size - 1]


@pytest.mark.parametrize(("index", "size"), INCLUSION)
def test_inclusion_proofs_are_the_published_ones(index: int, size: int) -> None:
    proof = inclusion_proof(index, size, proofs_over(LEAVES))
    assert tuple(step.hex() for step in proof) == INCLUSION[index, size]
    assert inclusion_holds(LEAVES[index], index, size, proof, bytes.fromhex(ROOTS[size - 1]))


@pytest.mark.parametrize(("old", "new"), CONSISTENCY)
def test_consistency_proofs_are_the_published_ones(old: int, new: int) -> None:
    proof = consistency_proof(old, new, proofs_over(LEAVES))
    assert tuple(step.hex() for step in proof) == CONSISTENCY[old, new]
    roots = [bytes.fromhex(root) for root in ROOTS]
    assert consistency_holds(old, roots[old - 1], new, roots[new - 1], proof)


@given(sizes)
def test_a_frontier_has_the_root_of_the_definition(size: int) -> None:
    assert tree_root(leaves_of(size)) == naive_root(leaves_of(size))


@given(sizes, st.data())
def test_a_frontier_put_away_and_read_again_goes_on_as_before(size: int, data: st.DataObject) -> None:
    leaves = leaves_of(size)
    cut = data.draw(st.integers(0, size))
    frontier = Frontier()
    for leaf in leaves[:cut]:
        frontier.append(leaf)
    again = Frontier.from_text(frontier.to_text())
    assert again == frontier and hash(again) == hash(frontier) and again.size == cut
    for leaf in leaves[cut:]:
        again.append(leaf)
    assert again.root() == naive_root(leaves)
    assert (again == frontier) is (cut == size)


def test_a_copied_frontier_leaves_the_first_alone() -> None:
    frontier = Frontier()
    frontier.copy().append(LEAVES[0])
    assert frontier.size == 0 and frontier != "0:"
    assert repr(frontier) == f"Frontier(0, root={EMPTY_ROOT.hex()})"


@pytest.mark.parametrize(
    "text",
    ["", "1", "1:", "2:00", "-1:", "x:", "1:zz", f"3:{'00' * 32}", f"1:{'AB' * 32}", f"01:{'ab' * 32}"],
)
def test_a_frontier_that_was_damaged_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Frontier.from_text(text)


def test_a_frontier_refuses_a_hash_of_another_length() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Frontier(1, [b"short"])


@given(sizes, st.data())
def test_an_inclusion_proof_holds_for_its_leaf_and_for_nothing_else(size: int, data: st.DataObject) -> None:
    leaves = leaves_of(size)
    root = tree_root(leaves)
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(index, size, proofs_over(leaves))
    assert inclusion_holds(leaves[index], index, size, proof, root)
    assert not inclusion_holds(leaf_hash(b"forged"), index, size, proof, root)
    assert not inclusion_holds(leaves[index], index, size, [*proof, root], root)
    assert not inclusion_holds(leaves[index], index, size, proof, leaf_hash(b"other root"))
    for other in range(size):
        assert inclusion_holds(leaves[index], other, size, proof, root) is (other == index)
    if proof:
        assert not inclusion_holds(leaves[index], index, size, proof[:-1], root)
        spot = data.draw(st.integers(0, len(proof) - 1))
        bent = [*proof[:spot], leaf_hash(b"bent"), *proof[spot + 1 :]]
        assert not inclusion_holds(leaves[index], index, size, bent, root)


@given(sizes, st.data())
def test_a_consistency_proof_holds_for_its_two_trees_only(new: int, data: st.DataObject) -> None:
    leaves = leaves_of(new)
    old = data.draw(st.integers(1, new))
    old_root, new_root = tree_root(leaves[:old]), tree_root(leaves)
    proof = consistency_proof(old, new, proofs_over(leaves))
    assert consistency_holds(old, old_root, new, new_root, proof)
    assert not consistency_holds(old, leaf_hash(b"other"), new, new_root, proof)
    assert not consistency_holds(old, old_root, new, leaf_hash(b"other"), proof)
    assert not consistency_holds(old, old_root, new, new_root, [*proof, old_root])
    for spot in range(len(proof)):
        bent = [*proof[:spot], leaf_hash(b"bent"), *proof[spot + 1 :]]
        assert not consistency_holds(old, old_root, new, new_root, bent)
        assert not consistency_holds(old, old_root, new, new_root, proof[:spot])


def test_a_rewritten_past_has_no_consistency_proof() -> None:
    honest, forged = leaves_of(9), [leaf_hash(b"forged"), *leaves_of(9)[1:]]
    proof = consistency_proof(6, 9, proofs_over(forged))
    assert not consistency_holds(6, tree_root(honest[:6]), 9, tree_root(forged), proof)


def test_impossible_places_are_refused() -> None:
    root_of = proofs_over(LEAVES)
    for index, size in ((-1, 3), (3, 3), (0, 0)):
        with pytest.raises(ValueError):
            inclusion_proof(index, size, root_of)
        assert not inclusion_holds(LEAVES[0], index, size, [], LEAVES[0])
    for old, new in ((0, 3), (4, 3)):
        with pytest.raises(ValueError):
            consistency_proof(old, new, root_of)
        assert not consistency_holds(old, EMPTY_ROOT, new, LEAVES[0], [])


def test_each_tree_is_consistent_with_the_next() -> None:
    for old, new in pairwise(range(1, 40)):
        leaves = leaves_of(new)
        proof = consistency_proof(old, new, proofs_over(leaves))
        assert consistency_holds(old, naive_root(leaves[:old]), new, naive_root(leaves), proof)
