"""Identifiers that sort by time (UUID version 7, RFC 9562)."""

import os
import time
from uuid import UUID


def new_id() -> UUID:
    """A fresh UUIDv7: 48 bits of milliseconds, 74 random bits."""
    return id_from(time.time_ns() // 1_000_000, os.urandom(10))


def id_from(milliseconds: int, random_bytes: bytes) -> UUID:
    """A UUIDv7 from its parts, for generators that are seeded."""
    tail = int.from_bytes(random_bytes[:10], "big")
    value = (milliseconds & 0xFFFF_FFFF_FFFF) << 80
    value |= 0x7 << 76 | ((tail >> 62) & 0xFFF) << 64
    value |= 0b10 << 62 | (tail & 0x3FFF_FFFF_FFFF_FFFF)
    return UUID(int=value)
