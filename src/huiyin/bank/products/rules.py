"""Product codes."""

import re

_CODE = re.compile(r"[A-Za-z0-9_.-]{1,32}\Z", re.ASCII)


def is_code(text: str) -> bool:
    return bool(_CODE.match(text))
