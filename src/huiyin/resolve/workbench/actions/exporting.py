"""A list as a file, as Chinese offices expect it, and who took it out of the house, for good.

A short list is handed over at once; a long one is made by a job (resolve/papers) and fetched from one's files.
"""

import csv
import hashlib
import io
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
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
from huiyin.resolve.papers import actions as papers
from huiyin.resolve.papers import queries as makers
from huiyin.resolve.workbench import queries
from huiyin.resolve.workbench.facts import CasesExported
from huiyin.resolve.workbench.queries import CAP, Head, Sheet
from huiyin.resolve.workbench.rules.cells import harmless, plain

FORMATS = ("xlsx", "csv", "gb18030")  # the last: CSV for programmes that know no Unicode


@dataclass(frozen=True)
class Exported:
    """The finished file, at its beginning. `capped`: there was more than a file may hold."""

    id: UUID
    file: IO[bytes]
    rows: int
    capped: bool
    sha256: str


def export(
    *, asked: cases.Wanted, chosen: list[UUID], format: str, head: Head, language: str, by: Actor, at: datetime,
    only: Sequence[str] = (),
) -> Exported:  # fmt: skip
    """The list as this person sees it (or the cases chosen from it). The file is finished first, then it is on record,
    then it leaves: no file without its entry."""
    must(by, "case.export")
    asked, found = _found(asked, chosen, by, at)
    file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=4_000_000)  # noqa: SIM115 - the response closes it
    made_id = new_id()
    rows = _write(file, format, queries.sheet_of(found, asked, by, at, language, only), head, made_id, at)
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    file.seek(0)
    made = Exported(made_id, file, rows, rows >= CAP, digest)
    with transaction.atomic():
        fact = CasesExported(export=made.id, format=format, rows=rows, view=asked.view, sha256=digest)
        record(fact=fact, stream=f"export:{made.id}", by=by, at=at)
    return made


def is_long(*, asked: cases.Wanted, chosen: list[UUID], by: Actor, at: datetime) -> bool:
    """Is it more than somebody waits for?"""
    return not chosen and cases.counted(cases.queue(asked, by, at), queries.DIRECT) > queries.DIRECT


def export_later(
    *, id: UUID, asked: cases.Wanted, format: str, by: Actor, at: datetime, only: Sequence[str] = ()
) -> None:  # fmt: skip
    """Have the list made by a job, as this person may see it then. What was searched for is sealed: it may be a name."""
    must(by, "case.export")
    query = {name: value for name, value in asked.query.items() if name != "q"}
    papers.ask(
        kind="list", params={"query": query, "format": format, "only": list(only)}, words={"q": asked.q}, id=id, by=by,
        at=at,
    )  # fmt: skip


@makers.makes("list")
def make_list(paper: Any, by: Actor, at: datetime, tell: makers.Tell) -> makers.Made:
    """The long list: the same file as a short one, with word of how far it is."""
    must(by, "case.export")
    asked = cases.wanted(paper.params["query"] | {"q": makers.words_of(paper).get("q", "")})
    format, only = paper.params["format"], paper.params["only"]
    found = cases.queue(asked, by, at)
    total = min(cases.counted(found, CAP), CAP)
    sheet = queries.sheet_of(found, asked, by, at, paper.language, only)
    sheet = replace(sheet, rows=_told(sheet.rows, total, tell))
    with tempfile.SpooledTemporaryFile(max_size=4_000_000) as file:
        rows = _write(file, format, sheet, queries.head_of(asked, by, paper.language), paper.pk, at)
        file.seek(0)
        content = file.read()

    def fact(sha256: str) -> CasesExported:
        return CasesExported(export=paper.pk, format=format, rows=rows, view=asked.view, sha256=sha256)

    return makers.Made(content, file_name(format, at), rows, f"export:{paper.pk}", fact)


def file_name(format: str, at: datetime) -> str:
    return f"{_('Complaints')}-{_local(at):%Y%m%d-%H%M}.{'csv' if format == 'gb18030' else format}"


def _told(rows: Iterator[list[Any]], total: int, tell: makers.Tell) -> Iterator[list[Any]]:
    for n, row in enumerate(rows, start=1):
        if n % 500 == 0:
            tell(n, max(total, n))
        yield row


def _found(asked: cases.Wanted, chosen: list[UUID], by: Actor, at: datetime) -> tuple[cases.Wanted, Any]:
    if not chosen:
        return asked, cases.queue(asked, by, at)
    found = cases.visible_to(by, at).filter(pk__in=chosen[: queries.DIRECT]).select_related("owner", "handler", "unit")
    return cases.Wanted(view="all"), found.order_by("rank_at", "id")


def _write(file: IO[bytes], format: str, sheet: Sheet, head: Head, id: UUID, at: datetime) -> int:
    stamp = _("Export %(id)s · %(who)s · %(when)s") % {
        "id": str(id)[-12:], "who": head.preparer, "when": f"{_local(at):%Y-%m-%d %H:%M}",
    }  # fmt: skip
    foot = [*sheet.foot, stamp]
    if format == "xlsx":
        return _xlsx(file, sheet, head, foot, at)
    return _csv(file, sheet, foot, "gb18030" if format == "gb18030" else "utf-8-sig")


def _csv(file: IO[bytes], sheet: Sheet, foot: Sequence[str], encoding: str) -> int:
    """UTF-8 with a byte-order mark, which Excel needs to read Chinese, or GB 18030, which holds every character too.
    The foot stands behind an empty line, each line of it with a # in front."""
    text = io.TextIOWrapper(file, encoding=encoding, newline="", write_through=True)
    lines = csv.writer(text)
    lines.writerow([name for name, _width in sheet.columns])
    rows = 0
    for row in sheet.rows:
        rows += 1
        lines.writerow(
            [_local(cell).strftime("%Y-%m-%d %H:%M") if isinstance(cell, datetime) else harmless(cell) for cell in row]
        )
    lines.writerow([])
    lines.writerows([[f"# {line}"] for line in map(plain, foot)])
    text.flush()
    text.detach()
    return rows


def _xlsx(file: IO[bytes], sheet: Sheet, head: Head, below: Sequence[str], at: datetime) -> int:
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
    for n, line in enumerate(below, start=foot + 2):
        page.merge_range(n, 0, n, last, plain(line), looks["small"])
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
        "small": base | {"align": "left", "font_size": 8, "font_color": "#555555"},
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
