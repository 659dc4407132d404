"""A CSV file opened for reading. It knows neither Django nor who reads: it also runs in a process of its own."""

import codecs
import csv
import gzip
import hashlib
import io
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, TextIO, cast

from huiyin.platform.imports.rules.limits import Limits
from huiyin.platform.imports.rules.text import GZIP, encoding_of, is_binary, separator_of
from huiyin.platform.imports.rules.values import Fault

CHUNK = 1 << 20
LONGEST_LINE = 1_000_000
LONGEST_FIELD = 500_000
LOST = "\ufffd"  # stands for what could not be read
HEADER_WITHIN = 5  # a title may stand above the header
Fits = Callable[[list[str]], bool]


class Unfit(Exception):
    """Why it cannot be read: empty | binary | damaged | large | columns | header. `found`: the header there is."""

    def __init__(self, code: str, found: list[str] | None = None) -> None:
        super().__init__(code)
        self.code, self.found = code, found or []


class Opened:
    """A file opened for reading: its header and its lines, decoded. Memory stays flat whatever its size."""

    def __init__(self, source: Path | BinaryIO, fits: Fits | None, limits: Limits) -> None:
        self._mine = isinstance(source, Path)
        self._raw: BinaryIO = source.open("rb") if isinstance(source, Path) else source
        head = self._raw.read(4)
        self.size = self._raw.seek(0, io.SEEK_END)
        self._raw.seek(0)
        if not self.size:
            raise Unfit("empty")
        if is_binary(head):
            raise Unfit("binary")
        self._zipped = head.startswith(GZIP)
        self.limits = limits
        try:
            self.sha256, first, utf8 = self._survey()
            self.encoding = encoding_of(first, utf8)
            if is_binary(first) or (b"\0" in first.split(b"\n", 1)[0] and not self.encoding.startswith("utf-16")):
                raise Unfit("binary")
            self._doubtful = self.encoding == "gb18030"
            if self._doubtful and 0 < self._misread("utf-8") <= self._misread("gb18030"):
                self.encoding = "utf-8"  # of another program's, with some letters that are not
            errors = "replace" if self._doubtful else "strict"
            self._text: TextIO = io.TextIOWrapper(self._open(), self.encoding, errors=errors, newline="")
            csv.field_size_limit(LONGEST_FIELD)
            self.header, self.line = self._find_header(fits)
        except (OSError, EOFError, zlib.error, UnicodeError) as broken:
            raise Unfit("damaged") from broken

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
                        raise Unfit("large")
                    if self._doubtful and any(LOST in cell for cell in cells):
                        yield here, Fault("", "undecodable")
                    else:
                        yield here, cells
                return
            except csv.Error:
                here, start = start + 1, self.line
                count += 1
                yield here, Fault("", "unreadable")
            except (OSError, EOFError, zlib.error, UnicodeError) as broken:
                raise Unfit("damaged") from broken

    def done(self) -> int:
        """How many bytes of the file have been read, for the progress bar."""
        return self._raw.tell()

    def close(self) -> None:
        """A stream that was handed in stays open."""
        if self._mine:
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
                raise Unfit("large")
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
            raise Unfit("empty")
        return digest.hexdigest(), first, utf8

    def _misread(self, encoding: str) -> int:
        """How many letters of the file this encoding cannot read."""
        decoder, stream, lost = codecs.getincrementaldecoder(encoding)("replace"), self._open(), 0
        while chunk := stream.read(CHUNK):
            lost += decoder.decode(chunk).count(LOST)
        return lost + decoder.decode(b"", final=True).count(LOST)

    def _lines(self) -> Iterator[str]:
        while line := self._text.readline(LONGEST_LINE + 1):
            if len(line) > LONGEST_LINE:
                raise Unfit("columns")
            self.line += 1
            yield line

    def _find_header(self, fits: Fits | None) -> tuple[list[str], int]:
        """The first line that is a header: where one knows what it must hold, the one that does."""
        self.line, seen = 0, []
        for line in self._lines():
            self.separator = separator_of(line)
            if self.limits.columns <= line.count(self.separator):
                raise Unfit("columns")
            try:
                cells = [cell.strip() for cell in next(csv.reader([line], delimiter=self.separator))]
            except (csv.Error, StopIteration):
                cells = []
            if any(cells):
                if fits is None or fits(cells):
                    return cells, self.line
                seen.append(cells)
            if self.line >= HEADER_WITHIN:
                break
        if not seen:
            raise Unfit("empty")
        widest = max(seen, key=lambda cells: sum(map(bool, cells)))
        if fits is None:
            return widest, self.line
        raise Unfit("header", widest)


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
