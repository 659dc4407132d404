"""Copying a home while it runs. Keys are left out unless asked for: with them, a copy is as secret as the home."""

import sqlite3
import tempfile
from collections.abc import Iterator
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection

from huiyin.ledger import actions as ledger
from huiyin.site.keep import postgres
from huiyin.site.keep.archive import DATABASE, Manifest, sha256, write
from huiyin.site.keep.unpacking import KEYS

FOLDERS = ("files",)
PUBLIC = f"{KEYS}/ledger.vkeys"  # no secret, and needed to verify what was restored
# Rows that come and go by themselves while a copy is made.
PASSING = {"django_session", "axes_accessattempt", "axes_accesslog", "django_tasks_db_dbtaskresult"}


def backup(*, target: Path, with_keys: bool, at: datetime) -> Manifest:
    """1. The ledger is signed as it stands: what is restored must contain it.
    2. The database is copied in one consistent read (SQLite's backup API, pg_dump).
    3. Files are copied after the database: they are written before their rows, so every row finds its file.
    """
    checkpoint = ledger.checkpoint(at=at)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as scratch:
        database = Path(scratch) / DATABASE[connection.vendor]
        counted = postgres.dump(database, tables()) if connection.vendor == "postgresql" else _copy_sqlite(database)
        members = {database.name: database} | dict(_files(with_keys))
        manifest = Manifest(
            made_at=at.isoformat(),
            version=version("huiyin"),
            vendor=connection.vendor,
            checkpoint=checkpoint,
            counts=counted,
            members={name: sha256(path) for name, path in members.items()},
            with_keys=with_keys,
        )
        write(target, manifest, members)
    return manifest


def default_target(at: datetime) -> Path:
    folder: Path = settings.HUIYIN_HOME / "backups"
    return folder / f"huiyin-{at:%Y%m%dT%H%M%SZ}.tar"


def tables() -> list[str]:
    known = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    return sorted(known.intersection(connection.introspection.table_names()) - PASSING)


def counts() -> dict[str, int]:
    """Rows per table of the database in use."""
    with connection.cursor() as cursor:
        found = {}
        for table in tables():
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")
            found[table] = int(cursor.fetchone()[0])
    return found


def _copy_sqlite(target: Path) -> dict[str, int]:
    source = sqlite3.connect(settings.DATABASES["default"]["NAME"], timeout=30)
    copy = sqlite3.connect(target, isolation_level=None)
    try:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        return {table: copy.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] for table in tables()}
    finally:
        copy.close()
        source.close()


def _files(with_keys: bool) -> Iterator[tuple[str, Path]]:
    home: Path = settings.HUIYIN_HOME
    for folder in (*FOLDERS, KEYS) if with_keys else FOLDERS:
        for path in sorted((home / folder).rglob("*")):
            if path.is_file() and not path.is_symlink() and path.suffix not in (".part", ".new"):
                yield str(path.relative_to(home)), path
    if not with_keys and (home / PUBLIC).exists():
        yield PUBLIC, home / PUBLIC
    yield "huiyin.toml", home / "huiyin.toml"
