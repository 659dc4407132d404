"""One call to an outside host, held to the house's limits: seconds, bytes, no redirects, no private address."""

import socket
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from huiyin.platform.messages.rules.delivery import (
    ANSWER_BYTES,
    CONNECT_S,
    TOTAL_S,
    TryLater,
    Undeliverable,
    is_public,
)


@dataclass(frozen=True)
class Answer:
    """`body` is cut off where it passes the limit; `whole` says whether it was."""

    status: int
    body: bytes
    kind: str
    whole: bool


def call(
    method: str, url: str, *, body: bytes = b"", headers: Mapping[str, str] | None = None, allowed: Sequence[str] = (),
    most: int = ANSWER_BYTES,
) -> Answer:  # fmt: skip
    """The name is resolved once, checked, and the connection pinned to that address.

    `allowed` names hosts inside the bank's network that may be called although they are not public.
    """
    import httpx  # here, so that pages start without it

    target = urlsplit(url)
    if target.scheme not in ("http", "https") or not target.hostname:
        raise Undeliverable("address")
    host, port = target.hostname, target.port or (443 if target.scheme == "https" else 80)
    ip = _resolve(host, port, allowed)
    pinned = httpx.URL(url).copy_with(host=ip)
    named = {**(headers or {}), "host": target.netloc.rpartition("@")[2]}
    deadline = time.monotonic() + TOTAL_S
    wait = httpx.Timeout(TOTAL_S, connect=CONNECT_S)
    try:
        with (
            _Ended(TOTAL_S) as end,
            httpx.Client(timeout=wait, follow_redirects=False, trust_env=False) as client,
            client.stream(
                method,
                pinned,
                content=body or None,
                headers=named,
                extensions={"sni_hostname": host, "trace": end.trace},
            ) as answer,
        ):
            found, whole = bytearray(), True
            for chunk in answer.iter_raw():
                found += chunk
                if len(found) > most or time.monotonic() > deadline:
                    whole = False
                    break
            return Answer(answer.status_code, bytes(found[:most]), answer.headers.get("content-type", ""), whole)
    except httpx.HTTPError as failed:
        raise TryLater("unreachable") from failed


class _Ended:
    """Ends the line when the time is up. The library's own limit begins anew with every byte, so that a host that sends its
    headers a byte at a time would hold us for hours."""

    def __init__(self, seconds: float) -> None:
        self._lines: list[socket.socket] = []
        self._over = False
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def __enter__(self) -> "_Ended":
        self._timer.start()
        return self

    def __exit__(self, *_failed: object) -> None:
        self._timer.cancel()

    def trace(self, event: str, told: Mapping[str, Any]) -> None:
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._lines.append(told["return_value"].get_extra_info("socket"))
            if self._over:
                self._end()

    def _end(self) -> None:
        self._over = True
        for line in self._lines:
            with suppress(OSError, AttributeError):
                line.shutdown(socket.SHUT_RDWR)


def _resolve(host: str, port: int, allowed: Sequence[str]) -> str:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as unknown:
        raise TryLater("name") from unknown
    addresses = [str(entry[4][0]).partition("%")[0] for entry in found]
    if host not in allowed and not all(is_public(address) for address in addresses):
        raise Undeliverable("forbidden_address")
    return addresses[0]
