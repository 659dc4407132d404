"""The drill: a backup counts only when it has been restored. Its result is kept and goes into the ledger."""

import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from huiyin.kernel.actor import machine
from huiyin.kernel.ids import new_id
from huiyin.ledger.actions import record
from huiyin.site.facts import DrillHeld
from huiyin.site.keep import postgres
from huiyin.site.keep.backup import backup


@dataclass(frozen=True)
class Drill:
    at: datetime
    passed: bool
    seconds: int
    report: dict[str, Any]


def drill(*, at: datetime) -> Drill:
    """1. backup with keys; 2. restore it into a scratch home by the command a person would use; 3. keep the result."""
    began = time.monotonic()
    id = new_id()
    with tempfile.TemporaryDirectory(prefix="huiyin-drill-") as scratch:
        copy = Path(scratch) / "backup.tar"
        backup(target=copy, with_keys=True, at=at)
        is_postgres = connection.vendor == "postgresql"
        with postgres.scratch_database(f"huiyin_drill_{id.hex[-8:]}") if is_postgres else nullcontext("") as address:
            report = _restore(copy, Path(scratch) / "home", address)
    done = Drill(at, not report["problems"], round(time.monotonic() - began), report)
    _keep(id.hex, done)
    fact = DrillHeld(
        passed=done.passed,
        entries=report.get("entries", 0),
        rows=report.get("rows", 0),
        seconds=done.seconds,
        problems=len(report["problems"]),
    )
    record(fact=fact, stream=f"drill:{id}", by=machine("drill"), at=at)
    return done


def last_drill() -> Drill | None:
    files = sorted(_folder().glob("*.json"))
    if not files:
        return None
    kept = json.loads(files[-1].read_text("utf-8"))
    return Drill(datetime.fromisoformat(kept["at"]), kept["passed"], kept["seconds"], kept["report"])


def _restore(copy: Path, home: Path, address: str) -> dict[str, Any]:
    environment = os.environ | {"HUIYIN_HOME": str(home), "HUIYIN_DATABASE_URL": address}
    command = [sys.executable, "-m", "huiyin.site.cli", "restore", str(copy), "--json"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    try:
        report: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        report = {"problems": [f"restore ended with {done.returncode}: {(done.stderr or done.stdout)[-300:]}"]}
    return report


def _keep(id: str, done: Drill) -> None:
    _folder().mkdir(parents=True, exist_ok=True)
    kept = {"at": done.at.isoformat(), "passed": done.passed, "seconds": done.seconds, "report": done.report}
    (_folder() / f"{done.at:%Y%m%dT%H%M%SZ}-{id[-6:]}.json").write_text(json.dumps(kept, indent=1), "utf-8")


def _folder() -> Path:
    folder: Path = settings.HUIYIN_HOME / "drills"
    return folder
