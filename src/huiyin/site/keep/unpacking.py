"""The first half of a restore, before Django is loaded: the parts of the backup into the empty home."""

import shutil
from pathlib import Path

from huiyin.kernel.refusal import Refusal
from huiyin.site.keep.archive import Manifest, unpack

KEYS = "keys"


class NotEmpty(Refusal):
    status = 409


def lay_out(archive: Path, home: Path, keys: Path | None = None) -> Manifest:
    if home.exists() and any(home.iterdir()):
        raise NotEmpty(f"{home} is not empty")
    home.mkdir(parents=True, exist_ok=True, mode=0o750)
    try:
        manifest = unpack(archive, home)
    except Refusal:
        shutil.rmtree(home)
        raise
    if keys:
        shutil.copytree(keys, home / KEYS, dirs_exist_ok=True)
    if (home / KEYS).exists():
        (home / KEYS).chmod(0o700)
    return manifest
