"""Text messages through the bank's own gateway: one signed POST (Standard Webhooks: id, timestamp, signature).

The request body is `{"id", "to", "text", "language"}`. The gateway answers 2xx when it has taken the message;
the same `webhook-id` again is the same message.
"""

import base64
import hashlib
import hmac
import json
import socket
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from huiyin.platform.messages.rules.delivery import (
    ANSWER_BYTES,
    CONNECT_S,
    TOTAL_S,
    Outgoing,
    TryLater,
    Undeliverable,
    is_public,
)  # fmt: skip


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
        status = self._post(body, headers)
        if 200 <= status < 300:
            return ""
        if status in (408, 409, 425, 429) or status >= 500:
            raise TryLater(f"http_{status}")
        raise Undeliverable(f"http_{status}")

    def _post(self, body: bytes, headers: dict[str, str]) -> int:
        """One call to the address that was checked: the name is resolved once and the connection pinned to it."""
        import httpx  # here, so that pages start without it

        target = urlsplit(self.url)
        if target.scheme not in ("http", "https") or not target.hostname:
            raise Undeliverable("address")
        host, port = target.hostname, target.port or (443 if target.scheme == "https" else 80)
        ip = self._resolve(host, port)
        pinned = httpx.URL(self.url).copy_with(host=ip)
        headers = headers | {"host": target.netloc.rpartition("@")[2]}
        deadline = time.monotonic() + TOTAL_S
        try:
            with (
                httpx.Client(
                    timeout=httpx.Timeout(TOTAL_S, connect=CONNECT_S), follow_redirects=False, trust_env=False
                ) as client,
                client.stream(
                    "POST", pinned, content=body, headers=headers, extensions={"sni_hostname": host}
                ) as answer,
            ):
                read = 0
                for chunk in answer.iter_raw():
                    read += len(chunk)
                    if read > ANSWER_BYTES or time.monotonic() > deadline:
                        break
                return answer.status_code
        except httpx.HTTPError as failed:
            raise TryLater("unreachable") from failed

    def _resolve(self, host: str, port: int) -> str:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as unknown:
            raise TryLater("name") from unknown
        addresses = [str(entry[4][0]).partition("%")[0] for entry in found]
        if host not in self.allowed and not all(is_public(address) for address in addresses):
            raise Undeliverable("forbidden_address")
        return addresses[0]


def signature(secret: str, id: str, stamp: int, body: bytes) -> str:
    """`v1,<base64 of HMAC-SHA256 over id.timestamp.body>`; a secret may be `whsec_<base64>` or plain text."""
    key = base64.b64decode(secret[6:]) if secret.startswith("whsec_") else secret.encode()
    digest = hmac.new(key, f"{id}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()
