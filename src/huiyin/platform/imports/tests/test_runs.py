"""Running an import: counted, repeatable, and never half-applied (items 67 and 68)."""

import csv
from pathlib import Path

import pytest

from huiyin.kernel.actor import machine
from huiyin.platform.imports import actions, queries
from huiyin.platform.imports.actions import NEW
from huiyin.platform.imports.models import Run, Seen
from huiyin.platform.imports.queries import Fault
from huiyin.platform.imports.rules import mapping_from

LOG = mapping_from(
    'code="calls"\nkey=["id"]\n[[column]]\nto="id"\nkind="code"\nrequired=true\n[[column]]\nto="day"\nkind="date"\n'
)
BY = machine("import")


@pytest.fixture
def sheet(tmp_path: Path, settings):
    settings.HUIYIN_HOME = tmp_path / "home"

    def write(*lines: str) -> Path:
        path = tmp_path / "calls.csv"
        path.write_text("\n".join(lines) + "\n", "utf-8")
        return path

    return write


class Sink:
    def __init__(self):
        self.taken = []

    def __call__(self, rows, *, by, at):
        self.taken += [row.values["id"] for row in rows]
        return [Fault("id", "refused", {"why": "no"}) if row.values["id"] == "bad" else NEW for row in rows]


def run(path, at, sink=None, **more):
    return actions.run(mapping=LOG, source=path, sink=sink or Sink(), by=BY, at=at, **more)


def test_good_rows_come_in_and_bad_rows_are_reported(db, at, sheet):
    sink = Sink()
    told = run(sheet("id,day", "1,2026-03-05", "2,yesterday", ",2026-03-05", "bad,2026-03-05", "3,"), at, sink)
    assert (told.read, told.new, told.unchanged, told.rejected) == (5, 2, 0, 3)
    assert told.line in ("5 read, 2 new, 0 unchanged, 3 rejected", "读取 5 行，新增 2 行，未变 0 行，拒收 3 行")
    assert sink.taken == ["1", "bad", "3"]
    lines = list(csv.reader(told.report_path.open(encoding="utf-8-sig")))
    assert [line[:2] for line in lines[1:]] == [["3", "day"], ["4", "id"], ["5", "id"]]
    assert all(line[2] for line in lines)


def test_the_same_file_twice_brings_nothing_new(db, at, sheet):
    path = sheet("id,day", "1,2026-03-05", "2,2026-03-06")
    assert run(path, at).new == 2
    sink = Sink()
    again = run(path, at, sink)
    assert (again.new, again.unchanged, sink.taken) == (0, 2, [])


def test_a_changed_row_is_handed_over_again(db, at, sheet):
    run(sheet("id,day", "1,2026-03-05", "2,2026-03-06"), at)
    sink = Sink()
    run(sheet("id,day", "1,2026-03-05", "2,2026-03-07"), at, sink)
    assert sink.taken == ["2"]


def test_a_refused_row_is_tried_again_next_time(db, at, sheet):
    path = sheet("id,day", "bad,2026-03-05")
    run(path, at)
    assert not Seen.objects.exists()
    sink = Sink()
    run(path, at, sink)
    assert sink.taken == ["bad"]


def test_a_crash_keeps_whole_batches_and_a_second_run_brings_the_rest(db, at, sheet):
    path = sheet("id,day", *(f"{i},2026-03-05" for i in range(10)))

    class Crash(Sink):
        def __call__(self, rows, *, by, at):
            if len(self.taken) >= 4:
                raise RuntimeError("power")
            return super().__call__(rows, by=by, at=at)

    with pytest.raises(RuntimeError):
        run(path, at, Crash(), batch=4)
    again = run(path, at, batch=4)
    assert (again.new, again.unchanged) == (6, 4)


def test_the_run_is_kept_and_told_to_the_ledger(db, at, sheet):
    told = run(sheet("id,day", "1,2026-03-05"), at)
    kept = Run.objects.get(pk=told.run)
    assert (kept.state, kept.read, kept.sha256) == ("finished", 1, told.sha256)


def test_progress_is_told_in_bytes_of_the_file(db, at, sheet):
    path, seen = sheet("id,day", *(f"{i},2026-03-05" for i in range(50))), []
    run(path, at, batch=10, progress=lambda rows, done, size: seen.append((rows, done, size)))
    assert seen[0][0] == 10 and seen[-1][1] == seen[-1][2] == path.stat().st_size


def test_every_template_can_be_imported_again(cast, at, tmp_path, settings):
    settings.HUIYIN_HOME = tmp_path
    for mapping in queries.mappings():
        for language in ("zh-hans", "en"):
            path = tmp_path / f"{mapping.code}.csv"
            path.write_text(queries.template(mapping.code, language), "utf-8-sig")
            sheet = queries.read_sheet(path, mapping)
            assert mapping.shape_of(sheet.header) and len(list(sheet.rows())) == 3
