"""Which cells are watched: the bank's own matters by unit and category, imported ones by the source's taxonomy."""

from dataclasses import dataclass
from hashlib import sha256


@dataclass(frozen=True)
class Family:
    """Dimensions of a row, and the grains at which cells are counted, from coarse to fine."""

    code: str
    dimensions: tuple[str, ...]
    grains: tuple[tuple[str, ...], ...]


BANK = Family(
    "bank",
    ("branch", "outlet", "category", "product"),
    (
        (),
        ("branch",),
        ("category",),
        ("product",),
        ("branch", "outlet"),
        ("branch", "category"),
        ("branch", "product"),
        ("category", "product"),
        ("branch", "outlet", "category"),
    ),
)
SOURCE = Family(
    "source",
    ("product", "sub_product", "issue", "region"),
    (
        (),
        ("product",),
        ("region",),
        ("issue",),
        ("product", "sub_product"),
        ("product", "issue"),
        ("product", "region"),
        ("issue", "region"),
        ("product", "sub_product", "region"),
        ("product", "sub_product", "issue"),
        ("product", "issue", "region"),
        ("product", "sub_product", "issue", "region"),
    ),
)


def steps(path: str) -> tuple[str | None, str | None]:
    """The branch and the outlet (department, desk) of a unit path such as `HO/B01/O0101/`."""
    codes = [code for code in path.split("/") if code]
    return (codes[1] if len(codes) > 1 else None, codes[2] if len(codes) > 2 else None)


def key(cell: dict[str, str]) -> str:
    """One text for one cell, the same however it was found: `branch=B01;category=loan`."""
    return ";".join(f"{name}={cell[name]}" for name in sorted(cell))


def term(text: str) -> str:
    """A cell's key as the ledger may hold it: never empty, at most 200 characters, still unique."""
    if len(text) <= 200:
        return text or "bank"
    return f"{text[:180]}#{sha256(text.encode()).hexdigest()[:16]}"


def unit_of(cell: dict[str, str]) -> str | None:
    """The code of the smallest unit that a cell names."""
    return cell.get("outlet") or cell.get("branch")
