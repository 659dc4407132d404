"""Verbs of this room."""

from huiyin.resolve.workbench.actions.batches import WHY, attempt, finish_batch, start_batch
from huiyin.resolve.workbench.actions.exporting import FORMATS, Exported, Head, export
from huiyin.resolve.workbench.actions.looking import look, switch_keys
from huiyin.resolve.workbench.actions.shifts import hand_over_shift, take_over_shift
from huiyin.resolve.workbench.actions.views import NameTaken, TooManyViews, drop_view, keep_view

__all__ = [
    "FORMATS",
    "WHY",
    "Exported",
    "Head",
    "NameTaken",
    "TooManyViews",
    "attempt",
    "drop_view",
    "export",
    "finish_batch",
    "hand_over_shift",
    "keep_view",
    "look",
    "start_batch",
    "switch_keys",
    "take_over_shift",
]
