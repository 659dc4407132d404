"""What other rooms may ask the ledger."""

from huiyin.ledger.queries.entries import (
    Entry,
    Leaf,
    entries_of,
    entry_by_hash,
    first_entry,
    head,
    leaves_after,
    waiting,
)

__all__ = [
    "Entry",
    "Leaf",
    "entries_of",
    "entry_by_hash",
    "first_entry",
    "head",
    "leaves_after",
    "waiting",
]
