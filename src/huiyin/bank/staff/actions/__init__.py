"""Hire, move, leave; be away; keep away from a matter; take people from a sheet."""

from huiyin.bank.staff.actions.posts import (
    NewStaff,
    NumberTaken,
    UnknownPost,
    WrongPeriod,
    absent,
    add_many,
    hire,
    leave,
    move,
    name_substitute,
    rename,
    report_to,
)
from huiyin.bank.staff.actions.recusal import (
    NeverEnds,
    WrongPerson,
    accuse,
    accuse_many,
    accuse_unit,
    declare_kin,
    end_recusal,
    recuse,
    release_managers,
)
from huiyin.bank.staff.actions.sheet import take_staff

__all__ = [
    "NeverEnds",
    "NewStaff",
    "NumberTaken",
    "UnknownPost",
    "WrongPeriod",
    "WrongPerson",
    "absent",
    "accuse",
    "accuse_many",
    "accuse_unit",
    "add_many",
    "declare_kin",
    "end_recusal",
    "hire",
    "leave",
    "move",
    "name_substitute",
    "recuse",
    "release_managers",
    "rename",
    "report_to",
    "take_staff",
]
