"""How a sheet is told apart, how a cell becomes a value, and what leaves in a sheet."""

from huiyin.platform.imports.rules.cells import safe_cell
from huiyin.platform.imports.rules.fields import CHOSEN, TEXTS, Fields, fields_of, suits
from huiyin.platform.imports.rules.mapping import Broken, Column, Mapped, Mapping, Row, Shape, has_headers, mapping_from
from huiyin.platform.imports.rules.text import encoding_of, header_key, is_binary, separator_of
from huiyin.platform.imports.rules.values import LISTS, Fault, Refuse

__all__ = [
    "CHOSEN",
    "LISTS",
    "TEXTS",
    "Broken",
    "Column",
    "Fault",
    "Fields",
    "Mapped",
    "Mapping",
    "Refuse",
    "Row",
    "Shape",
    "encoding_of",
    "fields_of",
    "has_headers",
    "header_key",
    "is_binary",
    "mapping_from",
    "safe_cell",
    "separator_of",
    "suits",
]
