"""A clock as a row of its table, and back: what both databases take and give."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from huiyin.bank.clocks.rules.clock import (
    Clock,
    Extension,
    Holding,
    Part,
    Pause,
    maybe,
    part_of,
    part_text,
    seconds_of,
    when,
)

TABLE = "clocks_clock"
FIXED = ["id", "subject", "kind", "stream", "pack", "family", "purpose", "cycle", "leg", "armed_at"]
CHANGING = [
    "anchor_at",  # another's, after a merge
    "definition",
    "calendar",
    "state",
    "due_at",
    "due_date",
    "provisional",
    "next_rung",
    "next_rung_at",
    "resume_at",
    "satisfied_at",
    "met",
    "stopped_by",
    "evidence",
    "breached_at",
    "excused",
    "account",
]
COLUMNS = (*FIXED, *CHANGING)


def row_of(clock: Clock, sqlite: bool) -> tuple[Any, ...]:
    """The clock as database values, in the order of COLUMNS."""
    moment = sqlite_moment if sqlite else maybe
    return (
        clock.id.hex if sqlite else clock.id,
        clock.subject.hex if sqlite else clock.subject,
        clock.kind,
        clock.stream,
        clock.pack,
        clock.family,
        clock.purpose,
        clock.cycle,
        clock.leg,
        moment(clock.armed),
        moment(clock.anchor),
        clock.definition,
        clock.calendar,
        clock.state,
        moment(clock.due),
        clock.due_date.isoformat() if sqlite and clock.due_date else clock.due_date,
        clock.provisional,
        clock.next_rung,
        moment(clock.next_ring),
        moment(clock.resume),
        moment(clock.satisfied),
        clock.met,
        clock.stopped_by,
        clock.evidence,
        moment(clock.breached),
        clock.excused,
        account_of(clock),
    )


def clock_of(row: Sequence[Any], sqlite: bool) -> Clock:
    """The clock of a raw database row in the order of COLUMNS."""
    uuid, seconds = (_sqlite_uuid, _sqlite_seconds) if sqlite else (_same, _seconds)
    account = json.loads(row[26]) if row[26] else {}
    return Clock(
        id=uuid(row[0]),
        subject=uuid(row[1]),
        kind=row[2],
        stream=row[3],
        pack=row[4],
        family=row[5],
        purpose=row[6],
        cycle=row[7],
        leg=row[8],
        armed=seconds(row[9]),  # type: ignore[arg-type]
        anchor=seconds(row[10]),  # type: ignore[arg-type]
        definition=row[11],
        calendar=row[12],
        state=row[13],
        due=seconds(row[14]),
        due_date=row[15],
        provisional=bool(row[16]),
        next_rung=row[17],
        next_ring=seconds(row[18]),
        resume=seconds(row[19]),
        satisfied=seconds(row[20]),
        met=None if row[21] is None else bool(row[21]),
        stopped_by=row[22],
        evidence=row[23],
        breached=seconds(row[24]),
        excused=bool(row[25]),
        floor=account.get("floor"),
        breach_how=account.get("how", ""),
        parts=tuple(part_of(text) for text in account.get("terms", ())),
        pauses=_read_pauses(account.get("pauses", ()), seconds(row[19])),
        extensions=tuple(Extension(*extension) for extension in account.get("extensions", ())),
        fired=tuple(account.get("fired", ())),
        holdings=tuple(Holding(*held) for held in account.get("held", ())),
        route=account.get("route", ""),
        origin=UUID(account["origin"]) if "origin" in account else None,
        charged=account.get("charged", ""),
        inherited=account.get("inherited", False),
        helpers=tuple(account.get("helpers", ())),
        into=UUID(account["into"]) if "into" in account else None,
        adopted=account.get("adopted", False),
    )


def _read_pauses(values: Sequence[Sequence[Any]], resume: int | None) -> tuple[Pause, ...]:
    """The only open pause of a clock has its expected end in the row itself."""
    found = [Pause(*pause) for pause in values]
    waits = [n for n, pause in enumerate(found) if pause.end is None]
    if len(waits) == 1:
        found[waits[0]] = found[waits[0]]._replace(until=resume)
    return tuple(found)


def _pauses(pauses: tuple[Pause, ...]) -> list[list[Any]]:
    """Without what is empty, and without an expected end that the row has already."""
    alone = sum(pause.end is None for pause in pauses) == 1
    found: list[list[Any]] = []
    for pause in pauses:
        if pause.own:
            found.append(list(pause))
        elif pause.until is not None and not alone:
            found.append(list(pause[:4]))
        else:
            found.append(list(pause[:3]))
    return found


def account_of(clock: Clock) -> str:
    """What only some clocks have, as JSON; empty for the others."""
    found: dict[str, Any] = {}
    if clock.parts:
        found["terms"] = _texts(clock.parts)
    if clock.pauses:
        found["pauses"] = _pauses(clock.pauses)
    if clock.extensions:
        found["extensions"] = clock.extensions
    if clock.fired:
        found["fired"] = clock.fired
    if clock.floor is not None:
        found["floor"] = clock.floor
    if clock.breach_how:
        found["how"] = clock.breach_how
    if clock.holdings:
        found |= _leg(clock)
    if clock.into:
        found["into"] = clock.into.hex
    if clock.adopted:
        found["adopted"] = True
    return json.dumps(found, separators=(",", ":")) if found else ""


def _leg(clock: Clock) -> dict[str, Any]:
    found: dict[str, Any] = {"held": clock.holdings, "route": clock.route}
    if clock.origin:
        found["origin"] = clock.origin.hex
    if clock.charged:
        found["charged"] = clock.charged
    if clock.inherited:
        found["inherited"] = True
    if clock.helpers:
        found["helpers"] = clock.helpers
    return found


def _texts(parts: tuple[Part, ...]) -> list[str]:
    return [part_text(part) for part in parts]


def _seconds(at: datetime | None) -> int | None:
    return None if at is None else seconds_of(at)


@lru_cache(maxsize=8192)
def _sqlite_uuid(text: str) -> UUID:
    return UUID(text)


def _same(value: UUID) -> UUID:
    return value


@lru_cache(maxsize=65_536)
def _sqlite_seconds(at: datetime | None) -> int | None:
    return None if at is None else seconds_of(at.replace(tzinfo=UTC))


@lru_cache(maxsize=65_536)
def sqlite_moment(seconds: int | None) -> str | None:
    """As Django keeps an instant in SQLite: naive UTC text."""
    return None if seconds is None else str(when(seconds).replace(tzinfo=None))
