"""Leaves of the ledger as Arrow tables: the JSON of the facts becomes typed columns."""

import io
from collections.abc import Mapping, Sequence

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
READ_AS = {**TYPES, "instant": pa.timestamp("us", tz="UTC"), "day": pa.string()}


def part(leaves: Sequence[Leaf], columns: Mapping[str, str], fields: Mapping[str, Sequence[str]]) -> pa.Table:
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
        own = _own(group)
        told = _told(own.pop("payload"), {name: columns[name] for name in fields.get(kind, ())})
        found = {**own, **told}
        empty = {field.name: pa.nulls(len(group), field.type) for field in whole if field.name not in found}
        tables.append(pa.table({**found, **empty}).select(whole.names).cast(whole))
    return pa.concat_tables(tables)


def schema(columns: Mapping[str, str]) -> pa.Schema:
    return pa.schema([(name, TYPES[kind]) for name, kind in {**BASE, **columns}.items()])


def _own(group: Sequence[Leaf]) -> dict[str, object]:
    own = dict(zip(Leaf._fields, zip(*group, strict=True), strict=True))
    return {
        "seq": pa.array(own["seq"], pa.int64()),
        "stream": pa.array(own["stream"], pa.string()),
        "version": pa.array(own["version"], pa.int64()),
        "type": pa.array(own["type"], pa.string()),
        "actor": pa.array(own["actor"], pa.string()),
        "occurred_at": pa.array(own["occurred_us"], pa.timestamp("us")),
        "recorded_at": pa.array(own["recorded_us"], pa.timestamp("us")),
        "key": pa.array([stream[stream.find(":") + 1 :] for stream in own["stream"]], pa.string()),
        "payload": own["payload"],
    }


def _told(payloads: object, columns: Mapping[str, str]) -> dict[str, pa.ChunkedArray]:
    if not columns:
        return {}
    table = pj.read_json(
        io.BytesIO("\n".join(payloads).encode()),  # type: ignore[arg-type]
        read_options=pj.ReadOptions(block_size=8 << 20),
        parse_options=pj.ParseOptions(
            explicit_schema=pa.schema([(name, READ_AS[kind]) for name, kind in columns.items()]),
            unexpected_field_behavior="ignore",
        ),
    )
    return {name: table[name].cast(TYPES[kind]) for name, kind in columns.items()}
