"""Cells: every combination of dimension values at the chosen grains, counted by week."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
ANY = -1


@dataclass(frozen=True)
class Lattice:
    """Cells ordered from coarse to fine. `codes` is cells x dimensions, ANY where a dimension is left open."""

    dimensions: tuple[str, ...]
    values: tuple[tuple[str, ...], ...]  # dimension -> code -> value
    codes: Ints
    grain: Ints  # cell -> position in `grains`
    grains: tuple[tuple[int, ...], ...]
    parent: Ints  # the next coarser cell, -1 for the whole
    counts: Floats  # cells x weeks
    at: dict[tuple[int, ...], int]

    def name(self, cell: int) -> dict[str, str]:
        """The cell as dimension -> value; the whole is {}."""
        return {
            dimension: self.values[i][code]
            for i, dimension in enumerate(self.dimensions)
            if (code := int(self.codes[cell, i])) != ANY
        }

    def inside(self, cell: int) -> npt.NDArray[np.bool_]:
        """Which cells lie within this one (itself included)."""
        fixed = self.codes[cell] != ANY
        return (self.codes[:, fixed] == self.codes[cell, fixed]).all(1)

    def contains(self, outer: int, inner: int) -> bool:
        a, b = self.codes[outer], self.codes[inner]
        return bool(((a == ANY) | (a == b)).all())

    def meet(self, one: int, other: int) -> int | None:
        """The cell of what two cells share, or None if they share nothing that is counted."""
        a, b = self.codes[one], self.codes[other]
        if ((a != ANY) & (b != ANY) & (a != b)).any():
            return None
        return self.at.get(tuple(int(v) for v in np.where(a == ANY, b, a)))

    def join(self, one: int, other: int) -> int | None:
        """The parent that two siblings share: it leaves open just one dimension that `one` fixes."""
        a, b = self.codes[one], self.codes[other]
        both = np.where(a == b, a, ANY)
        if (both == ANY).all() or ((a != ANY) & (both == ANY)).sum() != 1:
            return None
        return self.at.get(tuple(int(v) for v in both))


def lattice(
    rows: Sequence[Sequence[str | None]],
    week: npt.ArrayLike,
    weeks: int,
    dimensions: Sequence[str],
    grains: Sequence[Sequence[str]],
) -> Lattice:
    """Count rows (one value per dimension) into cells. A row without a value for a dimension has no cell there.

    `grains` go from coarse to fine; a cell's parent is in the finest earlier grain that leaves dimensions open.
    """
    index = np.asarray(week, dtype=np.int64)
    columns, values = [], []
    for position in range(len(dimensions)):
        found = sorted({value for row in rows if (value := row[position])})
        known = {value: code for code, value in enumerate(found)}
        columns.append(np.array([known.get(row[position] or "", ANY) for row in rows], dtype=np.int64))
        values.append(tuple(found))
    table = np.column_stack(columns) if columns else np.zeros((len(rows), 0), dtype=np.int64)
    chosen = tuple(tuple(dimensions.index(name) for name in grain) for grain in grains)
    codes, grain_of, counts = [], [], []
    for number, grain in enumerate(chosen):
        known_rows = (table[:, grain] != ANY).all(1)
        keys, cell = np.unique(table[known_rows][:, grain], axis=0, return_inverse=True)
        full = np.full((len(keys), len(dimensions)), ANY, dtype=np.int64)
        full[:, grain] = keys
        tally = np.bincount(cell.ravel() * weeks + index[known_rows], minlength=len(keys) * weeks)
        codes.append(full)
        grain_of.append(np.full(len(keys), number))
        counts.append(tally.reshape(len(keys), weeks).astype(float))
    all_codes = np.concatenate(codes)
    at = {tuple(int(v) for v in row): cell for cell, row in enumerate(all_codes)}
    all_grains = np.concatenate(grain_of)
    return Lattice(
        dimensions=tuple(dimensions),
        values=tuple(values),
        codes=all_codes,
        grain=all_grains,
        grains=chosen,
        parent=_parents(all_codes, all_grains, chosen, at),
        counts=np.concatenate(counts),
        at=at,
    )


def _parents(codes: Ints, grain: Ints, grains: tuple[tuple[int, ...], ...], at: dict[tuple[int, ...], int]) -> Ints:
    parent = np.full(len(codes), -1, dtype=np.int64)
    for number, dims in enumerate(grains):
        coarser = [g for g in grains[:number] if set(g) < set(dims)]
        if not coarser:
            continue
        kept = max(coarser, key=len)
        open_dims = [d for d in range(codes.shape[1]) if d not in kept]
        cells = np.nonzero(grain == number)[0]
        up = codes[cells].copy()
        up[:, open_dims] = ANY
        parent[cells] = [at[tuple(int(v) for v in row)] for row in up]
    return parent
