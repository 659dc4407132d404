"""Verbs of the clock room. All take `by` and `at`; every change is a ledger fact first and a row second."""

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
from huiyin.bank.clocks.actions.joining import merge, split, unmerge
from huiyin.bank.clocks.actions.pen import Refused
from huiyin.bank.clocks.actions.rebuilding import Difference, rebuild
from huiyin.bank.clocks.actions.routing import ROUTES, enter_leg, reroute
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
    "ROUTES",
    "Arming",
    "Difference",
    "Happened",
    "Refused",
    "arm",
    "arm_many",
    "cancel",
    "enter_leg",
    "excuse",
    "extend",
    "happened",
    "happened_many",
    "merge",
    "pause",
    "rebuild",
    "reopen",
    "reproject",
    "reroute",
    "resume",
    "split",
    "supersede",
    "sweep",
    "unhappened",
    "unmerge",
]
