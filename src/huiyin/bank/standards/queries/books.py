"""What the standards say: calendars, rule packs, word lists and approved wording."""

import hashlib
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from importlib import resources
from math import prod
from typing import Any
from zoneinfo import ZoneInfo

from huiyin.bank.standards import rules
from huiyin.bank.standards.models import Adoption, Choice
from huiyin.bank.standards.plugs import public_holidays
from huiyin.bank.standards.rules import Finding, StandardRejected
from huiyin.kernel.calendar import Calendar
from huiyin.kernel.label import Label
from huiyin.kernel.limits import Book, Limit, Pack
from huiyin.platform.tables.queries import kept

HOME_ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Shipped:
    """One standard as text: from the package, or adopted by the bank itself."""

    code: str
    version: str
    sort: str
    sha256: str
    table: Mapping[str, Any]
    own: bool = False


@dataclass(frozen=True)
class Coverage:
    """Until when a calendar's days off are known, and whether that is far enough."""

    code: str
    label: Label
    version: str
    coverage_from: date | None
    coverage_to: date | None

    def missing_year(self, at: datetime) -> int | None:
        """Next year, from 1 November, if its notice is not in yet; or the current year at any time."""
        if self.coverage_to is None:
            return None
        today = at.astimezone(HOME_ZONE).date()
        if self.coverage_to < date(today.year, 12, 31):
            return today.year
        return today.year + 1 if today.month >= 11 and self.coverage_to < date(today.year + 1, 12, 31) else None


@kept("standards_adoption", "standards_choice")
def book() -> Book:
    """Everything a running clock may name: every shipped and adopted version, the current calendar per code."""
    return _book(_adopted(), tuple(sorted(choice().items())))


def book_with(sort: str, code: str, version: str, body: str) -> Book:
    """The book as it would be with one more version in use: what a preview reckons with."""
    return _book((*_adopted(), (code, version, sort, body)), tuple(sorted(choice().items())))


def _adopted() -> tuple[tuple[str, str, str, str], ...]:
    return tuple(Adoption.objects.order_by("effective_at", "id").values_list("code", "version", "sort", "body"))


PACKS_AT_FIRST = {"iso-house": "", "cn-nfra-complaint": ""}


@kept("standards_choice")
def choice() -> dict[str, str]:
    """The packs the institution works by, each with the calendar chosen for it ("" is the pack's own)."""
    newest = Choice.objects.order_by("-id").values_list("packs", flat=True).first()
    return rules.parse_choice(newest) if newest else dict(PACKS_AT_FIRST)


def calendar(code: str) -> Calendar:
    """The current calendar of a code, or the version named by `code/version`."""
    return book().calendar(code)


def office() -> Calendar:
    """The bank's own working days: what counts where no pack says otherwise."""
    return calendar("cn-office")


def calendars() -> list[Calendar]:
    """The current calendar of every code."""
    found = book().calendars
    return [found[code] for code in sorted(found) if "/" not in code]


def calendar_label(code: str) -> Label:
    table = _calendar_table(code)
    return Label(code, table["zh"], table["en"])


def coverage() -> list[Coverage]:
    return [
        Coverage(found.code, calendar_label(found.code), found.version, found.coverage_from, found.coverage_to)
        for found in calendars()
    ]


def packs(at: datetime | None = None) -> list[Pack]:
    """Every pack, in the version in force at an instant (all newest versions without one)."""
    found = book()
    if at is None:
        return newest(found)
    on = at.astimezone(HOME_ZONE).date()
    codes = sorted({pack.code for pack in found.packs})
    return [pack for code in codes if (pack := found.pack(code, on))]


def pack(code: str, version: str | None = None) -> Pack | None:
    fitting = [p for p in book().packs if p.code == code and version in (None, p.version)]
    return max(fitting, key=lambda p: (p.effective_from, p.version)) if fitting else None


def limit(ref: str) -> Limit:
    """The definition a clock names: `pack/version/id`."""
    return book().limit(ref)


def shipped_book() -> Book:
    """What comes with the product, for a machine that has no institution yet."""
    return _book(())


def newest(found: Book) -> list[Pack]:
    """The newest version of every pack in a book."""
    codes = sorted({pack.code for pack in found.packs})
    return [
        max((p for p in found.packs if p.code == code), key=lambda p: (p.effective_from, p.version)) for code in codes
    ]


def lint(subject: Pack, known: Book | None = None) -> list[Finding]:
    """Can this pack be used: does every matter meet exactly one definition, and is all it names known? (Empty: proven.)"""
    return rules.lint(subject, attribute_values(), calendars=(known or book()).calendars)


def cases_tried(subject: Pack) -> int:
    """How many sorts of matter the proof went through: every combination of what the pack asks about."""
    values = attribute_values()
    used = {name for limit in subject.limits for c in (limit.selector, limit.arm_if) for name in c} & set(values)
    return prod(len(values[name]) for name in used)


def finding_words(finding: Finding, language: str) -> str:
    """A finding in words, with the matter that shows it."""
    zh = language.startswith("zh")
    colon, comma = ("：", "、") if zh else (": ", ", ")
    family = label("clock_family", finding.family).word(language) if finding.family else ""
    place = comma.join(filter(None, (family, finding.purpose, *finding.limits)))
    case = comma.join(f"{name} = {value or '∅'}" for name, value in finding.case)
    return colon.join(filter(None, (place, _WHY[finding.why][0 if zh else 1], case)))


_WHY = {
    "none": ("有事项没有适用的规则", "a matter without a definition"),
    "two": ("有事项同时适用两条规则", "a matter with two definitions of equal priority"),
    "dead": ("规则永远不会被选中", "a definition that is never chosen"),
    "unknown": ("未知的字段或取值", "an unknown field or value"),
    "calendar": ("没有这个日历", "no such calendar"),
    "event": ("系统中没有这个事件", "no such event"),
    "anchor": ("没有这个起算时间", "no such moment to count from"),
    "words": ("缺少中文或英文名称", "words are missing in Chinese or English"),
    "source": ("没有写明依据", "no source is named"),
    "rung": ("提醒点不在期限之内或重复", "a rung that does not fit the term, or is named twice"),
    "repeat": (
        "只有到期和逾期提醒可以重复，须同时写明间隔与次数",
        "only due and late rungs repeat, and need both every and times",
    ),
    "recipient": ("没有这样的通知对象", "nobody of that name can be called"),
    "channel": ("没有这样的通知方式", "no such way of calling somebody"),
    "extension": ("延期规定不成立", "an extension that makes no sense"),
    "stop": ("没有结束的事件", "nothing ends it"),
}


def read_pack(body: str) -> Pack:
    """A pack from its text, or StandardRejected with the reason."""
    try:
        return rules.parse_pack(tomllib.loads(body), hashlib.sha256(body.encode()).hexdigest())
    except StandardRejected:
        raise
    except KeyError as missing:
        raise StandardRejected(f"missing: {missing}") from missing
    except (tomllib.TOMLDecodeError, TypeError, ValueError, AttributeError) as wrong:
        raise StandardRejected(str(wrong)) from wrong


def attribute_values() -> dict[str, list[str]]:
    """What each attribute that a rule may ask about can be."""
    return {
        "kind": [label.code for label in facet("kind")],
        "complexity": [label.code for label in facet("complexity")],
        "severity": [label.code for label in facet("severity")],
        "channel": [label.code for label in facet("channel")],
        "source": ["", *(label.code for label in facet("source")), "regulator"],
        "topic": [label.code for label in facet("topic")],
        "response": ["", "in_progress", "holding", "closed", "untimely"],
        "vulnerable": ["", "true", "false"],
    }


def shipped() -> list[Shipped]:
    """Every calendar and pack in the product itself."""
    return list(_shipped())


def shipped_text(code: str) -> str:
    """A pack or calendar of the product as text."""
    for folder in ("packs", "calendars"):
        for path in _files(folder):
            if path.name == f"{code}.toml":
                return str(path.read_text("utf-8"))
    return ""


def effective(code: str) -> tuple[str, datetime] | None:
    """The version in use and since when, if the institution has adopted one."""
    found = Adoption.objects.filter(code=code).order_by("-effective_at", "-id").first()
    return (found.version, found.effective_at) if found else None


# Word lists and wording


@lru_cache(maxsize=1)
def _facets() -> dict[str, list[Label]]:
    found: dict[str, list[Label]] = {}
    for name, table in packaged("taxonomy").items():
        for facet_name in table:
            if isinstance(table[facet_name], list):
                if facet_name in found:
                    raise StandardRejected(f"{name}: {facet_name} is listed twice")
                found[facet_name] = rules.parse_labels(table, facet_name)
    return found


def facet(name: str) -> list[Label]:
    """A word list: channel, business_channel (A), category (B), cause (C), severity, complexity, kind …"""
    return list(_facets()[name])


def facets() -> dict[str, list[Label]]:
    return {name: list(labels) for name, labels in _facets().items()}


@lru_cache(maxsize=4096)
def label(name: str, code: str) -> Label:
    """The words of a code; an unknown code is its own word, so that old records stay readable."""
    return next((found for found in _facets()[name] if found.code == code), Label(code, code, code))


def parents(name: str) -> dict[str, str]:
    """The parent of each code of a two-level facet; codes without one are heads."""
    return {
        entry["code"]: entry["parent"]
        for table in packaged("taxonomy").values()
        for entry in (table.get(name) or ())
        if isinstance(entry, dict) and entry.get("parent")
    }


def official_codes(name: str) -> dict[str, str]:
    """The codes of the licensed standard, filled in by the bank; empty as shipped."""
    return {
        entry["code"]: entry.get("official_code", "")
        for table in packaged("taxonomy").values()
        for entry in (table.get(name) or ())
        if isinstance(entry, dict)
    }


@dataclass(frozen=True)
class Wording:
    """An approved text. `fields` are the placeholders it may hold, written {like_this}."""

    code: str
    fields: tuple[str, ...]
    title_zh: str
    body_zh: str
    title_en: str
    body_en: str


@lru_cache(maxsize=1)
def wordings() -> dict[str, Wording]:
    found = {}
    for table in packaged("wording").values():
        for entry in table["wording"]:
            text = Wording(
                entry["code"],
                tuple(entry["fields"]),
                entry["title_zh"],
                entry["body_zh"].strip(),
                entry["title_en"],
                entry["body_en"].strip(),
            )
            rules.check_wording(text.code, text.fields, (text.title_zh, text.body_zh, text.title_en, text.body_en))
            found[text.code] = text
    return found


def wording(code: str, language: str) -> tuple[str, str]:
    """Title and body of an approved text, with its {placeholders}."""
    text = wordings()[code]
    return (text.title_zh, text.body_zh) if language.startswith("zh") else (text.title_en, text.body_en)


def worded(code: str, language: str, **values: object) -> tuple[str, str]:
    """The approved text with its placeholders filled; a missing value is an error, braces in values are harmless."""
    title, body = wording(code, language)
    return rules.fill(title, values), rules.fill(body, values)


def remedies(packs: Iterable[str], language: str) -> list[str]:
    """What a customer may do who does not accept a decision, as each rule pack on the case words it; a pack without
    such wording says nothing."""
    known = wordings()
    return [wording(code, language)[1] for pack in packs if (code := f"remedies-{pack}") in known]


# Reading the files


@lru_cache(maxsize=1)
def _shipped() -> tuple[Shipped, ...]:
    found = []
    for sort in ("calendar", "pack"):
        for path in _files(f"{sort}s"):
            raw = path.read_bytes()
            table = tomllib.loads(raw.decode("utf-8"))
            found.append(Shipped(table["code"], str(table["version"]), sort, hashlib.sha256(raw).hexdigest(), table))
    return tuple(found)


@lru_cache(maxsize=8)
def _book(adopted: tuple[tuple[str, str, str, str], ...], chosen: tuple[tuple[str, str], ...] = ()) -> Book:
    found = list(_shipped())
    for code, version, sort, body in adopted:
        if body:
            found.append(
                Shipped(code, version, sort, hashlib.sha256(body.encode()).hexdigest(), tomllib.loads(body), own=True)
            )
    tables: dict[str, Mapping[str, Any]] = {}
    for standard in found:
        if standard.sort == "calendar":
            tables[f"{standard.code}/{standard.version}"] = tables[standard.code] = standard.table
    for code, version, sort, _ in adopted:  # in the order they took effect: the last one is current
        if sort == "calendar":
            tables[code] = tables[f"{code}/{version}"]
    calendars = dict(chosen)
    read_packs = tuple(
        rules.on_calendar(rules.parse_pack(s.table, s.sha256), calendars.get(s.code, ""))
        for s in found
        if s.sort == "pack"
    )
    return Book(read_packs, _Calendars(tables))


class _Calendars(Mapping[str, Calendar]):
    """Calendars by code and by `code/version`, each read when it is first asked for: few banks need other countries'."""

    def __init__(self, tables: Mapping[str, Mapping[str, Any]]) -> None:
        self.tables = tables
        self._read: dict[str, Calendar] = {}

    def __getitem__(self, ref: str) -> Calendar:
        found = self._read.get(ref)
        if found is None:
            table = self.tables[ref]
            own = f"{table['code']}/{table['version']}"
            found = self._read.get(own) or read_calendar(table)
            self._read[own] = self._read[ref] = found
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self.tables)

    def __len__(self) -> int:
        return len(self.tables)


def read_calendar(table: Mapping[str, Any]) -> Calendar:
    """A calendar from its table, with public holidays of the `holidays` package where it asks for them."""
    source = table.get("package")
    if not source:
        return rules.parse_calendar(table)
    days = public_holidays.days_off(source, table["coverage_from"], table["coverage_to"])
    return rules.parse_calendar(table, days, public_holidays.release())


def _calendar_table(code: str) -> Mapping[str, Any]:
    for found in Adoption.objects.filter(code=code).exclude(body="").order_by("-effective_at", "-id")[:1]:
        return tomllib.loads(found.body)
    return next(s.table for s in _shipped() if s.sort == "calendar" and s.code == code)


@lru_cache(maxsize=4)
def packaged(folder: str) -> dict[str, dict[str, Any]]:
    """The TOML files of one folder of this room, by name."""
    return {path.name: tomllib.loads(path.read_text("utf-8")) for path in _files(folder)}


def _files(folder: str) -> Iterable[Any]:
    root = resources.files("huiyin.bank.standards") / folder
    return sorted((path for path in root.iterdir() if path.name.endswith(".toml")), key=lambda path: path.name)
