"""Bytes as text, whatever their label says: Chinese mail is labelled GB2312 and written in GBK, or the other way round."""

import codecs
import re

_HAN = re.compile(r"[\u3400-\u9fff\u3000-\u303f\uff00-\uffef]")
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "cp936": "gb18030", "x-gbk": "gb18030",
          "ks_c_5601-1987": "cp949", "big5": "big5hkscs", "x-x-big5": "big5hkscs"}  # fmt: skip
_WESTERN = {"us-ascii", "ascii", "iso-8859-1", "latin-1", "latin1", "windows-1252", "cp1252", "iso-8859-15"}
_NEVER = {"utf-7", "unicode-1-1-utf-7", "idna", "punycode", "raw_unicode_escape", "unicode_escape", "undefined"}


def decoded(content: bytes, label: str) -> str:
    """By the label as far as the bytes bear it out, else by what they look like; nothing makes it fail."""
    name = label.strip().strip("\"'").casefold()
    name = _WIDER.get(name, name)
    if not name or name in _NEVER or name in _WESTERN or not _is_known(name):
        found = guessed(content)
        return content.decode("latin-1") if name in _WESTERN and "\ufffd" in found else found
    if name == "gb18030" and (utf8 := _strict(content, "utf-8")) is not None and _HAN.search(utf8):
        return utf8  # valid UTF-8 that reads as Chinese is no accident
    found_text = _strict(content, name)
    if found_text is not None:
        return found_text
    other = guessed(content)
    return content.decode(name, "replace") if "\ufffd" in other else other


def guessed(content: bytes) -> str:
    """UTF-8, else the Chinese national standard, else Big5, else UTF-8 with marks where it broke."""
    for start, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(start):
            return content.decode(name, "replace")
    for name in ("utf-8", "gb18030", "big5hkscs"):
        text = _strict(content, name)
        if text is not None:
            return text
    return content.decode("utf-8", "replace")


def _strict(content: bytes, name: str) -> str | None:
    try:
        return content.decode(name)
    except (UnicodeError, LookupError):
        return None


def _is_known(name: str) -> bool:
    try:
        return codecs.lookup(name)._is_text_encoding
    except (LookupError, ValueError):
        return False
