"""The first half of a restore, before Django is loaded: the parts of the backup into the empty home."""

import shutil
from pathlib import Path

from huiyin.kernel.refusal import Refusal
from huiyin.kernel.unfit import Unfit
from huiyin.site.keep.archive import Manifest, unpack

KEYS = "keys"


def lay_out(archive: Path, home: Path, keys: Path | None = None) -> Manifest:
    if home.exists() and any(home.iterdir()):
        raise Unfit(f"{home} 不是空目录", f"{home} is not empty")
    if keys and not (keys / "ledger.skey").is_file():
        raise Unfit(f"{keys} 中没有密钥（ledger.skey）", f"{keys} holds no keys (ledger.skey)")
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
