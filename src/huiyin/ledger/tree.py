"""The Merkle log as it stands in the tables, read through tiles."""

from functools import lru_cache

from huiyin.ledger import tables
from huiyin.ledger.rules import merkle


class Tree:
    """A log of a given size. Roots and proofs read a few full tiles and the unfinished ones at the right edge."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._tile = lru_cache(maxsize=64)(self._read)

    def root(self) -> bytes:
        return self.root_at(self.size)

    def root_at(self, size: int) -> bytes:
        return merkle.root(size, self.node)

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        return merkle.inclusion(index, size or self.size, self.node)

    def consistency(self, old: int) -> list[bytes]:
        return merkle.consistency(old, self.size, self.node)

    def node(self, height: int, index: int) -> bytes:
        """The complete subtree (height, index), from the tile that holds it."""
        level, rest = divmod(height, 8)
        start = index << rest
        hashes = self._tile(level, start // merkle.WIDTH)
        offset = start % merkle.WIDTH
        return merkle.complete(hashes[offset : offset + (1 << rest)])

    def tile(self, level: int, index: int) -> list[bytes]:
        """The hashes of a tile, fewer than 256 at the right edge."""
        return self._tile(level, index)

    def _read(self, level: int, index: int) -> list[bytes]:
        start = index * merkle.WIDTH
        end = min(start + merkle.WIDTH, self.size >> (8 * level))
        if end - start == merkle.WIDTH:
            kept = tables.tile(level, index)
            if kept is not None:
                return [kept[n : n + 32] for n in range(0, len(kept), 32)]
        if level == 0:
            return tables.leaf_hashes(start, end)
        return tables.tile_roots(level - 1, start, end)


def tree() -> Tree:
    return Tree(tables.size())
