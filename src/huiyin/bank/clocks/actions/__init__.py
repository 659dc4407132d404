"""Verbs of the clock room. All take `by` and `at`; every change is a ledger fact first and a row second."""

from huiyin.bank.clocks.actions.adding import add_packs
from huiyin.bank.clocks.actions.changing import (
    cancel,
    extend,
    pause,
    reopen,
    resume,
    supersede,
    unhappened,
)
from huiyin.bank.clocks.actions.excusing import excuse, excuse_many
from huiyin.bank.clocks.actions.joining import merge, split, unmerge
from huiyin.bank.clocks.actions.pen import Refused
from huiyin.bank.clocks.actions.rebuilding import Difference, rebuild
from huiyin.bank.clocks.actions.recomputing import Recomputed, recompute
from huiyin.bank.clocks.actions.renewing import redefine, reproject
from huiyin.bank.clocks.actions.routing import ROUTES, Following, enter_leg, follow_many, leave_leg, reroute
from huiyin.bank.clocks.actions.running import (
    Arming,
    Happened,
    arm,
    arm_many,
    happened,
    happened_many,
)
from huiyin.bank.clocks.actions.sweeping import sweep
from huiyin.bank.clocks.models import remembering

__all__ = [
    "ROUTES",
    "Arming",
    "Difference",
    "Following",
    "Happened",
    "Recomputed",
    "Refused",
    "add_packs",
    "arm",
    "arm_many",
    "cancel",
    "enter_leg",
    "excuse",
    "excuse_many",
    "extend",
    "follow_many",
    "happened",
    "happened_many",
    "leave_leg",
    "merge",
    "pause",
    "rebuild",
    "recompute",
    "redefine",
    "remembering",
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
