"""Parsing in a process of its own, which may use little and is ended when it takes too long."""

import json
import subprocess
from collections.abc import Mapping

from huiyin.kernel import apart
from huiyin.listen.channels.rules.contract import Parsed, Unreadable
from huiyin.listen.channels.rules.crossing import unpacked

SECONDS = 30
ANSWER = 64_000_000


def parse(module: str, raw: bytes, settings: Mapping[str, str]) -> Parsed:
    """`module` under this room's `rules`, run on these bytes. Whatever happens to it, we hear only words or a reason."""
    command = apart.command(f"{__name__}.reading", module, json.dumps(dict(settings)))
    try:
        done = subprocess.run(
            command, input=raw, capture_output=True, timeout=SECONDS, check=False, env=apart.ENVIRONMENT
        )
    except subprocess.TimeoutExpired:
        raise Unreadable("too_slow") from None
    if done.returncode == 3:
        raise Unreadable(done.stdout.decode("ascii", "replace")[:32] or "malformed")
    if done.returncode in apart.OVERRUN:
        raise Unreadable("too_slow")
    if done.returncode or len(done.stdout) > ANSWER:
        raise Unreadable("crashed")
    return unpacked(done.stdout)
