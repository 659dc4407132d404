"""Scorecards: what is judged, with which weight, and what comes out. Pure; scores are hundredths of a point of 100.

An item earns `weight x share`. What does not apply is left out, so that the others share its weight in proportion; a
missed critical item makes the whole 0 ("zero") or at most `cap` points ("cap"), and never passed.
"""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from huiyin.bank.standards.rules.parsing import check_ref
from huiyin.bank.standards.rules.rejected import StandardRejected
from huiyin.kernel.label import Label

NA = "na"
YES, NO = "yes", "no"
ANSWERS = ("yesno", "scale")
EVIDENCE = ("none", "miss", "always")
CRITICAL = ("zero", "cap")
KINDS = {
    label.code: label
    for label in (
        Label("case", "投诉工单", "Cases"),
        Label("chat", "在线会话", "Chats"),
        Label("call", "电话", "Calls"),
        Label("visit", "现场检查", "Visits"),
    )
}
WHOLE = 100
_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}", re.ASCII)
_TEXT, _ITEMS, _POINTS = 400, 80, 10


@dataclass(frozen=True)
class Item:
    """`points` is the highest mark of a scale. `evidence`: when a ground in writing is demanded."""

    code: str
    label: Label
    help: Label
    answer: str
    points: int
    weight: int
    na: bool
    critical: bool
    evidence: str

    @property
    def marks(self) -> tuple[str, ...]:
        """The answers that may be given, the best first."""
        given = (YES, NO) if self.answer == "yesno" else tuple(str(n) for n in range(self.points, -1, -1))
        return (*given, NA) if self.na else given

    def share(self, mark: str) -> Fraction | None:
        """How much of the weight a mark earns; None for what does not apply."""
        if mark == NA:
            return None
        if self.answer == "yesno":
            return Fraction(mark == YES)
        return Fraction(int(mark), self.points)


@dataclass(frozen=True)
class Section:
    code: str
    label: Label
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Scorecard:
    """One version. `passing` and `cap` are points of 100."""

    code: str
    version: int
    kinds: tuple[str, ...]
    label: Label
    text: Label
    passing: int
    critical: str
    cap: int
    sections: tuple[Section, ...]

    @property
    def ref(self) -> str:
        return f"{self.code}/{self.version}"

    @property
    def items(self) -> tuple[Item, ...]:
        return tuple(item for section in self.sections for item in section.items)


@dataclass(frozen=True)
class Scored:
    """`points` and the sections in hundredths; a section in which nothing applies has None."""

    points: int
    before_critical: int
    sections: Mapping[str, int | None]
    missed: tuple[str, ...]
    critical: tuple[str, ...]
    passed: bool


@dataclass(frozen=True)
class Gap:
    """Why a form is not complete: `unanswered`, `unknown_mark`, `no_ground` or `nothing_applies` (item is "")."""

    item: str
    why: str


def gaps(card: Scorecard, marks: Mapping[str, str], grounded: Collection[str] = ()) -> list[Gap]:
    """What is missing before this form can be handed in. `grounded`: the items with a ground in writing."""
    found = []
    for item in card.items:
        mark = marks.get(item.code, "")
        if not mark:
            found.append(Gap(item.code, "unanswered"))
        elif mark not in item.marks:
            found.append(Gap(item.code, "unknown_mark"))
        elif needs_ground(item, mark) and item.code not in grounded:
            found.append(Gap(item.code, "no_ground"))
    if not found and not any(item.weight and marks[item.code] != NA for item in card.items):
        found.append(Gap("", "nothing_applies"))
    return found


def needs_ground(item: Item, mark: str) -> bool:
    share = item.share(mark)
    return item.evidence == "always" or (item.evidence == "miss" and share is not None and share < 1)


def scored(card: Scorecard, marks: Mapping[str, str]) -> Scored:
    """The result of a complete form (`gaps` found nothing)."""
    raw = _points(card.items, marks)
    if raw is None:
        raise ValueError("nothing applies")
    shares = {item.code: item.share(marks[item.code]) for item in card.items}
    missed = tuple(code for code, share in shares.items() if share is not None and share < 1)
    critical = tuple(item.code for item in card.items if item.critical and shares[item.code] == 0)
    points = raw
    if critical:
        points = 0 if card.critical == "zero" else min(raw, card.cap * 100)
    return Scored(
        points=points,
        before_critical=raw,
        sections={section.code: _points(section.items, marks) for section in card.sections},
        missed=missed,
        critical=critical,
        passed=not critical and points >= card.passing * 100,
    )


def _points(items: Collection[Item], marks: Mapping[str, str]) -> int | None:
    """Hundredths of a point of 100, halves rounded up; None where no weight applies."""
    earned = applicable = Fraction(0)
    for item in items:
        share = item.share(marks[item.code])
        if share is not None:
            earned += item.weight * share
            applicable += item.weight
    return int(earned / applicable * WHOLE * 100 + Fraction(1, 2)) if applicable else None


def parse_scorecard(table: Mapping[str, Any]) -> Scorecard:
    """The card of a TOML table, or StandardRejected with what is wrong."""
    code, version = str(table.get("code", "")), table.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or not 1 <= version <= 9999:
        raise StandardRejected("version: a whole number from 1")
    check_ref(code, str(version))
    kinds = tuple(table.get("kinds", ()))
    if not kinds or set(kinds) - set(KINDS):
        raise StandardRejected(f"kinds: some of {', '.join(KINDS)}")
    critical = table.get("critical", "zero")
    if critical not in CRITICAL:
        raise StandardRejected(f"critical: one of {', '.join(CRITICAL)}")
    card = Scorecard(
        code=code, version=version, kinds=kinds, label=_label(table, code), text=_label(table, code, "text_"),
        passing=_whole(table, "pass", WHOLE), critical=critical, cap=_whole(table, "cap", WHOLE, 0),
        sections=tuple(_section(one) for one in _tables(table, "section")),
    )  # fmt: skip
    _check(card)
    return card


def _check(card: Scorecard) -> None:
    items = card.items
    if not items or len(items) > _ITEMS:
        raise StandardRejected(f"{card.code}: 1 to {_ITEMS} items")
    for names in ([item.code for item in items], [section.code for section in card.sections]):
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise StandardRejected(f"{card.code}: {', '.join(twice)} stands twice")
    total = sum(item.weight for item in items)
    if total != WHOLE:
        raise StandardRejected(f"{card.code}: the weights add up to {total}, not {WHOLE}")
    for item in items:
        if item.weight == 0 and not item.critical:
            raise StandardRejected(f"{item.code}: an item without weight must be critical")
    if not any(item.weight and not item.na for item in items):
        raise StandardRejected(f"{card.code}: at least one item with weight must always apply")


def _section(table: Mapping[str, Any]) -> Section:
    code = _name(table)
    return Section(code, _label(table, code), tuple(_item(one) for one in _tables(table, "item")))


def _item(table: Mapping[str, Any]) -> Item:
    code, answer, evidence = _name(table), table.get("answer"), table.get("evidence", "none")
    if answer not in ANSWERS:
        raise StandardRejected(f"{code}: answer is one of {', '.join(ANSWERS)}")
    if evidence not in EVIDENCE:
        raise StandardRejected(f"{code}: evidence is one of {', '.join(EVIDENCE)}")
    points = _whole(table, "points", _POINTS) if answer == "scale" else 1
    if points < 1:
        raise StandardRejected(f"{code}: points are 1 to {_POINTS}")
    flags = {name: table.get(name, False) for name in ("na", "critical")}
    if not all(isinstance(value, bool) for value in flags.values()):
        raise StandardRejected(f"{code}: na and critical are true or false")
    return Item(
        code=code, label=_label(table, code), help=_help(table, code), answer=answer, points=points,
        weight=_whole(table, "weight", WHOLE), evidence=evidence, **flags,
    )  # fmt: skip


def _tables(table: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = table.get(name, [])
    if not isinstance(found, list) or not all(isinstance(one, Mapping) for one in found):
        raise StandardRejected(f"{name}: a list of tables")
    return found


def _name(table: Mapping[str, Any]) -> str:
    code = table.get("code")
    if not isinstance(code, str) or not _NAME.fullmatch(code):
        raise StandardRejected(f"not a code: {code}")
    return code


def _label(table: Mapping[str, Any], code: str, prefix: str = "") -> Label:
    zh, en = table.get(f"{prefix}zh"), table.get(f"{prefix}en")
    for text in (zh, en):
        if not isinstance(text, str) or not text.strip() or len(text) > _TEXT:
            raise StandardRejected(f"{code}: {prefix}zh and {prefix}en, up to {_TEXT} characters each")
    return Label(code, str(zh).strip(), str(en).strip())


def _help(table: Mapping[str, Any], code: str) -> Label:
    if "help_zh" in table or "help_en" in table:
        return _label(table, code, "help_")
    return Label("", "", "")


def _whole(table: Mapping[str, Any], name: str, most: int, default: int | None = None) -> int:
    value = table.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise StandardRejected(f"{name}: a whole number from 0 to {most}")
    return value


def written(card: Scorecard) -> str:
    """The card as TOML: reading it again gives the same card."""
    lines = [
        f"code = {_quoted(card.code)}",
        f"version = {card.version}",
        f"kinds = [{', '.join(map(_quoted, card.kinds))}]",
    ]
    lines += [
        *_said(card.label),
        *_said(card.text, "text_"),
        f"pass = {card.passing}",
        f"critical = {_quoted(card.critical)}",
    ]
    lines += [f"cap = {card.cap}"] if card.cap else []
    for section in card.sections:
        lines += ["", "[[section]]", f"code = {_quoted(section.code)}", *_said(section.label)]
        for item in section.items:
            lines += ["", "[[section.item]]", f"code = {_quoted(item.code)}", *_said(item.label)]
            lines += _said(item.help, "help_") if item.help.zh else []
            lines += [f"answer = {_quoted(item.answer)}"]
            lines += [f"points = {item.points}"] if item.answer == "scale" else []
            lines += [f"weight = {item.weight}", f"evidence = {_quoted(item.evidence)}"]
            lines += [f"{name} = true" for name in ("na", "critical") if getattr(item, name)]
    return "\n".join(lines) + "\n"


def _said(label: Label, prefix: str = "") -> list[str]:
    return [f"{prefix}zh = {_quoted(label.zh)}", f"{prefix}en = {_quoted(label.en)}"]


def _quoted(text: str) -> str:
    """A TOML basic string. JSON escapes the same characters in the same way, but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
