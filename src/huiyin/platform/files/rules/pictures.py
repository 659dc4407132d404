"""How large a picture says it is, from its header alone and in linear time: nothing is unpacked, whatever is repeated.

Pillow's own header reader copies what it has read again at each JPEG segment and GIF comment (13 s of processor for a file of
20 MB), so that it is not asked here.
"""

import re
from collections.abc import Iterator

from huiyin.platform.files.rules.kinds import GIF, JPEG, PNG, WEBP, Kind, NotTaken

_MOST_PARTS = 4_000
_FILL = re.compile(rb"\xff+")
_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})


def pixels(kind: Kind, data: bytes) -> int:
    """Width by height, by frames where the frames are counted in the header. NotTaken("image") where it cannot be told."""
    found = {JPEG: _jpeg, PNG: _png, GIF: _gif, WEBP: _webp}[kind](data)
    if found <= 0:
        raise NotTaken("image")
    return found


def _gif(data: bytes) -> int:
    return _little(data, 6, 2) * _little(data, 8, 2) if len(data) > 13 else 0


def _png(data: bytes) -> int:
    size, frames = 0, 1
    for name, place, length in _chunks(data, 8, "big"):
        if name == b"IHDR" and length == 13:
            size = _big(data, place, 4) * _big(data, place + 4, 4)
        elif name == b"acTL":
            frames = max(_big(data, place, 4), 1)
        elif name == b"IDAT":
            return size * frames
    return 0


def _webp(data: bytes) -> int:
    size, frames, canvas = 0, 0, 0
    for name, place, _length in _chunks(data, 12, "little"):
        if name == b"VP8X":
            canvas = (_little(data, place + 4, 3) + 1) * (_little(data, place + 7, 3) + 1)
        elif name == b"VP8 ":
            size = (_little(data, place + 6, 2) & 0x3FFF) * (_little(data, place + 8, 2) & 0x3FFF)
        elif name == b"VP8L":
            bits = _little(data, place + 1, 4)
            size = ((bits & 0x3FFF) + 1) * ((bits >> 14 & 0x3FFF) + 1)
        elif name == b"ANMF":
            frames += 1
    return max(canvas * max(frames, 1), size) if size or frames else 0


def _chunks(data: bytes, place: int, order: str) -> Iterator[tuple[bytes, int, int]]:
    """PNG: length, name, content, checksum. RIFF: name, length, content to an even place."""
    for _part in range(_MOST_PARTS):
        if place + 8 > len(data):
            return
        if order == "big":
            length, name, after = _big(data, place, 4), data[place + 4 : place + 8], 12
        else:
            length, name, after = _little(data, place + 4, 4), data[place : place + 4], 8
            length += length & 1
        yield name, place + 8, length
        place += length + after
    raise NotTaken("image")


def _jpeg(data: bytes) -> int:
    place = 2
    for _part in range(_MOST_PARTS):
        filled = _FILL.match(data, place)  # any number of FF may stand before a marker
        if filled is None or filled.end() + 8 > len(data):
            return 0
        place = filled.end() - 1
        marker = data[place + 1]
        if marker in _SIZES:
            return _big(data, place + 5, 2) * _big(data, place + 7, 2)
        place += 2 if marker in _ALONE else 2 + max(_big(data, place + 2, 2), 2)
    return 0


def _big(data: bytes, place: int, length: int) -> int:
    return int.from_bytes(data[place : place + length], "big")


def _little(data: bytes, place: int, length: int) -> int:
    return int.from_bytes(data[place : place + length], "little")
