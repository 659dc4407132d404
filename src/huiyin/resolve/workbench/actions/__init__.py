"""Verbs of this room."""

from huiyin.resolve.workbench.actions.batches import WHY, TooLate, attempt, finish_batch, start_batch, undo_batch
from huiyin.resolve.workbench.actions.exporting import FORMATS, Exported, export, export_later, file_name, is_long
from huiyin.resolve.workbench.actions.looking import NoSuchKeys, choose_keys, keep_columns, look, switch_keys
from huiyin.resolve.workbench.actions.shifts import hand_over_shift, take_over_shift
from huiyin.resolve.workbench.actions.subscribing import follow, leave, tell_counts
from huiyin.resolve.workbench.actions.views import NameTaken, TooManyViews, drop_view, keep_view

__all__ = [
    "FORMATS",
    "WHY",
    "Exported",
    "NameTaken",
    "NoSuchKeys",
    "TooLate",
    "TooManyViews",
    "attempt",
    "choose_keys",
    "drop_view",
    "export",
    "export_later",
    "file_name",
    "finish_batch",
    "follow",
    "hand_over_shift",
    "is_long",
    "keep_columns",
    "keep_view",
    "leave",
    "look",
    "start_batch",
    "switch_keys",
    "take_over_shift",
    "tell_counts",
    "undo_batch",
]
