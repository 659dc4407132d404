"""The process that reads: `python -m …reading list|read SOURCE MOST SECONDS`. It imports nothing of the product's.

`list` writes `[[place, name, is utf-8], …]`; `read` takes the places wanted as JSON and writes for each the length in nine
characters (-1: cannot be read) and the bytes.
"""

import json
import resource
import sys
import zipfile
import zlib

MEMORY = 512_000_000


def main(what: str, source: str, most: int, seconds: int) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    with zipfile.ZipFile(source) as archive:
        parts = archive.infolist()
        if what == "list":
            found = [
                (n, part.filename, bool(part.flag_bits & 0x800)) for n, part in enumerate(parts) if not part.is_dir()
            ]
            if len(found) > most:
                return 4
            sys.stdout.write(json.dumps(found))
            return 0
        for place in json.loads(sys.stdin.buffer.read()):
            data = content(archive, parts[place], most)
            sys.stdout.buffer.write(b"%9d" % (-1 if data is None else len(data)))
            sys.stdout.buffer.write(data or b"")
    return 0


def content(archive: zipfile.ZipFile, part: zipfile.ZipInfo, most: int) -> bytes | None:
    try:
        with archive.open(part) as file:
            return file.read(most)
    except (RuntimeError, NotImplementedError, OSError, zipfile.BadZipFile, zlib.error, EOFError, ValueError):
        return None


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
    except (zipfile.BadZipFile, MemoryError, OSError, ValueError, IndexError, NotImplementedError, UnicodeError):
        sys.exit(1)
