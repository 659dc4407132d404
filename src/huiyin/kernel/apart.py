"""A process of its own for what somebody else sent: it may use little and is ended when it takes too long."""

import sys
from pathlib import Path

ENVIRONMENT = {"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": "", "PYTHONIOENCODING": "utf-8"}
"""Nothing of ours: no settings, no secrets, no path to other programs."""

OVERRUN = (-24, -9)
"""How such a process ends that used too much: by the processor limit (SIGXCPU), or killed for memory."""


def command(module: str, *said: str) -> list[str]:
    """How to start it: a module that is run with these words."""
    return [sys.executable, "-m", module, *said]
