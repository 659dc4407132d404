"""Reading sheets, mappings and past runs."""

import csv
import io
import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, BinaryIO, Protocol
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.actor import Actor
from huiyin.kernel.permit import can
from huiyin.kernel.refusal import Refusal
from huiyin.platform.imports.models import TAKEN, Run
from huiyin.platform.imports.plugs import xlsx
from huiyin.platform.imports.plugs.sheet import Fits, Opened, Unfit, apart
from huiyin.platform.imports.rules import LISTS, Broken, Column, Fault, Mapping, has_headers, mapping_from, safe_cell
from huiyin.platform.imports.rules.limits import ARCHIVE, AT_ONCE, BROWSER, COMMAND_LINE, UPLOAD, Limits
from huiyin.platform.imports.rules.text import ZIP

__all__ = ["ARCHIVE", "AT_ONCE", "BROWSER", "COMMAND_LINE", "UPLOAD", "Fault", "Limits", "Mapping", "safe_cell"]

BUILT_IN = Path(__file__).parent / "mappings"
CHUNK = 1 << 20


class NotASheet(Refusal):
    status = 400
    message = _(
        "This is neither a CSV file nor an Excel workbook (.xlsx) that can be read. Save it anew without macros or password."
    )


class EmptySheet(Refusal):
    status = 400
    message = _("The file is empty.")


class TooLarge(Refusal):
    status = 413
    message = _("The file is too large for the browser. Use the command line, which has no limit.")


class TooManyColumns(Refusal):
    status = 400
    message = _("The file has too many columns, or a line that never ends.")


class Damaged(Refusal):
    status = 400
    message = _("The file is damaged and cannot be unpacked.")


class WrongHeader(Refusal):
    status = 400
    message = _("The first line does not hold the headers that are needed.")


class UnknownMapping(Refusal):
    status = 404
    message = _("There is no such kind of import.")


class BrokenMapping(Refusal):
    status = 400
    message = _("The mapping file has a mistake: %(why)s")


REFUSALS: dict[str, type[Refusal]] = {
    "empty": EmptySheet, "binary": NotASheet, "damaged": Damaged, "large": TooLarge, "columns": TooManyColumns,
    "header": WrongHeader,
}  # fmt: skip


class Apart:
    """A file that was read in a process of its own: its header and rows as that process told them, for as long as it is open."""

    separator = ","

    def __init__(self, source: Path) -> None:
        self._file = source.open("rb")
        self.size = source.stat().st_size
        told = json.loads(self._file.readline())
        self.header: list[str] = told["header"]
        self.line: int = told["line"]
        self.sha256: str = told["sha256"]
        self.encoding: str = told["encoding"]

    def rows(self, blanks: bool = False, after: int = 0) -> Iterator[tuple[int, list[str] | Fault]]:
        """`after` is a `done()` of before: what comes behind it."""
        if after:
            self._file.seek(after)
        while line := self._file.readline():
            number, cells = json.loads(line)
            yield number, Fault("", "unreadable") if cells is None else cells

    def done(self) -> int:
        return self._file.tell()

    def close(self) -> None:
        self._file.close()


Sheet = Opened | Apart


def read_sheet(source: Path | BinaryIO, mapping: Mapping | None = None, limits: Limits = COMMAND_LINE) -> Sheet:
    """Open a CSV (UTF-8, GB18030 or UTF-16; comma, semicolon or tab; also .gz) or the first sheet of a workbook. With a
    limit of size, what reads it is a process that can be ended."""
    if limits.size is None:
        return _opened(source, mapping, limits)
    with tempfile.TemporaryDirectory(prefix="huiyin-sheet-") as folder:
        rows = Path(folder) / "rows"
        read_apart(source, rows, mapping, limits)
        return Apart(rows)  # the file is gone when it is closed


def read_apart(source: Path | BinaryIO, target: Path, mapping: Mapping | None, limits: Limits) -> int:
    """Write header and rows into a file of ours, from which they are read without looking at the upload again; how many
    rows. A process of its own reads, which may use little and is ended when it takes too long."""
    with tempfile.TemporaryDirectory(prefix="huiyin-sheet-") as folder:
        if not isinstance(source, Path):
            source = _copied(source, Path(folder) / "upload")
        if limits.size is not None and source.stat().st_size > limits.size:
            raise TooLarge
        with source.open("rb") as file:
            zipped = file.read(4) == ZIP
        if zipped:
            source = _from_workbook(source, Path(folder) / "sheet.csv", limits)
        try:
            return apart(source, target, mapping.headers if mapping else None, limits)
        except Unfit as no:
            raise _refusal(no, mapping) from None


def _opened(source: Path | BinaryIO, mapping: Mapping | None, limits: Limits) -> Opened:
    with tempfile.TemporaryDirectory(prefix="huiyin-sheet-") as folder:
        head = source.open("rb") if isinstance(source, Path) else source
        zipped = head.read(4) == ZIP
        head.seek(0)
        if zipped:
            book = source if isinstance(source, Path) else _copied(source, Path(folder) / "upload")
            source = _from_workbook(book, Path(folder) / "sheet.csv", limits)
        try:
            return Told(source, partial(has_headers, mapping.headers) if mapping else None, limits, mapping)
        except Unfit as no:
            raise _refusal(no, mapping) from None


class Told(Opened):
    """What goes wrong while one reads on is worded as well."""

    def __init__(self, source: Path | BinaryIO, fits: Fits | None, limits: Limits, mapping: Mapping | None) -> None:
        self._mapping = mapping
        super().__init__(source, fits, limits)

    def rows(self, blanks: bool = False, after: int = 0) -> Iterator[tuple[int, list[str] | Fault]]:
        try:
            yield from super().rows(blanks)
        except Unfit as no:
            raise _refusal(no, self._mapping) from None


def _refusal(no: Unfit, mapping: Mapping | None) -> Refusal:
    if no.code != "header" or mapping is None:
        return REFUSALS.get(no.code, Damaged)()
    missing = min((shape.missing(no.found) for shape in mapping.shapes), key=len)
    return WrongHeader(
        _("The first line does not hold the headers that are needed. Missing: %(missing)s. Found: %(found)s.")
        % {"missing": ", ".join(missing), "found": ", ".join(cell[:30] for cell in no.found[:12])}
    )


def _copied(source: BinaryIO, target: Path) -> Path:
    source.seek(0)
    with target.open("wb") as copy:
        shutil.copyfileobj(source, copy, CHUNK)
    return target


def _from_workbook(source: Path, target: Path, limits: Limits) -> Path:
    """The first sheet of an Excel workbook as a CSV file."""
    try:
        xlsx.to_csv(source, target, limits.rows, limits.seconds)
    except xlsx.TooLong:
        raise TooLarge from None
    except xlsx.Unreadable:
        raise NotASheet from None
    return target


@lru_cache(maxsize=64)
def _built_in(code: str) -> Mapping:
    return mapping_from((BUILT_IN / f"{code}.toml").read_text("utf-8"))


def mapping(which: Path | str) -> Mapping:
    """A mapping by the code of a built-in one, or from a file."""
    if isinstance(which, str) and which.isidentifier() and (BUILT_IN / f"{which}.toml").exists():
        return _built_in(which)
    path = Path(which)
    if not path.is_file():
        raise UnknownMapping
    try:
        return mapping_from(path.read_text("utf-8"))
    except (Broken, UnicodeError, ValueError) as why:
        raise BrokenMapping(BrokenMapping.message % {"why": why}) from None


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


FAULTS = {
    "missing": _("This cell must not be empty."),
    "width": _("The row has %(cells)s cells, the header has %(width)s."),
    "unreadable": _("The row cannot be read: a quotation mark may be missing."),
    "no_key": _("The row has nothing that tells it apart from others."),
    "twice": _("The same key stands in line %(line)s already."),
    "control": _("The cell holds characters that cannot be stored."),
    "too_long": _("At most %(longest)s characters."),
    "scientific": _("A spreadsheet has turned this number into 1.2E+05 form. Format the column as text and enter it again."),
    "floated": _("A spreadsheet has added decimals to this number. Format the column as text and enter it again."),
    "not_code": _("Only letters, digits and - . _ / are possible here."),
    "not_int": _("This is not a whole number."),
    "not_number": _("This is not a number."),
    "not_date": _("This is not a date such as 2026-03-05."),
    "not_datetime": _("This is not a time such as 2026-03-05 14:30."),
    "not_phone": _("This is not a telephone number."),
    "not_email": _("This is not an e-mail address."),
    "not_bool": _("Enter yes or no."),
    "not_choice": _("This must be one of: %(offered)s."),
    "unknown_unit": _("There is no unit with the code %(code)s."),
    "unknown_staff": _("There is no member of staff with the number %(code)s."),
    "unknown_product": _("There is no product with the code %(code)s."),
    "wrong_place": _("A unit of this kind cannot stand there."),
    "wrong_code": _("A unit code has 1 to 16 capital letters, digits or hyphens."),
    "kind_stands": _("The kind of an existing unit cannot be changed."),
    "in_future": _("This time lies in the future."),
    "before_received": _("This time lies before the complaint was received."),
    "before_answered": _("This time lies before the answer."),
    "closed_without_time": _("A closed complaint needs the time when it was closed."),
    "answered_without_time": _("An answered complaint needs the time of its answer."),
    "time_but_open": _("There is a closing time, but the complaint is not closed."),
    "answered_but_open": _("There is a time of answer, but the complaint is not answered."),
    "negative": _("The number must not be negative."),
    "refused": _("%(why)s"),
}  # fmt: skip


def reason(fault: Fault) -> str:
    """The fault in the reader's language."""
    words = FAULTS.get(fault.code)
    return str(words) % dict(fault.params) if words else fault.code


class Counted(Protocol):
    """A run that is over, or the report of one."""

    read: int
    new: int
    changed: int
    unchanged: int
    rejected: int


def closing_line(told: Counted) -> str:
    """`5 read, 2 new, 0 unchanged, 3 rejected`, in the reader's language."""
    counts = [gettext("%(n)s read") % {"n": told.read}, gettext("%(n)s new") % {"n": told.new}]
    if told.changed:
        counts.append(gettext("%(n)s changed") % {"n": told.changed})
    counts.append(gettext("%(n)s unchanged") % {"n": told.unchanged})
    counts.append(gettext("%(n)s rejected") % {"n": told.rejected})
    return gettext(", ").join(counts)


def report_path(run: UUID) -> Path:
    return Path(settings.HUIYIN_HOME) / "imports" / f"{run}.csv"


def upload_path(run: UUID) -> Path:
    return Path(settings.HUIYIN_HOME) / "imports" / f"{run}.upload"


@dataclass(frozen=True)
class Tally:
    """Rows of the files that were taken in."""

    read: int
    new: int
    changed: int


def rows_path(run: UUID) -> Path:
    """Header and rows of an upload as they were read, until it is done with."""
    return Path(settings.HUIYIN_HOME) / "imports" / f"{run}.rows"


def look_path(run: UUID) -> Path:
    return Path(settings.HUIYIN_HOME) / "imports" / f"{run}.look"


@dataclass(frozen=True)
class Look:
    """What a rehearsal found: the first mistakes, the first rows as values, or why the file cannot be read."""

    faults: Sequence[tuple[int, Fault]] = ()
    first: Sequence[dict[str, Any]] = ()
    refusal: str = ""


def look_of(run: UUID) -> Look:
    try:
        told = json.loads(look_path(run).read_text("utf-8"))
    except (OSError, ValueError):
        return Look()
    faults = [(line, Fault(column, code, params)) for line, column, code, params in told["faults"]]
    return Look(faults, told["first"], told["refusal"])


WHY = {
    "gone": _("The upload is no longer there. Upload the file again."),
    "rights": _("Whoever uploaded it may no longer import."),
    "broken": _("It was begun five times and came nowhere. Tell the administrator: the log says why."),
}


def why(run: Run) -> str:
    """Why a run has failed, in words."""
    return str(WHY.get(run.why) or look_of(run.pk).refusal or Damaged.message)


def tally(mapping: str, since: datetime) -> Tally:
    """Everything imported by one mapping since an instant; a run that ended early has taken what it has read."""
    rows = Run.objects.filter(mapping=mapping, at__gte=since, state__in=TAKEN).order_by()
    told = rows.aggregate(read=Sum("read"), new=Sum("new"), changed=Sum("changed"))
    return Tally(*(told[name] or 0 for name in ("read", "new", "changed")))


def runs_visible_to(actor: Actor) -> QuerySet[Run]:
    found = Run.objects.order_by("-at", "-id")
    return found if can(actor, "import.run") else found.none()
