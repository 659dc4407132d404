"""Leaves of the ledger as Arrow tables: the JSON of the facts becomes typed columns."""

from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.json as pj

from huiyin.measure.history.rules.schema import BASE

TYPES: dict[str, pa.DataType] = {
    "text": pa.string(),
    "int": pa.int64(),
    "bool": pa.bool_(),
    "instant": pa.timestamp("us"),
    "day": pa.date32(),
}
# Read as these by the JSON reader, then cast: it knows neither days nor instants without a zone.
READ_AS = {**TYPES, "instant": pa.timestamp("us", tz="UTC"), "day": pa.string(), "microseconds": pa.int64()}
MEANT = {"microseconds": "instant"}
Line = tuple[int, str, str]  # seq, type and the JSON of one entry, as `ledger.queries.lines_after` gives it
# A leaf counts its instants in microseconds.
OWN = {name: "microseconds" if kind == "instant" else kind for name, kind in BASE.items()}


def part(
    lines: Sequence[Line], columns: Mapping[str, str], fields: Mapping[str, Mapping[str, str]]
) -> pa.Table:  # fmt: skip
    """One part of `events`: the entry's own columns, then every field of every fact (null where it has none).

    The rows stand type by type, in each by leaf. So the JSON reader looks only for the fields a type has, and a
    query over one type reads one stretch of the file.
    """
    kinds: dict[str, list[str]] = {}
    for _seq, kind, line in lines:
        kinds.setdefault(kind, []).append(line)
    whole = schema(columns)
    tables = []
    for kind, group in sorted(kinds.items()):
        told = _told(group, {name: own for name, own in fields.get(kind, {}).items() if name not in BASE}, columns)
        empty = {field.name: pa.nulls(len(group), field.type) for field in whole if field.name not in told}
        tables.append(pa.Table.from_arrays([(told | empty)[name] for name in whole.names], schema=whole))
    return pa.concat_tables(tables)


def schema(columns: Mapping[str, str]) -> pa.Schema:
    return pa.schema([(name, TYPES[kind]) for name, kind in {**BASE, **columns}.items()])


def _told(
    group: Sequence[str], fields: Mapping[str, str], columns: Mapping[str, str]
) -> dict[str, pa.ChunkedArray]:  # fmt: skip
    """The entry's own columns and the fact's out of one JSON line: one reader, and pandas is never loaded."""
    named = {f"@{name}": kind for name, kind in OWN.items()} | dict(fields)
    meant = {f"@{name}": MEANT.get(kind, kind) for name, kind in OWN.items()} | {name: columns[name] for name in fields}
    table = pj.read_json(
        pa.BufferReader("\n".join(group).encode()),
        read_options=pj.ReadOptions(block_size=8 << 20),
        parse_options=pj.ParseOptions(
            explicit_schema=pa.schema([(name, READ_AS[kind]) for name, kind in named.items()]),
            unexpected_field_behavior="ignore",
        ),
    )
    return {name.lstrip("@"): table[name].cast(TYPES[kind]) for name, kind in meant.items()}
