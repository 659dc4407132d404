"""One spelling for all spellings of a text: width, case, accents, Traditional forms and well-known variants."""

import unicodedata
from functools import lru_cache
from typing import NamedTuple

# Variants of characters in names that no conversion table holds.
_VARIANTS = {"𠮷": "吉", "髙": "高", "﨑": "崎", "栁": "柳", "邨": "村", "濵": "滨"}


class Folded(NamedTuple):
    """A folded text; `origin[i]` is where in the original its i-th character stands."""

    text: str
    origin: list[int]


def fold(text: str) -> Folded:
    """Full-width as ordinary, capitals as small, é as e, 銀 as 银, 𠮷 as 吉; invisible characters vanish."""
    letters: list[str] = []
    origin: list[int] = []
    for index, letter in enumerate(text):
        for plain in _plain(letter):
            letters.append(plain)
            origin.append(index)
    return Folded("".join(letters), origin)


@lru_cache(maxsize=65_536)
def _plain(letter: str) -> str:
    if letter in _VARIANTS:
        return _VARIANTS[letter]
    kind = unicodedata.category(letter)
    if kind in ("Cf", "Mn", "Me", "Cs"):
        return ""
    if kind == "Cc":
        return " "
    wide = unicodedata.normalize("NFKC", letter)
    if ord(wide[0]) < 0x2000:  # Latin, Greek, Cyrillic: the accent goes, the letter stays
        parted = unicodedata.normalize("NFD", wide)
        return "".join(part for part in parted if unicodedata.category(part) != "Mn").casefold()
    return "".join(_VARIANTS.get(one, one) for one in _simplified()(wide)) if wide[0] > "\u2e7f" else wide


@lru_cache(maxsize=1)
def _simplified():  # type: ignore[no-untyped-def]
    from opencc import OpenCC  # its tables take a moment: only who folds loads them

    return OpenCC("t2s").convert
