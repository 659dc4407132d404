"""What happens at the demo bank in its 24 months, before any row is written. Pure: seed and day in, plans out.

The planted stories (docs/demo.md tells them to the reader):
  app_update     a mobile-banking update fails at 海岚 five months ago: a genuine surge, repaired and proven
  card_process   云溪 makes card replacement one visit, ten months ago: complaints fall, satisfaction rises, lasting
  slow_approval  serious credit-card replies wait days for the second person
  small_outlet   an outlet with so few ratings that a league table would shame it and a funnel clears it
  elder_cluster  elderly customers of one outlet complain again and again about agency insurance
  payday_noise   a busy week that looks like a surge and is not
  fraud_now      card fraud reports at 临江 in the last two weeks: the alert that is open today
"""

import tomllib
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import accumulate, product
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from huiyin.kernel.ids import id_from
from huiyin.site.demo.institution import SURNAMES, person_name

ZONE = ZoneInfo("Asia/Shanghai")
SCRIPT: dict[str, Any] = tomllib.loads(Path(__file__).with_name("scenarios.toml").read_text("utf-8"))
SCENARIOS: dict[str, dict[str, Any]] = {s["code"]: s for s in SCRIPT["scenario"]}
CHANNELS = [
    ("phone", 34),
    ("portal", 27),
    ("counter", 18),
    ("branch_form", 4),
    ("wechat", 8),
    ("email", 4),
    ("letter", 2),
    ("regulator", 3),
]
REPAIRED = 130  # days ago: the update of mobile banking at 海岚, and with it what else had been reported there
SMALL_OUTLET, ELDER_OUTLET, PAYDAY_OUTLET = "O0320", "O0107", "O0212"


@dataclass(frozen=True)
class Person:
    """A customer of the demo bank."""

    id: UUID
    name: str
    phone: str
    language: str
    elder: bool


@dataclass
class CasePlan:
    """One complaint from its arrival to its end; times are UTC; None means not yet."""

    id: UUID
    scenario: str
    person: Person
    unit: str
    channel: str
    text: str
    want: str
    reply: str
    received_at: datetime
    severity: str
    complexity: str
    handled_days: float
    approval_days: float
    disputes: bool
    dispute_text: str
    second_reply: str
    second_days: float
    confirms: bool
    score: int | None
    dims: tuple[int, int, int] | None
    comment: str
    handover: bool
    story: str = ""
    slots: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RatingPlan:
    """One rating at a counter."""

    id: UUID
    unit: str
    at: datetime
    score: int
    dims: tuple[int, int, int]


class Draw:
    """Weighted choice, prepared once."""

    def __init__(self, pairs: list[tuple[Any, float]]) -> None:
        self.values = [value for value, _ in pairs]
        self.edges = list(accumulate(weight for _, weight in pairs))

    def pick(self, rng: Random) -> Any:
        return self.values[bisect(self.edges, rng.random() * self.edges[-1])]


def cases(
    *, seed: int, as_of: date, count: int, months: int, outlets: list[str], branch_of: dict[str, str]
) -> list[CasePlan]:
    """`count` complaints over the months before `as_of` (midnight in Shanghai), in order of arrival."""
    rng = Random(f"cases {seed}")
    start = first_day(as_of, months)
    days = [start + timedelta(days=n) for n in range((as_of - start).days)]
    day_draw = Draw([(day, _busy(day, start, as_of)) for day in days])
    unit_draw = Draw([(code, 0.12 if code == SMALL_OUTLET else 0.6 + rng.random()) for code in outlets])
    scenario_draw = Draw([(code, s["weight"]) for code, s in SCENARIOS.items()])
    channel_draw = Draw(list(CHANNELS))
    crowd = _people(rng, max(50, int(count * 0.72)))

    planned: list[CasePlan] = []
    stories = list(_stories(rng, as_of, count, outlets, branch_of))
    changed, repaired = as_of - timedelta(days=304), as_of - timedelta(days=REPAIRED)
    while len(planned) < count - len(stories):
        code, unit, day = scenario_draw.pick(rng), unit_draw.pick(rng), day_draw.pick(rng)
        better = branch_of[unit] == "B02" and day >= changed and code == "card_replacement"
        if better and rng.random() < 0.62:
            continue
        mended = branch_of[unit] == "B03" and day >= repaired and SCENARIOS[code]["product"] == "mobile_bank"
        if mended and rng.random() < 0.3:
            continue
        planned.append(
            _case(rng, code, unit, day, channel_draw.pick(rng), rng.choice(crowd), "card_process" if better else "")
        )
    regulars = [p for p in crowd if p.elder][:6] or crowd[:6]
    for code, unit, day, story in stories:
        person = rng.choice(regulars) if story == "elder_cluster" else rng.choice(crowd)
        channel = "counter" if story == "elder_cluster" else channel_draw.pick(rng)
        planned.append(_case(rng, code, unit, day, channel, person, story))
    planned.sort(key=lambda plan: (plan.received_at, plan.id))
    return planned


def ratings(
    *, seed: int, as_of: date, count: int, months: int, outlets: list[str], branch_of: dict[str, str]
) -> Iterator[RatingPlan]:
    """Counter ratings, about as good as a decent bank's; better at 云溪 once card replacement takes one visit."""
    rng = Random(f"ratings {seed}")
    start = first_day(as_of, months)
    span = (as_of - start).days
    level = {code: rng.gauss(0, 0.035) for code in outlets}
    draw = Draw([(code, 0.03 if code == SMALL_OUTLET else 0.7 + rng.random() * 0.6) for code in outlets])
    changed = span - 304
    for _ in range(count):
        unit, offset = draw.pick(rng), int(rng.random() * span)
        day = start + timedelta(days=offset)
        good = 0.885 + level[unit] + (0.035 if branch_of[unit] == "B02" and offset >= changed else 0.0)
        at = _instant(day, 9 + rng.random() * 8)
        score = _score(rng, good)
        yield RatingPlan(_id(rng, at), unit, at, score, _dims(rng, score))


def _stories(
    rng: Random, as_of: date, count: int, outlets: list[str], branch_of: dict[str, str]
) -> Iterator[tuple[str, str, date, str]]:
    size = count / 40_000
    hailan = [code for code in outlets if branch_of[code] == "B03"]
    linjiang = [code for code in outlets if branch_of[code] == "B01"]
    for _ in range(max(8, int(230 * size))):
        yield "app_failure", rng.choice(hailan), as_of - timedelta(days=150 - int(abs(rng.gauss(0, 7)))), "app_update"
    for _ in range(max(6, int(26 * size))):
        yield "elder_misled", ELDER_OUTLET, as_of - timedelta(days=215 - int(rng.random() * 45)), "elder_cluster"
    for n in range(max(3, int(9 * size))):
        yield "queueing", PAYDAY_OUTLET, as_of - timedelta(days=400 - n % 4), "payday_noise"
    for _ in range(max(6, int(120 * size))):
        yield "unauthorised", rng.choice(linjiang), as_of - timedelta(days=1 + int(rng.random() * 13)), "fraud_now"


def _case(rng: Random, code: str, unit: str, day: date, channel: str, person: Person, story: str) -> CasePlan:
    scenario = SCENARIOS[code]
    hour = rng.gauss(14, 4.5) % 24 if channel in ("portal", "wechat", "email") else 9 + rng.random() * 8
    at = _instant(day, hour)
    severity = "serious" if scenario["severity"] == "serious" and rng.random() < 0.75 else "ordinary"
    if rng.random() < 0.004:
        severity = "major"
    complexity = rng.choices(
        ["simple", "complex", "exceptional"], [0.78, 0.195, 0.025] if severity == "ordinary" else [0.45, 0.45, 0.10]
    )[0]
    pace = {"simple": 2.1, "complex": 6.0, "exceptional": 14.0}[complexity]
    handled = rng.lognormvariate(0, 0.62) * pace
    if story == "card_process":
        handled *= 0.55
    approval = 0.0
    if severity != "ordinary":
        slow = scenario["product"] == "credit_card" or scenario["code"] == "unauthorised"
        approval = rng.lognormvariate(0, 0.5) * (4.2 if slow else 0.6)
    disputes = rng.random() < (0.16 if story == "elder_cluster" else 0.055)
    slots = _slots(rng, at)
    words = "en" if person.language == "en" else "zh"
    spoken = [s for s in scenario["says"] if s["text"].isascii() == (words == "en")]
    words = words if spoken else "zh"
    said = rng.choice(spoken or scenario["says"])
    reply = rng.choice(said["replies"])
    good = (
        0.80
        - 0.012 * max(0.0, handled - pace)
        - (0.35 if disputes else 0.0)
        + (0.10 if story == "card_process" else 0.0)
    )
    answered = rng.random() < 0.36
    score = _score(rng, max(0.2, min(0.97, good))) if answered else None
    return CasePlan(
        id=_id(rng, at),
        scenario=code,
        person=person,
        unit=unit,
        channel=channel,
        text=_fill(
            rng.choice(SCRIPT["openings"][words])
            + said["text"]
            + (". " if words == "en" else "。")
            + rng.choice(SCRIPT["closings"][words]),
            slots,
        ),
        want=_fill(rng.choice(said["wants"]), slots),
        reply=_fill(reply, slots),
        received_at=at,
        severity=severity,
        complexity=complexity,
        handled_days=handled,
        approval_days=approval,
        disputes=disputes,
        dispute_text=rng.choice(SCRIPT["disputes"][words]),
        second_reply=rng.choice(SCRIPT["second_replies"][words]).format(reply=_fill(reply, slots)),
        second_days=rng.lognormvariate(0, 0.5) * 2.6,
        confirms=rng.random() < 0.72,
        score=score,
        dims=_dims(rng, score) if score else None,
        comment=rng.choice(SCRIPT["comments"][words]) if score and rng.random() < 0.25 else "",
        handover=rng.random() < 0.13,
        story=story,
        slots=slots,
    )


def _people(rng: Random, count: int) -> list[Person]:
    crowd = []
    for n in range(count):
        elder, english = rng.random() < 0.19, rng.random() < 0.02
        name = (
            rng.choice(["Alice Martin", "Peter Novak", "Maria Rossi", "David Cohen", "Emma Wilson"])
            if english
            else person_name(rng, elder=elder)
        )
        phone = f"1{rng.choice('35789')}{rng.choice('0123456789')}{n % 100_000_000:08d}"
        crowd.append(
            Person(_id(rng, datetime(2024, 1, 1, tzinfo=UTC)), name, phone, "en" if english else "zh-hans", elder)
        )
    return crowd


def _slots(rng: Random, at: datetime) -> dict[str, str]:
    local = at.astimezone(ZONE)
    return {
        "amount": f"{rng.choice([18, 36, 90, 168, 300, 580, 1200, 2600, 4980, 8800, 12000, 29800])}",
        "day": f"{local.month}月{local.day}日",
        "days": str(rng.randint(3, 12)),
        "hour": str(rng.choice([9, 10, 14, 15])),
        "minutes": str(rng.choice([40, 50, 55, 70, 80, 95])),
        "months": str(rng.randint(2, 6)),
        "years": str(rng.choice([5, 6, 8, 10])),
        "count": str(rng.randint(2, 6)),
        "staff": rng.choice(SURNAMES),
    }


def _fill(text: str, slots: dict[str, str]) -> str:
    return text.format_map(slots) if "{" in text else text


def _score(rng: Random, good: float) -> int:
    if rng.random() < good:
        return 5 if rng.random() < 0.66 else 4
    return rng.choices([3, 2, 1], [0.6, 0.25, 0.15])[0]


def _dims(rng: Random, score: int) -> tuple[int, int, int]:
    return _NEAR[score][int(rng.random() * 125)]


def _near(score: int) -> list[tuple[int, int, int]]:
    """Three marks near a score, each as it or one beside: four times in ten."""
    marks = [max(1, min(5, score + beside)) for beside in (-1, 0, 0, 0, 1)]
    return list(product(marks, marks, marks))


_NEAR = {score: _near(score) for score in range(1, 6)}


def _busy(day: date, start: date, end: date) -> float:
    """Weekday, month-end and pre-Spring-Festival patterns and a slow growth of 15 % over the period."""
    weight = [1.15, 1.1, 1.0, 1.0, 1.05, 0.55, 0.42][day.weekday()]
    if day.day in (15, 25, 26):
        weight *= 1.18
    if day.month == 1 and day.day > 12:
        weight *= 1.12
    return weight * (1 + 0.15 * (day - start).days / max(1, (end - start).days))


def first_day(day: date, months: int) -> date:
    total = day.year * 12 + day.month - 1 - months
    return date(total // 12, total % 12 + 1, min(day.day, 28))


def _instant(day: date, hour: float) -> datetime:
    return _midnight(day) + timedelta(seconds=int(max(0.0, min(23.999, hour)) * 3600))


@cache
def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE).astimezone(UTC)


def _id(rng: Random, at: datetime) -> UUID:
    return id_from(int(at.timestamp() * 1000), rng.randbytes(10))
