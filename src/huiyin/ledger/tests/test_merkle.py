"""The tree of RFC 6962, held against an independent implementation."""

from hashlib import sha256

import pymerkle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huiyin.ledger.rules import entries, merkle

# Test vectors of the Certificate Transparency reference implementation: leaves and the roots of sizes 1 to 8.
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def some_leaves(count: int) -> list[bytes]:
    return [entries.leaf_hash(sha256(str(n).encode()).digest()) for n in range(count)]


def test_the_vectors_of_certificate_transparency_hold() -> None:
    leaves = [sha256(b"\0" + bytes.fromhex(leaf)).digest() for leaf in LEAVES]
    assert [merkle.root(n, merkle.over(leaves)).hex() for n in range(1, 9)] == ROOTS
    assert merkle.root(0, merkle.over([])) == sha256(b"").digest()


@settings(max_examples=60, deadline=None)
@given(size=st.integers(1, 600), data=st.data())
def test_every_inclusion_proof_leads_to_the_root_and_no_other(size: int, data: st.DataObject) -> None:
    leaves = some_leaves(size)
    node = merkle.over(leaves)
    root = merkle.root(size, node)
    index = data.draw(st.integers(0, size - 1))
    path = merkle.inclusion(index, size, node)
    assert merkle.includes(leaves[index], index, size, path, root)
    assert not merkle.includes(sha256(b"another").digest(), index, size, path, root)
    assert not merkle.includes(leaves[index], index, size, [*path, root], root)
    assert not merkle.includes(leaves[index], index, size + 1, path, root) or size & (size - 1)
    if size > 1:
        other = (index + 1) % size
        assert not merkle.includes(leaves[index], other, size, path, root)
        assert not merkle.includes(leaves[index], index, size, path[:-1], root)


@settings(max_examples=60, deadline=None)
@given(size=st.integers(1, 600), data=st.data())
def test_every_consistency_proof_holds_and_a_changed_past_does_not(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, size))
    leaves = some_leaves(size)
    node = merkle.over(leaves)
    root, old_root = merkle.root(size, node), merkle.root(old, node)
    path = merkle.consistency(old, size, node)
    assert merkle.extends(old, old_root, size, root, path)
    changed = data.draw(st.integers(0, old - 1))
    forged = merkle.over([sha256(b"forged").digest() if n == changed else leaf for n, leaf in enumerate(leaves)])
    forged_root = merkle.root(size, forged)
    assert not merkle.extends(old, old_root, size, forged_root, merkle.consistency(old, size, forged))


@settings(max_examples=40, deadline=None)
@given(size=st.integers(0, 700))
def test_the_frontier_knows_the_root_of_every_size(size: int) -> None:
    leaves = some_leaves(size)
    frontier = merkle.extended(leaves[: size // 2])
    for leaf in leaves[size // 2 :]:
        frontier.push(leaf)
    assert frontier.root() == merkle.root(size, merkle.over(leaves))
    blocks = merkle.Frontier()
    for start in range(0, size - size % 16, 16):
        blocks.push(merkle.complete(leaves[start : start + 16]), 4)
    assert blocks.root(leaves[size - size % 16 :]) == merkle.root(size, merkle.over(leaves))


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 13, 64, 100, 257])
def test_pymerkle_agrees_on_roots_and_proofs(size: int) -> None:
    """An independent implementation, by other people: same roots, and its verifier takes our proofs."""
    data = [sha256(str(n).encode()).digest() for n in range(size)]
    theirs = pymerkle.InmemoryTree(algorithm="sha256")
    for item in data:
        theirs.append_entry(item)
    leaves = [entries.leaf_hash(item) for item in data]
    node = merkle.over(leaves)
    root = merkle.root(size, node)
    assert theirs.get_root() == root
    for index in {0, size // 2, size - 1}:
        proof = theirs.prove_inclusion(index + 1, size)
        assert merkle.includes(leaves[index], index, size, _path(proof)[1:], root)
        pymerkle.verify_inclusion(theirs.get_leaf(index + 1), root, proof)
        assert _path(proof)[1:] == merkle.inclusion(index, size, node)
    for old in {1, (size + 1) // 2, size}:
        proof = theirs.prove_consistency(old, size)
        pymerkle.verify_consistency(merkle.root(old, node), root, proof)


def _path(proof: pymerkle.MerkleProof) -> list[bytes]:
    return [bytes.fromhex(step) if isinstance(step, str) else step for step in proof.path]
