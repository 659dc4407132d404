"""Where an arrival belongs: a voice of its own, a matter that is there, a person's desk, or nowhere; always with a reason."""

import hashlib
import hmac
import re
from base64 import b32encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from uuid import UUID

from huiyin.listen.channels.rules.contract import Parsed

BURST, BURST_WITHIN = 5, timedelta(hours=1)
"""So many voices of one sender within the time are their own; what follows is added to the last of them."""

FLOOD = 30
"""Above so many items of one sender in a day they are only counted and kept (reliability.md §6 item 51)."""

TRIES = 8
_TOKEN = re.compile(r"(?i)\b([A-Z]{1,4}-?\d{8}-\d{4,9})-([a-z2-7]{16})\b")


@dataclass(frozen=True)
class Place:
    """`to`: voice | matter | recorded | held | rejected | unreadable."""

    to: Literal["voice", "matter", "recorded", "held", "rejected", "unreadable"]
    why: str = ""
    matter: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known before deciding. `matter`: the one a genuine token names; `contact`: its sender is a known one.

    `told`: the matter that the sender told under the same id of its own, `again`: with the same words.
    `latest`: the sender's last matter within the channel's `joins` (or the burst). `recent`: the sender's voices within
    the burst time, `today`: all items of the sender in a day.
    """

    own_address: bool = False
    twin: UUID | None = None
    seen: bool = False
    told: UUID | None = None
    again: bool = False
    matter: UUID | None = None
    contact: bool = False
    withdrawn: bool = False
    joining: UUID | None = None
    latest: UUID | None = None
    recent: int = 0
    today: int = 0


def place(parsed: Parsed, known: Known) -> Place:
    """The one table of decisions, the first that fits. Nothing is dropped: what is rejected stays, with its reason."""
    if parsed.kind == "record":
        return Place("recorded", parsed.why)
    if parsed.kind in ("noise", "bounce", "auto_reply"):
        # Reports and machines' answers are recorded at the matter they speak of; they open nothing.
        trusted = known.matter if parsed.kind == "auto_reply" and known.contact else None
        return Place("rejected", parsed.why if parsed.kind == "noise" and parsed.why else parsed.kind, trusted)
    if known.own_address:
        return Place("rejected", "own_address")
    if known.seen:
        return Place("rejected", "duplicate", known.twin)
    if known.told is not None:
        if known.again:
            return Place("rejected", "duplicate", known.told)
        return Place("rejected", "withdrawn", known.told) if known.withdrawn else Place("matter", "", known.told)
    if not parsed.text.strip() and not parsed.subject.strip() and not parsed.attachments and not parsed.fields:
        return Place("unreadable", "empty")
    if known.today >= FLOOD:
        return Place("rejected", "flood", known.latest)
    if known.matter is not None and not known.withdrawn:
        if parsed.suspect:
            return Place("held", parsed.suspect, known.matter)
        if not known.contact:
            return Place("held", "other_sender", known.matter)
        return Place("matter", "", known.matter)
    if known.joining is not None:
        return Place("matter", "", known.joining)
    if known.recent >= BURST and known.latest is not None:
        return Place("matter", "", known.latest)
    return Place("voice", "withdrawn" if known.withdrawn else "")


def token(number: str, matter: UUID, key: str) -> str:
    """The signed reference of a thread: the number anybody may read, and 80 bits that only we can make."""
    digest = hmac.digest(key.encode(), b"huiyin.thread" + matter.bytes, hashlib.sha256)
    return f"{number}-{b32encode(digest[:10]).decode().lower()}"


def tokens_in(text: str) -> list[tuple[str, str]]:
    """(number, whole token) of everything in a text that has the form of one, at most five."""
    return [(found[1].upper(), f"{found[1].upper()}-{found[2].lower()}") for found in _TOKEN.finditer(text[:2000])][:5]


def is_genuine(claimed: str, number: str, matter: UUID, keys: Sequence[str]) -> bool:
    return any(hmac.compare_digest(claimed.encode(), token(number, matter, key).encode()) for key in keys)


def retry_after(attempts: int) -> timedelta:
    """10 s, doubling to an hour."""
    return timedelta(seconds=min(10 * 2 ** min(attempts, 10), 3600))
