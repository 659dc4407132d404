"""The columns: the long part of the first copy is done by processes beside, while the first one goes on writing.

They read the ledger alone and put what they make aside. The copy at the end takes it, or does without it: what the first
process does never depends on how far they are.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.conf import settings

from huiyin.kernel.actor import Actor

CODE = "from huiyin.site.cli.house import open_house; open_house(); from huiyin.site.demo.columns import write; write()"


class Ahead:
    """What is made ahead of the copy."""

    def __init__(self) -> None:
        self.folder: Path = settings.HUIYIN_HOME / "ready"
        self.processes: list[subprocess.Popen[bytes]] = []

    def begin(self, home: Path, after: int, upto: int, shift: int = 0) -> None:
        """What the ledger of a home holds behind leaf `after` up to one, where it stands `shift` further on in the bank's."""
        words = [str(self.folder), str(after), str(upto), str(shift)]
        self.processes.append(
            subprocess.Popen([sys.executable, "-c", CODE, *words], env=dict(os.environ) | {"HUIYIN_HOME": str(home)})
        )

    def copy(self, by: Actor, at: datetime) -> None:
        from huiyin.measure.history import actions as history

        ended = [process.wait() for process in self.processes]
        history.copy(by=by, at=at, ready=None if any(ended) else self.folder)

    def end(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


@contextmanager
def ahead() -> Iterator[Ahead]:
    found = Ahead()
    try:
        yield found
    finally:
        found.end()


def write() -> None:
    """In such a process."""
    from huiyin.measure.history import actions as history

    _code, into, *numbers = sys.argv
    after, upto, shift = map(int, numbers)
    history.write_ready(into=Path(into), after=after, upto=upto, shift=shift)
