"""The key files of the ledger under $HUIYIN_HOME/keys (0600), made once. The private key is never in the database."""

import os
from functools import lru_cache
from pathlib import Path
from threading import get_ident

from django.conf import settings

from huiyin.kernel.unfit import Unfit
from huiyin.ledger.rules import notes


def signer() -> notes.Signer:
    """The key that signs checkpoints and receipts; made on first use under the configured origin."""
    path = Path(settings.HUIYIN_HOME) / "keys" / "ledger.skey"
    if not path.exists():
        made = notes.Signer(settings.HUIYIN_LEDGER_ORIGIN, os.urandom(32))
        _write_once(_keys() / path.name, f"{made}\n", 0o600)
    found = _signer(path, path.stat().st_mtime_ns)
    if found.name != settings.HUIYIN_LEDGER_ORIGIN:
        raise Unfit(
            f"账本的密钥属于 {found.name!r}，而 HUIYIN_LEDGER_ORIGIN 为 {settings.HUIYIN_LEDGER_ORIGIN!r}："
            "首次签名之后，账本名称不得更改。",
            f"The ledger's key was made for {found.name!r}, but HUIYIN_LEDGER_ORIGIN says"
            f" {settings.HUIYIN_LEDGER_ORIGIN!r}: an origin never changes once the first entry is signed.",
        )
    return found


@lru_cache(maxsize=4)
def _signer(path: Path, changed: int) -> notes.Signer:
    """The key of a file as it is now, read once; its public half is published with it."""
    found = notes.signer(path.read_text("utf-8"))
    _publish(found.verifier)
    return found


def verifiers() -> list[notes.Verifier]:
    """Every key that ever signed for this ledger: the present one and those before a rotation."""
    current = signer().verifier
    lines = (_keys() / "ledger.vkeys").read_text("utf-8").split()
    return [current, *(key for key in map(notes.verifier, lines) if key != current)]


def last_signed() -> notes.Tree | None:
    """The checkpoint kept beside the keys: it knows if the database is older than what was signed last."""
    path = _anchors() / "last.checkpoint"
    if not path.exists():
        return None
    return notes.read_checkpoint(notes.opened(path.read_text("utf-8"), verifiers()))


def keep_signed(note: str) -> None:
    path = _anchors() / "last.checkpoint"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f"last.checkpoint.{os.getpid()}.{get_ident()}")
    fresh.write_text(note, "utf-8")
    fresh.replace(path)


def _publish(key: notes.Verifier) -> None:
    path = _keys() / "ledger.vkeys"
    known = path.read_text("utf-8").split() if path.exists() else []
    if str(key) not in known:
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{key}\n")


def _keys() -> Path:
    path = Path(settings.HUIYIN_HOME) / "keys"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def _anchors() -> Path:
    return Path(settings.HUIYIN_HOME) / "anchors"


def _write_once(path: Path, text: str, mode: int) -> None:
    """Create the file whole, or leave the one another process or thread made a moment ago."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}.{get_ident()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
