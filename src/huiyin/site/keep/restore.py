"""The second half of a restore: the database, and the proof that it is what was copied."""

import sqlite3
from dataclasses import asdict, dataclass, field
from typing import Any

from django.conf import settings
from django.db import connection

from huiyin.kernel.unfit import Unfit
from huiyin.ledger import queries as ledger
from huiyin.site.keep import postgres
from huiyin.site.keep.archive import DATABASE, Manifest
from huiyin.site.keep.backup import counts


@dataclass
class Report:
    """What was compared, and what is wrong (empty: everything is as it was)."""

    made_at: str
    entries: int = 0
    rows: int = 0
    files: int = 0
    with_keys: bool = True
    problems: list[str] = field(default_factory=list)

    def plain(self) -> dict[str, Any]:
        return asdict(self)


def load(manifest: Manifest) -> None:
    """PostgreSQL only: the dump into the (empty) database of the settings. SQLite's file lies in place already."""
    if manifest.vendor != connection.vendor:
        raise Unfit(
            f"该备份来自 {manifest.vendor}，而设置指定的是 {connection.vendor}：请检查 HUIYIN_DATABASE_URL",
            f"This backup is of {manifest.vendor}, the settings name {connection.vendor}: see HUIYIN_DATABASE_URL",
        )
    if connection.vendor == "postgresql":
        if connection.introspection.table_names():
            raise Unfit("目标数据库不是空的", "The database is not empty")
        connection.close()
        dump = settings.HUIYIN_HOME / DATABASE["postgresql"]
        postgres.load(dump)
        dump.unlink()


def compare(manifest: Manifest, *, with_keys: bool) -> Report:
    """Integrity, rows per table, and the ledger against the checkpoint that was signed before the copy."""
    report = Report(made_at=manifest.made_at, files=len(manifest.members), with_keys=with_keys)
    if connection.vendor == "sqlite":
        with sqlite3.connect(settings.DATABASES["default"]["NAME"]) as raw:
            said = [row[0] for row in raw.execute("PRAGMA integrity_check(10)")]
            broken = list(raw.execute("PRAGMA foreign_key_check"))
        raw.close()
        report.problems += [] if said == ["ok"] else [f"integrity: {line}" for line in said]
        report.problems += [f"foreign keys: {len(broken)} rows point nowhere"] if broken else []
    present = counts()
    report.rows = sum(present.values())
    for table, expected in manifest.counts.items():
        if present.get(table) != expected:
            report.problems.append(f"{table}: {present.get(table)} rows, {expected} were copied")
    kept = settings.HUIYIN_HOME / "restored-checkpoint.txt"
    kept.write_text(manifest.checkpoint, "utf-8")
    verified = ledger.verify_ledger(against=[kept])
    report.entries = ledger.head()[0]
    report.problems += [f"ledger: {line.en}" for line in verified.findings]
    return report
