"""Measure the product on this machine and print every figure with what it was measured on.

    .venv/bin/python scripts/bench.py                # everything that the data at hand allows
    .venv/bin/python scripts/bench.py ledger http    # some parts
    .venv/bin/python scripts/bench.py --database-url postgresql://…   # the same on an empty PostgreSQL database

Parts: floor (durable commits of this disk), ledger (appends, verification), clocks (a sweep of all, recomputing
100,000 from the ledger, clock check), http (complaints through the API and
through the public form at 1, 4 and 16 clients), cycle (create, take, answer, confirm), import (the public CFPB records,
where they are at hand), dashboard and lists (pages over the demo bank in var/demo, where it has been made).
"""

import argparse
import os
import platform
import re
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
from torture import HUIYIN, PYTHON, ROOT, Product, free_port

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


CLOCKS = """
import random, time
from datetime import timedelta, datetime, UTC
from huiyin.bank.clocks import actions, queries
from huiyin.bank.clocks.models import ClockRow
from huiyin.kernel.actor import machine
from huiyin.kernel.ids import new_id
rng, by = random.Random(2026), machine("bench")
start = datetime(2026, 1, 5, 1, tzinfo=UTC)
matters = [(new_id(), start + timedelta(minutes=5 * n), rng.choice(["simple", "complex", "exceptional"])) for n in range(16_700)]
def item(matter, at, complexity):
    then = [actions.Happened(matter, "complaint.acknowledged", at + timedelta(hours=1))]
    if rng.random() < 0.98:
        then.append(actions.Happened(matter, "complaint.decision_notified", at + timedelta(days=rng.randint(1, 20))))
    return actions.Arming(matter, "case", f"matter:{matter}", "complaint.received", {"complexity": complexity},
        {"received_at": at}, ("iso-house", "cn-nfra-complaint"), at, "", tuple(then))
for n in range(0, len(matters), 2000):
    actions.arm_many(items=[item(*m) for m in matters[n:n + 2000]], by=by, at=start, fresh=True)
for matter, at, _ in matters[:100]:
    actions.pause(subject=matter, reason="external", by=by, at=at + timedelta(hours=2))
    actions.resume(subject=matter, by=by, at=at + timedelta(days=3))
late = start + timedelta(days=90)
waiting = queries.waiting(late)
began = time.perf_counter()
rang = actions.sweep(by=by, at=late)
print(ClockRow.objects.count(), waiting, rang / (time.perf_counter() - began), queries.waiting(late), queries.quarantined())
"""


def clocks(product: Product) -> None:
    count, waiting, rate, left, aside = in_product(product, CLOCKS).split()
    say(
        "clocks",
        f"{float(rate):,.0f} clocks/s swept, {int(waiting):,} due of {int(count):,}",
        f"{left} left, {aside} set aside",
    )
    began = time.perf_counter()
    done = product.run(HUIYIN, "--lang", "en", "clock", "recompute")
    took = time.perf_counter() - began
    say(
        "clocks",
        f"recomputed in {took:.1f} s whole process, exit {done.returncode}",
        (done.stdout + done.stderr[-300:]).replace("\n", " ").strip(),
    )
    lines = "".join(
        f'{{"id":{n},"calendar":"cn-office","from":"2026-0{n % 8 + 1}-05T10:{n % 60:02d}:00+08:00","amount":{n % 40 + 1},"unit":"business_hour"}}\n'
        for n in range(50_000)
    )
    questions = Path(product.env["HUIYIN_HOME"]) / "questions.jsonl"
    questions.write_text(lines, "utf-8")
    began = time.perf_counter()
    product.run(HUIYIN, "clock", "check", str(questions))
    say("clocks", f"{50_000 / (time.perf_counter() - began):,.0f} lines/s of clock check, whole process")


BODY = {"channel": "phone", "text": "在人民路支行排队一个小时，窗口只开了两个。", "unit": "O0101"}
PARTS = ("floor", "ledger", "clocks", "http", "portal", "cycle", "import", "dashboard")


def phone() -> str:
    return f"139{time.perf_counter_ns() // 10 % 100_000_000:08d}"


class Caller:
    """One client with a connection of its own: the API, the public form, or the desk."""

    def __init__(self, product: Product, token: str, session: str = "") -> None:
        self.token = token
        self.web = httpx.Client(base_url=f"http://127.0.0.1:{product.port}", timeout=60)
        if session:
            self.web.cookies.set("sessionid", session)

    def create(self) -> dict[str, str]:
        body = BODY | {"customer": {"name": "王小明", "phone": phone()}}
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": str(uuid4())}
        answer = self.web.post("/api/v1/complaints", headers=headers, json=body)
        answer.raise_for_status()
        return dict(answer.json())

    def post(self, path: str, **data: str) -> None:
        """A form, with the token that its page would carry; the answer is a redirect."""
        if "csrftoken" not in self.web.cookies:
            self.web.get("/complain/")
        csrf = self.web.cookies["csrftoken"]
        answer = self.web.post(path, data=data, headers={"X-CSRFToken": csrf, "Referer": str(self.web.base_url)})
        if answer.status_code != 302:
            raise RuntimeError(f"{path}: {answer.status_code} {answer.text[-1500:]}")

    def fill_in(self) -> None:
        """The public form: four steps and the check page, six requests."""
        self.post("/complain/", text=BODY["text"])
        self.post("/complain/where/", where="人民路支行")
        self.post("/complain/wish/", wish="")
        self.post("/complain/contact/", name="王小明", phone=phone(), privacy="on")
        page = self.web.get("/complain/check/")
        found = re.search(r'name="key" value="([^"]+)"', page.text)
        if not found:
            raise RuntimeError(page.text[-1500:])
        self.post("/complain/check/", key=found[1])

    def version(self, case: str) -> str:
        page = self.web.get(f"/desk/cases/{case}/")
        found = re.search(r'name="version" value="(\d+)"', page.text)
        if not found:
            raise RuntimeError(f"{page.status_code}: no form on the case page")
        return found[1]


def measure(clients: int, seconds: float, work: Callable[[int], Callable[[], object]]) -> tuple[float, float]:
    """(done per second, 95th percentile in ms) of `work`, each client on its own connection."""
    times: list[float] = []
    stop = time.perf_counter() + seconds
    jobs = [work(n) for n in range(clients)]

    def run(job: Callable[[], object]) -> None:
        while time.perf_counter() < stop:
            began = time.perf_counter()
            job()
            times.append(time.perf_counter() - began)

    began = time.perf_counter()
    crowd = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    took = time.perf_counter() - began
    if not times:
        raise RuntimeError("nothing was answered: see the tracebacks above and torture.log of the scratch home")
    return len(times) / took, (statistics.quantiles(times, n=20)[-1] if len(times) > 1 else times[0]) * 1000


def http(product: Product, token: str) -> None:
    for clients in (1, 4, 16):
        rate, p95 = measure(clients, 8, lambda n: Caller(product, token).create)
        note = "POST /api/v1/complaints: vault, case, clocks, ledger and acknowledgement in the commit"
        say("http", f"{rate:,.1f} complaints/s, p95 {p95:,.0f} ms at {clients} clients", note)


def portal(product: Product, token: str) -> None:
    for clients in (1, 4, 16):
        rate, p95 = measure(clients, 8, lambda n: Caller(product, token).fill_in)
        note = "public form: four steps, check page, send (six requests each)"
        say("portal", f"{rate:,.1f} submissions/s, p95 {p95:,.0f} ms at {clients} clients", note)


def cycle(product: Product, token: str, session: str) -> None:
    """Create, take, answer (write and send), confirm; each a request of its own, by customer and handler."""

    def walk(n: int) -> Callable[[], None]:
        outside, desk = Caller(product, token), Caller(product, token, session)

        versions: list[str] = []  # of the case before take, reply and send: the same for every case

        def step(made: dict[str, str], number: int, verb: str, **data: str) -> None:
            if len(versions) == number:
                versions.append(desk.version(made["id"]))
            desk.post(f"/desk/cases/{made['id']}/{verb}/", version=versions[number], **data)

        def once() -> None:
            made = outside.create()
            step(made, 0, "take")
            step(made, 1, "reply", title="", text="经核实，已增开两个窗口，给您添麻烦了。", verified="on")
            step(made, 2, "send")
            outside.post(f"/track/{made['tracking_code']}/accept/")

        return once

    for clients in (1, 4):
        rate, p95 = measure(clients, 8, walk)
        note = "API create, take, write and send the answer, customer confirms: five requests"
        say("cycle", f"{rate:,.1f} life cycles/s, p95 {p95:,.0f} ms at {clients} clients", note)


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
    parser.add_argument("parts", nargs="*", default=[], choices=[*PARTS, []])
    parser.add_argument("--database-url", default="")
    given = parser.parse_args()
    parts = given.parts or PARTS
    engine = "PostgreSQL" if given.database_url else "SQLite"
    print(f"{machine()}; {engine}; load of other processes not excluded")
    with tempfile.TemporaryDirectory(prefix="huiyin-bench-") as scratch:
        home = Path(scratch)
        product = Product(home, free_port(), given.database_url)
        made = product.run(HUIYIN, "init", "--yes")
        if made.returncode:
            print(made.stdout, made.stderr)
            return 1
        session, token = product.run(PYTHON, str(ROOT / "scripts" / "issue_token.py")).stdout.split()
        if "floor" in parts:
            floor(home)
        if "ledger" in parts:
            ledger(product)
        if "clocks" in parts:
            clocks(product)
        if "import" in parts:
            imports(product)
        if {"http", "portal", "cycle"} & set(parts):
            for name in product.commands:
                product.start(name)
            product.wait_until_up()
            try:
                if "http" in parts:
                    http(product, token)
                if "portal" in parts:
                    portal(product, token)
                if "cycle" in parts:
                    cycle(product, token, session)
            finally:
                for name in product.commands:
                    product.kill(name)
    if "dashboard" in parts:
        dashboard()
    return 0


if __name__ == "__main__":
    sys.exit(main())
