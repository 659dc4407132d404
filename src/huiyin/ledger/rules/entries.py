"""What exactly is hashed: the canonical text of an entry, its hash and its leaf.

entry hash = SHA-256("huiyin-entry/1\\n" || body), body = canonical JSON (RFC 8785) of every meaningful column;
leaf hash = SHA-256(0x00 || entry hash), RFC 6962 with the entry hash as the leaf's data.
Both names of the algorithm stand inside what is hashed (`alg`), so that a later SM3 profile cannot be mistaken for this.
"""

import json
import re
from hashlib import sha256
from json.encoder import encode_basestring as quoted  # type: ignore[attr-defined]
from typing import Any

DOMAIN = b"huiyin-entry/1\n"
ALG = "sha256"
FIRST = b"\0" * 32
"""`prev` of the first entry of a stream."""

STREAM = re.compile(r"[a-z_]{1,20}:[A-Za-z0-9._-]{1,43}\Z")
ACTOR = re.compile(r"(staff|customer|machine):[A-Za-z0-9._:-]{1,64}\Z")


def body(
    actor: str,
    occurred_us: int,
    payload: str,
    prev: bytes,
    recorded_us: int,
    schema: int,
    stream: str,
    type: str,
    version: int,
) -> str:
    """The canonical text; `payload` is canonical JSON already."""
    return (
        f'{{"actor":{quoted(actor)},"alg":"{ALG}","occurred_us":{occurred_us},"payload":{payload},'
        f'"prev":"{prev.hex()}","recorded_us":{recorded_us},"schema":{schema},"stream":{quoted(stream)},'
        f'"type":{quoted(type)},"version":{version}}}'
    )


def entry_hash(text: str) -> bytes:
    return sha256(DOMAIN + text.encode()).digest()


def leaf_hash(entry: bytes) -> bytes:
    return sha256(b"\0" + entry).digest()


def canonical(value: Any) -> str:
    """Any JSON value of texts, whole numbers, booleans, lists and objects in the form of RFC 8785; floats are refused."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join(quoted(key) + ":" + canonical(value[key]) for key in keys) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, int) and abs(value) < 2**53:
        return str(value)
    if isinstance(value, str):
        value.encode()  # a lone surrogate is no text
        return str(quoted(value))
    raise ValueError("only texts, whole numbers up to 2^53, booleans, lists and objects have a canonical form here")
