"""AES-256-GCM around personal values. Keys and nonces are handed in; nothing here is random.

A sealed value is `version byte || nonce (12) || ciphertext and tag`. The additional data binds it to its place,
so that a ciphertext moved to another row, table or person does not open.
"""

import base64
import hashlib
import json
from functools import lru_cache
from hmac import digest as hmac
from json.encoder import encode_basestring as _quoted  # type: ignore[attr-defined]
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_VERSION = b"\1"


class Broken(ValueError):
    """A sealed value that does not open: wrong key, wrong place, or damaged."""


def place(table: str, row: UUID, subject: UUID) -> bytes:
    return f"huiyin-vault/1|{table}|{row.hex}|{subject.hex}".encode()


def seal(key: bytes, nonce: bytes, clear: bytes, bound_to: bytes) -> bytes:
    return _VERSION + nonce + AESGCM(key).encrypt(nonce, clear, bound_to)


def unseal(key: bytes, sealed: bytes, bound_to: bytes) -> bytes:
    if sealed[:1] != _VERSION:
        raise Broken("not a sealed value of this version")
    try:
        return AESGCM(key).decrypt(sealed[1:13], sealed[13:], bound_to)
    except (InvalidTag, ValueError) as error:
        raise Broken("a sealed value does not open with its key at its place") from error


def packed(values: dict[str, str]) -> bytes:
    """A JSON object of texts; what has no value is left out."""
    parts = [f"{_quoted(name)}:{_quoted(value)}" for name, value in values.items() if value is not None]
    return ("{" + ",".join(parts) + "}").encode()


def unpacked(clear: bytes) -> dict[str, str]:
    found: dict[str, str] = json.loads(clear)
    return found


def wrapping(kid: str, subject: UUID) -> bytes:
    """What a wrapped data key is bound to."""
    return f"huiyin-vault/1|key|{kid}|{subject.hex}".encode()


def blind(key: bytes, kind: str, normal: str) -> str:
    """HMAC-SHA-256 of a normalised value: for exact search, and for nothing else."""
    return hmac(key, f"{kind}|{normal}".encode(), "sha256").hex()


@lru_cache(maxsize=256)
def purpose_key(key: bytes, purpose: str) -> bytes:
    """A key of its own for one purpose."""
    return hmac(key, f"purpose|{purpose}".encode(), "sha256")


@lru_cache(maxsize=400_000)
def mark(key: bytes, term: str) -> int:
    """A term under a purpose key: 32 bits, with sign, as databases keep whole numbers."""
    digest = hashlib.blake2b(term.encode("utf-8", "replace"), digest_size=4, key=key).digest()
    return int.from_bytes(digest, "big", signed=True)


def read_keys(text: str) -> dict[str, bytes]:
    """Key file: one `kid base64` a line, the newest last."""
    found = {}
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            kid, raw = line.split()
            found[kid] = base64.b64decode(raw, validate=True)
            if len(found[kid]) != 32:
                raise ValueError(f"key {kid} is not 32 bytes long")
    return found


def key_line(kid: str, key: bytes) -> str:
    return f"{kid} {base64.b64encode(key).decode()}\n"
