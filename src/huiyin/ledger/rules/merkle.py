"""The Merkle tree of RFC 6962 (SHA-256), as arithmetic on hashes.

A complete subtree is named (height, index): it covers the leaves index * 2^height to (index + 1) * 2^height.
Every function that walks the tree is handed `node(height, index)`, so it runs over tiles, tables or a list alike.
"""

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

Node = Callable[[int, int], bytes]
EMPTY = sha256(b"").digest()
WIDTH = 256
"""Hashes in a full tile (C2SP tlog-tiles): eight heights of the tree."""


def join(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right).digest()


def complete(hashes: Sequence[bytes]) -> bytes:
    """The root over 2^k hashes of one height."""
    while len(hashes) > 1:
        hashes = [sha256(b"\1" + a + b).digest() for a, b in zip(hashes[::2], hashes[1::2], strict=True)]
    return hashes[0]


def spans(start: int, end: int) -> list[tuple[int, int]]:
    """The complete subtrees, left to right, that make up the RFC 6962 subtree over the leaves start to end."""
    found = []
    while start < end:
        height = (end - start).bit_length() - 1
        found.append((height, start >> height))
        start += 1 << height
    return found


def fold(hashes: Sequence[bytes]) -> bytes:
    """The root over subtrees of falling height."""
    root = hashes[-1]
    for left in reversed(hashes[:-1]):
        root = join(left, root)
    return root


def subtree(start: int, end: int, node: Node) -> bytes:
    return fold([node(height, index) for height, index in spans(start, end)])


def root(size: int, node: Node) -> bytes:
    return subtree(0, size, node) if size else EMPTY


def over(leaves: Sequence[bytes]) -> Node:
    """`node` over a list of leaf hashes, for small trees and for tests."""
    return lambda height, index: complete(leaves[index << height : (index + 1) << height])


def inclusion(index: int, size: int, node: Node) -> list[bytes]:
    """PATH(index, D[size]) of RFC 6962 §2.1.1: from the leaf's sibling up to the root's child."""
    if not 0 <= index < size:
        raise ValueError("no such leaf in a tree of this size")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _half(end - start)
        if index < middle:
            path.append(subtree(middle, end, node))
            end = middle
        else:
            path.append(subtree(start, middle, node))
            start = middle
    return path[::-1]


def consistency(old: int, size: int, node: Node) -> list[bytes]:
    """PROOF(old, D[size]) of RFC 6962 §2.1.2."""
    if not 0 < old <= size:
        raise ValueError("a consistency proof starts from a tree that is not empty and not larger")
    path: list[bytes] = []
    start, end, known = 0, size, True
    while old != end - start:
        half = _half(end - start)
        if old <= half:
            path.append(subtree(start + half, end, node))
            end = start + half
        else:
            path.append(subtree(start, start + half, node))
            start, old, known = start + half, old - half, False
    if not known:
        path.append(subtree(start, end, node))
    return path[::-1]


def includes(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """RFC 9162 §2.1.3.2: does the path lead from the leaf to the root?"""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = join(sibling, found)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            found = join(found, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def extends(old: int, old_root: bytes, size: int, root: bytes, path: Sequence[bytes]) -> bool:
    """RFC 9162 §2.1.4.2: is the old tree a beginning of the new one?"""
    if old == size:
        return not path and old_root == root
    if not 0 < old < size or not path:
        return False
    steps = list(path)
    if old & (old - 1) == 0:
        steps.insert(0, old_root)
    place, last = old - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            before, after = join(step, before), join(step, after)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            after = join(after, step)
        place, last = place >> 1, last >> 1
    return last == 0 and before == old_root and after == root


class Frontier:
    """A compact range: the complete subtrees of a growing tree, enough to append and to know the root."""

    def __init__(self) -> None:
        self.size = 0
        self._nodes: list[tuple[int, bytes]] = []

    def push(self, hash: bytes, height: int = 0) -> None:
        """Append one complete subtree; the tree so far must be a multiple of its width."""
        self.size += 1 << height
        while self._nodes and self._nodes[-1][0] == height:
            hash = join(self._nodes.pop()[1], hash)
            height += 1
        self._nodes.append((height, hash))

    def root(self, tail: Sequence[bytes] = ()) -> bytes:
        """The root, as if the leaf hashes of `tail` were appended as well."""
        nodes = [hash for _, hash in self._nodes] + [complete(tail[s << h : (s + 1) << h]) for h, s in spans_of(tail)]
        return fold(nodes) if nodes else EMPTY


def spans_of(tail: Sequence[bytes]) -> list[tuple[int, int]]:
    return spans(0, len(tail))


def extended(leaves: Iterable[bytes]) -> Frontier:
    frontier = Frontier()
    for leaf in leaves:
        frontier.push(leaf)
    return frontier


def _half(width: int) -> int:
    """The largest power of two smaller than the width."""
    return 1 << (width - 1).bit_length() - 1
