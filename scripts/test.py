"""`make test`: everything that must hold, in the order in which a failure is cheapest to learn.

1. checks: format, lint, types, import contracts, texts, Django's checks, migrations
2. tests on SQLite, 3. on PostgreSQL all those that know a database, 4. the browser

A part that could not run is named at the end and, in CI, fails the run. The last line counts all tests.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

import machine

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
REPORTS = ROOT / "var" / "test"
PUBLIC = {"HUIYIN_BASE_URL": "https://huiyin.example", "HUIYIN_ALLOWED_HOSTS": "huiyin.example"}
CHECKS: tuple[tuple[str, list[str], dict[str, str]], ...] = (
    ("format", [str(BIN / "ruff"), "format", "--check", "."], {}),
    ("lint", [str(BIN / "ruff"), "check", "."], {}),
    ("contracts", [str(BIN / "lint-imports"), "--no-cache"], {}),
    ("texts", [sys.executable, "scripts/messages.py", "check"], {}),
    ("django", [sys.executable, "manage.py", "check", "--fail-level", "WARNING"], {}),
    ("deployment", [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"], PUBLIC),
    ("migrations", [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"], {}),
    ("types", [str(BIN / "mypy")], {}),
)
PARTS = ("checks", "sqlite", "postgresql", "browser")


@dataclass
class Tally:
    """What ran, what failed, what could not run."""

    lines: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    passed_tests: int = 0
    failed_tests: int = 0
    skipped_tests: int = 0

    def note(self, name: str, good: bool, seconds: float, more: str = "") -> None:
        self.lines.append(f"  {'✓' if good else '✕'} {name:<12} {seconds:6.0f} s  {more}")
        if not good:
            self.failed.append(name)

    def missing(self, name: str, why: str) -> None:
        self.lines.append(f"  ! {name:<12} DID NOT RUN: {why}")
        self.absent.append(name)


def main() -> int:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--only", choices=PARTS)
    arguments.add_argument("-n", default="2", help="processes for pytest")
    arguments.add_argument(
        "--every-look", action="store_true", help="browser: all of axe in all modes of both languages"
    )
    given, rest = arguments.parse_known_args()
    wanted = (given.only,) if given.only else PARTS
    REPORTS.mkdir(parents=True, exist_ok=True)
    tally = Tally()
    subprocess.run([sys.executable, "scripts/messages.py", "compile"], cwd=ROOT, check=True)
    if "checks" in wanted:
        checks(tally)
    if "sqlite" in wanted:
        tests(tally, "sqlite", ["-n", given.n, "-m", PLAIN, *rest], {"HUIYIN_DATABASE_URL": ""})
    if "postgresql" in wanted:
        with machine.postgresql() as address:
            if address:
                tests(tally, "postgresql", ["-n", given.n, "-m", PLAIN, *rest], {"HUIYIN_DATABASE_URL": address})
            else:
                tally.missing("postgresql", "no PostgreSQL 15+ here and none could be installed")
    if "browser" in wanted:
        browser(tally, rest, {"HUIYIN_EVERY_LOOK": "1"} if given.every_look else {})
    return conclude(tally)


PLAIN = "not browser and not bench and not torture"


def checks(tally: Tally) -> None:
    """The longest, the types, beside the others: each keeps to one core."""
    with ThreadPoolExecutor(2) as pool:
        running = [pool.submit(checked, *check) for check in sorted(CHECKS, key=lambda check: check[0] != "types")]
    for one in running:
        name, command, done, seconds = one.result()
        said(f"{name}: {' '.join(Path(word).name for word in command[:3])}")
        print(done.stdout, end="", flush=True)
        tally.note(name, done.returncode == 0, seconds)


def checked(
    name: str, command: list[str], more: dict[str, str]
) -> tuple[str, list[str], subprocess.CompletedProcess[str], float]:
    began = time.monotonic()
    done = subprocess.run(
        command, cwd=ROOT, env=scratch_home() | more, check=False, text=True, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )  # fmt: skip
    return name, command, done, time.monotonic() - began


def browser(tally: Tally, rest: list[str], more: dict[str, str]) -> None:
    if not machine.chinese_font():
        tally.missing("font", "no Chinese font here and none could be installed (fonts-noto-cjk)")
    found = machine.chromium()
    if not found:
        tally.missing("browser", "no Chromium here and none could be installed")
        return
    with tempfile.TemporaryDirectory(dir=REPORTS) as place:  # in memory, threads of a server would share one connection
        tests(
            tally,
            "browser",
            ["-n", "2", "--dist", "loadgroup", "-m", "browser and not bench and not torture", *rest],
            {"HUIYIN_CHROMIUM": found, "HUIYIN_DATABASE_URL": "", "HUIYIN_TEST_DATABASE": f"{place}/test.sqlite3"}
            | more,
        )


def tests(tally: Tally, name: str, options: list[str], more: dict[str, str]) -> None:
    said(f"tests: {name}")
    report = REPORTS / f"{name}.xml"
    report.unlink(missing_ok=True)
    began = time.monotonic()
    command = [sys.executable, "-m", "pytest", f"--junitxml={report}", "--durations=5", *options]
    done = subprocess.run(command, cwd=ROOT, env=scratch_home() | more, check=False)
    passed, failed, skipped = counted(report)
    tally.passed_tests += passed
    tally.failed_tests += failed
    tally.skipped_tests += skipped
    good = done.returncode == 0 and passed > 0
    tally.note(name, good, time.monotonic() - began, f"{passed} passed, {failed} failed, {skipped} skipped")


def counted(report: Path) -> tuple[int, int, int]:
    if not report.exists():
        return 0, 1, 0
    suites = list(ElementTree.parse(report).getroot().iter("testsuite"))
    total, skipped, failed = (
        sum(int(suite.get(name, 0)) for suite in suites for name in names)
        for names in (("tests",), ("skipped",), ("failures", "errors"))
    )
    return total - skipped - failed, failed, skipped


def scratch_home() -> dict[str, str]:
    """Tests never touch a home that somebody works in. The many processes they start share compiled code."""
    home = REPORTS / "home"
    home.mkdir(exist_ok=True)
    known = {name: value for name, value in os.environ.items() if not name.startswith("HUIYIN_")}
    known.pop("PYTHONDONTWRITEBYTECODE", None)
    return known | {"HUIYIN_HOME": str(home), "PYTHONUNBUFFERED": "1"}


def conclude(tally: Tally) -> int:
    line = "═" * 78
    print(f"\n{line}", *tally.lines, sep="\n")
    for name in tally.absent:
        print(f"\n  !!! {name.upper()} DID NOT RUN ON THIS MACHINE. What it proves is not proven here. !!!")
    if tally.failed:
        print(f"\n  FAILED: {', '.join(tally.failed)}")
    print(line)
    if tally.passed_tests or tally.failed_tests:
        print(f"{tally.passed_tests} passed, {tally.failed_tests} failed, {tally.skipped_tests} skipped")
    return 1 if tally.failed or (tally.absent and os.environ.get("CI")) else 0


def said(words: str) -> None:
    print(f"\n──── {words}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
