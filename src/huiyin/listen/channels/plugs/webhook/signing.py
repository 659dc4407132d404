"""Who sent it: HMAC-SHA256 over `id.timestamp.body` (Standard Webhooks), with two keys in force while one is changed."""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import datetime

TOLERANCE_S = 300
_ID = re.compile(r"[!-~]{1,128}")
_MOST_SIGNATURES = 10


class Refused(Exception):
    """`code`: headers | time | signature | no_key. The sender is told the code, never the reason behind it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def verified(headers: Mapping[str, str], body: bytes, *, keys: Sequence[str], at: datetime) -> str:
    """The id of a genuine, fresh request; else Refused. The body is looked at by nobody before this.

    `headers` are by lower-case name. A key may be `whsec_<base64>` or plain text; each of `keys` counts.
    """
    id, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    given = headers.get("webhook-signature", "").split()[:_MOST_SIGNATURES]
    if not _ID.fullmatch(id) or not re.fullmatch(r"[0-9]{1,12}", stamp) or not given:
        raise Refused("headers")
    if abs(at.timestamp() - int(stamp)) > TOLERANCE_S:
        raise Refused("time")
    if not keys:
        raise Refused("no_key")
    expected = [signature(key, id, int(stamp), body).encode() for key in keys]
    # Every pair is compared, so that the time taken tells nothing.
    fits = [hmac.compare_digest(one.encode(), other) for one in given for other in expected]
    if not any(fits):
        raise Refused("signature")
    return id


def signature(key: str, id: str, stamp: int, body: bytes) -> str:
    digest = hmac.new(secret(key), f"{id}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def secret(key: str) -> bytes:
    if not key.startswith("whsec_"):
        return key.encode()
    try:
        return base64.b64decode(key[6:], validate=True)
    except (binascii.Error, ValueError) as wrong:
        raise Refused("no_key") from wrong
