"""TOML tables of calendars, packs and word lists turned into values; anything unknown is refused by name."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from huiyin.bank.standards.rules import ladders
from huiyin.bank.standards.rules.rejected import StandardRejected
from huiyin.kernel.calendar import HOUR_UNITS, Calendar, Exceptional, Notice, Term, seconds, week
from huiyin.kernel.label import Label
from huiyin.kernel.limits import FAMILIES, Communication, Condition, Limit, Pack, Provision, Step
from huiyin.kernel.pauses import REASONS, loosened

SURE = ("primary", "secondary", "memory", "own")
SORTS = ("duty", "flag", "wording", "right", "exclusion", "report", "record")
_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,47}", re.ASCII)
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,23}", re.ASCII)
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,23}", re.ASCII)
_PLACE = re.compile(r"\{([a-z_]+)\}", re.ASCII)
DEFAULT_CANCEL = ("complaint.withdrawn", "complaint.reclassified")


def check_ref(code: str, version: str) -> None:
    """Codes and versions stand in addresses and in `pack/version/id`."""
    if not (_CODE.fullmatch(code) and _VERSION.fullmatch(version)):
        raise StandardRejected(f"not a code and a version: {code} {version}")


def parse_calendar(table: Mapping[str, Any], days_off: Mapping[date, str] | None = None, release: str = "") -> Calendar:
    """`days_off` are public holidays from elsewhere (a package in some release), used inside the coverage only."""
    check_ref(str(table["code"]), str(table["version"]))
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
        notices=(
            *(
                Notice(n["number"], n.get("title", ""), n.get("issuer", ""), n.get("published"), n.get("url", ""))
                for n in table.get("notice", ())
            ),
            *_package(table.get("package"), release),
        ),
    )


def _package(source: Mapping[str, Any] | None, release: str) -> tuple[Notice, ...]:
    """The package as a source among the notices: which release, which place."""
    if not source:
        return ()
    place = source.get("market") or " ".join(filter(None, (source.get("country"), source.get("subdivision"))))
    issuer = f"PyPI {source['name']} {release} ({source.get('licence', '')})"
    return (Notice(source["name"], place, issuer, None, f"https://pypi.org/project/{source['name']}/"),)


def _set(exceptions: dict[date, Exceptional], day: date, found: Exceptional) -> None:
    if day in exceptions:
        raise StandardRejected(f"{day} is named twice")
    exceptions[day] = found


def _days(first: date, last: date) -> Iterable[date]:
    if last < first:
        raise StandardRejected(f"a holiday ends before it begins: {first} to {last}")
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def parse_pack(table: Mapping[str, Any], sha256: str) -> Pack:
    """A pack from its table. `applies` of the pack is part of every limit's `arm_if`."""
    code, version = str(table["code"]), str(table["version"])
    check_ref(code, version)
    unknown = set(table) - set(" ".join(PACK_KNOWN).split())
    if unknown:
        raise StandardRejected(f"{code}: unknown {sorted(unknown)}")
    applies = _condition(table.get("applies", {}))
    limits = tuple(_limit(code, version, entry, applies) for entry in table.get("limit", ()))
    authority = Label("authority", table["authority_zh"], table["authority_en"])
    provisions = tuple(_provision(code, entry, authority) for entry in table.get("provision", ()))
    communications = tuple(_communication(code, entry, authority) for entry in table.get("communication", ()))
    for sort in (limits, provisions, communications):
        if len({one.id for one in sort}) != len(sort):
            raise StandardRejected(f"{code}: two entries have the same id")
    if not limits and not provisions:
        raise StandardRejected(f"{code}: neither limits nor provisions")
    return Pack(
        code=code,
        version=version,
        label=Label(code, table["zh"], table["en"]),
        authority=authority,
        legal=bool(table["legal"]),
        effective_from=table["effective_from"],
        effective_to=table.get("effective_to"),
        limits=limits,
        sha256=sha256,
        note=_note(table),
        applies=applies,
        calendars=tuple(table.get("calendars", ())),
        provisions=provisions,
        communications=communications,
    )


PACK_KNOWN = (
    "code version zh en authority_zh authority_en legal effective_from effective_to note_zh note_en",
    "applies calendars limit provision communication",
)
KNOWN = (
    "id family purpose kinds zh en arm stop cancel anchor calendar unit target end_of_term roll count_start_day",
    "earliest_of warn_only chosen_date selector arm_if priority pause pause_told extension reopen ladder verified reserve",
    "source_zh source_en note_zh note_en section",
)
PROVISION_KNOWN = (
    "id sort zh en codes calendar unit target end_of_term roll count_start_day verified source_zh source_en section"
)

COMMUNICATION_KNOWN = (
    "id zh en event answers asks window response title_zh title_en body_zh body_en verified source_zh source_en section"
)
ASKS = ("reason", "expected", "outcome")
CASE_FIELDS = ("number", "received", "owner", "bank", "link")
"""What every communication may say of its case; what it `asks` must stand in it as well."""


def _limit(pack: str, version: str, entry: Mapping[str, Any], applies: Condition) -> Limit:
    where = f"{pack}/{entry.get('id')}"
    unknown = set(entry) - set(" ".join(KNOWN).split())
    if unknown:
        raise StandardRejected(f"{where}: unknown {sorted(unknown)}")
    for name in (entry["id"], entry["purpose"]):
        if not _NAME.fullmatch(str(name)):
            raise StandardRejected(f"{where}: not a name: {name}")
    _one_of(where, "family", entry["family"], FAMILIES)
    _one_of(where, "reopen", entry.get("reopen", "none"), ("none", "new", "continue"))
    _one_of(where, "verified", entry["verified"], SURE)
    for reason in [*entry.get("pause", ()), *entry.get("pause_told", ())]:
        _one_of(where, "pause", reason, REASONS)
    terms = _terms(where, entry)
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
        terms=terms,
        earliest_of=tuple(one for one in entry.get("earliest_of", ()) if isinstance(one, str)),
        warn_only="warn_only" in entry,
        chosen_date=entry.get("chosen_date", ""),
        selector=_condition(entry.get("selector", {})),
        arm_if={**applies, **_condition(entry.get("arm_if", {}))},
        priority=int(entry.get("priority", 100)),
        pause=frozenset(entry.get("pause", ())),
        pause_told=frozenset(entry.get("pause_told", ())),
        extension=tuple(
            Step(int(s["to"]), s["role"], _condition(s.get("when", {}))) for s in entry.get("extension", ())
        ),
        reopen=entry.get("reopen", "none"),
        ladder=tuple(rung for one in entry.get("ladder", ()) for rung in ladders.rungs(where, one, terms)),
        verified=entry["verified"],
        source=Label("source", entry["source_zh"], entry["source_en"]),
        note=_note(entry),
        kinds=frozenset(entry.get("kinds", ("case",))),
        reserve=seconds(entry.get("reserve", 0)),
        section=str(entry.get("section", "")),
    )
    if loosened(limit):
        raise StandardRejected(f"{where}: {limit.family} may not be stopped for {loosened(limit)}")
    return limit


def _provision(pack: str, entry: Mapping[str, Any], authority: Label) -> Provision:
    where = f"{pack}/{entry.get('id')}"
    unknown = set(entry) - set(PROVISION_KNOWN.split())
    if unknown:
        raise StandardRejected(f"{where}: unknown {sorted(unknown)}")
    _one_of(where, "sort", entry["sort"], SORTS)
    _one_of(where, "verified", entry["verified"], SURE)
    terms = _terms(where, entry)
    if bool(terms) != bool(entry.get("calendar")):
        raise StandardRejected(f"{where}: a time needs a calendar, and a calendar a time")
    return Provision(
        id=entry["id"],
        sort=entry["sort"],
        label=Label(entry["id"], entry["zh"], entry["en"]),
        verified=entry["verified"],
        source=Label("source", entry.get("source_zh", authority.zh), entry.get("source_en", authority.en)),
        section=str(entry.get("section", "")),
        codes=tuple(entry.get("codes", ())),
        term=terms[0] if terms else None,
        calendar=entry.get("calendar", ""),
    )


def _communication(pack: str, entry: Mapping[str, Any], authority: Label) -> Communication:
    where = f"{pack}/{entry.get('id')}"
    unknown = set(entry) - set(COMMUNICATION_KNOWN.split())
    if unknown or not _NAME.fullmatch(str(entry["id"])):
        raise StandardRejected(f"{where}: unknown {sorted(unknown) or entry['id']}")
    _one_of(where, "verified", entry["verified"], SURE)
    asks = tuple(entry["asks"])
    for one in asks:
        _one_of(where, "asks", one, ASKS)
    found = Communication(
        id=entry["id"],
        label=Label(entry["id"], entry["zh"], entry["en"]),
        event=entry["event"],
        answers=bool(entry.get("answers", False)),
        asks=asks,
        title=Label("title", entry["title_zh"], entry["title_en"]),
        body=Label("body", entry["body_zh"].strip(), entry["body_en"].strip()),
        verified=entry["verified"],
        source=Label("source", entry.get("source_zh", authority.zh), entry.get("source_en", authority.en)),
        section=str(entry.get("section", "")),
        window=entry.get("window", ""),
        response=entry.get("response", ""),
    )
    for language in ("zh", "en"):
        text = getattr(found.title, language) + getattr(found.body, language)
        used = set(_PLACE.findall(text))
        if not set(asks) <= used or used - set(asks) - set(CASE_FIELDS) or any(c in "{}" for c in _PLACE.sub("", text)):
            raise StandardRejected(f"{where} ({language}): placeholders {sorted(used ^ set(asks))}")
    return found


def _terms(where: str, entry: Mapping[str, Any]) -> tuple[Term, ...]:
    """The terms of an entry: its own `target`, or those listed in `earliest_of`, of which the earliest ends it.

    Terms in hours come first: a due time then never depends on the date of its anchor alone.
    """
    several = [one for one in entry.get("earliest_of", ()) if not isinstance(one, str)]
    plain = entry.get("target", entry.get("warn_only"))
    if several and (plain is not None or len(several) != len(entry["earliest_of"])):
        raise StandardRejected(f"{where}: earliest_of lists families, or terms, and stands instead of a target")
    if plain is not None:
        several = [{**entry, "target": plain}]
    for one in several:
        if set(one) - set(" ".join(KNOWN).split()) - {"codes", "sort"}:
            raise StandardRejected(f"{where}: unknown in a term: {sorted(one)}")
    return tuple(sorted((_term(where, one) for one in several), key=lambda term: term.in_days))


def _term(where: str, entry: Mapping[str, Any]) -> Term:
    try:
        unit, amount = entry["unit"], entry["target"]
        return Term(
            unit=unit,
            amount=seconds(amount) if unit in HOUR_UNITS else int(amount),
            roll=entry.get("roll", "none"),
            end_of_term=entry.get("end_of_term", "24:00"),
            count_start_day=bool(entry.get("count_start_day", False)),
        )
    except (ValueError, KeyError) as wrong:
        raise StandardRejected(f"{where}: {wrong}") from wrong


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
