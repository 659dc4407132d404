"""Hot reads: small questions asked in SQL, and answers that a process keeps while their tables stay as they are.

Building the SQL of a small look-up costs Django more than the database needs to answer it.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from functools import cache, lru_cache, wraps
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.base import ModelState

P = ParamSpec("P")
R = TypeVar("R")
M = TypeVar("M", bound=models.Model)
Row = tuple[Any, ...]
KEPT: set[str] = set()  # the tables that have a stamp: see `actions.stamp_what_is_kept`
_AT_ONCE = 500  # values in one question
_MOST = 1000  # answers remembered of one question


def kept(*tables: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Remember the answers of a query for as long as nobody, in whatever process, writes to its tables.

    1. The stamps are read before the tables, so a write in between is noticed the next time.
    2. A stamp is random: one that was rolled back never comes again with other rows behind it.
    3. Without a stamp (a table that was just emptied) nothing is remembered.
    All callers share one answer; nobody may change it.
    """
    KEPT.update(tables)

    def keep(ask: Callable[P, R]) -> Callable[P, R]:
        known: tuple[tuple[str | None, ...], dict[Any, R]] = ((), {})

        @wraps(ask)
        def answer(*args: P.args, **named: P.kwargs) -> R:
            nonlocal known
            read = stamps()
            now = tuple(read.get(table) for table in tables)
            if None in now:
                return ask(*args, **named)
            mine = known  # once: another thread may see other stamps and put its own answers there
            if mine[0] != now or len(mine[1]) >= _MOST:
                known = mine = (now, {})
            answers = mine[1]
            key = (args, tuple(named.items())) if named else args
            if key not in answers:
                answers[key] = ask(*args, **named)
            return answers[key]

        return answer

    return keep


def stamps() -> dict[str, str]:
    """The stamp of each table of which processes keep a copy. Equal stamps, equal tables."""
    return dict(rows("SELECT name, value FROM tables_stamp"))


def rows(statement: str, params: Sequence[Any] = ()) -> list[Row]:
    """The rows of a query, ids and times given as such. On SQLite straight from the driver."""
    db = database()
    if db.vendor == "sqlite":
        with db.wrap_database_errors:
            found: list[Row] = db.connection.execute(
                statement.replace("%s", "?"), [stored(value) for value in params]
            ).fetchall()
            return found
    with db.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall())


def marks(values: Sequence[Any]) -> str:
    """The place-holders of a list of values."""
    return ", ".join(["%s"] * len(values))


def as_id(value: Any) -> UUID:
    """An id out of a row: SQLite keeps it as text."""
    return UUID(value) if isinstance(value, str) else value


def as_time(value: Any) -> datetime:
    """An instant out of a row: SQLite gives it without its zone, UTC."""
    return value if value is None or value.tzinfo else value.replace(tzinfo=UTC)


def load(model: type[M], name: str, values: Iterable[Any]) -> list[M]:
    """The rows of a model whose column is one of these values, in no order, without what relates to them.

    A third of the cost of a QuerySet: for steps that walk thousands of rows.
    """
    wanted = list(values)
    read = _readers(model, database().vendor)
    column = next(field.column for field in model._meta.concrete_fields if field.attname == name)
    table, columns = model._meta.db_table, ", ".join(field for field, _name, _as in read)
    names = [attname for _field, attname, _as in read]
    odd = [(attname, as_given) for _field, attname, as_given in read if as_given]
    found = []
    for start in range(0, len(wanted), _AT_ONCE):
        part = wanted[start : start + _AT_ONCE]
        for row in rows(f"SELECT {columns} FROM {table} WHERE {column} IN ({marks(part)})", part):
            one = model.__new__(model)
            kept = dict(zip(names, row, strict=True))
            for attname, as_given in odd:
                if kept[attname] is not None:
                    kept[attname] = as_given(kept[attname])
            kept["_state"] = state = ModelState()
            state.adding, state.db = False, "default"
            one.__dict__.update(kept)
            found.append(one)
    return found


@cache
def _readers(model: type[models.Model], vendor: str) -> list[tuple[str, str, Callable[[Any], Any] | None]]:
    """Column, attribute and, where SQLite gives something else than the value, how to make it that.

    An instant is asked for as an expression, which the driver gives as its text: to read that is cheaper once for the
    many rows in which one instant stands.
    """
    ways: dict[type, Callable[[Any], Any]] = {
        models.UUIDField: _id_of, models.DateTimeField: _instant_of, models.BooleanField: bool,
    }  # fmt: skip
    found = []
    fields: list[Any] = list(model._meta.concrete_fields)
    for field in fields:
        target = field.target_field if field.is_relation else field
        if isinstance(target, models.JSONField | models.BinaryField | models.DecimalField):
            raise TypeError(f"{field} is no column for `load`")
        way = ways.get(type(target)) if vendor == "sqlite" else None
        column = f'+"{field.column}"' if way is _instant_of else f'"{field.column}"'
        found.append((column, str(field.attname), way))
    return found


@lru_cache(maxsize=200_000)
def _id_of(text: str) -> UUID:
    return UUID(text)


@lru_cache(maxsize=65_536)
def _instant_of(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def stored(value: Any) -> Any:
    """How SQLite keeps an id, an instant or a day."""
    kind = type(value)
    if kind is str or kind is int or value is None:
        return value
    if kind is UUID:
        return value.hex
    if isinstance(value, datetime):
        return _moment(value)
    return value.isoformat() if isinstance(value, date) else value


@lru_cache(maxsize=65_536)  # one instant stands in many rows
def _moment(at: datetime) -> str:
    return str(at.astimezone(UTC).replace(tzinfo=None))


def database() -> BaseDatabaseWrapper:
    """The connection itself: its proxy `django.db.connection` is looked up anew at every dot."""
    db = connections["default"]
    if db.connection is None:
        db.ensure_connection()
    return db
