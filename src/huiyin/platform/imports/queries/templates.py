"""Mappings, and the empty sheets that people fill in for them."""

import csv
import io
from functools import lru_cache
from pathlib import Path

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.refusal import Refusal
from huiyin.platform.imports.rules import (
    LISTS,
    Broken,
    Column,
    Fields,
    Mapping,
    fields_of,
    mapping_from,
    safe_cell,
    suits,
)

BUILT_IN = Path(__file__).parents[1] / "mappings"


class UnknownMapping(Refusal):
    status = 404
    message = _("There is no such kind of import.")

    def __init__(self, which: object = "") -> None:
        super().__init__(
            _("There is no mapping %(which)s: name one of the product, or a TOML file.") % {"which": which}
            if which
            else ""
        )


class BrokenMapping(Refusal):
    status = 400
    message = _("The mapping file has a mistake: %(why)s")


@lru_cache(maxsize=64)
def _built_in(code: str) -> Mapping:
    return mapping_from((BUILT_IN / f"{code}.toml").read_text("utf-8"))


def mapping(which: Path | str, fields: Fields | None = None) -> Mapping:
    """A mapping by the code of a built-in one, or from a file; with `fields`, one that suits what takes its rows."""
    if isinstance(which, str) and which.isidentifier() and (BUILT_IN / f"{which}.toml").exists():
        return _built_in(which)
    path = Path(which)
    if not path.is_file():
        raise UnknownMapping(which)
    try:
        found = mapping_from(path.read_text("utf-8"))
        if fields:
            suits(found, fields)
    except Broken as wrong:
        raise BrokenMapping(BrokenMapping.message % {"why": wrong.words.word(get_language() or "zh-hans")}) from None
    except UnicodeError:
        raise BrokenMapping(BrokenMapping.message % {"why": _("it must be stored as UTF-8")}) from None
    return found


def mapping_like(code: str, path: Path) -> Mapping:
    """A bank's own mapping for what a built-in one takes."""
    return mapping(path, fields=fields_of(_built_in(code)))


def mappings() -> list[Mapping]:
    """The built-in ones, for the upload page."""
    return [_built_in(code) for code in ("units", "staff", "products", "exposures", "cases", "posts")]


def template(code: str, language: str) -> str:
    """A sheet to fill in: headers in the reader's language with example rows, as text for UTF-8 with BOM."""
    columns = mapping(code).shapes[0].columns
    chosen = [_header(column.headers, language) for column in columns]
    lines = max((len(column.example) for column in columns), default=0)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(f"{text}*" if column.required else text for text, column in zip(chosen, columns, strict=True))
    for index in range(lines):
        writer.writerow(safe_cell(column.example[index] if index < len(column.example) else "") for column in columns)
    return out.getvalue()


def workbook(code: str, language: str) -> bytes:
    """The template as an Excel workbook: headers in both languages, example rows, and the words that lists take."""
    from openpyxl import Workbook  # only who asks for a template loads it
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    chosen = mapping(code)
    columns = chosen.shapes[0].columns
    book = Workbook()
    sheet, lists = book.worksheets[0], book.create_sheet("词表 Lists")
    sheet.title = chosen.zh[:31]
    offered = 0
    for place, column in enumerate(columns, start=1):
        head = column.headers[-1] if " " in column.headers[-1] else _header(column.headers, language)
        sheet.cell(1, place, f"{head}*" if column.required else head).font = Font(bold=True)
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = 24
        for line in range(2, 2002):
            sheet.cell(line, place).number_format = "@"  # text: leading zeros and long numbers stay as they are
        for line, example in enumerate(column.example, start=2):
            sheet.cell(line, place, safe_cell(example))
        words = _offered(column, language)
        if words:
            offered += 1
            lists.cell(1, offered, head).font = Font(bold=True)
            for line, word in enumerate(words, start=2):
                lists.cell(line, offered, word)
            place_of = get_column_letter(offered)
            rule = DataValidation(
                "list", f"'{lists.title}'!${place_of}$2:${place_of}${len(words) + 1}", allow_blank=True
            )
            sheet.add_data_validation(rule)
            rule.add(f"{letter}2:{letter}50001")
    sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _offered(column: Column, language: str) -> list[str]:
    """The words of a column with a fixed list, in the reader's language."""
    if column.listed in LISTS:
        return [word.word(language) for word in LISTS[column.listed]()]
    chinese = language.startswith("zh")
    return [word for word in column.words if word.isascii() != chinese]


def _header(headers: tuple[str, ...], language: str) -> str:
    chinese = language.startswith("zh")
    return next((text for text in headers if text.isascii() != chinese), headers[0])
