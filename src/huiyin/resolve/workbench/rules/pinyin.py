"""How a typed word finds a Chinese one: by its letters, by its whole pinyin, by the first letters, in order."""

from collections.abc import Sequence


def spelled(parts: Sequence[str]) -> tuple[str, str]:
    """From syllables: the whole spelling and the initials. ("tousugongdan", "tsgd")"""
    return "".join(parts).lower(), "".join(part[:1] for part in parts).lower()


def rank(query: str, words: Sequence[str], whole: str, initials: str) -> int | None:
    """How well something fits a query (0 is best), or None. `words`: its names in every language, lower case."""
    q = "".join(query.lower().split())
    if not q:
        return None
    plain = ["".join(word.split()) for word in words if word]
    if any(word.startswith(q) for word in plain):
        return 0
    if initials.startswith(q):
        return 1
    if whole.startswith(q):
        return 2
    if (len(q) >= 3 or not q.isascii()) and any(q in word for word in plain):
        return 3
    if len(q) >= 2 and initials != whole and q in initials:
        return 4
    return 5 if len(q) >= 3 and q in whole else None
