"""What a file is held to, by how it comes in."""

from dataclasses import dataclass

MANY_COLUMNS = 1000


@dataclass(frozen=True)
class Limits:
    """`size` in bytes, unpacked; `seconds` of processor. With a `size` a file is somebody's upload and is read in a
    process of its own that can be ended; the command line has only what keeps memory flat."""

    rows: int | None = None
    columns: int = MANY_COLUMNS
    size: int | None = None
    seconds: int = 60


AT_ONCE = Limits(rows=500, columns=100, size=1_000_000, seconds=10)
"""Looked at and taken while one waits; anything larger is a job."""
BROWSER = Limits(rows=50_000, columns=100, size=20_000_000)
UPLOAD = Limits(rows=1_000_000, columns=100, size=300_000_000, seconds=900)
"""What a job takes that was uploaded by page."""
ARCHIVE = Limits(size=500_000_000)
"""A zip of attachments; how many files and how long is up to who unpacks it."""
COMMAND_LINE = Limits()
