"""Identifiers that sort by time (UUID version 7, RFC 9562)."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import count
from random import Random
from uuid import UUID

_seeded: ContextVar[Iterator[UUID] | None] = ContextVar("seeded ids", default=None)


def new_id() -> UUID:
    """A fresh UUIDv7: 48 bits of milliseconds, 74 random bits (a seeded one inside `seeded`)."""
    drawn = _seeded.get()
    return next(drawn) if drawn else id_from(time.time_ns() // 1_000_000, os.urandom(10))


@contextmanager
def seeded(seed: int | str, milliseconds: int) -> Iterator[None]:
    """Inside, ids are drawn from a seed: two runs give the same ids. For generated institutions and replays only."""
    rng = Random(f"ids {seed}")
    token = _seeded.set(id_from(milliseconds + n // 1000, rng.randbytes(10)) for n in count())
    try:
        yield
    finally:
        _seeded.reset(token)


def id_from(milliseconds: int, random_bytes: bytes) -> UUID:
    """A UUIDv7 from its parts, for generators that are seeded."""
    tail = int.from_bytes(random_bytes[:10], "big")
    value = (milliseconds & 0xFFFF_FFFF_FFFF) << 80
    value |= 0x7 << 76 | ((tail >> 62) & 0xFFF) << 64
    value |= 0b10 << 62 | (tail & 0x3FFF_FFFF_FFFF_FFFF)
    return UUID(int=value)
