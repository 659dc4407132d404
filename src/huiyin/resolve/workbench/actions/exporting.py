"""A list as a file, as Chinese offices expect it, and who took it out of the house, for good."""

import csv
import hashlib
import io
import tempfile
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any
from uuid import UUID

from django.db import transaction
from django.utils.timezone import get_default_timezone, localtime
from django.utils.translation import gettext as _

from huiyin.kernel.actor import Actor
from huiyin.kernel.ids import new_id
from huiyin.kernel.permit import must
from huiyin.ledger.actions import record
from huiyin.resolve.cases import queries as cases
from huiyin.resolve.workbench import queries
from huiyin.resolve.workbench.facts import CasesExported
from huiyin.resolve.workbench.queries import CAP, Sheet
from huiyin.resolve.workbench.rules.cells import harmless, plain

FORMATS = ("xlsx", "csv")


@dataclass(frozen=True)
class Head:
    """What stands above the table: the title, the unit that draws it up, the period, who, and when."""

    title: str
    unit: str
    period: str
    preparer: str


@dataclass(frozen=True)
class Exported:
    """The finished file, at its beginning. `capped`: there was more than a file may hold."""

    id: UUID
    file: IO[bytes]
    rows: int
    capped: bool
    sha256: str


def export(
    *, asked: cases.Wanted, chosen: list[UUID], format: str, head: Head, language: str, by: Actor, at: datetime
) -> Exported:  # fmt: skip
    """The list as this person sees it (or the cases chosen from it). The file is finished first, then it is on record,
    then it leaves: no file without its entry."""
    must(by, "case.export")
    found = cases.queue(asked, by, at)
    if chosen:
        found = cases.visible_to(by, at).filter(pk__in=chosen[:CAP]).select_related("owner", "handler", "unit")
        found = found.order_by("rank_at", "id")
        asked = cases.Wanted(view="all")
    sheet = queries.sheet_of(found, asked, by, at, language)
    file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=4_000_000)  # noqa: SIM115 - the response closes it
    rows = _xlsx(file, sheet, head, at) if format == "xlsx" else _csv(file, sheet)
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    file.seek(0)
    made = Exported(new_id(), file, rows, rows >= CAP, digest)
    with transaction.atomic():
        fact = CasesExported(export=made.id, format=format, rows=rows, view=asked.view, sha256=digest)
        record(fact=fact, stream=f"export:{made.id}", by=by, at=at)
    return made


def _csv(file: IO[bytes], sheet: Sheet) -> int:
    """UTF-8 with a byte-order mark, which Excel needs to read Chinese."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    lines = csv.writer(text)
    lines.writerow([name for name, _width in sheet.columns])
    rows = 0
    for row in sheet.rows:
        rows += 1
        lines.writerow(
            [_local(cell).strftime("%Y-%m-%d %H:%M") if isinstance(cell, datetime) else harmless(cell) for cell in row]
        )
    text.flush()
    text.detach()
    return rows


def _xlsx(file: IO[bytes], sheet: Sheet, head: Head, at: datetime) -> int:
    """A4 landscape, one page wide, title and headings on every printed page. Every cell is text, a number or a time:
    what begins with = + - @ is never a formula."""
    import xlsxwriter  # here: only an export needs it

    book = xlsxwriter.Workbook(
        file,
        {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    book.set_properties({"title": head.title, "author": head.preparer, "company": head.unit})
    page = book.add_worksheet(_("Cases"))
    looks = _looks(book)
    last = len(sheet.columns) - 1
    for index, (_name, width) in enumerate(sheet.columns):
        page.set_column(index, index, width)
    page.set_row(0, 30)
    page.merge_range(0, 0, 0, last, plain(head.title), looks["title"])
    third = max(last // 3, 2)
    page.merge_range(1, 0, 1, third, plain(_("Drawn up by: %(unit)s") % {"unit": head.unit}), looks["left"])
    page.merge_range(1, third + 1, 1, 2 * third, plain(_("Period: %(period)s") % {"period": head.period}), looks["mid"])
    drawn = _("Date: %(date)s") % {"date": _local(at).strftime("%Y-%m-%d %H:%M")}
    page.merge_range(1, 2 * third + 1, 1, last, drawn, looks["right"])
    for index, (name, _width) in enumerate(sheet.columns):
        page.write_string(2, index, name, looks["head"])
    rows = 0
    for rows, row in enumerate(sheet.rows, start=1):
        _write_row(page, 2 + rows, row, looks)
    foot = 3 + rows
    total = _("Total: %(n)d cases") % {"n": rows}
    if rows >= CAP:
        total += "  " + _("There is more: a file holds %(n)d rows at most. Narrow the list by date or unit.") % {
            "n": CAP
        }
    page.merge_range(foot, 0, foot, last, total, looks["left"])
    page.merge_range(
        foot + 1, 0, foot + 1, last,
        _("Prepared by: %(name)s      Reviewed by:                Date of review:") % {"name": plain(head.preparer)},
        looks["left"],
    )  # fmt: skip
    _set_up(page, last, 2 + rows, head)
    book.close()
    return rows


def _write_row(page: Any, at_row: int, row: list[Any], looks: dict[str, Any]) -> None:
    for index, cell in enumerate(row):
        if isinstance(cell, datetime):
            page.write_datetime(at_row, index, _local(cell).replace(tzinfo=None), looks["time"])
        elif isinstance(cell, int):
            page.write_number(at_row, index, cell, looks["number"])
        elif cell:
            page.write_string(at_row, index, plain(cell), looks["cell"])
        else:
            page.write_blank(at_row, index, None, looks["cell"])


def _looks(book: Any) -> dict[str, Any]:
    base = {"font_name": "等线", "font_size": 10, "valign": "vcenter"}
    boxed = base | {"border": 1, "text_wrap": True}
    wanted: dict[str, dict[str, Any]] = {
        "title": base | {"font_name": "宋体", "font_size": 18, "bold": True, "align": "center"},
        "left": base | {"align": "left"},
        "mid": base | {"align": "center"},
        "right": base | {"align": "right"},
        "head": boxed | {"bold": True, "align": "center", "bg_color": "#E2EFEC"},
        "cell": boxed | {"num_format": "@"},
        "number": boxed | {"align": "center", "num_format": "0"},
        "time": boxed | {"num_format": "yyyy-mm-dd hh:mm"},
    }
    return {name: book.add_format(look) for name, look in wanted.items()}


def _set_up(page: Any, last: int, end: int, head: Head) -> None:
    page.freeze_panes(3, 2)
    page.autofilter(2, 0, max(end, 3), last)
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.repeat_rows(0, 2)
    page.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    page.set_footer("&L" + plain(head.preparer).replace("&", "&&")[:80] + "&C&P / &N&R&D")


def _local(at: datetime) -> datetime:
    return localtime(at, get_default_timezone())
