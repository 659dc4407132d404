"""Sheets. A file that somebody uploaded is read in a process of its own, which may use little and is ended when it takes
too long; what it found comes back as lines that we wrote ourselves."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

from huiyin.kernel import apart as process
from huiyin.platform.imports.plugs.sheet.opened import Fits, Opened, Unfit
from huiyin.platform.imports.rules.limits import Limits

__all__ = ["Fits", "Opened", "Unfit", "apart"]


def apart(source: Path, target: Path, headers: Sequence[object] | None, limits: Limits) -> int:
    """Read `source` and write into `target` one line that tells of the file, then one of JSON for each row: `[line, cells]`,
    or `[line, code]` where it cannot be read. How many rows. Raises Unfit."""
    asked = json.dumps({**vars(limits), "headers": headers})
    command = process.command(f"{__name__}.reading", str(source), str(target), asked)
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=4 * limits.seconds, check=False,
            env=process.ENVIRONMENT,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise Unfit("large") from None
    if done.returncode in process.OVERRUN:
        raise Unfit("large")
    if done.returncode not in (0, 3):
        raise Unfit("damaged")
    told = json.loads(done.stdout)
    if done.returncode == 3:
        raise Unfit(told["code"], told["found"])
    return int(told["rows"])
