"""When a newly learnt version may take the place of the one in use, and which texts are never learnt from. Pure."""

import hashlib
from dataclasses import dataclass

ENOUGH = 20  # decisions of people since the last attempt before another one is worth a job


@dataclass(frozen=True)
class Score:
    """Right answers on the frozen set: of the seed corpus, and of what people decided."""

    seed_right: int
    people_right: int

    @property
    def right(self) -> int:
        return self.seed_right + self.people_right


def is_frozen(key: str) -> bool:
    """A fifth of all texts, by hash: they judge versions and no version learns from them, today or later."""
    return hashlib.sha256(key.encode("utf-8", "replace")).digest()[0] % 5 == 0


def replaces(now: Score, new: Score) -> bool:
    """Not worse on the whole frozen set, and not worse on the part that people decided."""
    return new.right >= now.right and new.people_right >= now.people_right


def is_due(decided: int, last: int | None) -> bool:
    """Enough decisions since those of the last attempt (None: there was none)."""
    return decided - (last or 0) >= ENOUGH
