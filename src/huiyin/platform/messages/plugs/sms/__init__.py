"""Text messages through the bank's own gateway: one signed POST (Standard Webhooks: id, timestamp, signature).

The request body is `{"id", "to", "text", "language"}`. The gateway answers 2xx when it has taken the message;
the same `webhook-id` again is the same message.
"""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass

from huiyin.platform.messages.plugs.line import call
from huiyin.platform.messages.rules.delivery import Outgoing, TryLater, Undeliverable


@dataclass(frozen=True)
class SmsWebhook:
    """A Gateway. `allowed` names hosts inside the bank's network that may be called although they are not public."""

    url: str
    secret: str
    allowed: tuple[str, ...] = ()

    def send(self, outgoing: Outgoing) -> str:
        body = json.dumps(
            {"id": str(outgoing.id), "to": outgoing.to, "text": outgoing.text, "language": outgoing.language},
            ensure_ascii=False,
        ).encode()
        stamp = int(outgoing.at.timestamp())
        headers = {
            "content-type": "application/json",
            "webhook-id": str(outgoing.id),
            "webhook-timestamp": str(stamp),
            "webhook-signature": signature(self.secret, str(outgoing.id), stamp, body),
        }
        status = call("POST", self.url, body=body, headers=headers, allowed=self.allowed).status
        if 200 <= status < 300:
            return ""
        if status in (408, 409, 425, 429) or status >= 500:
            raise TryLater(f"http_{status}")
        raise Undeliverable(f"http_{status}")


def signature(secret: str, id: str, stamp: int, body: bytes) -> str:
    """`v1,<base64 of HMAC-SHA256 over id.timestamp.body>`; a secret may be `whsec_<base64>` or plain text."""
    key = base64.b64decode(secret[6:]) if secret.startswith("whsec_") else secret.encode()
    digest = hmac.new(key, f"{id}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()
