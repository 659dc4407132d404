"""Parsing in a process of its own, which may use little and is ended when it takes too long."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from huiyin.listen.channels.rules.contract import Parsed, Unreadable
from huiyin.listen.channels.rules.crossing import unpacked

SECONDS = 30
ANSWER = 64_000_000
_ROOT = str(Path(__file__).parents[5])


def parse(module: str, raw: bytes, settings: Mapping[str, str]) -> Parsed:
    """`module` under this room's `rules`, run on these bytes. Whatever happens to it, we hear only words or a reason."""
    command = [sys.executable, "-m", f"{__name__}.reading", module, json.dumps(dict(settings))]
    try:
        done = subprocess.run(
            command, input=raw, capture_output=True, timeout=SECONDS, check=False,
            env={"PYTHONPATH": _ROOT, "PATH": "", "PYTHONIOENCODING": "utf-8"},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise Unreadable("too_slow") from None
    if done.returncode == 3:
        raise Unreadable(done.stdout.decode("ascii", "replace")[:32] or "malformed")
    if done.returncode in (-24, -9):  # the processor limit (SIGXCPU), or killed for memory
        raise Unreadable("too_slow")
    if done.returncode or len(done.stdout) > ANSWER:
        raise Unreadable("crashed")
    return unpacked(done.stdout)
