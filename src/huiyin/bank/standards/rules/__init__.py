"""Reading and checking standards. Pure: TOML tables in, values out."""

from huiyin.bank.standards.rules.lint import Finding, lint
from huiyin.bank.standards.rules.parsing import StandardRejected, parse_calendar, parse_labels, parse_pack
from huiyin.bank.standards.rules.wording import check_wording, fill

__all__ = [
    "Finding",
    "StandardRejected",
    "check_wording",
    "fill",
    "lint",
    "parse_calendar",
    "parse_labels",
    "parse_pack",
]
