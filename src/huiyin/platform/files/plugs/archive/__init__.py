"""Zip archives that somebody uploaded: a process of its own lists and unpacks them, which may use little and is ended when
it takes too long. Nothing is unpacked to the disk; of one file nothing is read further than its limit."""

import json
import subprocess
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from huiyin.kernel import apart
from huiyin.platform.files.rules.limits import FILE_BYTES

SECONDS = 900  # of processor, for the whole archive
MOST = 100_000


class Unreadable(Exception):
    """No archive, a damaged one, or one that takes more than anybody sends. `many`: too many files."""

    def __init__(self, many: bool = False) -> None:
        super().__init__()
        self.many = many


@dataclass(frozen=True)
class Member:
    """One file of an archive. `utf8`: its name was written as such, and not in the code page of some Windows."""

    place: int
    name: str
    utf8: bool


def members(source: Path) -> list[Member]:
    """The files, as they are listed."""
    with _reader("list", source, str(MOST)) as reader:
        out, _err = reader.communicate()
    if reader.returncode == 4:
        raise Unreadable(many=True)
    if reader.returncode:
        raise Unreadable
    return [Member(place, name, utf8) for place, name, utf8 in json.loads(out)]


def contents(source: Path, places: Sequence[int]) -> Generator[bytes | None]:
    """The content of these files in the order given, cut off behind the limit of one file; None where it cannot be read:
    damaged, locked with a password, or of a kind nobody uses."""
    with _reader("read", source, str(FILE_BYTES + 1)) as reader:
        try:
            assert reader.stdin is not None and reader.stdout is not None
            reader.stdin.write(json.dumps(list(places)).encode())
            reader.stdin.close()
            for _place in places:
                yield _next(reader.stdout)
        finally:
            reader.kill()


def _next(stream: IO[bytes]) -> bytes | None:
    head = stream.read(9)
    if len(head) != 9 or not head.strip().lstrip(b"-").isdigit():
        raise Unreadable  # the process has ended
    size = int(head)
    if size < 0:
        return None
    data = stream.read(size)
    if len(data) != size:
        raise Unreadable
    return data


def _reader(what: str, source: Path, most: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        apart.command(f"{__name__}.reading", what, str(source), most, str(SECONDS)),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=apart.ENVIRONMENT,
    )  # fmt: skip
