"""Copying the ledger into columns: nothing lost, nothing doubled, equal however it was done."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from huiyin.bank.standards.facts import StandardChanged
from huiyin.kernel.actor import machine
from huiyin.kernel.ids import new_id
from huiyin.ledger.actions import Happening
from huiyin.listen.surveys.facts import SurveyDrawn
from huiyin.measure.history import actions, queries
from huiyin.measure.history.plugs.store import Store
from huiyin.measure.history.tests.conftest import NOW
from huiyin.measure.history.tests.synthetic import Bank
from huiyin.measure.reviews.facts import QualityDrawn

BY = machine("tick")
TABLES = (
    "matters",
    "clocks",
    "closings",
    "spells",
    "answers",
    "surveyed",
    "handovers",
    "rectifications",
    "alerts",
    "posts",
    "reviews",
    "units",
)
Tell = Callable[[Iterable[Happening]], int]


def rows(table: str) -> list[tuple[Any, ...]]:
    with queries.connect() as con:
        return sorted(con.execute(f"SELECT * FROM {table}").fetchall(), key=str)


def everything() -> dict[str, list[tuple[Any, ...]]]:
    return {table: rows(table) for table in TABLES}


def test_the_views_answer_before_the_first_copy(home: Path) -> None:
    assert all(found == [] for found in everything().values())
    assert queries.freshness().as_of is None


def test_the_views_answer_after_a_copy_of_nothing(home: Path, db: None) -> None:
    assert actions.copy(by=BY, at=NOW).entries == 0
    assert all(found == [] for found in everything().values())


def test_a_copy_takes_every_entry_once(tell: Tell) -> None:
    told = tell(Bank().everything(60, 200, 10))
    assert actions.copy(by=BY, at=NOW).entries == told
    assert actions.copy(by=BY, at=NOW).entries == 0
    assert len(rows("events")) == told
    assert len(rows("matters")) == 60
    assert queries.freshness().as_of == NOW


def test_a_fact_may_have_a_field_named_like_a_column_of_the_leaf(tell: Tell) -> None:
    changed = StandardChanged(code="iso-house", version="2026.1", sha256="0" * 64)
    told = tell([Happening(changed, "standard:iso-house", BY, NOW)])
    assert actions.copy(by=BY, at=NOW).entries == told
    assert len(rows("events")) == told


def test_two_facts_may_write_different_things_under_one_name(tell: Tell) -> None:
    """The frame of a survey's draw is a number, that of a quality draw a fingerprint: the column is text."""
    one, two, day = new_id(), new_id(), NOW.date()
    survey = SurveyDrawn(
        campaign=one, edition=two, seed=7, frame=1200, strata=1, quota=80, drawn=90, opted_out=0, fatigue=0, no_address=0,
        frame_sha256="0" * 64, sha256="1" * 64,
    )  # fmt: skip
    quality = QualityDrawn(
        draw=two, plan="A", plan_version=1, sort="case", from_date=day, until_date=day, seed="c4", frame="ab" * 32,
        population=9, chosen=2, left_out=0,
    )  # fmt: skip
    tell([Happening(survey, f"campaign:{one}", BY, NOW), Happening(quality, f"draw:{two}", BY, NOW)])
    actions.copy(by=BY, at=NOW)
    with queries.connect() as con:
        found = con.execute("SELECT type, frame, seed, drawn FROM events ORDER BY seq").fetchall()
    assert found == [("survey.drawn", "1200", "7", 90), ("quality.drawn", "ab" * 32, "c4", None)]


@pytest.mark.once
def test_copying_step_by_step_gives_what_copying_at_once_gives(tell: Tell) -> None:
    story = list(Bank().everything(150, 100, 10))
    for start in range(0, len(story), 211):
        tell(story[start : start + 211])
        actions.copy(by=BY, at=NOW + timedelta(seconds=start))
    stepwise = everything()
    actions.rebuild(by=BY, at=NOW + timedelta(days=1))
    assert everything() == stepwise


def test_what_was_written_ahead_is_taken_and_read_no_more(
    tell: Tell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    """Leaves 21 to 120 are there already; what stands before and is told afterwards is read."""
    told = tell(Bank().everything(30, 60))
    monkeypatch.setattr(actions, "BATCH", 40)
    actions.write_ready(into=tmp_path / "ready", after=0, upto=told, shift=20)
    shifted = sorted(path.name for path in (tmp_path / "ready").iterdir())
    assert shifted[0] == "events-101-140.parquet"
    shutil.rmtree(tmp_path / "ready")
    actions.write_ready(into=tmp_path / "ready", after=20, upto=120, shift=0)
    ahead = {path.name for path in (tmp_path / "ready").iterdir()}
    more = tell(Bank().case(999, NOW))
    read: list[int] = []
    assert actions.copy(by=BY, at=NOW, ready=tmp_path / "ready", progress=read.append).entries == told + more
    assert read[:2] == [20, 160] and read[-1] == told + more
    assert ahead == {"events-21-60.parquet", "events-61-100.parquet", "events-101-120.parquet"}
    assert not [*(tmp_path / "ready").iterdir()]
    taken = everything(), rows("events")
    actions.rebuild(by=BY, at=NOW + timedelta(days=1))
    assert (everything(), rows("events")) == taken


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


@pytest.mark.once
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
    for module in (actions, queries):
        monkeypatch.setattr(module, "fingerprint", lambda shape: "of an older version")
    assert actions.copy(by=BY, at=NOW).entries == told
    assert len(rows("events")) == told


# Runs in a process of its own: fills a bank, then forks a copier for each point and kills it there.
DRIVER = """
import os, signal, sys, django
django.setup()
from datetime import timedelta
from django.core.management import call_command
from django.db import connection
from huiyin.kernel.actor import machine
from huiyin.ledger import actions as ledger, news
from huiyin.measure.history import actions
from huiyin.measure.history.plugs import store
from huiyin.measure.history.tests.conftest import NOW
from huiyin.measure.history.tests.synthetic import Bank
call_command('migrate', verbosity=0)
news.REACTIONS.clear()
ledger.record_many(happenings=list(Bank().everything(6, 20)), recorded_at=NOW)
while ledger.seal(at=NOW): pass
connection.close()
actions.BATCH = 40

def counting(what, left):
    def step(*args, **kwargs):
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return what(*args, **kwargs)
    return step

for point in [*range(1, 90, 7), 100_000]:
    child = os.fork()
    if not child:
        left = [point]
        store.os.fsync = counting(store.os.fsync, left)
        store.Path.rename = counting(store.Path.rename, left)
        actions.copy(by=machine('tick'), at=NOW + timedelta(minutes=point))
        os._exit(0)
    _, status = os.waitpid(child, 0)
    known = store.Store(actions.root_of_columns())
    whole = all((known.root / name).exists() for name in known.manifest().files())
    print(point, os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0, whole, known.manifest().cursor, flush=True)
"""


@pytest.mark.once
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_killed_at_any_point_nothing_is_lost_or_doubled(home: Path) -> None:
    """A real process is killed before its nth write to the disk; whatever n, the next copy completes the work."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "huiyin.site.settings",
        "HUIYIN_HOME": str(home),
        "HUIYIN_DATABASE_URL": "",
        "HUIYIN_NOW": "",
    }
    told = subprocess.run([sys.executable, "-c", DRIVER], env=environment, check=True, capture_output=True, text=True)
    ends = [line.split() for line in told.stdout.splitlines()]
    killed = [end for end in ends if end[1] == str(int(signal.SIGKILL))]
    assert len(killed) > 3 and ends[-1][1] == "0"
    assert {end[2] for end in ends} == {"True"}
    seqs = [row[0] for row in sorted(rows("events"))]
    assert seqs == list(range(1, int(ends[-1][3]) + 1)) and len(seqs) > 80
