"""Secrets of links: derived from the server's key over what they open, and stored nowhere but as a hash."""

import hashlib
import hmac
from base64 import b32encode
from collections.abc import Callable, Iterable
from functools import lru_cache


@lru_cache(maxsize=8192)  # every letter of a matter names the same link
def derived(purpose: bytes, of: bytes, key: str) -> str:
    """128 bits that only who has the key can make, in small letters and figures."""
    digest = hmac.digest(key.encode(), purpose + of, "sha256")
    return b32encode(digest[:16]).decode().rstrip("=").lower()


def secret_hash(secret: str) -> str:
    """What a table keeps. Links are looked up by it: a database reader learns none, and they outlive a change of the key."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def sent(purpose: bytes, of: bytes, key: str, older: Iterable[object], stored: Callable[[], str | None]) -> str:
    """The secret that went out: the stored hash tells which of the keys made it. Asked only where there are older keys."""
    made = [derived(purpose, of, one) for one in (key, *map(str, older))]
    if len(made) == 1:
        return made[0]
    known = stored()
    return next((one for one in made if secret_hash(one) == known), made[0])
