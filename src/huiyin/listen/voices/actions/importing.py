"""Complaints that another system has kept: row by row, once, with their own times, ids and words."""

import hashlib
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from datetime import date, datetime, time
from functools import lru_cache
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from huiyin.kernel.actor import Actor
from huiyin.kernel.fact import is_code
from huiyin.kernel.ids import id_from
from huiyin.listen.voices.actions.hearing import hear_many, next_numbers
from huiyin.listen.voices.queries import known_refs
from huiyin.listen.voices.rules.codes import CHANNEL, KIND
from huiyin.listen.voices.rules.heard import Heard, Words
from huiyin.platform.imports import actions as imports
from huiyin.platform.imports import queries as sheets
from huiyin.platform.imports.actions import NEW, UNCHANGED, Fault, Outcome, takes
from huiyin.platform.imports.queries import CHOSEN, TEXTS, Fields, Row
from huiyin.platform.tables import actions as tables

BUILT_IN = Path(__file__).parents[1] / "mappings"
NUMBER = "_number"  # no column of a mapping
_DAY = frozenset({"date", "datetime"})
FIELDS = Fields(
    sink="complaints",
    kinds=dict.fromkeys(("received_on", "sent_on"), _DAY)
    | dict.fromkeys(("source_id",), frozenset({"code", "text", "int"}))
    | dict.fromkeys(("text", "product", "sub_product", "issue", "sub_issue", "company", "region", "outcome"), TEXTS)
    | {
        "timely": frozenset({"bool"}),
        "channel": CHOSEN,
        "kind": CHOSEN,
        "language": CHOSEN,
        "source": frozenset({"code"}) | CHOSEN,
    },
    required=("received_on", "source"),
    words={"channel": frozenset(CHANNEL), "kind": frozenset(KIND), "language": frozenset({"zh-hans", "en"})},
    codes=("source",),
)


def import_complaints(
    *,
    path: Path,
    mapping: str,
    by: Actor,
    at: datetime,
    progress: Callable[[int, int, int], None] | None = None,
    alone: bool = True,
) -> imports.Report:
    """Import a file by a mapping: one that the product brings (`cfpb`) or a TOML file of the bank's own.

    Not `alone`: a second process helps, where the machine has two processors.
    """
    own = BUILT_IN / f"{mapping}.toml"
    chosen = sheets.mapping(own if own.exists() else Path(mapping), fields=FIELDS)
    helped = nullcontext() if alone else imports.two_hands(mapping=chosen, by=by, at=at)
    with helped as ahead, tables.in_bulk():
        return imports.run(mapping=chosen, source=path, by=by, at=at, progress=progress, ahead=ahead)


def number_rows(rows: Sequence) -> None:
    """Allot the numbers before another process tells the facts in which they stand. Those of rows that are not taken
    after all are not given again."""
    received = [_midnight(row.values["received_on"]) for row in rows]
    for row, number in zip(rows, next_numbers(received), strict=True):
        row.values[NUMBER] = number


@takes("complaints", ready=number_rows)
def take_complaints(rows: Sequence, *, by: Actor, at: datetime) -> list[Outcome]:
    """A record that is here already stays as it was first told; the ledger keeps no second version of the past."""
    known: dict[str, UUID] = {}
    for source in {row.values["source"] for row in rows}:
        known |= known_refs(source, [row.key for row in rows if row.values["source"] == source])
    wrong = {row.line: fault for row in rows if (fault := _fault(row, at))}
    fresh = [row for row in rows if row.key not in known and row.line not in wrong]
    items = sorted((_heard(row.key, row.values) for row in fresh), key=_by_id)  # as they lie in the tables
    hear_many(items=items, by=by, at=at, recorded_at=at)
    return [wrong.get(row.line) or (UNCHANGED if row.key in known else NEW) for row in rows]


def _by_id(item: Heard) -> int:
    return item.id.int if item.id else 0


def _fault(row: Row, at: datetime) -> Fault | None:
    """What only shows when a row is seen as a complaint."""
    if not (is_code(row.key) and is_code(row.values["source"])):
        return Fault("", "no_code")
    if _midnight(row.values["received_on"]) > at:
        return Fault("", "in_future")
    return None


def _heard(key: str, value: dict) -> Heard:
    received = _midnight(value["received_on"])
    sent = value.get("sent_on")
    return Heard(
        id=id_from(int(received.timestamp() * 1000), hashlib.blake2b(key.encode(), digest_size=10).digest()),
        kind=value.get("kind") or "complaint", channel=value.get("channel") or "unknown", received_at=received,
        language=value.get("language") or "zh-hans", secret=False, words=Words(text=value.get("text") or ""), number=value.get(NUMBER),
        source=value["source"], source_ref=key, sent_at=_midnight(sent) if sent else None,
        product=_name(value, "product"), company=_name(value, "company"), region=_name(value, "region"),
        sub_product=_name(value, "sub_product"), issue=_name(value, "issue"), sub_issue=_name(value, "sub_issue"),
        outcome=_name(value, "outcome"), timely=value.get("timely"),
    )  # fmt: skip


def _name(value: dict, field: str) -> str | None:
    """A name of the source's register on one line, which is all the ledger takes: breaks of any kind become spaces."""
    return " ".join((value.get(field) or "").split())[:200] or None


def _midnight(day: date) -> datetime:
    """A source that knows days only: the beginning of that day as the bank's own calendar names it. One that knows times is
    told by its wall clock."""
    if isinstance(day, datetime):
        return day.replace(tzinfo=ZoneInfo(settings.TIME_ZONE))
    return _beginning(day, settings.TIME_ZONE)


@lru_cache(maxsize=8192)
def _beginning(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone))
