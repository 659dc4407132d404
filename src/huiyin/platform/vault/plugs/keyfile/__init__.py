"""Keys in files under $HUIYIN_HOME/keys (0600), made once. A key management service would be another plug."""

import os
from functools import lru_cache
from pathlib import Path
from threading import get_ident

from django.conf import settings

from huiyin.platform.vault.rules import sealing

FILES = {"master": "vault.keys", "blind": "blind.key"}


def master() -> tuple[str, bytes]:
    """The newest master key and its id: new data keys are wrapped with it."""
    return list(masters().items())[-1]


def masters() -> dict[str, bytes]:
    """Every master key by its id, the newest last."""
    return _all("master")


def blind() -> bytes:
    return list(_all("blind").values())[-1]


def add_master() -> str:
    """Rotation: a new master key behind the others; data keys are wrapped anew by `actions.rewrap`."""
    known = _all("master")
    kid = f"m{len(known) + 1}"
    with open(_path("master"), "a", encoding="ascii") as file:
        file.write(sealing.key_line(kid, os.urandom(32)))
        file.flush()
        os.fsync(file.fileno())
    return kid


def _all(kind: str) -> dict[str, bytes]:
    path = _path(kind)
    try:
        changed = os.stat(path).st_mtime_ns
    except FileNotFoundError:
        _make(Path(path), "m1" if kind == "master" else "b1")
        changed = os.stat(path).st_mtime_ns
    return _read(path, changed)


@lru_cache(maxsize=8)
def _read(path: str, changed: int) -> dict[str, bytes]:
    return sealing.read_keys(Path(path).read_text("ascii"))


def _path(kind: str) -> str:
    return f"{settings.HUIYIN_HOME}/keys/{FILES[kind]}"


def _make(path: Path, kid: str) -> None:
    """Create the file whole, or leave the one another process or thread made a moment ago."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f"{path.name}.{os.getpid()}.{get_ident()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
        file.write(sealing.key_line(kid, os.urandom(32)))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
