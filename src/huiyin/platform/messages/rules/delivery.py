"""What may be sent where, and when to try again."""

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

PORTAL, SMTP, SMS = "portal", "smtp", "sms"
GATEWAYS = (SMTP, SMS)
STATES = ("waiting", "sending", "sent", "delivered", "dead", "bounced")
"""waiting: queued · sent: the gateway took it · delivered: the other side confirmed it · dead: given up by us ·
bounced: taken by the gateway and sent back later."""

ON_ITS_WAY = ("waiting", "sending", "sent", "delivered")
LOST = ("dead", "bounced")

LEASE = timedelta(seconds=60)
"""How long a worker may hold a delivery; it outlasts the longest call to a gateway several times over."""

ATTEMPTS = 8
CAP = 10
"""Messages to one address in a day. Above it the address may belong to somebody who is being bombed with our mail."""

CONNECT_S = 5.0
TOTAL_S = 10.0
ANSWER_BYTES = 1_000_000


@dataclass(frozen=True)
class Outgoing:
    """What a gateway is given: fixed wording with the number and the link, never what somebody wrote."""

    id: UUID
    to: str
    subject: str
    text: str
    language: str
    at: datetime
    matter: UUID | None = None
    purpose: str = ""
    thread: "Thread | None" = None


@dataclass(frozen=True)
class Thread:
    """How an answer to a mail finds its matter again: the signed `tag` in its subject, and where it is to be sent."""

    tag: str = ""
    reply_to: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    loop: str = ""


@dataclass(frozen=True)
class Route:
    """A way to the customer of a matter that another room knows: the gateway's name and the address there."""

    gateway: str
    address: str


class Gateway(Protocol):
    """One outside way of reaching a person. `send` returns when the gateway has accepted (its own id of the message, or
    ""), else raises."""

    def send(self, outgoing: Outgoing) -> str: ...


class Undeliverable(Exception):
    """The gateway refused for good: trying again would not help. `why` is a code."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class TryLater(Exception):
    """The gateway could not be reached or asked us to wait. `why` is a code."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def wait(attempts: int, jitter: float) -> timedelta:
    """Back off 30 s, 1, 2, 4 … minutes up to 2 hours; `jitter` (0 to 1) spreads a crowd over half of it again."""
    base = min(30.0 * 2 ** max(attempts - 1, 0), 7200.0)
    return timedelta(seconds=base * (1 + jitter / 2))


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet: not ours, not link-local, not a metadata service."""
    ip = ipaddress.ip_address(address)
    mapped = getattr(ip, "ipv4_mapped", None)
    if mapped is not None:
        ip = mapped
    return ip.is_global and not ip.is_multicast and not ip.is_reserved
