"""When a person's data may be destroyed, and what stands against it. Values in, values out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from huiyin.kernel.label import Label

REASONS = (
    Label("request", "客户要求删除", "The customer asks for it"),
    Label("purpose", "处理目的已实现或不再必要", "The purpose is served or has fallen away"),
    Label("unlawful", "处理违反法律、行政法规或约定", "It was processed against the law or an agreement"),
    Label("expired", "保存期限已届满", "The retention period is over"),
)  # PIPL art. 47
REASON = {label.code: label for label in REASONS}
STATES = {
    label.code: label
    for label in (
        Label("asked", "待第二人决定", "Waits for a second person"),
        Label("done", "已删除", "Erased"),
        Label("declined", "不予删除", "Declined"),
        Label("withdrawn", "已撤回", "Taken back"),
    )
}
GROUNDS = (
    Label("court", "诉讼或仲裁", "A lawsuit or arbitration"),
    Label("regulator", "监管检查或转办", "A regulator's inquiry"),
    Label("inquiry", "内部调查", "An internal investigation"),
)
GROUND = {label.code: label for label in GROUNDS}
AGAINST = {
    label.code: label
    for label in (
        Label("open", "尚未办结", "Not closed yet"),
        Label("review", "核查尚未完成", "A review is not finished"),
        Label("mediation", "调解尚未完成", "A mediation is not finished"),
        Label("callback", "回访尚未完成", "A call-back is not finished"),
        Label("kept", "投诉档案法定保存期未满", "Complaint files must still be kept"),
        Label("held", "已采取法律保全", "A legal hold"),
    )
}
KEPT_YEARS = {"complaint": 3, "low_score": 3}
"""After closing: PBoC Order 2020 No. 5 asks for three years for complaint files. A matter whose recorded kind is none
of these (an enquiry, praise, a suggestion) has no retention of its own."""


@dataclass(frozen=True)
class Matter:
    """One matter of the person. `unfinished`: what else is going on about it, as codes of AGAINST."""

    number: str
    kind: str
    closed_on: date | None
    unfinished: tuple[str, ...] = ()


@dataclass(frozen=True)
class Bar:
    """One thing that stands against erasing. `until`: the first day on which it no longer does; None: not known."""

    why: Label
    number: str = ""
    until: date | None = None


def kept_until(kind: str, closed_on: date) -> date | None:
    """The first day on which the file of a matter need not be kept any more."""
    years = KEPT_YEARS.get(kind)
    if years is None:
        return None
    try:
        return closed_on.replace(year=closed_on.year + years)
    except ValueError:  # 29 February: the period ends with the month's last day
        return date(closed_on.year + years, 3, 1)


def bars(matters: Iterable[Matter], holds: Iterable[str], today: date) -> list[Bar]:
    """Everything that stands against erasing this person today: what has no date first, then the latest date."""
    found = [Bar(Label(code, GROUND[code].zh, GROUND[code].en)) for code in holds if code in GROUND]
    for one in matters:
        if one.closed_on is None:
            found.append(Bar(AGAINST["open"], one.number))
            continue
        found += [Bar(AGAINST[code], one.number) for code in one.unfinished]
        until = kept_until(one.kind, one.closed_on)
        if until is not None and until > today:
            found.append(Bar(AGAINST["kept"], one.number, until))
    return sorted(found, key=lambda bar: (bar.until is not None, -(bar.until or date.min).toordinal(), bar.number))


def free_on(found: Iterable[Bar]) -> date | None:
    """The day from which nothing stands against it any more, if all of it has a date."""
    days = [bar.until for bar in found]
    known = [day for day in days if day is not None]
    return max(known) if known and len(known) == len(days) else None


def common_path(paths: Iterable[str]) -> str:
    """The lowest unit over all of these unit paths ("HO/B01/"); "" is the whole bank."""
    split = [path.split("/")[:-1] for path in paths]
    if not split:
        return ""
    shared = []
    for parts in zip(*split, strict=False):
        if len(set(parts)) > 1:
            break
        shared.append(parts[0])
    return "".join(f"{part}/" for part in shared)
