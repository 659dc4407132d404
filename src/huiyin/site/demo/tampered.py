"""A small second home whose ledger was edited behind the product's back, so that `verify` has something to find."""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection

from huiyin.ledger import actions as ledger


def snapshot(home: Path, at: datetime) -> None:
    """The bank as it stands, signed, as a home of its own. SQLite only."""
    ledger.checkpoint(at=at)
    home.mkdir(mode=0o700)
    shutil.copy(settings.HUIYIN_HOME / "huiyin.toml", home)
    shutil.copytree(settings.HUIYIN_HOME / "keys", home / "keys")
    with closing(sqlite3.connect(home / "huiyin.sqlite3")) as copy:
        connection.ensure_connection()
        connection.connection.backup(copy)


def begin(home: Path, seed: int) -> subprocess.Popen[bytes]:
    """Where the bank lives in PostgreSQL: fill `home` with a tiny bank in a process of its own."""
    code = "from huiyin.site.cli.house import make_home\nmake_home(demo=True, name='青禾银行')\nfrom huiyin.site.demo import fill\nfill(seed=%d, part=200, whole=False)\n"
    env = {k: v for k, v in os.environ.items() if k != "HUIYIN_DATABASE_URL"} | {"HUIYIN_HOME": str(home)}
    return subprocess.Popen(
        [sys.executable, "-c", code % seed], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def tamper(home: Path) -> int:
    """Change who answered one case, as somebody with the database file could: the triggers are lifted and put back."""
    with sqlite3.connect(home / "huiyin.sqlite3") as base:
        triggers = base.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'ledger_entry'"
        ).fetchall()
        for name, _ in triggers:
            base.execute(f'DROP TRIGGER "{name}"')
        row = base.execute(
            "SELECT id, payload FROM ledger_entry WHERE type = 'clock.satisfied' AND payload LIKE '%\"met\":false%' ORDER BY id LIMIT 1"
        ).fetchone()
        if row is None:
            row = base.execute(
                "SELECT id, payload FROM ledger_entry WHERE type = 'clock.satisfied' ORDER BY id LIMIT 1"
            ).fetchone()
        forged = (
            row[1].replace('"met":false', '"met":true')
            if '"met":false' in row[1]
            else row[1].replace('"met":true', '"met":false')
        )
        base.execute("UPDATE ledger_entry SET payload = ? WHERE id = ?", (forged, row[0]))
        for _, sql in triggers:
            base.execute(sql)
    return int(row[0])
