"""The files in a winmail.dat (TNEF), as Outlook sends them to strangers. [MS-OXTNEF] 2.1."""

from collections.abc import Iterator

from huiyin.listen.channels.rules.charsets import decoded
from huiyin.listen.channels.rules.contract import Attached

SIGNATURE = 0x223E9F78
_TITLE, _DATA, _BODY, _START = 0x00018010, 0x0006800F, 0x0002800C, 0x00069002
FILES = 100


def unpacked(content: bytes) -> Iterator[Attached]:
    """Its files; a damaged or foreign one is handed on as it is, so that a person sees it was there."""
    if int.from_bytes(content[:4], "little") != SIGNATURE:
        yield Attached("winmail.dat", content)
        return
    at, name, found = 6, "", 0
    while at + 9 <= len(content) and found < FILES:
        attribute = int.from_bytes(content[at + 1 : at + 5], "little")
        size = int.from_bytes(content[at + 5 : at + 9], "little")
        value = content[at + 9 : at + 9 + size]
        if len(value) < size:
            break
        at += 9 + size + 2
        if attribute == _START:
            name = ""
        elif attribute == _TITLE:
            name = decoded(value.rstrip(b"\0"), "")[:200]
        elif attribute == _BODY and value.strip(b"\0"):
            found += 1
            yield Attached("message.txt", value.rstrip(b"\0"))
        elif attribute == _DATA and value:
            found += 1
            yield Attached(name or f"file-{found}", value)
    if not found:
        yield Attached("winmail.dat", content)
