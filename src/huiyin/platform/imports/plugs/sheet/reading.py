"""The process that reads: `python -m …reading SOURCE TARGET LIMITS`. It imports only decisions (`rules`)."""

import json
import os
import resource
import sys
from functools import partial
from pathlib import Path

from huiyin.platform.imports.plugs.sheet.opened import Opened, Unfit
from huiyin.platform.imports.rules.limits import Limits
from huiyin.platform.imports.rules.mapping import has_headers

MEMORY = 512_000_000
GROWTH = 20
"""The file that is written over the bytes that may be read: a letter is at most \\uXXXX\\uXXXX, a cell `"",`."""


def main(source: str, target: str, asked: str) -> int:
    told = json.loads(asked)
    headers = told.pop("headers")
    limits = Limits(**told)
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds + 1))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    if limits.size is not None:
        most = GROWTH * limits.size + 1_000_000
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    try:
        sheet = Opened(Path(source), partial(has_headers, headers) if headers is not None else None, limits)
        rows = 0
        with open(target, "x", encoding="ascii") as file:
            about = {
                "header": sheet.header,
                "line": sheet.line,
                "sha256": sheet.sha256,
                "encoding": sheet.encoding,
            }
            file.write(json.dumps(about) + "\n")
            for line, cells in sheet.rows():
                rows += 1
                file.write(json.dumps([line, cells if isinstance(cells, list) else cells.code]) + "\n")
    except Unfit as no:
        sys.stdout.write(json.dumps({"code": no.code, "found": [cell[:200] for cell in no.found[:100]]}))
        return 3
    except (MemoryError, RecursionError):
        sys.stdout.write(json.dumps({"code": "large", "found": []}))
        return 3
    sys.stdout.write(json.dumps({"rows": rows}))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
