"""A home made at once has the same tables as one that grew, migration by migration."""

import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection

from huiyin.site.fresh import make_tables

HUIYIN = str(Path(sys.executable).with_name("huiyin"))
GROWN = [sys.executable, "-m", "django", "migrate", "--verbosity", "0"]
ROWS = (
    "SELECT app, name FROM django_migrations",
    "SELECT app_label, model FROM django_content_type",
    "SELECT codename, name FROM auth_permission",
    "SELECT name FROM tables_stamp",
)
CATALOGUE = (
    "SELECT table_name, column_name, data_type, udt_name, character_maximum_length, column_default, is_nullable, is_identity"
    " FROM information_schema.columns WHERE table_schema = 'public'"
    " AND (table_name, column_name) <> ('auth_group_permissions', 'id')",  # Django itself grows it wider than its model says
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace",
    "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    "SELECT relname, relkind::text FROM pg_class WHERE relnamespace = 'public'::regnamespace",
    "SELECT extname, '' FROM pg_extension",
)


@contextmanager
def _made_by(command: list[str], home: Path) -> Iterator[str]:
    """An empty database of its own, and this command on it."""
    address = os.environ.get("HUIYIN_DATABASE_URL", "")
    known = {name: value for name, value in os.environ.items() if not name.startswith(("HUIYIN_", "DJANGO_"))}
    known |= {"HUIYIN_HOME": str(home), "DJANGO_SETTINGS_MODULE": "huiyin.site.settings"}
    if not address:
        subprocess.run(command, env=known, check=True, timeout=400)
        yield str(home / "huiyin.sqlite3")
        return
    import psycopg

    name = f"home_{uuid4().hex[:12]}"
    with psycopg.connect(address, autocommit=True) as raw:
        raw.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        try:
            own = f"{address.rpartition('/')[0]}/{name}"
            subprocess.run(command, env=known | {"HUIYIN_DATABASE_URL": own}, check=True, timeout=400)
            yield own
        finally:
            raw.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _what_stands_in(database: str) -> set[object]:
    if connection.vendor == "postgresql":
        import psycopg

        with psycopg.connect(database) as raw:
            return {(sql, *map(_however_written, row)) for sql in CATALOGUE + ROWS for row in raw.execute(sql)}
    with closing(sqlite3.connect(database)) as raw:
        made = raw.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
        found: set[object] = {(kind, name, table, _in_any_order(sql or "")) for kind, name, table, sql in made}
        return found | {(sql, *row) for sql in ROWS for row in raw.execute(sql)}


def _however_written(part: object) -> object:
    """An index keeps the name of a column that was renamed since, and a condition its form when the type was changed."""
    if not isinstance(part, str):
        return part
    return re.sub(r"\w+_[0-9a-f]{8}\b|::(character varying|text)(\[\])?|[()]", "", part)


def _in_any_order(sql: str) -> tuple[str, ...]:
    """A table whatever the order of its columns: one that was added later stands at the end."""
    if not sql.startswith("CREATE TABLE"):
        return (sql,)
    parts = re.split(
        r',\s*(?="\w+" \w|CONSTRAINT|FOREIGN KEY|UNIQUE|CHECK|PRIMARY)', sql[sql.index("(") + 1 : sql.rindex(")")]
    )
    return (sql[: sql.index("(")], *sorted(part.strip() for part in parts), sql[sql.rindex(")") :])


@pytest.mark.once
@pytest.mark.slow
@pytest.mark.timeout(1100)  # half a minute of a processor, on a machine that may be busy
@pytest.mark.timeout(420)  # the history takes half a minute of a processor that may be shared
def test_the_tables_are_those_of_a_home_that_grew(tmp_path: Path) -> None:
    """Triggers, constraints, indexes and what the database was told about itself."""
    fresh = [HUIYIN, "init", "--yes"]
    (tmp_path / "grown").mkdir()
    with _made_by(fresh, tmp_path / "fresh") as made, _made_by(GROWN, tmp_path / "grown") as grown:
        one, other = _what_stands_in(made), _what_stands_in(grown)
    assert one - other == set() and other - one == set()
    assert len(one) > 1000
    assert any("append-only" in str(part) for part in one)


@pytest.mark.django_db
def test_a_database_that_holds_anything_goes_on_by_its_migrations() -> None:
    assert make_tables() is False
