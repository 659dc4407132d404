"""Leaves of the ledger as Arrow tables: the JSON of the facts becomes typed columns."""

import io
from collections.abc import Mapping, Sequence
from typing import Protocol

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
READ_AS = {**TYPES, "instant": pa.timestamp("us", tz="UTC"), "day": pa.string()}


class Sealed(Protocol):
    """What a part needs of a leaf of the ledger."""

    seq: int
    stream: str
    version: int
    type: str
    actor: str
    occurred_us: int
    recorded_us: int
    payload: str


def part(leaves: Sequence[Sealed], columns: Mapping[str, str]) -> pa.Table:
    """One part of `events`: the leaf's own columns, then every field of every fact (null where it has none)."""
    fields = _fields([leaf.payload for leaf in leaves], columns)
    own = {
        "seq": pa.array([leaf.seq for leaf in leaves], pa.int64()),
        "stream": pa.array([leaf.stream for leaf in leaves], pa.string()),
        "version": pa.array([leaf.version for leaf in leaves], pa.int64()),
        "type": pa.array([leaf.type for leaf in leaves], pa.string()),
        "actor": pa.array([leaf.actor for leaf in leaves], pa.string()),
        "occurred_at": pa.array([leaf.occurred_us for leaf in leaves], pa.timestamp("us")),
        "recorded_at": pa.array([leaf.recorded_us for leaf in leaves], pa.timestamp("us")),
        "key": pa.array([leaf.stream.partition(":")[2] for leaf in leaves], pa.string()),
    }
    return pa.table({**own, **fields}, schema=schema(columns))


def schema(columns: Mapping[str, str]) -> pa.Schema:
    return pa.schema([(name, TYPES[kind]) for name, kind in {**BASE, **columns}.items()])


def _fields(payloads: Sequence[str], columns: Mapping[str, str]) -> dict[str, pa.ChunkedArray]:
    lines = "\n".join(payloads).encode()
    table = pj.read_json(
        io.BytesIO(lines),
        read_options=pj.ReadOptions(block_size=8 << 20),
        parse_options=pj.ParseOptions(
            explicit_schema=pa.schema([(name, READ_AS[kind]) for name, kind in columns.items()]),
            unexpected_field_behavior="ignore",
        ),
    )
    return {name: table[name].cast(TYPES[kind]) for name, kind in columns.items()}
