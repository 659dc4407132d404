"""Copy the ledger into columns, by cursor."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import islice, takewhile
from pathlib import Path
from typing import TypeVar

import duckdb
import pyarrow as pa
from django.conf import settings

from huiyin.kernel.actor import Actor
from huiyin.kernel.fact import FACTS
from huiyin.ledger import queries as ledger
from huiyin.measure.history.plugs.parts import Line, part, schema
from huiyin.measure.history.plugs.store import ROWS, Busy, Manifest, Store
from huiyin.measure.history.queries import root_of_columns
from huiyin.measure.history.rules.fold import FOLDS
from huiyin.measure.history.rules.placements import Placed, stays
from huiyin.measure.history.rules.schema import event_columns, event_fields, fingerprint

P = TypeVar("P")
BATCH = 50_000
# Parts smaller than this are joined once there are more than MANY of them.
SMALL, MANY = 50_000, 12
# Changed rows live in a small file of their own until they are a tenth of the table.
DELTA_SHARE = 10
# How long the "as of" may stand while nothing new is heard.
QUIET = timedelta(seconds=30)


@dataclass(frozen=True)
class Copied:
    """`entries` new ones; `cursor` is the last leaf read. `busy`: another process was at it."""

    entries: int
    cursor: int
    busy: bool = False


def copy(
    *, by: Actor, at: datetime, progress: Callable[[int], None] | None = None, ready: Path | None = None
) -> Copied:  # fmt: skip
    """Take over everything sealed since the last copy. Safe to call at any time, and to kill at any time.

    `progress` is told how many entries are read so far. `ready`: a folder of what `write_ready` has written of them.

    1. new leaves go into new Parquet parts, each whole on the disk before it is named;
    2. the rows of the matters they touch are folded again;
    3. one manifest names the parts, the rows and the cursor: only with it does the copy exist.
    """
    store = Store(root_of_columns())
    try:
        with store.writing():
            return _copy(store, at, progress, ready=ready)
    except Busy:
        return Copied(0, store.manifest().cursor, busy=True)


def rebuild(*, by: Actor, at: datetime, progress: Callable[[int], None] | None = None) -> Copied:
    """Make all columns anew from the ledger; the old ones serve until the new ones are whole."""
    store = Store(root_of_columns())
    with store.writing():
        return _copy(store, at, progress, afresh=True)


def write_ready(*, into: Path, after: int, upto: int, shift: int) -> None:
    """Parts of the leaves behind `after` up to one, for a ledger in which the same ones stand `shift` further on: who takes
    entries over from a copy of its ledger need not read them again."""
    into.mkdir(parents=True, exist_ok=True, mode=0o700)
    columns, fields, store = event_columns(FACTS), event_fields(FACTS), Store(into)

    def keep(batch: list[Line]) -> str:
        return store.write(f"events-{batch[0][0]}-{batch[-1][0]}.parquet", part(batch, columns, fields))

    lines = takewhile(lambda line: line[0] <= upto + shift, ledger.lines_after(after, shift=shift))
    _beside(_batches(lines), keep)


def _copy(
    store: Store, at: datetime, progress: Callable[[int], None] | None, afresh: bool = False, ready: Path | None = None
) -> Copied:  # fmt: skip
    columns = event_columns(FACTS)
    former = store.manifest()
    store.sweep(former)
    shape = fingerprint(columns | FOLDS)
    known = former if former.columns == shape and not afresh else Manifest(columns=shape)
    new, cursor = _take_over(store, known.cursor, columns, at, progress, _found(ready))
    rows = cursor - known.cursor
    if not new and known.base:
        _move_as_of(store, known, at)
        return Copied(0, cursor)
    if not new and not known.events:  # nothing is sealed yet: a manifest without files would be none to read
        return Copied(0, cursor)
    moved = replace(known, cursor=cursor, events=(*known.events, *new), as_of=at.isoformat())
    with _engine() as con:
        moved = _join_small_parts(store, con, moved, at)
        moved = _fold(store, con, moved, new, at)
    store.commit(moved, at, former)
    return Copied(rows, cursor)


def _take_over(
    store: Store, cursor: int, columns: dict[str, str], at: datetime, progress: Callable[[int], None] | None,
    ready: Mapping[int, Path],
) -> tuple[list[str], int]:  # fmt: skip
    """Leaves after the cursor as parts, and the last leaf."""
    fields, last = event_fields(FACTS), cursor

    def pieces() -> Iterator[list[Line] | Path]:
        nonlocal last
        while True:
            if last + 1 in ready:
                yield ready[last + 1]
                last = _ends(ready[last + 1].name)[1]
                continue
            next = min((first for first in ready if first > last), default=last + BATCH + 1)
            batch = list(islice(ledger.lines_after(last), min(BATCH, next - 1 - last)))
            if not batch:
                return
            last = batch[-1][0]
            if progress:
                progress(last - cursor)
            yield batch

    def keep(piece: list[Line] | Path) -> str:
        if isinstance(piece, Path):
            name = _name(*_ends(piece.name), at)
            piece.rename(store.root / name)
            return name
        return store.write(_name(piece[0][0], piece[-1][0], at), part(piece, columns, fields))

    return _beside(pieces(), keep), last


def _beside(pieces: Iterable[P], keep: Callable[[P], str]) -> list[str]:
    """While one piece is read, the one before is kept."""
    kept: list[Future[str]] = []
    with ThreadPoolExecutor(max_workers=1) as worker:
        for piece in pieces:
            if len(kept) > 1:
                kept[-2].result()
            kept.append(worker.submit(keep, piece))
        return [one.result() for one in kept]


def _found(ready: Path | None) -> dict[int, Path]:
    """The parts that were written ahead, by their first leaf."""
    return {} if ready is None else {_ends(path.name)[0]: path for path in ready.glob("events-*.parquet")}


def _batches(lines: Iterable[Line]) -> Iterator[list[Line]]:
    rest = iter(lines)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _name(first: int, last: int, at: datetime) -> str:
    """The mark: rebuilt files need other names than the ones still in use."""
    return f"events-{first}-{last}{_mark(at)}.parquet"


def _ends(name: str) -> tuple[int, int]:
    """The first and the last leaf of a part."""
    _, first, last, *_ = name.removesuffix(".parquet").split("-")
    return int(first), int(last)


def _mark(at: datetime) -> str:
    return f"-{int(at.timestamp() * 1000):x}"


def _move_as_of(store: Store, known: Manifest, at: datetime) -> None:
    if datetime.fromisoformat(known.as_of) + QUIET <= at:
        store.commit(replace(known, as_of=at.isoformat()), at, known)


def _engine() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute("SET preserve_insertion_order = true")
    return con


def _join_small_parts(store: Store, con: duckdb.DuckDBPyConnection, now: Manifest, at: datetime) -> Manifest:
    """Neighbouring small parts become one; a part's rows never change."""
    small = [name for name in now.events if _length(name) < SMALL]
    if len(small) <= MANY:
        return now
    joined, run = [], list[str]()
    for name in [*now.events, ""]:
        if name in small:
            run.append(name)
            continue
        joined.extend([_joined(store, con, run, at)] if len(run) > 1 else run)
        run = []
        joined.extend([name] if name else [])
    return replace(now, events=tuple(joined))


def _joined(store: Store, con: duckdb.DuckDBPyConnection, run: list[str], at: datetime) -> str:
    table = con.execute(f"SELECT * FROM {_files(store, run)} ORDER BY seq").to_arrow_table()
    return store.write(_name(_ends(run[0])[0], _ends(run[-1])[1], at), table)


def _length(name: str) -> int:
    first, last = _ends(name)
    return last - first + 1


def _fold(store: Store, con: duckdb.DuckDBPyConnection, now: Manifest, new: list[str], at: datetime) -> Manifest:
    """Rows anew for the keys that the new parts touch; for all keys when there are many of them."""
    _events(con, store, now)
    if new and now.base:  # else all are folded
        con.execute(f"CREATE TEMP TABLE touched AS SELECT DISTINCT key FROM {_files(store, new)}")
    else:
        con.execute("CREATE TEMP TABLE touched (key VARCHAR)")
    if now.touched:
        con.execute(
            f"INSERT INTO touched SELECT key FROM {_files(store, [now.touched])} "
            "WHERE key NOT IN (SELECT key FROM touched)"
        )
    (count,) = con.execute("SELECT count(*) FROM touched").fetchone() or (0,)
    # A unit that moved changes where any row belongs.
    moved = bool(new and now.base) and _units_moved(con, store, new)
    whole = not now.base or moved or count * DELTA_SHARE > now.rows.get("matters", 0)
    source = "all_events" if whole else "all_events WHERE key IN (SELECT key FROM touched)"
    con.execute(f"CREATE TEMP VIEW ev AS SELECT * FROM {source}")
    units = _units(con)
    con.register("units", units)
    made, rows = {}, dict(now.rows)
    for name, sql in FOLDS.items():
        file = f"{name}-{'base' if whole else 'delta'}-{now.cursor}{_mark(at)}.parquet"
        made[name] = store.put(file, partial(_rows, con, sql))
        path = str(store.root / file)
        if name == "matters":
            con.read_parquet(path).create_view("matters_folded")
        if whole:
            (rows[name],) = con.execute(f"SELECT count(*) FROM {_files(store, [file])}").fetchone() or (0,)
    file = now.base.get("units", "")
    if whole or moved:
        file = store.write(f"units-{now.cursor}{_mark(at)}.parquet", units)
    if whole:
        return replace(now, base={**made, "units": file}, delta={}, touched="", rows=rows)
    touched = con.execute("SELECT key FROM touched ORDER BY key").to_arrow_table()
    name = store.write(f"touched-{now.cursor}{_mark(at)}.parquet", touched)
    return replace(now, base={**now.base, "units": file}, delta=made, touched=name, rows=rows)


def _rows(con: duckdb.DuckDBPyConnection, sql: str, target: Path) -> None:
    text = sql.replace("{tz}", settings.TIME_ZONE)
    quoted = str(target).replace("'", "''")
    con.execute(f"COPY ({text}) TO '{quoted}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROWS})")


def _events(con: duckdb.DuckDBPyConnection, store: Store, now: Manifest) -> None:
    if now.events:
        con.read_parquet(store.paths(now.events)).create_view("all_events")
    else:
        con.register("all_events", schema(event_columns(FACTS)).empty_table())


def _units_moved(con: duckdb.DuckDBPyConnection, store: Store, new: list[str]) -> bool:
    return bool(con.execute(f"SELECT 1 FROM {_files(store, new)} WHERE type = 'unit.placed' LIMIT 1").fetchone())


def _files(store: Store, names: Iterable[str]) -> str:
    """Files of ours as a relation; written into the text, since a bound value makes DuckDB load pandas (2 s)."""
    listed = ", ".join("'" + path.replace("'", "''") + "'" for path in store.paths(tuple(names)))
    return f"read_parquet([{listed}])"


def _units(con: duckdb.DuckDBPyConnection) -> pa.Table:
    told = con.execute(
        "SELECT unit, code, kind, from_date, parent, until_date FROM all_events WHERE type = 'unit.placed' ORDER BY seq"
    ).fetchall()
    found = stays([Placed(*row) for row in told])
    return pa.table(
        {
            "unit": pa.array([s.unit for s in found], pa.string()),
            "code": pa.array([s.code for s in found], pa.string()),
            "kind": pa.array([s.kind for s in found], pa.string()),
            "parent": pa.array([s.parent for s in found], pa.string()),
            "path": pa.array([s.path for s in found], pa.string()),
            "from_day": pa.array([s.from_day for s in found], pa.date32()),
            "until_day": pa.array([s.until_day for s in found], pa.date32()),
        }
    )
