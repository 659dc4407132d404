"""The columns, copied by a second process while the first goes on writing: they are read from the ledger alone.

They come into the home only afterwards, so that what the first process does never depends on how far the second one is.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.conf import settings

CODE = "from huiyin.site.cli.house import open_house; open_house(); from huiyin.site.demo.columns import copy; copy()"


@contextmanager
def copying(at: datetime) -> Iterator[None]:
    """Inside, what stands in the ledger by now is taken over. Whatever is left, or all of it, the next copy takes."""
    aside, home = settings.HUIYIN_HOME / "ahead", settings.HUIYIN_HOME / "columns"
    process = subprocess.Popen([sys.executable, "-c", CODE, at.isoformat()])
    try:
        yield
        if process.wait() == 0 and not home.exists():
            (aside / "columns").rename(home)
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(aside, ignore_errors=True)


def copy() -> None:
    """In the second process."""
    from huiyin.kernel.actor import machine
    from huiyin.measure.history import actions as history

    settings.HUIYIN_HOME = settings.HUIYIN_HOME / "ahead"
    history.copy(by=machine("demo"), at=datetime.fromisoformat(sys.argv[1]))
