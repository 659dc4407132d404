"""The one command, as a person at a terminal uses it: each call is a process of its own, on a home of its own."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import click
import pytest

from huiyin.site.cli import chinese, serving, unfinished

pytestmark = pytest.mark.once  # commands, words and exit codes; the databases are proven by their rooms
HUIYIN = Path(sys.executable).with_name("huiyin")


@dataclass(frozen=True)
class Desk:
    home: Path
    database_url: str = ""

    def __call__(self, *words: str, lang: str = "en", stdin: str = "") -> subprocess.CompletedProcess[str]:
        known = {name: value for name, value in os.environ.items() if not name.startswith(("HUIYIN_", "DJANGO_"))}
        more = {"HUIYIN_HOME": str(self.home), "HUIYIN_DATABASE_URL": self.database_url, "HUIYIN_LANG": lang}
        return subprocess.run(
            [str(HUIYIN), *words],
            env=known | more,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=110,
            check=False,
        )


@contextmanager
def own_database() -> Iterator[str]:
    """On PostgreSQL every home needs a database of its own."""
    address = os.environ.get("HUIYIN_DATABASE_URL", "")
    if not address:
        yield ""
        return
    import psycopg

    name = f"home_{uuid4().hex[:12]}"
    with psycopg.connect(address, autocommit=True) as raw:
        raw.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        try:
            yield f"{address.rpartition('/')[0]}/{name}"
        finally:
            raw.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """An empty institution."""
    with own_database() as address:
        desk = Desk(tmp_path_factory.mktemp("homes") / "home", address)
        made = desk("init", "--yes", "--name", "试验银行", "--name-en", "Trial Bank")
        assert made.returncode == 0, made.stderr
        yield desk


def test_help_speaks_two_languages_and_loads_nothing() -> None:
    desk = Desk(Path("/nonexistent"))
    assert "run web, worker and tick" in desk("--help").stdout
    assert "运行网站、后台任务与定时器" in desk("--help", lang="zh").stdout
    assert "核验整个账本" in desk("--lang", "zh", "verify", "--help").stdout


def test_click_speaks_chinese_too() -> None:
    """Usage, headings and what went wrong: a page of help in two languages would be in neither."""
    desk = Desk(Path("/nonexistent"))
    helped = desk("alerts", "--help", lang="zh").stdout
    assert "用法" in helped and "选项" in helped and "显示帮助并退出" in helped
    for words in (
        ["nonsense"],
        ["verify", "nofile"],
        ["alerts", "--from", "x"],
        ["serve", "--port", "99999"],
        ["alerts"],
    ):
        told = desk(*words, lang="zh")
        assert (told.returncode, "错误" in told.stderr) == (2, True), told.stderr
        assert not {"Usage", "Try", "Error", "Invalid", "such", "Missing"} & set(re.findall(r"\w+", told.stderr)), (
            told.stderr
        )
    source = "".join(path.read_text("utf-8") for path in Path(click.__file__).parent.glob("*.py"))
    title = {"File", "Directory", "Path"}  # click writes them with a capital where a sentence begins
    assert [text for text in chinese.WORDS if text not in title and text not in source] == [], "click words it anew"


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["verify"],
        ["verify", str(HUIYIN), "--key", "no-such-key"],
        ["alerts", "--from", "yesterday"],
        ["alerts", "--from", "0001-01-01", "--to", "9999-12-31"],
        ["serve", "--port", "x"],
        ["tick", "--only", "no such step"],
    ],
)
def test_wrong_use_ends_with_2(desk: Desk, words: list[str]) -> None:
    assert desk(*words).returncode == 2


def test_a_setting_that_cannot_be_meant_leaves_no_half_made_home(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "home", "mysql://bank:geheim@there/name")
    told = desk("init", "--yes")
    assert (told.returncode, "HUIYIN_DATABASE_URL" in told.stderr) == (2, True), told.stderr
    assert "Traceback" not in told.stderr and "geheim" not in told.stderr
    assert not (desk.home / "huiyin.toml").exists(), "the next try begins as this one did"


def test_a_database_that_is_not_there_is_told_and_nothing_is_made(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "home", "postgresql://bank:geheim@127.0.0.1:1/bank")
    told = desk("init", "--yes", lang="zh")
    assert (told.returncode, "数据库无法使用" in told.stderr) == (1, True), told.stderr
    assert "Traceback" not in told.stderr and "geheim" not in told.stderr
    assert not (desk.home / "huiyin.toml").exists()
    (tmp_path / "file").touch()
    assert Desk(tmp_path / "file")("init", "--yes").returncode == 2


def test_a_command_says_when_there_is_no_institution(tmp_path: Path) -> None:
    told = Desk(tmp_path / "nothing")("verify", "--ledger")
    assert told.returncode == 2
    assert "huiyin init" in told.stderr
    assert not (tmp_path / "nothing").exists()


def test_due_times_are_told_on_a_machine_without_an_institution(tmp_path: Path) -> None:
    """By the calendars that come with the product, with the account on demand."""
    asked = '{"id": 7, "calendar": "cn-office", "from": "2026-02-13T16:30:00+08:00", "amount": 4, "unit": "business_hour"}\n'
    told = Desk(tmp_path / "nothing")("clock", "check", "--explain", "-", stdin=asked)
    assert told.returncode == 0, told.stderr
    answer = json.loads(told.stdout)
    assert answer["due_at"] == "2026-02-14T12:00:00+08:00"
    assert [day["counted"] for day in answer["days"]] == [3600, 3 * 3600]


def test_links_name_where_it_is_served_until_a_public_address_is_set(tmp_path: Path) -> None:
    """`serve --port 8921` tells its processes so: what a customer is sent must open."""
    assert [serving.address(*at) for at in (("127.0.0.1", 8921), ("0.0.0.0", 80), ("::1", 81), ("10.0.0.7", 82))] == [
        "http://localhost:8921", "http://localhost:80", "http://[::1]:81", "http://10.0.0.7:82",
    ]  # fmt: skip
    say = "from huiyin.site import settings; print(settings.HUIYIN_BASE_URL)"
    for more, told in (
        ({}, "http://localhost:8921"),
        ({"HUIYIN_BASE_URL": "https://bank.example"}, "https://bank.example"),
    ):
        known = {"HUIYIN_HOME": str(tmp_path), "HUIYIN_SERVED_AT": "http://localhost:8921"} | more
        done = subprocess.run([sys.executable, "-c", say], env=known, capture_output=True, text=True, check=True)
        assert done.stdout.strip() == told


def test_init_can_be_repeated(desk: Desk) -> None:
    told = desk("init", "--yes")
    assert (told.returncode, "up to date" in told.stdout) == (0, True)


def test_demo_refuses_a_home_that_holds_an_institution(desk: Desk) -> None:
    assert desk("demo", "--no-serve").returncode == 2


def test_an_interrupted_demonstration_is_not_taken_for_a_whole_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HUIYIN_DATABASE_URL", raising=False)
    home, shared = tmp_path / "demo", tmp_path / "shared"
    shared.mkdir()
    (shared / "my own.txt").touch()
    for one in (home, shared):
        with pytest.raises(KeyboardInterrupt), unfinished.unfinished(one):
            (one / "keys").mkdir()
            (one / "huiyin.toml").touch()
            with pytest.raises(SystemExit):  # somebody else runs the command again meanwhile
                unfinished.clear_unfinished(one)
            with pytest.raises(SystemExit):  # or starts what is only half there
                unfinished.refuse_unfinished(one)
            raise KeyboardInterrupt
    unfinished.clear_unfinished(home)
    assert [*home.iterdir()] == []
    with pytest.raises(SystemExit):
        unfinished.clear_unfinished(shared)
    assert (shared / "my own.txt").exists()
    with unfinished.unfinished(home):
        (home / "huiyin.toml").touch()
    unfinished.clear_unfinished(home)
    assert [one.name for one in home.iterdir()] == ["huiyin.toml"]


def test_the_ledger_of_an_empty_institution_verifies(desk: Desk) -> None:
    told = desk("verify", "--ledger")
    assert told.returncode == 0, told.stdout + told.stderr


def test_doctor_tells_the_journal_mode_and_what_to_do(desk: Desk) -> None:
    found = json.loads(desk("doctor", "--json").stdout)
    assert {finding["level"] for finding in found} <= {"ok", "warn", "bad"}
    subjects = {finding["subject"]: finding["words"] for finding in found}
    assert ("WAL" in subjects["Database"]) or ("PostgreSQL" in subjects["Database"])
    assert "Asia/Shanghai" in subjects["Clock"] and "cn-office" in subjects["Calendars"]
    assert "huiyin drill" in subjects["Restore drill"] or "passed" in subjects["Restore drill"]
    assert "数据库" in desk("doctor", lang="zh").stdout


def test_every_step_of_a_tick_succeeds_on_an_empty_institution(desk: Desk) -> None:
    told = desk("tick")
    assert told.returncode == 0, told.stderr[-3000:]


def test_a_port_that_somebody_has_is_not_shared(desk: Desk) -> None:
    """The web server would share it, and every other request would go to the other bank."""
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        done = desk("serve", "--port", port)
    assert done.returncode == 1 and port in done.stderr and "--port" in done.stderr
    assert desk("serve", "--port", "70000").returncode == 2


def test_a_child_that_is_killed_takes_along_what_it_started() -> None:
    """A web worker whose master was killed would go on answering at the port."""
    started = "import subprocess; subprocess.Popen(['sleep', '60']); print('begun', flush=True); input()"
    child = subprocess.Popen(
        [sys.executable, "-c", started],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        preexec_fn=serving._die_with_parent,
    )
    assert child.stdin and child.stdout and child.stdout.readline() == b"begun\n"
    serving._end(child)
    assert child.stdout.read() == b"" and child.returncode == -signal.SIGKILL  # nobody is left to write
    child.stdin.close()
    child.stdout.close()


def test_an_administrator_is_made_once(desk: Desk) -> None:
    made = desk("createadmin", "root")
    assert made.returncode == 0, made.stderr
    assert "Password (shown once)" in made.stdout
    assert desk("createadmin", "root").returncode == 1
    assert desk("createadmin", "").returncode == 2
    assert desk("createadmin", "other", "--password", "short").returncode == 2


def test_whoever_begins_with_createadmin_has_a_head_office(tmp_path: Path) -> None:
    """The first-run page is closed from then on, and nothing can be taken in without one."""
    with own_database() as address:
        desk = Desk(tmp_path / "home", address)
        assert desk("init", "--yes").returncode == 0
        assert desk("createadmin", "root").returncode == 0
        (tmp_path / "units.csv").write_text("机构编码,机构名称,上级机构编码,机构类型\nB01,滨江分行,HO,分行\n", "utf-8")
        told = desk("import", "units", str(tmp_path / "units.csv"))
        assert told.returncode == 0, told.stdout + told.stderr


def test_settings_are_listed_without_secrets(desk: Desk) -> None:
    told = desk("settings").stdout
    assert "bank_name " in told
    assert "huiyin.toml" in told


def test_a_backup_comes_back_verified(desk: Desk, tmp_path: Path) -> None:
    copy = tmp_path / "copy.tar"
    assert desk("backup", str(copy)).returncode == 0
    assert copy.stat().st_mode & 0o077 == 0
    with own_database() as address:
        there = Desk(tmp_path / "there", address)
        told = there("restore", str(copy), "--keys", str(desk.home / "keys"))
        assert told.returncode == 0, told.stdout + told.stderr
        assert "It is what was copied" in told.stdout
        assert there("verify", "--ledger").returncode == 0
        assert there("restore", str(copy)).returncode == 2


def test_a_damaged_backup_is_refused_and_leaves_nothing(desk: Desk, tmp_path: Path) -> None:
    copy = tmp_path / "copy.tar"
    desk("backup", str(copy))
    content = bytearray(copy.read_bytes())
    content[len(content) // 2] ^= 1
    copy.write_bytes(content)
    told = Desk(tmp_path / "there")("restore", str(copy))
    assert told.returncode == 1
    assert "damaged" in told.stderr
    assert not (tmp_path / "there").exists()
    copy.write_bytes(content[: len(content) // 3])
    assert Desk(tmp_path / "there")("restore", str(copy)).returncode == 1
    copy.write_text("a,b\n1,2\n", "utf-8")
    told = Desk(tmp_path / "there")("restore", str(copy), lang="zh")
    assert (told.returncode, "不是回音的备份" in told.stderr, len(told.stderr.splitlines())) == (1, True, 1), (
        told.stderr
    )


def test_a_restore_set_up_wrongly_is_refused_and_leaves_nothing(desk: Desk, tmp_path: Path) -> None:
    copy, there = tmp_path / "copy.tar", Desk(tmp_path / "there", "postgresql://nobody@127.0.0.1:1/none")
    assert desk("backup", str(copy)).returncode == 0
    told = there("restore", str(copy), "--keys", str(tmp_path))
    assert (told.returncode, "holds no keys" in told.stderr, there.home.exists()) == (2, True, False), told.stderr
    told = there("restore", str(copy))
    assert told.returncode in (1, 2) and "Traceback" not in told.stderr and not there.home.exists(), told.stderr
    assert Desk(tmp_path)("restore", str(copy)).returncode == 2, "a directory that holds something is no empty home"


def test_a_drill_is_held_and_goes_into_the_ledger(desk: Desk) -> None:
    told = desk("drill")
    assert told.returncode == 0, told.stdout + told.stderr
    kept = json.loads(next((desk.home / "drills").glob("*.json")).read_text("utf-8"))
    assert kept["passed"]
    assert kept["report"]["entries"] >= 1


def test_what_was_imported_a_moment_ago_is_searched_for_surges_without_a_tick(tmp_path: Path) -> None:
    """A year of five complaints a week about each of two products; one week brings thirty more about one of them."""
    head = "Complaint ID,Submitted via,Date submitted,Date received,State,Product,Sub-product,Issue,Sub-issue,"
    head += "Company public response,Company response to consumer,Timely response?"
    rows = [
        f"{week * 100 + n},Web,{day},{day},NY,{product},Card,Fees,,,Closed with explanation,Yes"
        for week in range(52)
        for day in [date(2024, 1, 1) + timedelta(weeks=week)]
        for n in range(40 if week == 45 else 10)
        for product in ["Mortgage" if n % 2 and n < 10 else "Credit card"]
    ]
    file = tmp_path / "complaints.csv"
    file.write_text("\n".join([head, *rows]), "utf-8")
    with own_database() as address:
        desk = Desk(tmp_path / "home", address)
        assert desk("init", "--yes").returncode == 0
        told = desk("import", "complaints", str(file), "--mapping", "cfpb")
        assert told.stdout.strip() == "550 read, 550 new, 0 unchanged, 0 rejected", told.stdout + told.stderr
        told = desk("verify", "--ledger")
        assert told.returncode == 0 and "waits to be sealed" not in told.stdout, "an import seals what it wrote"
        told = desk("alerts", "--from", "2024-06-01", "--to", "2024-12-31", "--json")
        found = [json.loads(line) for line in told.stdout.splitlines()]
        assert told.returncode == 1, told.stderr
        assert {finding["cell"]["product"] for finding in found} == {"Credit card"}
        assert found[0]["since"] == "2024-11-11" and found[0]["observed"] >= 30
