"""Who is named in a note: @王芳(10003), or the staff number alone as @10003."""

import re

MOST = 20
_NAMED = re.compile(r"[@＠](?:[^\s@＠()（）]{1,40}[(（]([0-9A-Za-z-]{3,16})[)）]|([0-9]{4,16})(?![0-9]))")


def numbers(text: str) -> list[str]:
    """The staff numbers, each once, in the order in which they stand; no more than a note may call together."""
    found = [first or second for first, second in _NAMED.findall(text)]
    return list(dict.fromkeys(found))[:MOST]
