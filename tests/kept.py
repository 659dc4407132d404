"""What a set-up wrote, kept as rows: the next test gets the same rows in a few statements instead of by its verbs."""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.db import connection, transaction

T = TypeVar("T")
Rows = list[tuple[Any, ...]]
STAMPS = "tables_stamp"  # changed by triggers with every write, so not written by hand


@dataclass(frozen=True)
class Kept(Generic[T]):
    """The made thing, the rows it added to each table, and the files it left in the home."""

    made: T
    added: dict[str, tuple[list[str], Rows]]
    files: dict[str, bytes]

    def again(self) -> T:
        """The same rows and files, for a test whose transaction knows nothing of the first."""
        home = Path(settings.HUIYIN_HOME)
        for name, content in self.files.items():
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            (home / name).write_bytes(content)
        quote = connection.ops.quote_name
        with transaction.atomic(), connection.cursor() as cursor:  # a row may stand before what it refers to
            for table, (columns, rows) in self.added.items():
                names, places = ", ".join(map(quote, columns)), ", ".join(["%s"] * len(columns))
                cursor.executemany(f"INSERT INTO {quote(table)} ({names}) VALUES ({places})", rows)
        return copy.deepcopy(self.made)


def keep(make: Callable[[], T]) -> tuple[T, Kept[T] | None]:
    """Makes it, and says what it added; None where it also changed what was there, or files that were there."""
    home = Path(settings.HUIYIN_HOME)
    before, files_before = _dump(), _files(home)
    made = make()
    after, files = _dump(), _files(home)
    added: dict[str, tuple[list[str], Rows]] = {}
    for table, (columns, rows) in after.items():
        old = [repr(row) for row in before.get(table, ([], []))[1]]
        known = set(old)
        fresh = [row for row in rows if repr(row) not in known]
        if table == STAMPS:
            continue
        if len(fresh) + len(old) != len(rows):
            return made, None
        if fresh:
            added[table] = (columns, fresh)
    if files_before:
        return made, None
    return made, Kept(copy.deepcopy(made), added, files)


def _dump() -> dict[str, tuple[list[str], Rows]]:
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            if rows := cursor.fetchall():
                found[table] = ([column[0] for column in cursor.description], list(rows))
    return found


def _files(home: Path) -> dict[str, bytes]:
    return {str(path.relative_to(home)): path.read_bytes() for path in sorted(home.rglob("*")) if path.is_file()}
