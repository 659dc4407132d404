"""Leaves of the ledger as Arrow tables: the JSON of the facts becomes typed columns."""

import io
from collections.abc import Mapping, Sequence
from json.encoder import encode_basestring_ascii as quoted

import pyarrow as pa
import pyarrow.json as pj

from huiyin.ledger.queries import Leaf
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
# A leaf counts its instants in microseconds.
OWN = {name: "microseconds" if kind == "instant" else kind for name, kind in BASE.items()}


def part(
    leaves: Sequence[Leaf], columns: Mapping[str, str], fields: Mapping[str, Mapping[str, str]]
) -> pa.Table:  # fmt: skip
    """One part of `events`: the leaf's own columns, then every field of every fact (null where it has none).

    The rows stand type by type, in each by leaf. So the JSON reader looks only for the fields a type has, and a
    query over one type reads one stretch of the file.
    """
    kinds: dict[str, list[Leaf]] = {}
    for leaf in leaves:
        kinds.setdefault(leaf.type, []).append(leaf)
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
    group: Sequence[Leaf], fields: Mapping[str, str], columns: Mapping[str, str]
) -> dict[str, pa.ChunkedArray]:  # fmt: skip
    """The leaf's own columns go before the fact's in one JSON line: one reader, and pandas is never loaded.

    The leaf's own names begin with `@`, which no field of a fact does: a fact may have a `version` of its own.
    """
    lines = "\n".join(
        f'{{"@seq":{leaf.seq},"@stream":"{leaf.stream}","@version":{leaf.version},"@type":"{leaf.type}",'
        f'"@actor":{quoted(leaf.actor)},"@occurred_at":{leaf.occurred_us},"@recorded_at":{leaf.recorded_us},'
        f'"@key":"{leaf.stream.partition(":")[2]}"{"," if len(leaf.payload) > 2 else ""}{leaf.payload[1:]}'
        for leaf in group
    )
    named = {f"@{name}": kind for name, kind in OWN.items()} | dict(fields)
    meant = {f"@{name}": MEANT.get(kind, kind) for name, kind in OWN.items()} | {name: columns[name] for name in fields}
    table = pj.read_json(
        io.BytesIO(lines.encode()),
        read_options=pj.ReadOptions(block_size=8 << 20),
        parse_options=pj.ParseOptions(
            explicit_schema=pa.schema([(name, READ_AS[kind]) for name, kind in named.items()]),
            unexpected_field_behavior="ignore",
        ),
    )
    return {name.lstrip("@"): table[name].cast(TYPES[kind]) for name, kind in meant.items()}
