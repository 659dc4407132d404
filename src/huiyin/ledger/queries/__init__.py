"""What other rooms may ask the ledger."""

from huiyin.ledger.queries.audit import verify_ledger
from huiyin.ledger.queries.entries import (
    Entry,
    Leaf,
    entries_like,
    entries_of,
    entry_of_body,
    first_entry,
    first_entry_by_hash,
    head,
    leaves_after,
    newest_recorded,
    waiting,
)
from huiyin.ledger.queries.proofs import (
    RECEIPT_LIMIT,
    bundle,
    checkpoint_words,
    is_intact,
    newest_checkpoint,
    place_of,
    proof,
    read_receipt,
    receipt,
    receipt_qr,
    tile,
    verify_address,
    vkeys,
)
from huiyin.ledger.rules.receipts import verify_receipt
from huiyin.ledger.rules.reports import Report

__all__ = [
    "RECEIPT_LIMIT",
    "Entry",
    "Leaf",
    "Report",
    "bundle",
    "checkpoint_words",
    "entries_like",
    "entries_of",
    "entry_of_body",
    "first_entry",
    "first_entry_by_hash",
    "head",
    "is_intact",
    "leaves_after",
    "newest_checkpoint",
    "newest_recorded",
    "place_of",
    "proof",
    "read_receipt",
    "receipt",
    "receipt_qr",
    "tile",
    "verify_address",
    "verify_ledger",
    "verify_receipt",
    "vkeys",
    "waiting",
]
