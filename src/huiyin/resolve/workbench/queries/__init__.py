"""Reads of this room."""

from huiyin.resolve.workbench.queries.batches import batch, dry, outcomes, resolved
from huiyin.resolve.workbench.queries.board import Board, board
from huiyin.resolve.workbench.queries.columns import columns_of
from huiyin.resolve.workbench.queries.heads import Head, head_of, title_of
from huiyin.resolve.workbench.queries.people import found_people
from huiyin.resolve.workbench.queries.presence import chosen_keys, keymap, keys_are_on, others_at
from huiyin.resolve.workbench.queries.sheet import CAP, DIRECT, Sheet, hidden_from, sheet_of
from huiyin.resolve.workbench.queries.shifts import Standing, shift_note, shift_notes, standing, text_of, waiting_for
from huiyin.resolve.workbench.queries.spelling import fit, spell
from huiyin.resolve.workbench.queries.subscriptions import followed
from huiyin.resolve.workbench.queries.views import (
    OFFICIAL,
    Listed,
    official,
    saved_view,
    saved_views,
    search_query,
    view_counts,
)

__all__ = [
    "CAP",
    "DIRECT",
    "OFFICIAL",
    "Board",
    "Head",
    "Listed",
    "Sheet",
    "Standing",
    "batch",
    "board",
    "chosen_keys",
    "columns_of",
    "dry",
    "fit",
    "followed",
    "found_people",
    "head_of",
    "hidden_from",
    "keymap",
    "keys_are_on",
    "official",
    "others_at",
    "outcomes",
    "resolved",
    "saved_view",
    "saved_views",
    "search_query",
    "sheet_of",
    "shift_note",
    "shift_notes",
    "spell",
    "standing",
    "text_of",
    "title_of",
    "view_counts",
    "waiting_for",
]
