"""What a cell of an exported file may hold, so that a spreadsheet never runs what a customer wrote."""

import re

_STARTS = ("=", "+", "-", "@", "\t", "\r")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
LONGEST = 2000


def plain(value: object) -> str:
    """Text without control characters, no longer than a cell is read."""
    return _CONTROL.sub("", "" if value is None else str(value)).replace("\r\n", "\n").replace("\r", "\n")[:LONGEST]


def harmless(value: object) -> str:
    """For CSV, where a programme guesses the type: what looks like a formula gets an apostrophe in front (OWASP)."""
    text = plain(value)
    return f"'{text}" if text.startswith(_STARTS) or text.lstrip().startswith(_STARTS) else text
