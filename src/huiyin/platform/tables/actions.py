"""Hot writes, and the triggers that stamp what processes keep a copy of."""

import gc
import os
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection, models, transaction
from django.db.models.base import ModelState

from huiyin.platform.tables.queries import KEPT, database, stored

_BULK_KIB = 262_144
LONG, SEEN = 0.1, 0.12  # seconds
M = TypeVar("M", bound=models.Model)
Written = list[tuple[str, Sequence[Sequence[Any]]]]
_GATHERED: ContextVar[Written | None] = ContextVar("gathered writes", default=None)


@contextmanager
def gathering() -> Iterator[Written]:
    """Inside, the writes of this module are not made but gathered, in order, for `write_gathered` of another process.

    For a process that only reads. What it works out must not depend on rows that it would have written itself.
    """
    found: Written = []
    token = _GATHERED.set(found)
    try:
        yield found
    finally:
        _GATHERED.reset(token)


def write_gathered(written: Written) -> None:
    """Make the writes that another process of this house gathered on the same kind of database."""
    for statement, rows in written:
        write_prepared(statement, rows)


def write(statement: str, params: Sequence[Any] = ()) -> int:
    """Run one INSERT or UPDATE; how many rows it wrote."""
    return write_many(statement, [params])


def write_many(statement: str, rows: Sequence[Collection[Any]]) -> int:
    """Run one prepared statement for each row, ids and times given as such; how many rows were written."""
    if not rows:
        return 0
    if len(rows) == 1:
        (row,) = rows
        return write_prepared(statement, [[*map(stored, row)] if database().vendor == "sqlite" else [*row]])
    return write_columns(statement, [*zip(*rows, strict=True)])


def write_prepared(statement: str, rows: Sequence[Sequence[Any]]) -> int:
    """The same for rows that are as the driver takes them."""
    gathered = _GATHERED.get()
    if gathered is not None:
        gathered.append((statement, rows))
        return len(rows)
    db = database()
    if db.vendor == "sqlite":
        with db.wrap_database_errors:
            return int(db.connection.executemany(statement.replace("%s", "?"), rows).rowcount)
    with db.cursor() as cursor:
        if len(rows) == 1:
            cursor.execute(statement, rows[0])
        else:
            cursor.executemany(statement, rows)
        return int(cursor.rowcount)


def write_columns(statement: str, columns: Sequence[Sequence[Any]]) -> int:
    """The same for rows given column by column, so that what every value of a column is, is looked at together."""
    prepared = [_stored_column(column) for column in columns] if database().vendor == "sqlite" else columns
    return write_prepared(statement, [*zip(*prepared, strict=True)])


def _stored_column(column: Sequence[Any]) -> Sequence[Any]:
    kinds = {*map(type, column)} - _AS_THEY_ARE
    if not kinds:
        return column
    if kinds == {UUID}:
        return [value and value.hex for value in column]
    known: dict[int, Any] = {}  # one instant is often that of many rows: by identity, since equal is not the same
    return [known[id(value)] if id(value) in known else known.setdefault(id(value), stored(value)) for value in column]


def insert(rows: Sequence[models.Model], *, or_ignore: bool = False) -> None:
    """`bulk_create` without building an expression for each value. `or_ignore`: a row that is there stays."""
    if not rows:
        return
    statement, fields = _insert(type(rows[0]), connection.vendor)
    values = [row.__dict__ for row in rows]
    columns: list[Sequence[Any]] = []
    for name, store in fields:
        column = [value[name] for value in values]
        columns.append(column if store is _same else [*map(store, column)])
    write_columns(statement + " ON CONFLICT DO NOTHING" if or_ignore else statement, columns)
    for row in rows:
        state = row._state
        state.adding, state.db = False, "default"


def new(model: type[M], **values: Any) -> M:
    """A row to be inserted, without what Django does for each field of a new instance: columns by attribute name."""
    one = model.__new__(model)
    one.__dict__.update(_blank(model))
    unknown = values.keys() - one.__dict__.keys()
    if unknown:
        raise TypeError(f"{model.__name__} has no {sorted(unknown)}")
    for name, field in _made_anew(model):
        if name not in values:
            values[name] = field()
    one.__dict__.update(values)
    one.__dict__["_state"] = ModelState()
    return one


def insert_values(model: type[models.Model], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows given as column values by attribute name; what is left out has the default of its field."""
    if not rows:
        return
    statement, fields = _insert(model, connection.vendor)
    columns: list[Sequence[Any]] = []
    named: set[str] = set().union(*rows)
    for name, store in fields:
        missing = _default(model, name)
        column = [row.get(name, missing) for row in rows] if name in named else [missing] * len(rows)
        columns.append(column if store is _same else [store(value) for value in column])
    unknown = named - {name for name, _store in fields}
    if unknown:
        raise TypeError(f"{model.__name__} has no {sorted(unknown)}")
    write_columns(statement, columns)


def update(
    model: type[models.Model],
    names: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    extra: str = "",
    where: Sequence[str] = (),
) -> int:
    """Write the named columns of many rows in one prepared statement; a row ends with its id and the values of `where`.

    Returns how many rows were changed.
    """
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    sets = ", ".join([*(f"{field.column} = %s" for field in fields), *([extra] if extra else [])])
    tests = "".join(f" AND {name} = %s" for name in where)
    return write_many(f"UPDATE {model._meta.db_table} SET {sets} WHERE id = %s{tests}", list(rows))


@contextmanager
def in_turn() -> Iterator[None]:
    """A transaction of work in the background that goes on with the next one at once.

    Whoever waits for SQLite's one writer looks ten times a second whether it is their turn; between two long transactions
    they would never find the moment, and give up after ten seconds. So a long one is followed by a pause that they see.
    """
    began = time.monotonic()
    with transaction.atomic():
        yield
    if connection.vendor == "sqlite" and not connection.in_atomic_block and time.monotonic() - began > LONG:
        time.sleep(SEEN)


@contextmanager
def in_bulk() -> Iterator[None]:
    """For a process that writes for minutes.

    1. Garbage is looked for rarely: a batch lives until it is written, and looking for cycles in it doubles the time.
    2. SQLite keeps the pages it touches in memory (a quarter of a gigabyte): with the usual cache those of a large
       transaction are written to the log again and again.
    """
    often = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(2_000_000, 20, 100)
    try:
        with _pragma("cache_size", f"-{_BULK_KIB}") if connection.vendor == "sqlite" else nullcontext():
            yield
    finally:
        gc.set_threshold(*often)
        gc.unfreeze()


@contextmanager
def unsynced() -> Iterator[None]:
    """SQLite: the disk is not waited for inside, and for all of it at the end. Only for a database that is made anew if its
    making is interrupted: a failure of power inside may leave it unreadable."""
    if connection.vendor != "sqlite":
        yield
        return
    with _pragma("synchronous", "OFF"):
        yield
    empty_log()
    _sync()


@contextmanager
def unlogged() -> Iterator[None]:
    """SQLite: changes go into the database itself instead of into a log first, which halves what is written. Only where no
    other process has it open, and for a database that is made anew if its making is interrupted: a kill inside may leave
    it unreadable."""
    if connection.vendor != "sqlite":
        yield
        return
    empty_log()
    with _pragma("journal_mode", "MEMORY"):
        yield


@contextmanager
def unindexed(names: Collection[str], *, but: Collection[str] = ()) -> Iterator[None]:
    """SQLite: the indexes of these tables that only help to find rows are left away inside and made at the end, when sorting
    each once costs a tenth of keeping it. `but`: indexes that are asked inside. Only for a database that is made anew if its
    making is interrupted: it is left without them then."""
    if connection.vendor != "sqlite":
        yield
        return
    db = database().connection
    there = db.execute(
        "SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'index' AND sql LIKE 'CREATE INDEX%'"
    )
    left = [(name, sql) for table, name, sql in there if table in names and name not in but]
    for name, _sql in left:
        db.execute(f'DROP INDEX "{name}"')
    yield
    for _name, sql in left:
        db.execute(sql)


def _sync() -> None:
    """Wait until the file of the database is on the disk, if it has one."""
    _, _, name = database().connection.execute("PRAGMA database_list").fetchone()
    if name:
        file = os.open(name, os.O_RDONLY)
        try:
            os.fsync(file)
        finally:
            os.close(file)


@contextmanager
def _pragma(name: str, value: str) -> Iterator[None]:
    (usual,) = database().connection.execute(f"PRAGMA {name}").fetchone()
    database().connection.execute(f"PRAGMA {name} = {value}").fetchall()
    try:
        yield
    finally:
        database().connection.execute(f"PRAGMA {name} = {usual}").fetchall()


def empty_log() -> None:
    """SQLite: put what stands in the log into the database. Only where no other process has it open."""
    if connection.vendor == "sqlite":
        database().connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


@cache
def _blank(model: type[models.Model]) -> dict[str, Any]:
    """Every column with its default, those that are made anew for each row aside."""
    made = {name for name, _make in _made_anew(model)}
    return {f.attname: None if f.attname in made else f.get_default() for f in model._meta.concrete_fields}


@cache
def _made_anew(model: type[models.Model]) -> list[tuple[str, Callable[[], Any]]]:
    return [(f.attname, f.get_default) for f in model._meta.concrete_fields if callable(f.default)]


@cache
def _default(model: type[models.Model], name: str) -> Any:
    return next(field for field in model._meta.concrete_fields if field.attname == name).get_default()


@cache
def _insert(model: type[models.Model], vendor: str) -> tuple[str, list[tuple[str, Callable[[Any], Any]]]]:
    fields: list[Any] = [f for f in model._meta.concrete_fields if not isinstance(f, models.AutoField)]
    columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    table = connection.ops.quote_name(model._meta.db_table)
    return f"INSERT INTO {table} ({columns}) VALUES ({marks})", [(f.attname, _stored(f)) for f in fields]


_AS_THEY_ARE = {str, int, bool, bytes, type(None)}
_AS_GIVEN = (models.UUIDField, models.DateTimeField, models.CharField, models.BooleanField, models.IntegerField)


def _stored(field: Any) -> Callable[[Any], Any]:
    """What `get_db_prep_save` gives, decided once for a column: most values go to the driver as they are."""
    target = field.target_field if field.is_relation else field
    if isinstance(target, _AS_GIVEN):
        return _same
    return lambda value: field.get_db_prep_save(value, connection)


def _same(value: Any) -> Any:
    return value


def stamp_what_is_kept(**_signal: Any) -> None:
    """Let the database stamp every table that processes keep a copy of. Doing it twice is doing it once."""
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        if "tables_stamp" not in there:
            return
        for table in sorted(KEPT & there):
            for statement in _triggers(table):
                cursor.execute(statement)
            cursor.execute("SELECT 1 FROM tables_stamp WHERE name = %s", [table])
            if not cursor.fetchone():
                cursor.execute(f"INSERT INTO tables_stamp (name, value) VALUES (%s, {_random()})", [table])


def _triggers(table: str) -> list[str]:
    if connection.vendor == "sqlite":
        # Not INSERT OR REPLACE: the statement that fires a trigger overrides its way with conflicts.
        return [
            f"CREATE TRIGGER IF NOT EXISTS {table}_stamp_{verb} AFTER {verb} ON {table} BEGIN"
            f" DELETE FROM tables_stamp WHERE name = '{table}';"
            f" INSERT INTO tables_stamp (name, value) VALUES ('{table}', {_random()}); END"
            for verb in ("insert", "update", "delete")
        ]
    return [
        "CREATE OR REPLACE FUNCTION tables_stamp() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN INSERT INTO tables_stamp (name, value) VALUES (TG_TABLE_NAME, {_random()})"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value; RETURN NULL; END $$",
        f"CREATE OR REPLACE TRIGGER {table}_stamp AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION tables_stamp()",
    ]


def _random() -> str:
    return "lower(hex(randomblob(16)))" if connection.vendor == "sqlite" else "gen_random_uuid()::text"
