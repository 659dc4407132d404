"""TOML tables of calendars, packs and word lists turned into values; anything unknown is refused by name."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from huiyin.kernel.calendar import HOUR_UNITS, Calendar, Exceptional, Notice, Term, seconds, week
from huiyin.kernel.label import Label
from huiyin.kernel.limits import FAMILIES, Condition, Limit, Pack, Rung, Step
from huiyin.kernel.pauses import REASONS, loosened

DEFAULT_CANCEL = ("complaint.withdrawn", "complaint.reclassified")


class StandardRejected(ValueError):
    """A calendar, pack or word list that cannot be used, and why."""


def parse_calendar(table: Mapping[str, Any], days_off: Mapping[date, str] | None = None) -> Calendar:
    """`days_off` are public holidays from elsewhere (a package), used inside the coverage only."""
    exceptions: dict[date, Exceptional] = {}
    numbers = {notice["number"] for notice in table.get("notice", ())}
    for day, name in (days_off or {}).items():
        exceptions[day] = Exceptional("CLOSED", name, str(table.get("package", {}).get("name", "")))
    for holiday in table.get("holiday", ()):
        if holiday["notice"] not in numbers:
            raise StandardRejected(f"{holiday['zh']}: the notice {holiday['notice']} is not listed")
        name = f"{holiday['zh']}|{holiday['en']}"
        for day in _days(*holiday["closed"]):
            _set(exceptions, day, Exceptional("CLOSED", name, holiday["notice"]))
        for day in holiday["open"]:
            _set(exceptions, day, Exceptional("OPEN", name, holiday["notice"]))
    return Calendar(
        code=table["code"],
        zone=table["zone"],
        week=week(table["week"]),
        version=str(table["version"]),
        exceptions=exceptions,
        coverage_from=table.get("coverage_from"),
        coverage_to=table.get("coverage_to"),
        notices=tuple(
            Notice(n["number"], n.get("title", ""), n.get("issuer", ""), n.get("published"), n.get("url", ""))
            for n in table.get("notice", ())
        ),
    )


def _set(exceptions: dict[date, Exceptional], day: date, found: Exceptional) -> None:
    if day in exceptions:
        raise StandardRejected(f"{day} is named twice")
    exceptions[day] = found


def _days(first: date, last: date) -> Iterable[date]:
    if last < first:
        raise StandardRejected(f"a holiday ends before it begins: {first} to {last}")
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def parse_pack(table: Mapping[str, Any], sha256: str) -> Pack:
    version = str(table["version"])
    limits = tuple(_limit(table["code"], version, entry) for entry in table["limit"])
    if len({limit.id for limit in limits}) != len(limits):
        raise StandardRejected(f"{table['code']}: two limits have the same id")
    return Pack(
        code=table["code"],
        version=version,
        label=Label(table["code"], table["zh"], table["en"]),
        authority=Label("authority", table["authority_zh"], table["authority_en"]),
        legal=bool(table["legal"]),
        effective_from=table["effective_from"],
        effective_to=table.get("effective_to"),
        limits=limits,
        sha256=sha256,
        note=_note(table),
    )


KNOWN = (
    "id family purpose kinds zh en arm stop cancel anchor calendar unit target end_of_term roll count_start_day",
    "earliest_of warn_only chosen_date selector arm_if priority pause pause_told extension reopen ladder verified reserve",
    "source_zh source_en note_zh note_en",
)


def _limit(pack: str, version: str, entry: Mapping[str, Any]) -> Limit:
    where = f"{pack}/{entry.get('id')}"
    unknown = set(entry) - set(" ".join(KNOWN).split())
    if unknown:
        raise StandardRejected(f"{where}: unknown {sorted(unknown)}")
    _one_of(where, "family", entry["family"], FAMILIES)
    _one_of(where, "reopen", entry.get("reopen", "none"), ("none", "new", "continue"))
    _one_of(where, "verified", entry["verified"], ("primary", "secondary", "memory"))
    for reason in [*entry.get("pause", ()), *entry.get("pause_told", ())]:
        _one_of(where, "pause", reason, REASONS)
    limit = Limit(
        id=entry["id"],
        pack=pack,
        version=version,
        family=entry["family"],
        purpose=entry["purpose"],
        label=Label(entry["id"], entry["zh"], entry["en"]),
        arm=tuple(entry["arm"]),
        stop=tuple(entry["stop"]),
        cancel=tuple(entry.get("cancel", DEFAULT_CANCEL)),
        anchor=entry["anchor"],
        calendar=entry["calendar"],
        terms=_terms(where, entry),
        earliest_of=tuple(entry.get("earliest_of", ())),
        warn_only="warn_only" in entry,
        chosen_date=entry.get("chosen_date", ""),
        selector=_condition(entry.get("selector", {})),
        arm_if=_condition(entry.get("arm_if", {})),
        priority=int(entry.get("priority", 100)),
        pause=frozenset(entry.get("pause", ())),
        pause_told=frozenset(entry.get("pause_told", ())),
        extension=tuple(
            Step(int(s["to"]), s["role"], _condition(s.get("when", {}))) for s in entry.get("extension", ())
        ),
        reopen=entry.get("reopen", "none"),
        ladder=tuple(_rung(where, text, entry.get("unit", "natural_day")) for text in entry.get("ladder", ())),
        verified=entry["verified"],
        source=Label("source", entry["source_zh"], entry["source_en"]),
        note=_note(entry),
        kinds=frozenset(entry.get("kinds", ("case",))),
        reserve=seconds(entry.get("reserve", 0)),
    )
    if loosened(limit):
        raise StandardRejected(f"{where}: {limit.family} may not be stopped for {loosened(limit)}")
    return limit


def _terms(where: str, entry: Mapping[str, Any]) -> tuple[Term, ...]:
    amount = entry.get("target", entry.get("warn_only"))
    if amount is None:
        return ()
    unit = entry["unit"]
    try:
        return (
            Term(
                unit=unit,
                amount=seconds(amount) if unit in HOUR_UNITS else int(amount),
                roll=entry.get("roll", "none"),
                end_of_term=entry.get("end_of_term", "24:00"),
                count_start_day=bool(entry.get("count_start_day", False)),
            ),
        )
    except ValueError as wrong:
        raise StandardRejected(f"{where}: {wrong}") from wrong


def _rung(where: str, text: str, unit: str) -> Rung:
    """`80%`, `left 1`, `due` or `after 1`; amounts in the clock's own unit, hours in seconds."""
    if text == "due":
        return Rung("due", "due", 0)
    if text.endswith("%") and text[:-1].isdecimal() and 0 < int(text[:-1]) <= 100:
        return Rung(text, "percent", int(text[:-1]))
    point, _, amount = text.partition(" ")
    if point not in ("left", "after") or not amount.isdecimal():
        raise StandardRejected(f"{where}: not a rung: {text}")
    return Rung(f"{point}-{amount}", point, seconds(amount) if unit in HOUR_UNITS else int(amount))


def _condition(table: Mapping[str, Any]) -> Condition:
    return {name: frozenset(str(value).lower() for value in values) for name, values in table.items()}


def _note(table: Mapping[str, Any]) -> Label | None:
    return Label("note", table["note_zh"], table["note_en"]) if "note_zh" in table else None


def _one_of(where: str, name: str, value: str, allowed: Iterable[str]) -> None:
    if value not in allowed:
        raise StandardRejected(f"{where}: {name} cannot be {value}")


def parse_labels(table: Mapping[str, Any], name: str) -> list[Label]:
    """A word list; codes must be unique."""
    found = [Label(entry["code"], entry["zh"], entry["en"]) for entry in table[name]]
    if len({label.code for label in found}) != len(found):
        raise StandardRejected(f"{name}: a code is used twice")
    return found
