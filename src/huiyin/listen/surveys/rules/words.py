"""What a reader without the right to names sees of what somebody wrote."""

import re

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_DIGITS = re.compile(r"(?:\d[ \-]?){6,}[\dXx]?")
_NAMED = re.compile(r"(?:我叫|我是|本人|姓名[:：]?\s*)([\u3400-\u9fff]{2,4})(?=[，。,;；\s]|$)")


def masked(text: str) -> str:
    """Addresses, numbers of seven digits and more, and a name somebody gave of themselves are struck out."""
    text = _EMAIL.sub("***", text)
    text = _DIGITS.sub("***", text)
    return _NAMED.sub(lambda found: found[0].replace(found[1], "*" * len(found[1])), text)
