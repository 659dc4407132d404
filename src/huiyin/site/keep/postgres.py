"""PostgreSQL's own tools, found on the path or where Debian keeps them."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from huiyin.kernel.refusal import Refusal


class NoTool(Refusal):
    status = 503


def tool(name: str) -> str:
    """`pg_dump`, `pg_restore`: the newest there is."""
    found = shutil.which(name)
    if found and "pyenv" not in found:
        return found
    known = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]))
    if not known:
        raise NoTool(f"{name} is not installed (Debian: apt-get install postgresql-client)")
    return str(known[-1])


def dump(target: Path, tables: list[str]) -> dict[str, int]:
    """A custom-format dump and the rows per table, both of one and the same snapshot."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        found = {}
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")
            found[table] = int(cursor.fetchone()[0])
        command = [tool("pg_dump"), "--format=custom", "--compress=1", "--no-owner", f"--snapshot={snapshot}"]
        _run([*command, "--file", str(target)])
    return found


def load(source: Path) -> None:
    _run(
        [tool("pg_restore"), "--no-owner", "--exit-on-error", "--single-transaction", "--dbname", _name(), str(source)]
    )


@contextmanager
def scratch_database(name: str) -> Iterator[str]:
    """A database beside the present one, dropped at the end; yields its address."""
    import psycopg
    from psycopg import sql

    known = settings.DATABASES["default"]
    address = _address(known)
    with psycopg.connect(address, autocommit=True) as raw:
        raw.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        try:
            yield _address(known | {"NAME": name})
        finally:
            raw.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _address(known: dict[str, Any]) -> str:
    from urllib.parse import quote

    user = quote(str(known["USER"]), safe="")
    password = f":{quote(str(known['PASSWORD']), safe='')}" if known["PASSWORD"] else ""
    host = f"{known['HOST']}" + (f":{known['PORT']}" if known["PORT"] else "")
    return f"postgresql://{user}{password}@{host}/{quote(str(known['NAME']), safe='')}"


def _name() -> str:
    return str(settings.DATABASES["default"]["NAME"])


def _run(command: list[str]) -> None:
    known = settings.DATABASES["default"]
    given = {"PGDATABASE": "NAME", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGHOST": "HOST", "PGPORT": "PORT"}
    environment = os.environ | {name: str(known[key]) for name, key in given.items() if known.get(key)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NoTool(done.stderr.strip()[-500:])
