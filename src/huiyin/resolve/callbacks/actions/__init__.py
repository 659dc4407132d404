"""Verbs of this room: draw lists, make calls, and ask by message before anybody calls."""

from huiyin.resolve.callbacks.actions.calling import (
    WHY,
    Gone,
    Refused,
    conclude,
    draw,
    release,
    reveal,
    take_next,
    write_script,
)
from huiyin.resolve.callbacks.actions.outreach import answer, keep_up, start_run, stop

__all__ = [
    "WHY",
    "Gone",
    "Refused",
    "answer",
    "conclude",
    "draw",
    "keep_up",
    "release",
    "reveal",
    "start_run",
    "stop",
    "take_next",
    "write_script",
]
