"""Open, move, merge and close units; keep the denominators; take both from a sheet."""

from huiyin.bank.units.actions.sheet import take_exposures, take_units
from huiyin.bank.units.actions.tree import (
    CodeTaken,
    HistoryStands,
    NewExposure,
    NewUnit,
    StillOccupied,
    WrongCode,
    WrongPlace,
    add_many,
    close_unit,
    merge_unit,
    open_unit,
    place_unit,
    rename_unit,
    set_exposure,
    set_exposure_many,
)

__all__ = [
    "CodeTaken",
    "HistoryStands",
    "NewExposure",
    "NewUnit",
    "StillOccupied",
    "WrongCode",
    "WrongPlace",
    "add_many",
    "close_unit",
    "merge_unit",
    "open_unit",
    "place_unit",
    "rename_unit",
    "set_exposure",
    "set_exposure_many",
    "take_exposures",
    "take_units",
]
