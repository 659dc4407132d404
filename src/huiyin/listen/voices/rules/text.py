"""What text may be: limits as people count characters, and nothing that hides or reorders what is read."""

import re
import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """Why a value cannot be taken. `code` has its words in `problems.WORDS`; `limit` fills them."""

    field: str
    code: str
    limit: int | None = None


ZWJ = "\u200d"
_NEWLINES = re.compile(r"\r\n?|[\u000b\u000c\u0085\u2028\u2029]")
_CONTROL = re.compile(r"[\u0001-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f]")
_REORDERING = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_INVISIBLE = re.compile(r"[\u00ad\u180e\u200b\u2060-\u2064\ufeff\ufff9-\ufffb\U000e0001\U000e0020-\U000e007f]")
_JOINERS = re.compile(r"[\u200c\u200d]")
_BLANK = re.compile(r"[\s\u00ad\u115f\u1160\u200b-\u200f\u2060-\u2064\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0]*")


def clean(field: str, value: object, limit: int, *, one_line: bool = False, name: bool = False) -> str | Problem:
    """The text as it is kept, or why it cannot be.

    NUL and half a surrogate pair cannot be stored by every database, so they are refused. Marks that reorder or hide
    what is read (right-to-left override, zero-width space) are taken out; a name also loses its joiners. Everything
    else stays as the person wrote it: rare characters, other scripts, emoji, markup (which is shown, never obeyed).
    """
    if value is None:
        return ""
    if not isinstance(value, str):
        return Problem(field, "not_text")
    if len(value) > limit * 8 + 64:  # before any work on it: a bomb of combining marks is long in code points
        return Problem(field, "too_long", limit)
    if "\0" in value:
        return Problem(field, "nul")
    if any("\ud800" <= char <= "\udfff" for char in value):
        return Problem(field, "surrogate")
    text = _CONTROL.sub("", _NEWLINES.sub("\n", value))
    text = _INVISIBLE.sub("", _REORDERING.sub("", text))
    if one_line or name:
        text = " ".join(text.split())
    if name:
        text = _JOINERS.sub("", text)
    text = text.strip()
    if is_blank(text):
        return ""
    if graphemes(text) > limit:
        return Problem(field, "too_long", limit)
    return text


def is_blank(text: str) -> bool:
    """Nothing that can be seen."""
    return _BLANK.fullmatch(text) is not None


def graphemes(text: str) -> int:
    """How many characters a person counts: a family emoji is one, a letter with its accents is one.

    A short form of Unicode's rule (UAX 29): marks, variation selectors, skin tones and what follows a joiner belong
    to the character before; two regional indicators are one flag. At most eight marks hang on one character for free.
    """
    count, marks, joined, flag = 0, 0, False, False
    for char in text:
        if "\U0001f1e6" <= char <= "\U0001f1ff":
            flag = not flag
            if not flag:
                continue
        else:
            flag = False
            extends = (
                char == ZWJ
                or "\ufe00" <= char <= "\ufe0f"
                or "\U0001f3fb" <= char <= "\U0001f3ff"
                or unicodedata.category(char) in ("Mn", "Me", "Mc")
            )
            if count and (extends or joined):
                joined = char == ZWJ
                marks += 1
                if marks > 8:
                    count, marks = count + 1, 0
                continue
        joined = False
        count, marks = count + 1, 0
    return count


def digits(text: str) -> str:
    """Full-width and other decimal figures as 0-9."""
    return "".join(str(unicodedata.digit(char)) if char.isdecimal() else char for char in text)
