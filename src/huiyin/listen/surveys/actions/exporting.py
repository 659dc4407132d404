"""Answers as a file, without names and words, and who took it out of the house, for good."""

import csv
import hashlib
import io
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.actor import Actor
from huiyin.kernel.permit import must
from huiyin.kernel.refusal import Refusal
from huiyin.ledger.actions import record
from huiyin.listen.surveys.actions.building import NotYours
from huiyin.listen.surveys.facts import SurveyExported
from huiyin.listen.surveys.queries import desk, results
from huiyin.listen.surveys.rules.figures import HIDDEN_BELOW
from huiyin.platform.imports.queries import safe_cell

FORMATS = ("xlsx", "csv")


class TooFew(Refusal):
    message = _("Fewer than five people have answered: a file of single answers would show who they are.")


@dataclass(frozen=True)
class Exported:
    content: bytes
    rows: int


def export(*, campaign: UUID, format: str, language: str, by: Actor, at: datetime) -> Exported:
    """The answers this person may read. The file is finished first, then it is on record, then it leaves."""
    on = localdate(at)
    row = desk.campaigns_visible_to(by, on).filter(pk=campaign).first()
    if row is None:
        raise NotYours
    must(by, "survey.export")
    lines = list(results.sheet(row, by, on, language))
    if len(lines) - 1 < HIDDEN_BELOW:
        raise TooFew
    content = _xlsx(lines) if format == "xlsx" else _csv(lines)
    fact = SurveyExported(
        campaign=row.pk, format=format, rows=len(lines) - 1, sha256=hashlib.sha256(content).hexdigest()
    )  # fmt: skip
    record(fact=fact, stream=f"campaign:{row.pk}", by=by, at=at)
    return Exported(content, len(lines) - 1)


def _csv(lines: list[list[object]]) -> bytes:
    """UTF-8 with a byte-order mark, which Excel needs to read Chinese."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerows([safe_cell(cell) for cell in line] for line in lines)
    return text.getvalue().encode("utf-8-sig")


def _xlsx(lines: list[list[object]]) -> bytes:
    import xlsxwriter  # here: only an export needs it

    file = io.BytesIO()
    safe = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    book = xlsxwriter.Workbook(file, safe)
    page = book.add_worksheet()
    bold = book.add_format({"bold": True})
    for i, line in enumerate(lines):
        for j, cell in enumerate(line):
            if isinstance(cell, int | float):
                page.write_number(i, j, cell)
            else:
                page.write_string(i, j, str(cell), bold if i == 0 else None)
    page.freeze_panes(1, 0)
    page.set_paper(9)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    book.close()
    return file.getvalue()
