"""Excel workbooks. Read in a process of its own that may use little and is ended when it takes too long."""

import subprocess
import zipfile
from pathlib import Path

from huiyin.kernel import apart

UNPACKED = 300_000_000
RATIO = 200
BIG_SECONDS = 3600


class Unreadable(Exception):
    """No workbook, a damaged or protected one, or one that unpacks to more than anybody fills in."""


class TooLong(Exception):
    """More rows than allowed, or it takes too long."""


def to_csv(source: Path, target: Path, most_rows: int | None, seconds: int) -> None:
    """Write the first sheet as CSV in UTF-8. `most_rows` counts the rows under the header; with it `seconds` of processor are
    the most that is spent."""
    _look(source)
    command = apart.command(f"{__name__}.reading", str(source), str(target), str(most_rows or 0), str(seconds))
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=4 * seconds if most_rows else BIG_SECONDS, check=False,
            env=apart.ENVIRONMENT,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise TooLong from None
    if done.returncode == 3 or done.returncode in apart.OVERRUN:
        raise TooLong
    if done.returncode:
        raise Unreadable


def _look(source: Path) -> None:
    """What it would unpack to, before anything is unpacked."""
    try:
        with zipfile.ZipFile(source) as packed:
            parts = packed.infolist()
            names = {part.filename for part in parts}
    except (zipfile.BadZipFile, OSError, ValueError):
        raise Unreadable from None
    size = sum(part.file_size for part in parts)
    if "xl/workbook.xml" not in names or any(name.startswith("xl/vbaProject") for name in names):
        raise Unreadable
    if size > UNPACKED or size > RATIO * max(1, sum(part.compress_size for part in parts)):
        raise Unreadable
