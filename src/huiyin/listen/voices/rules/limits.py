"""How much one sender may send, who the sender is, and whether two texts tell the same."""

import ipaddress
import re
from datetime import timedelta

HOUR = timedelta(hours=1)
NETWORK_FACTOR = 4
FAILED_LOOKUPS_PER_MINUTE = 5
DRAFT_LIFE = timedelta(days=2)


def address(remote: str, forwarded: str, trusted: list[str]) -> str:
    """The sender's address: the connection's, or what a trusted proxy says it was.

    Only the last hop that is not ours is believed; whatever a client writes in front of it is not.
    """
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    found = remote
    while hops and _is_trusted(found, trusted):
        found = hops.pop()
    return found if _ip(found) else remote


def network(address: str) -> str:
    """The neighbourhood that shares a limit: /24 for IPv4, /48 for IPv6."""
    ip = _ip(address)
    if ip is None:
        return ""
    prefix = 24 if ip.version == 4 else 48
    return str(ipaddress.ip_network(f"{ip}/{prefix}", strict=False))


def over_limit(same: int, near: int, per_hour: int) -> bool:
    """Whether the next submission of an address (or its network) goes to a person first. 0 means no limit."""
    return per_hour > 0 and (same >= per_hour or near >= per_hour * NETWORK_FACTOR)


def retry_after(attempts: int) -> timedelta:
    """When to hear a submission again that could not be heard: 10 s, doubling to 10 minutes."""
    return timedelta(seconds=min(10 * 2 ** min(attempts, 10), 600))


def likeness(one: str, other: str) -> float:
    """How alike two texts are: shared pairs of neighbouring characters over all of them (Jaccard)."""
    a, b = _pairs(one), _pairs(other)
    return len(a & b) / len(a | b) if a and b else 0.0


def _pairs(text: str) -> set[str]:
    plain = re.sub(r"\W+", "", text.casefold())[:2000]
    return {plain[n : n + 2] for n in range(len(plain) - 1)}


def _is_trusted(address: str, trusted: list[str]) -> bool:
    ip = _ip(address)
    if ip is None:
        return False
    for entry in trusted:
        try:
            if ip in ipaddress.ip_network(entry, strict=False):
                return True
        except ValueError:
            continue
    return False


def _ip(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
