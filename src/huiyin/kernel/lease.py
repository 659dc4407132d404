"""A lease of one process on a file: it belongs to the system and vanishes with the process (decision 0003)."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def held(path: Path, mode: str = "rb") -> Iterator[bool]:
    """Whether this process has it to itself until the block ends. To read, the file must be there: FileNotFoundError."""
    with path.open(mode) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
