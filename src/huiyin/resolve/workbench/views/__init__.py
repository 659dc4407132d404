"""The workbench: the queue, bulk work, files, the board, shifts, keys."""

from huiyin.resolve.workbench.views.board import board
from huiyin.resolve.workbench.views.bulk import bulk, bulk_do, bulk_done
from huiyin.resolve.workbench.views.columns import columns_page
from huiyin.resolve.workbench.views.exports import export
from huiyin.resolve.workbench.views.lookups import colleagues, colleagues_of, here, keys
from huiyin.resolve.workbench.views.queue import counts, work
from huiyin.resolve.workbench.views.saved import drop_saved, follow, open_saved, saved
from huiyin.resolve.workbench.views.shifts import shift, shifts, take_shift
from huiyin.resolve.workbench.views.split import split

__all__ = [
    "board",
    "bulk",
    "bulk_do",
    "bulk_done",
    "colleagues",
    "colleagues_of",
    "columns_page",
    "counts",
    "drop_saved",
    "export",
    "follow",
    "here",
    "keys",
    "open_saved",
    "saved",
    "shift",
    "shifts",
    "split",
    "take_shift",
    "work",
]
