"""Reading sheets, mappings and past runs."""

import codecs
import csv
import gzip
import hashlib
import io
import shutil
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, TextIO, cast
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.actor import Actor
from huiyin.kernel.permit import can
from huiyin.kernel.refusal import Refusal
from huiyin.platform.imports.models import Run
from huiyin.platform.imports.plugs import xlsx
from huiyin.platform.imports.rules import (
    LISTS,
    Broken,
    Column,
    Fault,
    Mapping,
    encoding_of,
    is_binary,
    mapping_from,
    safe_cell,
    separator_of,
)
from huiyin.platform.imports.rules.text import GZIP, ZIP

__all__ = ["Fault", "Mapping", "safe_cell"]

BUILT_IN = Path(__file__).parent / "mappings"
CHUNK = 1 << 20
LONGEST_LINE = 1_000_000
LONGEST_FIELD = 500_000
MANY_COLUMNS = 1000
HEADER_WITHIN = 5  # a title may stand above the header


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


@dataclass(frozen=True)
class Limits:
    """What a browser upload is held to; the command line has only those that keep memory flat."""

    rows: int | None = None
    columns: int = MANY_COLUMNS
    size: int | None = None


BROWSER = Limits(rows=50_000, columns=100, size=20_000_000)
COMMAND_LINE = Limits()


class Sheet:
    """A file opened for reading: its header and its lines, decoded. Memory stays flat whatever its size."""

    def __init__(self, source: Path | BinaryIO, mapping: Mapping | None = None, limits: Limits = COMMAND_LINE) -> None:
        self._raw: BinaryIO = source.open("rb") if isinstance(source, Path) else source
        head = self._raw.read(4)
        if head == ZIP:
            self._raw = _from_workbook(self._raw, limits)
            head = b""
        self.size = self._raw.seek(0, io.SEEK_END)
        self._raw.seek(0)
        if not self.size:
            raise EmptySheet
        if is_binary(head):
            raise NotASheet
        self._zipped = head.startswith(GZIP)
        self.limits = limits
        try:
            self.sha256, first, utf8 = self._survey()
            if is_binary(first):
                raise NotASheet
            self.encoding = encoding_of(first, utf8)
            self._text: TextIO = io.TextIOWrapper(
                self._open(), self.encoding, errors="replace" if self.encoding == "gb18030" else "strict", newline=""
            )
            csv.field_size_limit(LONGEST_FIELD)
            self.header, self.line = self._find_header(mapping)
        except (OSError, EOFError, zlib.error, UnicodeError) as broken:
            raise Damaged from broken

    def rows(self, blanks: bool = False) -> Iterator[tuple[int, list[str] | Fault]]:
        """Line number and cells of every row after the header. Empty lines are passed over, and so are rows of nothing but
        empty cells unless `blanks` asks for them."""
        reader = csv.reader(self._lines(), delimiter=self.separator)
        start, count = self.line, 0
        while True:
            try:
                for cells in reader:
                    here, start = start + 1, self.line
                    if not cells or not (blanks or any(cells)):
                        continue
                    count += 1
                    if self.limits.rows is not None and count > self.limits.rows:
                        raise TooLarge
                    yield here, cells
                return
            except csv.Error:
                here, start = start + 1, self.line
                count += 1
                yield here, Fault("", "unreadable")
            except (OSError, EOFError, zlib.error, UnicodeError) as broken:
                raise Damaged from broken

    def done(self) -> int:
        """How many bytes of the file have been read, for the progress bar."""
        return self._raw.tell()

    def close(self) -> None:
        self._raw.close()

    def _open(self) -> BinaryIO:
        self._raw.seek(0)
        return cast(BinaryIO, gzip.GzipFile(fileobj=self._raw) if self._zipped else _Unclosed(self._raw))

    def _survey(self) -> tuple[str, bytes, bool]:
        """One pass over the whole file: its hash, its first bytes, and whether it is UTF-8 to the end."""
        digest = hashlib.sha256()
        while chunk := self._raw.read(CHUNK):
            digest.update(chunk)
        decoder, utf8, first, total = codecs.getincrementaldecoder("utf-8")(), True, b"", 0
        stream = self._open()
        while chunk := stream.read(CHUNK):
            first = first or chunk[:65_536]
            total += len(chunk)
            if self.limits.size is not None and total > self.limits.size:
                raise TooLarge
            try:
                if utf8:
                    decoder.decode(chunk)
            except UnicodeDecodeError:
                utf8 = False
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            utf8 = False
        if not first.strip():
            raise EmptySheet
        return digest.hexdigest(), first, utf8

    def _lines(self) -> Iterator[str]:
        while line := self._text.readline(LONGEST_LINE + 1):
            if len(line) > LONGEST_LINE:
                raise TooManyColumns
            self.line += 1
            yield line

    def _find_header(self, mapping: Mapping | None) -> tuple[list[str], int]:
        """The first line that is a header: with a mapping, the one that fits it."""
        self.line, seen = 0, []
        for line in self._lines():
            self.separator = separator_of(line)
            if self.limits.columns <= line.count(self.separator):
                raise TooManyColumns
            try:
                cells = [cell.strip() for cell in next(csv.reader([line], delimiter=self.separator))]
            except (csv.Error, StopIteration):
                cells = []
            if any(cells):
                if mapping is None or mapping.shape_of(cells):
                    return cells, self.line
                seen.append(cells)
            if self.line >= HEADER_WITHIN:
                break
        if not seen:
            raise EmptySheet
        widest = max(seen, key=lambda cells: sum(map(bool, cells)))
        if mapping is None:
            return widest, self.line
        missing = min((shape.missing(widest) for shape in mapping.shapes), key=len)
        raise WrongHeader(
            _("The first line does not hold the headers that are needed. Missing: %(missing)s. Found: %(found)s.")
            % {"missing": ", ".join(missing), "found": ", ".join(cell[:30] for cell in widest[:12])}
        )


def _from_workbook(raw: BinaryIO, limits: Limits) -> BinaryIO:
    """The first sheet of an Excel workbook as a CSV file that is gone when it is closed."""
    with tempfile.TemporaryDirectory(prefix="huiyin-sheet-") as folder:
        source, target = Path(folder) / "book.xlsx", Path(folder) / "sheet.csv"
        raw.seek(0)
        with source.open("wb") as copy:
            shutil.copyfileobj(raw, copy, CHUNK)
        if limits.size is not None and source.stat().st_size > limits.size:
            raise TooLarge
        try:
            xlsx.to_csv(source, target, limits.rows)
        except xlsx.TooLong:
            raise TooLarge from None
        except xlsx.Unreadable:
            raise NotASheet from None
        return target.open("rb")


class _Unclosed(io.RawIOBase):
    """The file itself, which the text layer must not close."""

    def __init__(self, raw: BinaryIO) -> None:
        self._inner = raw

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        chunk = self._inner.read(len(buffer))
        buffer[: len(chunk)] = chunk
        return len(chunk)


def read_sheet(source: Path | BinaryIO, mapping: Mapping | None = None, limits: Limits = COMMAND_LINE) -> Sheet:
    """Open a CSV (UTF-8, GB18030 or UTF-16; comma, semicolon or tab; also .gz)."""
    return Sheet(source, mapping, limits)


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


def tally(mapping: str, since: datetime) -> Tally:
    """Everything imported by one mapping since an instant."""
    rows = Run.objects.filter(mapping=mapping, at__gte=since, state="finished").order_by()
    told = rows.aggregate(read=Sum("read"), new=Sum("new"), changed=Sum("changed"))
    return Tally(*(told[name] or 0 for name in ("read", "new", "changed")))


def runs_visible_to(actor: Actor) -> QuerySet[Run]:
    found = Run.objects.order_by("-at", "-id")
    return found if can(actor, "import.run") else found.none()
