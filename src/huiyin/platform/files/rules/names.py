"""A file name that no system stumbles over, still recognisable to who sent it."""

import re
import unicodedata
from urllib.parse import quote

from huiyin.platform.files.rules.limits import NAME_CHARACTERS

_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|\Z)", re.IGNORECASE)


def clean_name(name: str, extension: str) -> str:
    """The last part of the path, without control, direction and reserved characters, ending in the true extension."""
    seen = _seen(name)
    stem = re.sub(r'[<>:"|?*;%\'`]', "_", seen).strip(" .")
    if stem.lower().endswith("." + extension):
        stem = stem[: -len(extension) - 1].rstrip(" .")
    elif extension == "jpg" and stem.lower().endswith(".jpeg"):
        stem = stem[:-5].rstrip(" .")
    if not stem or _RESERVED.match(stem):
        stem = "_" + stem if stem else "file"
    room = NAME_CHARACTERS - len(extension) - 1
    return f"{stem[:room].rstrip()}.{extension}"


def shown(name: str) -> str:
    """The name as its sender may recognise it in a sentence."""
    seen = _seen(name).strip()
    return seen if len(seen) <= 60 else f"{seen[:40]}…{seen[-16:]}"


def _seen(name: str) -> str:
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    return "".join(char for char in last if unicodedata.category(char) not in _UNSEEN)


def extensions(name: str) -> list[str]:
    """Everything after a dot that looks like an extension, in lower case: `a.pdf.exe` has two."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFKC", name))[-1]
    last = "".join(char for char in last if unicodedata.category(char) not in _UNSEEN).strip(" .")
    return [part.strip().lower() for part in last.split(".")[1:]]


def disposition(name: str) -> str:
    """The header of a download (RFC 6266), safe whatever the name."""
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
