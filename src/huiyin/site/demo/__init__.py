"""青禾银行 Qinghe Bank: a fictitious institution, generated from a seed by the same rules through the bulk path."""

from datetime import date

MONTHS = 24
CASES, RATINGS = 40_000, 200_000
SMALL = 40


def fill(*, seed: int, as_of: date | None = None, small: bool = False, part: int = 0, whole: bool = True) -> None:
    """Fill an empty home. `as_of` is the last day of the history (default: yesterday in Shanghai).

    `part` divides the number of cases and ratings; `whole` adds what is done in the rooms beside the cases, and the copy
    whose ledger was edited.
    """
    from huiyin.site.demo.story import tell

    part = part or (SMALL if small else 1)
    tell(seed=seed, last=as_of, cases=CASES // part, ratings=RATINGS // part, months=MONTHS, whole=whole)
