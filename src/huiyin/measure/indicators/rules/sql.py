"""From a definition to SQL: plain joins, counts and one window, so that the same text runs on other engines.

Every figure, series, breakdown and drill-down of an indicator is drawn from one relation, its contributions: one row
for each thing counted, with its day, whether it counts in the numerator, and where it belongs. So they agree.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

# Records that were merged -> the record that stands for the person, at the end of the chain (row C1).
PEOPLE = (
    "(WITH RECURSIVE up(member, person, steps) AS (SELECT member, survivor, 1 FROM merges WHERE merged UNION ALL "
    "SELECT u.member, m.survivor, u.steps + 1 FROM up u JOIN merges m ON m.member = u.person AND m.merged "
    "WHERE u.steps < 50) SELECT member, arg_max(person, steps) AS person FROM up GROUP BY member)"
)
_NAMES = (
    "unit_path", "channel", "category", "cause", "product", "company", "region", "source", "sub_product", "issue",
    "sub_issue", "complexity", "severity", "root_cause",
)  # fmt: skip
_MATTERS = ", ".join(f"matter_{name}" for name in (*_NAMES, "number"))
# Scores by aspect, whoever asked: the rating after a service (three aspects) and the answers of a campaign (five). What a
# campaign asks about satisfaction stands among the answers, too, and is taken from the campaign alone.
ASPECTS = (
    "(SELECT coalesce(matter, answer) AS thing, efficiency, professionalism, attitude, CAST(NULL AS BIGINT) AS environment, "
    f"CAST(NULL AS BIGINT) AS channels, unit_path, channel, product, answered_day, {_MATTERS} FROM answers WHERE kind <> 'campaign' UNION ALL "
    "SELECT coalesce(matter, invitation), efficiency, professionalism, attitude, environment, channels, unit_path, channel, "
    f"product, answered_day, {_MATTERS} FROM surveyed WHERE campaign IS NOT NULL AND answered_at IS NOT NULL) r"
)
# What is counted is always `r`; where it is something about a matter, the matter's own columns are `matter_...`.
BASES = {
    "matters": "matters r",
    "clocks": "clocks r",
    "closings": "closings r",
    "answers": "answers r",
    "surveyed": "surveyed r",
    "spells": "spells r",
    "handovers": "handovers r",
    "posts": "posts r",
    "reviews": "reviews r",
    "redresses": "redresses r",
    "appeals": "appeals r",
    "mediations": "mediations r",
    # Complaints of which the close that stands lays the cause at the bank's door, and what they were paid.
    "upheld": (
        "(SELECT c.*, coalesce(p.paid, 0) AS paid FROM closings c LEFT JOIN (SELECT matter, sum(amount) AS paid "
        "FROM redresses WHERE paid_at IS NOT NULL AND currency = 'CNY' GROUP BY matter) p ON p.matter = c.matter "
        "WHERE c.reopened_at IS NULL AND (split_part(c.root_cause, '.', 1) IN ('people', 'process', 'system', 'product') OR "
        "c.root_cause IN ('third_party.merchant', 'third_party.insurer', 'third_party.collector', "
        "'third_party.outsourcer'))) r"
    ),
    "aspects": ASPECTS,
    "repeats": (
        "(SELECT x.*, CASE WHEN customer IS NOT NULL AND category IS NOT NULL AND cause IS NOT NULL THEN "
        "lag(received_at) OVER (PARTITION BY coalesce(p.person, customer), category, cause "
        "ORDER BY received_at, matter) END AS before_at "
        f"FROM matters x LEFT JOIN {PEOPLE} p ON p.member = x.customer WHERE x.kind = 'complaint') r"
    ),
    "rectifications": (
        "(SELECT x.*, coalesce(x.due_date, k.first_due_day) AS due_day, k.met, k.extended, k.satisfied_at "
        "FROM rectifications x LEFT JOIN (SELECT * FROM clocks WHERE kind = 'rectification' AND cycle = 1 "
        "AND family = 'DEADLINE') k ON k.subject = x.rectification) r"
    ),
}
DIMENSIONS = (*_NAMES, "pack")
_OF_MATTER = {name: f"r.{name}" for name in _NAMES}
_OF_THE_MATTER = {name: f"r.matter_{name}" for name in _NAMES}
_DIMS: dict[str, dict[str, str]] = {
    "matters": _OF_MATTER,
    "repeats": _OF_MATTER,
    "clocks": _OF_THE_MATTER | {"pack": "r.pack"},
    "closings": _OF_THE_MATTER,
    "upheld": _OF_THE_MATTER,
    "redresses": _OF_THE_MATTER,
    "appeals": _OF_THE_MATTER,
    "mediations": _OF_THE_MATTER,
    "spells": _OF_THE_MATTER,
    "handovers": _OF_THE_MATTER,
    "reviews": _OF_THE_MATTER | {"unit_path": "r.unit_path"},
    "answers": _OF_THE_MATTER
    | {"unit_path": "r.unit_path", "channel": "r.channel", "product": "coalesce(r.product, r.matter_product)"},
    "surveyed": _OF_THE_MATTER
    | {"unit_path": "r.unit_path", "channel": "r.channel", "product": "coalesce(r.product, r.matter_product)"},
    "aspects": _OF_THE_MATTER
    | {"unit_path": "r.unit_path", "channel": "r.channel", "product": "coalesce(r.product, r.matter_product)"},
    "rectifications": dict.fromkeys(_NAMES, "NULL") | {"unit_path": "r.unit_path"},
    "posts": dict.fromkeys(_NAMES, "NULL")
    | {name: f"r.{name}" for name in ("unit_path", "category", "cause", "source")},
}
_SUBJECTS = {
    "clocks": "r.subject",
    "answers": "coalesce(r.matter, r.answer)",
    "aspects": "r.thing",
    "surveyed": "coalesce(r.matter, r.invitation)",
    "rectifications": "r.rectification",
    "posts": "r.post",
}
# What a drill-down shows beside the common columns.
_NUMBERS = {"matters": "r.number", "repeats": "r.number", "rectifications": "r.number", "posts": "r.source"}


@dataclass(frozen=True)
class Scope:
    """What may be seen and what is asked for: paths the actor may see, matters hidden from them, filters."""

    paths: tuple[str, ...]
    hidden: tuple[str, ...] = ()
    filters: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> tuple[object, ...]:
        return (self.paths, self.hidden, tuple(sorted(self.filters.items())))


@dataclass(frozen=True)
class Query:
    """A text with `$names` and their values; `written` puts them in as literals."""

    text: str
    values: dict[str, Any]

    def written(self) -> str:
        """The text to run. Literals, since DuckDB loads all of pandas (2 s) for the first bound value."""
        return re.sub(r"\$(\w+)", lambda found: literal(self.values[found[1]]), self.text)


def literal(value: Any) -> str:
    """A value as standard SQL text; quotes are doubled, nothing else is special inside a standard string."""
    if value is None:
        return "NULL"
    if isinstance(value, datetime):
        return f"TIMESTAMP '{value:%Y-%m-%d %H:%M:%S.%f}'"
    if isinstance(value, date):
        return f"DATE '{value.isoformat()}'"
    if isinstance(value, bool | int):
        return str(value)
    if isinstance(value, str) and "\0" not in value:
        return "'" + value.replace("'", "''") + "'"
    raise TypeError(f"no literal for {type(value).__name__}")


def dimension(base: str, name: str) -> str:
    """The expression of a dimension in a base; NULL where the base has no such thing."""
    return {"pack": "NULL", **_DIMS[base]}[name]


def subject(base: str) -> str:
    return _SUBJECTS.get(base, "r.matter")


def number(base: str) -> str:
    return _NUMBERS.get(base, "r.matter_number")


def where(base: str, population: str, scope: Scope, values: dict[str, Any]) -> str:
    """The population as this actor may see it, narrowed by the filters. Values go in as quoted literals only."""
    parts = [f"({population})"]
    path = dimension(base, "unit_path")
    if "" not in scope.paths:
        allowed = []
        for i, prefix in enumerate(scope.paths):
            values[f"path{i}"] = prefix
            allowed.append(f"starts_with({path}, $path{i})")
        parts.append(f"({' OR '.join(allowed) or 'FALSE'})")
    if scope.hidden:
        names = []
        for i, matter in enumerate(scope.hidden):
            values[f"hidden{i}"] = matter
            names.append(f"$hidden{i}")
        parts.append(f"{subject(base)} NOT IN ({', '.join(names)})")
    for name, value in sorted(scope.filters.items()):
        values[f"f_{name}"] = value
        if name == "unit":
            parts.append(f"starts_with({path}, $f_unit)")
        else:
            parts.append(f"{dimension(base, name)} = $f_{name}")
    return " AND ".join(parts)


def contributions(base: str, day: str, population: str, numerator: str, value: str, scope: Scope, by: Sequence[str],
                  extra: Sequence[str] = ()) -> Query:  # fmt: skip
    """One row per thing counted: subject, day, hit, value, and the dimensions asked for."""
    values: dict[str, Any] = {}
    condition = where(base, population, scope, values)
    dims = "".join(f", {dimension(base, name)} AS {name}" for name in by)
    more = "".join(f", {column}" for column in extra)
    text = (
        f"SELECT {subject(base)} AS subject, {day} AS day, CASE WHEN {numerator} THEN 1 ELSE 0 END AS hit, "
        f"{value or 'NULL'} AS value{dims}{more}\nFROM {BASES[base]}\nWHERE {condition}"
    )
    return Query(text, values)


def figures(kind: str) -> str:
    """What is counted of contributions. Of a mean the sum and the sum of squares, which are exact and add up."""
    more = {
        "duration": "quantile_cont(value, 0.5) AS middle, quantile_cont(value, 0.9) AS high",
        "sum": "sum(CAST(value AS BIGINT)) AS middle, NULL AS high",
        "mean": "sum(CAST(value AS BIGINT)) AS middle, "
        "sum(CAST(value AS DECIMAL(19, 0)) * CAST(value AS DECIMAL(19, 0))) AS high",
    }
    return f"count(*) AS den, sum(hit) AS num, {more.get(kind, 'NULL AS middle, NULL AS high')}"


def counted(query: Query, grain: str, by: Sequence[str], kind: str) -> Query:
    """The contributions of a span of days, counted by period and dimensions."""
    keys = ", ".join([f"CAST(date_trunc('{grain}', day) AS DATE)", *by])
    names = ", ".join([f"CAST(date_trunc('{grain}', day) AS DATE) AS period", *by])
    text = (
        f"SELECT {names}, {figures(kind)} FROM (\n{query.text}\n) x "
        f"WHERE day >= $from_day AND day < $until_day GROUP BY {keys} ORDER BY {keys}"
    )
    return Query(text, query.values)
