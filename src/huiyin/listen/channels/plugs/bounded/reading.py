"""The process that reads: `python -m …reading MODULE SETTINGS < bytes`. It imports only decisions (`rules`)."""

import importlib
import json
import resource
import sys

from huiyin.listen.channels.rules.contract import Unreadable
from huiyin.listen.channels.rules.crossing import packed

MEMORY = 768_000_000
PROCESSOR = 20


def main(module: str, settings: str) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR, PROCESSOR + 1))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    reader = importlib.import_module(f"huiyin.listen.channels.rules.{module}")
    try:
        parsed = reader.parse(sys.stdin.buffer.read(), json.loads(settings))
    except Unreadable as no:
        sys.stdout.write(no.why)
        return 3
    except (MemoryError, RecursionError):
        sys.stdout.write("too_deep")
        return 3
    sys.stdout.buffer.write(packed(parsed))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
