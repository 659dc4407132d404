"""Reading and checking standards. Pure: TOML tables in, values out."""

from huiyin.bank.standards.rules.choosing import on_calendar, parse_choice, write_choice
from huiyin.bank.standards.rules.lint import Finding, lint
from huiyin.bank.standards.rules.parsing import parse_calendar, parse_labels, parse_pack
from huiyin.bank.standards.rules.rejected import StandardRejected
from huiyin.bank.standards.rules.wording import check_wording, fill

__all__ = [
    "Finding",
    "StandardRejected",
    "check_wording",
    "fill",
    "lint",
    "on_calendar",
    "parse_calendar",
    "parse_choice",
    "parse_labels",
    "parse_pack",
    "write_choice",
]
