"""Opening a sheet: CSV or workbook, in this process or, with a limit of size, in one that can be ended."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

from huiyin.kernel.refusal import Refusal
from huiyin.platform.imports.plugs import xlsx
from huiyin.platform.imports.plugs.sheet import Fits, Opened, Unfit, apart
from huiyin.platform.imports.rules import Fault, Mapping, has_headers
from huiyin.platform.imports.rules.limits import COMMAND_LINE, Limits
from huiyin.platform.imports.rules.text import ZIP

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


REFUSALS: dict[str, type[Refusal]] = {
    "empty": EmptySheet, "binary": NotASheet, "damaged": Damaged, "large": TooLarge, "columns": TooManyColumns,
    "header": WrongHeader,
}  # fmt: skip


class Apart:
    """A file that was read in a process of its own: its header and rows as that process told them, for as long as it is
    open. `after` is a `done()` of before: the rows behind it."""

    separator = ","

    def __init__(self, source: Path, after: int = 0) -> None:
        self._file = source.open("rb")
        self.size = source.stat().st_size
        told = json.loads(self._file.readline())
        self.header: list[str] = told["header"]
        self.line: int = told["line"]
        self.sha256: str = told["sha256"]
        self.encoding: str = told["encoding"]
        if after:
            self._file.seek(after)

    def rows(self, blanks: bool = False) -> Iterator[tuple[int, list[str] | Fault]]:
        while line := self._file.readline():
            number, cells = json.loads(line)
            yield number, cells if isinstance(cells, list) else Fault("", cells or "unreadable")

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
        if not head.seekable():  # a pipe: what it brings is read more than once
            source = _copied(head, Path(folder) / "piped")
            head = source.open("rb")
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

    def rows(self, blanks: bool = False) -> Iterator[tuple[int, list[str] | Fault]]:
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
        % {
            "missing": ", ".join(missing),
            "found": ", ".join(filter(str.isprintable, (cell[:30] for cell in no.found[:12]))),
        }
    )


def _copied(source: BinaryIO, target: Path) -> Path:
    if source.seekable():
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
