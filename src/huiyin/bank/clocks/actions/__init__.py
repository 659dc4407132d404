"""Verbs of the clock room. All take `by` and `at`; every change is a ledger fact first and a row second."""

from huiyin.bank.clocks.actions.adding import add_packs
from huiyin.bank.clocks.actions.changing import (
    cancel,
    excuse,
    extend,
    pause,
    reopen,
    reproject,
    resume,
    supersede,
    unhappened,
)
from huiyin.bank.clocks.actions.pen import Refused
from huiyin.bank.clocks.actions.rebuilding import Difference, rebuild
from huiyin.bank.clocks.actions.running import (
    Arming,
    Happened,
    arm,
    arm_many,
    happened,
    happened_many,
)
from huiyin.bank.clocks.actions.sweeping import sweep

__all__ = [
    "Arming",
    "Difference",
    "Happened",
    "Refused",
    "add_packs",
    "arm",
    "arm_many",
    "cancel",
    "excuse",
    "extend",
    "happened",
    "happened_many",
    "pause",
    "rebuild",
    "reopen",
    "reproject",
    "resume",
    "supersede",
    "sweep",
    "unhappened",
]
