"""Reading sheets, mappings and past runs."""

from huiyin.platform.imports.queries.faults import (
    reason,
)
from huiyin.platform.imports.queries.runs import (
    Look,
    closing_line,
    look_of,
    look_path,
    report_path,
    rows_path,
    runs_visible_to,
    tally,
    upload_path,
    why,
)
from huiyin.platform.imports.queries.sheets import (
    Apart,
    Damaged,
    EmptySheet,
    NotASheet,
    Sheet,
    TooLarge,
    TooManyColumns,
    WrongHeader,
    read_apart,
    read_sheet,
)
from huiyin.platform.imports.queries.templates import (
    BrokenMapping,
    UnknownMapping,
    mapping,
    mappings,
    template,
    workbook,
)
from huiyin.platform.imports.rules import Fault, Mapping, safe_cell
from huiyin.platform.imports.rules.limits import ARCHIVE, AT_ONCE, BROWSER, COMMAND_LINE, UPLOAD, Limits

__all__ = [
    "ARCHIVE",
    "AT_ONCE",
    "BROWSER",
    "COMMAND_LINE",
    "UPLOAD",
    "Apart",
    "BrokenMapping",
    "Damaged",
    "EmptySheet",
    "Fault",
    "Limits",
    "Look",
    "Mapping",
    "NotASheet",
    "Sheet",
    "TooLarge",
    "TooManyColumns",
    "UnknownMapping",
    "WrongHeader",
    "closing_line",
    "look_of",
    "look_path",
    "mapping",
    "mappings",
    "read_apart",
    "read_sheet",
    "reason",
    "report_path",
    "rows_path",
    "runs_visible_to",
    "safe_cell",
    "tally",
    "template",
    "upload_path",
    "why",
    "workbook",
]
