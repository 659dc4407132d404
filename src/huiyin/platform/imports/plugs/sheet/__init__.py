"""Sheets. A file that somebody uploaded is read in a process of its own, which may use little and is ended when it takes
too long; what it found comes back as lines that we wrote ourselves."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from huiyin.platform.imports.plugs.sheet.opened import Fits, Opened, Unfit
from huiyin.platform.imports.rules.limits import Limits

__all__ = ["Fits", "Opened", "Unfit", "apart"]
_ROOT = str(Path(__file__).parents[5])


def apart(source: Path, target: Path, headers: Sequence[object] | None, limits: Limits) -> int:
    """Read `source` and write into `target` one line that tells of the file, then one of JSON for each row: `[line, cells]`,
    or `[line, null]` where it cannot be read. How many rows. Raises Unfit."""
    asked = json.dumps({**vars(limits), "headers": headers})
    command = [sys.executable, "-m", f"{__name__}.reading", str(source), str(target), asked]
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=4 * limits.seconds, check=False,
            env={"PYTHONPATH": _ROOT, "PATH": "", "PYTHONIOENCODING": "utf-8"},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise Unfit("large") from None
    if done.returncode in (-24, -9):  # the processor limit (SIGXCPU), or killed for memory
        raise Unfit("large")
    if done.returncode not in (0, 3):
        raise Unfit("damaged")
    told = json.loads(done.stdout)
    if done.returncode == 3:
        raise Unfit(told["code"], told["found"])
    return int(told["rows"])
