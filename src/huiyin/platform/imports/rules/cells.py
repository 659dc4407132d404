"""Cells that a spreadsheet cannot mistake for a formula (ASVS 1.2.10)."""

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")


def safe_cell(value: object) -> str:
    """A cell for a CSV export: text that could start a formula gets a leading quote. Numbers stay numbers."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return str(value)
    text = str(value)
    return "'" + text if text.startswith(_STARTS) or text.lstrip(" \u3000").startswith(_STARTS) else text
