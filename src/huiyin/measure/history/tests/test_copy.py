"""Copying the ledger into columns: nothing lost, nothing doubled, equal however it was done."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from huiyin.kernel.actor import machine
from huiyin.ledger.actions import Happening
from huiyin.measure.history import actions, queries
from huiyin.measure.history.plugs.store import Store
from huiyin.measure.history.tests.conftest import NOW
from huiyin.measure.history.tests.synthetic import Bank

BY = machine("tick")
TABLES = ("matters", "clocks", "closings", "spells", "answers", "handovers", "rectifications", "alerts", "units")
Tell = Callable[[Iterable[Happening]], int]


def rows(table: str) -> list[tuple[Any, ...]]:
    with queries.connect() as con:
        return sorted(con.execute(f"SELECT * FROM {table}").fetchall(), key=str)


def everything() -> dict[str, list[tuple[Any, ...]]]:
    return {table: rows(table) for table in TABLES}


def test_the_views_answer_before_the_first_copy(home: Path) -> None:
    assert all(found == [] for found in everything().values())
    assert queries.freshness().as_of is None


def test_a_copy_takes_every_entry_once(tell: Tell) -> None:
    told = tell(Bank().everything(60, 200, 10))
    assert actions.copy(by=BY, at=NOW).entries == told
    assert actions.copy(by=BY, at=NOW).entries == 0
    assert len(rows("events")) == told
    assert len(rows("matters")) == 60
    assert queries.freshness().as_of == NOW


def test_copying_step_by_step_gives_what_copying_at_once_gives(tell: Tell) -> None:
    story = list(Bank().everything(150, 100, 10))
    for start in range(0, len(story), 97):
        tell(story[start : start + 97])
        actions.copy(by=BY, at=NOW + timedelta(seconds=start))
    stepwise = everything()
    actions.rebuild(by=BY, at=NOW + timedelta(days=1))
    assert everything() == stepwise


def test_a_few_new_facts_are_folded_without_rewriting_the_base(tell: Tell) -> None:
    bank = Bank()
    tell(bank.everything(120, 50))
    actions.copy(by=BY, at=NOW)
    base = Store(queries.root_of_columns()).manifest().base["matters"]
    tell(bank.case(999, NOW))
    actions.copy(by=BY, at=NOW)
    manifest = Store(queries.root_of_columns()).manifest()
    assert manifest.base["matters"] == base and manifest.delta
    assert len(rows("matters")) == 121


def test_small_parts_are_joined(tell: Tell) -> None:
    bank = Bank()
    for i in range(actions.MANY + 2):
        tell(bank.case(i, NOW))
        actions.copy(by=BY, at=NOW + timedelta(seconds=i))
    manifest = Store(queries.root_of_columns()).manifest()
    assert len(manifest.events) <= actions.MANY
    assert [row[0] for row in sorted(rows("events"))] == list(range(1, manifest.cursor + 1))


def test_a_second_copier_finds_the_first_at_work(tell: Tell) -> None:
    tell(Bank().everything(3, 3))
    with Store(queries.root_of_columns()).writing():
        assert actions.copy(by=BY, at=NOW).busy


def test_the_time_moves_on_when_nothing_new_is_heard(tell: Tell) -> None:
    tell(Bank().everything(3, 3))
    actions.copy(by=BY, at=NOW)
    actions.copy(by=BY, at=NOW + timedelta(minutes=5))
    assert queries.freshness().as_of == NOW + timedelta(minutes=5)


def test_files_left_by_a_killed_copy_are_swept(tell: Tell) -> None:
    tell(Bank().everything(3, 3))
    actions.copy(by=BY, at=NOW)
    orphan = queries.root_of_columns() / "events-9-9-0.parquet"
    orphan.write_bytes(b"half")
    actions.copy(by=BY, at=NOW)
    assert not orphan.exists()


def test_columns_of_another_shape_are_made_anew(tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    told = tell(Bank().everything(5, 5))
    actions.copy(by=BY, at=NOW)
    monkeypatch.setattr(actions, "fingerprint", lambda columns: "of an older version")
    assert actions.copy(by=BY, at=NOW).entries == told
    assert len(rows("events")) == told


CHILD = """
import os, signal, sys, django
django.setup()
from datetime import datetime
from huiyin.kernel.actor import machine
from huiyin.measure.history import actions
from huiyin.measure.history.plugs import store
left = int(sys.argv[2])
def count(what):
    def stop(*args, **kwargs):
        global left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return what(*args, **kwargs)
    return stop
store.os.fsync = count(store.os.fsync)
store.Path.rename = count(store.Path.rename)
actions.BATCH = 40
actions.copy(by=machine("tick"), at=datetime.fromisoformat(sys.argv[1]))
"""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_killed_at_any_point_nothing_is_lost_or_doubled(home: Path, tmp_path: Path) -> None:
    """A real process is killed before its nth write to the disk, for every third n; the next copy completes."""
    database = tmp_path / "killed.sqlite3"
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "huiyin.site.settings",
        "HUIYIN_HOME": str(home),
        "HUIYIN_DATABASE_URL": "",
        "HUIYIN_NOW": "",
    }

    def run(code: str, *arguments: str) -> int:
        return subprocess.run([sys.executable, "-c", code, *arguments], env=environment, check=False).returncode

    fill = (
        "import django; django.setup()\n"
        "from django.core.management import call_command; call_command('migrate', verbosity=0)\n"
        "from huiyin.ledger import actions, news; news.REACTIONS.clear()\n"
        "from huiyin.measure.history.tests.synthetic import Bank\n"
        "from huiyin.measure.history.tests.conftest import NOW\n"
        "batch = list(Bank().everything(6, 20))\n"
        "actions.record_many(happenings=batch, recorded_at=NOW)\n"
        "while actions.seal(at=NOW): pass\n"
    )
    assert run(fill) == 0 and not database.exists()
    killed = 0
    for point in range(1, 90, 11):
        code = run(CHILD, (NOW + timedelta(minutes=point)).isoformat(), str(point))
        killed += code == -signal.SIGKILL
        assert code in (0, -signal.SIGKILL)
        manifest = Store(queries.root_of_columns()).manifest()
        assert all((queries.root_of_columns() / name).exists() for name in manifest.files())
        if code == 0:
            break
    assert killed > 3
    run(CHILD, (NOW + timedelta(days=1)).isoformat(), "100000")
    seqs = [row[0] for row in sorted(rows("events"))]
    assert seqs == list(range(1, len(seqs) + 1)) and len(seqs) > 80
