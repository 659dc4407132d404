"""A survey that lies in a plain sheet: the same figures as of our own, for `huiyin surveys analyse`."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from huiyin.kernel.refusal import Refusal
from huiyin.listen.surveys.rules import figures
from huiyin.platform.imports.queries import Fault, read_sheet


class NoColumn(Refusal):
    status = 400
    message = _("The sheet has no such column: %(name)s")


def analyse(
    path: Path, *, outcome: Sequence[str], drivers: Mapping[str, Sequence[str]], scale: tuple[float, float],
    nps: str = "", satisfied: float | None = None, seed: int = 1, draws: int = 2000,
) -> dict[str, Any]:  # fmt: skip
    """Figures of a CSV or XLSX with one row per person and one score per cell; a cell that is no score is missing.

    An outcome or a driver is the mean of its columns, over people who filled in all of them.
    """
    import numpy as np

    from huiyin.listen.surveys.rules.drivers import drivers as found_drivers

    header, rows = _numbers(path, scale)
    place = {name: i for i, name in enumerate(header)}
    wanted = [*outcome, *(column for columns in drivers.values() for column in columns), *([nps] if nps else [])]
    for name in wanted:
        if name not in place:
            raise NoColumn(NoColumn.message % {"name": name})

    def mean(columns: Sequence[str], row: Sequence[float | None]) -> float | None:
        cells = [row[place[name]] for name in columns]
        return None if any(cell is None for cell in cells) else sum(c for c in cells if c is not None) / len(cells)

    told: dict[str, Any] = {"rows": len(rows)}
    overall = [mean(outcome, row) for row in rows]
    known = [value for value in overall if value is not None]
    told["outcome"] = {"columns": list(outcome), "mean": asdict(figures.mean(known))}
    if satisfied is not None:
        share = figures.share(sum(value >= satisfied for value in known), len(known))
        told["satisfied"] = {"at_least": satisfied} | asdict(share)
    if nps:
        told["nps"] = asdict(figures.nps([round(v) for row in rows if (v := row[place[nps]]) is not None]))
    told["means"] = {name: asdict(figures.mean([v for row in rows if (v := mean(columns, row)) is not None])) for name, columns in drivers.items()}  # fmt: skip
    lines = [[value, *(mean(columns, row) for columns in drivers.values())] for value, row in zip(overall, rows, strict=True)]  # fmt: skip
    complete = np.array([line for line in lines if None not in line], dtype=float).reshape(-1, len(drivers) + 1)
    result = found_drivers(list(drivers), complete[:, 1:], complete[:, 0], scale, seed=seed, draws=draws) if len(drivers) > 1 else None  # fmt: skip
    told["drivers"] = asdict(result) if result else None
    return told


def _numbers(path: Path, scale: tuple[float, float]) -> tuple[list[str], list[list[float | None]]]:
    sheet = read_sheet(path)
    try:
        rows = [
            [_number(cell, scale) for cell in cells] for _line, cells in sheet.rows() if not isinstance(cells, Fault)
        ]
        width = len(sheet.header)
        return sheet.header, [(row + [None] * width)[:width] for row in rows]
    finally:
        sheet.close()


def _number(cell: str, scale: tuple[float, float]) -> float | None:
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if scale[0] <= value <= scale[1] else None
