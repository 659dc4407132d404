"""Approved texts and their placeholders."""

import re
from collections.abc import Iterable, Mapping

from huiyin.bank.standards.rules.rejected import StandardRejected

_PLACE = re.compile(r"\{([a-z_]+)\}", re.ASCII)


def check_wording(code: str, fields: Iterable[str], texts: Iterable[str]) -> None:
    """Every placeholder must be declared, every declared one used in both languages, and no stray brace left."""
    declared = set(fields)
    zh_title, zh_body, en_title, en_body = texts
    for language, text in (("zh", zh_title + zh_body), ("en", en_title + en_body)):
        used = set(_PLACE.findall(text))
        if used != declared:
            raise StandardRejected(f"{code} ({language}): placeholders {sorted(used ^ declared)} do not agree")
        if any(brace in _PLACE.sub("", text) for brace in "{}"):
            raise StandardRejected(f"{code} ({language}): a stray brace")


def fill(text: str, values: Mapping[str, object]) -> str:
    """Put the values in place, in one pass, so that a brace inside a value stays what it is."""
    return _PLACE.sub(lambda match: str(values[match[1]]), text)
