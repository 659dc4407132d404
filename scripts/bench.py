"""Measure the product on this machine and print every figure with what it was measured on.

    .venv/bin/python scripts/bench.py                # everything that the data at hand allows
    .venv/bin/python scripts/bench.py ledger http    # some parts
    .venv/bin/python scripts/bench.py --database-url postgres://…   # the same on PostgreSQL

Parts: floor (durable commits of this disk), ledger (appends, verification), http (complaints through the API at 1, 4
and 16 clients), cycle (create, assign, answer, confirm), import (the public CFPB records, where they are at hand),
dashboard (pages over the demo bank in var/demo, where it has been made).
"""

import argparse
import os
import platform
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import httpx
from torture import HUIYIN, PYTHON, ROOT, Product

DATA = Path(os.environ.get("HUIYIN_SHARED_DATA", ROOT.parent / "shared" / "data"))


def say(part: str, figure: str, note: str = "") -> None:
    print(f"{part:<12} {figure:<58} {note}", flush=True)


def machine() -> str:
    model = "unknown processor"
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        model = next(
            (line.split(":")[1].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line), model
        )
    return f"{os.cpu_count()} cores of {model}, {platform.system()}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"


def floor(home: Path) -> None:
    """What one durable commit costs on this disk: the ceiling of every other figure."""
    base = sqlite3.connect(home / "floor.sqlite3", isolation_level=None)
    base.execute("PRAGMA journal_mode=WAL")
    base.execute("PRAGMA synchronous=FULL")
    base.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, body TEXT)")
    count, started = 0, time.perf_counter()
    while time.perf_counter() - started < 2:
        base.execute("BEGIN IMMEDIATE")
        base.execute("INSERT INTO t (body) VALUES (?)", ("x" * 500,))
        base.execute("COMMIT")
        count += 1
    say(
        "floor",
        f"{count / (time.perf_counter() - started):,.0f} durable commits/s",
        "SQLite WAL, synchronous=FULL, 500 bytes, one connection",
    )


def in_product(product: Product, code: str) -> str:
    """Run a few lines inside the product and return what they print."""
    preamble = "import django; django.setup()\n"
    done = subprocess.run(
        [PYTHON, "-c", preamble + code], env=product.env, cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return done.stdout.strip()


LEDGER = """
import time
from datetime import datetime, UTC
from uuid import uuid4
from huiyin.kernel.actor import machine
from huiyin.ledger import actions, queries
from huiyin.resolve.cases.facts import CaseNoted
at, by = datetime.now(UTC), machine("bench")
started = time.perf_counter()
for _ in range(300):
    matter = uuid4()
    actions.record(fact=CaseNoted(case=matter, note=uuid4()), stream=f"matter:{matter}", by=by, at=at)
one = 300 / (time.perf_counter() - started)
started = time.perf_counter()
for _ in range(20):
    batch = [uuid4() for _ in range(5000)]
    actions.record_many(happenings=[actions.Happening(CaseNoted(case=m, note=m), f"matter:{m}", by, at) for m in batch], recorded_at=at, fresh=True)
many = 100_000 / (time.perf_counter() - started)
actions.checkpoint(at=at)
started = time.perf_counter()
report = queries.verify_ledger()
print(one, many, queries.head()[0] / (time.perf_counter() - started))
"""


def ledger(product: Product) -> None:
    one, many, verify = (float(n) for n in in_product(product, LEDGER).split())
    say("ledger", f"{one:,.0f} appends/s one by one, each its own commit")
    say("ledger", f"{many:,.0f} appends/s in batches of 5,000", "100,000 entries, sealed into the Merkle log")
    say("ledger", f"{verify:,.0f} entries/s verified", "chains, leaves, root and checkpoints")


def http(product: Product, token: str) -> None:
    for clients in (1, 4, 16):
        times: list[float] = []
        stop = time.perf_counter() + 8

        def post(times: list[float] = times, stop: float = stop) -> None:
            with httpx.Client(base_url=f"http://127.0.0.1:{product.port}", timeout=30) as web:
                while time.perf_counter() < stop:
                    began = time.perf_counter()
                    answer = web.post(
                        "/api/v1/complaints",
                        headers={"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())},
                        json={
                            "channel": "phone",
                            "text": "排队一个小时，窗口只开了两个。",
                            "customer": {"name": "王小明", "phone": f"139{time.perf_counter_ns() % 100_000_000:08d}"},
                        },
                    )
                    answer.raise_for_status()
                    times.append(time.perf_counter() - began)

        took = _together(post, clients)
        p95 = statistics.quantiles(times, n=20)[-1] * 1000
        say(
            "http",
            f"{len(times) / took:,.0f} complaints/s, p95 {p95:,.0f} ms at {clients} clients",
            "API, vault + case + clocks + ledger + acknowledgement in the commit",
        )


def _together(work: Callable[[], None], clients: int) -> float:
    began = time.perf_counter()
    crowd = [threading.Thread(target=work) for _ in range(clients)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    return time.perf_counter() - began


def imports(product: Product) -> None:
    for name in ("cfpb_one_bank/complaints_2017_2020.csv.gz", "cfpb_rows_mixed/complaints.csv.gz"):
        path = DATA / name
        if not path.exists():
            say("import", f"not measured: {path} is not here")
            continue
        began = time.perf_counter()
        done = product.run(HUIYIN, "import", "complaints", str(path), "--mapping", "cfpb")
        took = time.perf_counter() - began
        line = next(
            (text for text in reversed(done.stdout.splitlines()) if "read" in text or "读取" in text),
            done.stderr[-300:],
        )
        rows = int("".join(ch for ch in line.split("read")[0] if ch.isdigit()) or 0)
        say("import", f"{rows / took:,.0f} rows/s whole process ({took:.1f} s)", f"{name}: {line}")


def dashboard() -> None:
    home = ROOT / "var" / "demo"
    if not (home / "huiyin.toml").exists():
        say("dashboard", "not measured: make the demo bank first (huiyin demo --no-serve)")
        return
    done = subprocess.run(
        [PYTHON, str(ROOT / "scripts" / "bench_pages.py")],
        env=os.environ | {"HUIYIN_HOME": str(home), "DJANGO_SETTINGS_MODULE": "huiyin.site.settings"},
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    print(done.stdout, end="")
    if done.returncode:
        say("dashboard", "failed", done.stderr[-500:])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", default=[])
    parser.add_argument("--database-url", default="")
    parser.add_argument("--port", type=int, default=8766)
    given = parser.parse_args()
    parts = given.parts or ["floor", "ledger", "http", "import", "dashboard"]
    engine = "PostgreSQL" if given.database_url else "SQLite"
    print(f"{machine()}; {engine}; load of other processes not excluded")
    with tempfile.TemporaryDirectory(prefix="huiyin-bench-") as scratch:
        home = Path(scratch)
        product = Product(home, given.port, given.database_url)
        made = product.run(HUIYIN, "init", "--yes")
        if made.returncode:
            print(made.stdout, made.stderr)
            return 1
        token = product.run(PYTHON, str(ROOT / "scripts" / "issue_token.py")).stdout.strip()
        if "floor" in parts:
            floor(home)
        if "ledger" in parts:
            ledger(product)
        if "import" in parts:
            imports(product)
        if "http" in parts:
            for name in product.commands:
                product.start(name)
            product.wait_until_up()
            try:
                http(product, token)
            finally:
                for name in product.commands:
                    product.kill(name)
    if "dashboard" in parts:
        dashboard()
    return 0


if __name__ == "__main__":
    sys.exit(main())
