"""Kill the product again and again under load, then count: nothing lost, nothing doubled, the ledger whole.

    .venv/bin/python scripts/torture.py --kills 20                     # SQLite, then a PostgreSQL of its own
    .venv/bin/python scripts/torture.py --kills 500 --only sqlite
    .venv/bin/python scripts/torture.py --database-url postgresql://…  # an empty database of yours

Clients post complaints through POST /api/v1/complaints, each with an Idempotency-Key, retrying every request
until it is acknowledged, as a careful client does; another system posts signed webhooks in the same way, and
customers write mails to a mailbox that the tick looks into, and
a monitoring service tells of public posts. Meanwhile web, worker and tick are killed with SIGKILL at
random moments and started again. At the end every acknowledged complaint must be present once, no key may have
made two, every mail must have become one voice and its copy none,
every post must be kept once, every voice must have its case and its ledger entries, and `huiyin verify --ledger` must find nothing.
"""

import argparse
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from uuid import uuid4

import machine
import torture_channels

ROOT = Path(__file__).resolve().parents[1]
PYTHON = str(ROOT / ".venv" / "bin" / "python")
HUIYIN = str(ROOT / ".venv" / "bin" / "huiyin")


@dataclass
class Outcome:
    kills: int = 0
    acknowledged: dict[str, str] = field(default_factory=dict)
    retries: int = 0
    mailed: list[str] = field(default_factory=list)
    called: dict[str, str] = field(default_factory=dict)
    posted: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    seconds: float = 0

    def line(self, engine: str) -> str:
        return (
            f"{engine}: {self.kills} kills in {self.seconds:.0f} s, {len(self.acknowledged)} complaints acknowledged, "
            f"{len(self.mailed)} mails, {len(self.called)} webhooks, {len(self.posted)} posts, "
            f"{self.retries} retries, {len(self.problems)} broken promises"
        )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Product:
    """Web, worker and tick as three processes that can be killed one by one."""

    def __init__(self, home: Path, port: int, database_url: str) -> None:
        self.port = port
        self.env = os.environ | {
            "HUIYIN_HOME": str(home),
            "HUIYIN_DATABASE_URL": database_url,
            "HUIYIN_BASE_URL": f"http://127.0.0.1:{port}",
            "HUIYIN_ALLOWED_HOSTS": "127.0.0.1,localhost",
            "HUIYIN_SUBMISSIONS_PER_HOUR": "1000000",
            "DJANGO_SETTINGS_MODULE": "huiyin.site.settings",
        }
        self.log = (home / "torture.log").open("ab")
        self.parts: dict[str, subprocess.Popen[bytes]] = {}
        self.commands = {
            "web": [
                str(ROOT / ".venv/bin/granian"),
                "--interface",
                "wsgi",
                "--host",
                "127.0.0.1",
                "--port",
                str(port),
                "--workers",
                "1",
                "--blocking-threads",
                "4",
                "--no-ws",
                "huiyin.site.wsgi:application",
            ],
            "worker": [PYTHON, str(ROOT / "manage.py"), "db_worker", "--interval", "0.3"],
            "tick": [HUIYIN, "tick", "--loop", "--every", "1"],
        }

    def start(self, name: str) -> None:
        self.parts[name] = subprocess.Popen(
            self.commands[name], env=self.env, cwd=ROOT, stdout=self.log, stderr=self.log, start_new_session=True
        )

    def kill(self, name: str) -> None:
        part = self.parts[name]
        with suppress(ProcessLookupError):
            os.killpg(part.pid, signal.SIGKILL)
        part.wait()

    def wait_until_up(self, seconds: float = 180) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2).read()
                return
            except urllib.error.HTTPError:
                return
            except (OSError, HTTPException):
                time.sleep(0.1)
        raise RuntimeError("the web process did not come up; see torture.log")

    def prepare(self, outcome: Outcome) -> str:
        """An empty institution and a token for it; "" with the reason in `outcome.problems`."""
        made = self.run(HUIYIN, "init", "--yes")
        if made.returncode:
            outcome.problems.append(f"init failed: {made.stdout}{made.stderr}")
            return ""
        issued = self.run(PYTHON, str(ROOT / "scripts" / "issue_token.py"))
        if issued.returncode:
            outcome.problems.append(f"no token: {issued.stderr}")
            return ""
        return issued.stdout.split()[-1]

    def open_channels(self, outcome: Outcome) -> torture_channels.Mailbox | None:
        """A mailbox on an IMAP server that is not killed, and a signed webhook."""
        box = torture_channels.Mailbox(free_port(), outcome.mailed)
        box.start()
        opened = self.run(PYTHON, str(ROOT / "scripts" / "torture_channels.py"), "open", str(box.port))
        if opened.returncode:
            outcome.problems.append(f"no channels: {opened.stderr[-500:]}")
            box.stop()
            return None
        return box

    def settle(self) -> None:
        """What the tick finishes after a crash: submissions that are safe and not heard yet wait ten seconds."""
        self.run(HUIYIN, "tick")
        time.sleep(11)
        self.run(HUIYIN, "tick")
        self.run(PYTHON, str(ROOT / "scripts" / "torture_channels.py"), "finish")
        self.run(HUIYIN, "tick")  # seals what that wrote

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, env=self.env, cwd=ROOT, capture_output=True, text=True, check=False)


def client(product: Product, token: str, outcome: Outcome, stop: threading.Event, seed: int) -> None:
    """Post complaints one after another; retry the same key until an answer is given."""
    rng = random.Random(seed)
    while not stop.is_set():
        key = str(uuid4())
        body = json.dumps(
            {
                "channel": "phone",
                "text": f"取号排队{rng.randint(30, 90)}分钟，窗口只开了两个。",
                "customer": {"name": "王小明", "phone": f"138{rng.randint(0, 99_999_999):08d}"},
            }
        ).encode()
        while True:
            request = urllib.request.Request(
                f"http://127.0.0.1:{product.port}/api/v1/complaints",
                data=body,
                method="POST",
                headers={
                    "Authorization": f"Bearer {token}",
                    "Idempotency-Key": key,
                    "Content-Type": "application/json",
                },
            )
            try:
                with urllib.request.urlopen(request, timeout=10) as answer:
                    outcome.acknowledged[key] = json.load(answer)["id"]
                break
            except urllib.error.HTTPError as error:
                if error.code < 500:
                    outcome.problems.append(f"refused with {error.code}: {error.read()[:300]!r}")
                    stop.set()
                    return
            except (OSError, ValueError, HTTPException):  # also an answer that a kill cut off
                pass
            outcome.retries += 1
            if stop.is_set() and outcome.retries > 100_000:
                return
            time.sleep(0.15)


def let_some_through(outcome: Outcome, rng: random.Random, stop: threading.Event) -> None:
    """Kill under load, not during start-up: wait for a few new answers, then a random moment longer."""
    had, end = len(outcome.acknowledged), time.monotonic() + 20
    while len(outcome.acknowledged) < had + 4 and time.monotonic() < end and not stop.is_set():
        time.sleep(0.02)
    time.sleep(rng.uniform(0, 0.8))


def torture(*, home: Path, database_url: str, kills: int, seed: int, port: int, clients: int = 4) -> Outcome:
    """Run the whole ordeal; `outcome.problems` is empty when every promise held."""
    outcome, began = Outcome(), time.monotonic()
    home.mkdir(parents=True, exist_ok=True)
    product = Product(home, port, database_url)
    token = product.prepare(outcome)
    if not token:
        return outcome
    box = product.open_channels(outcome)
    if box is None:
        return outcome
    for name in product.commands:
        product.start(name)
    product.wait_until_up()
    stop = threading.Event()
    crowd = [threading.Thread(target=client, args=(product, token, outcome, stop, n)) for n in range(clients)]
    most = kills * 6
    crowd.append(threading.Thread(target=box.write, args=(stop, most)))
    crowd.append(
        threading.Thread(target=torture_channels.call, args=(port, outcome.called, outcome.problems, stop, most))
    )
    watch = (port, outcome.posted, outcome.problems, stop, most, "watch", torture_channels.seen)
    crowd.append(threading.Thread(target=torture_channels.call, args=watch))
    for thread in crowd:
        thread.start()
    try:
        strike(product, outcome, stop, kills, random.Random(seed))
    finally:
        stop.set()
        for thread in crowd:
            thread.join(timeout=120)
        for name in product.commands:
            product.kill(name)
    product.settle()
    box.stop()
    outcome.problems += judge(product, outcome)
    outcome.seconds = time.monotonic() - began
    return outcome


def strike(product: Product, outcome: Outcome, stop: threading.Event, kills: int, rng: random.Random) -> None:
    """Most kills hit the web process; some hit the tick, the worker, or all three as a power cut does."""
    while outcome.kills < kills and not stop.is_set():
        let_some_through(outcome, rng, stop)
        names = rng.choice([["web"], ["web"], ["web"], ["worker"], ["tick"], ["web", "worker", "tick"]])
        for name in names:
            product.kill(name)
        outcome.kills += 1
        for name in names:
            product.start(name)
        if "web" in names:
            product.wait_until_up()


def judge(product: Product, outcome: Outcome) -> list[str]:
    """Compare what the clients were told with what is in the tables and in the ledger."""
    with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False) as kept:
        told = {"told": outcome.acknowledged, "mailed": outcome.mailed, "called": outcome.called}
        json.dump(told | {"posted": outcome.posted}, kept)
    counted = product.run(PYTHON, str(ROOT / "scripts" / "torture_judge.py"), kept.name)
    problems = [line for line in counted.stdout.splitlines() if line]
    if counted.returncode not in (0, 1):
        problems.append(f"the judge failed: {counted.stderr[-800:]}")
    verified = product.run(HUIYIN, "verify", "--ledger")
    if verified.returncode:
        problems.append(f"ledger: {verified.stdout[-800:]}{verified.stderr[-300:]}")
    return problems


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--database-url", default="", help="a PostgreSQL of your own instead of both databases")
    parser.add_argument("--only", choices=("sqlite", "postgresql"), default="")
    parser.add_argument("--home", default="", help="kept for a look afterwards; default: a scratch folder")
    given = parser.parse_args()
    sound = True
    if given.only != "postgresql" and not given.database_url:
        sound &= ordeal("SQLite", given, "")
    if given.database_url:
        sound &= ordeal("PostgreSQL", given, given.database_url)
    elif given.only != "sqlite":
        with machine.postgresql() as address:
            if address is None:
                print("!!! NO POSTGRESQL HERE: nothing is proven about it !!!")
            sound &= address is not None and ordeal("PostgreSQL", given, address)
    return 0 if sound else 1


def ordeal(engine: str, given: argparse.Namespace, database_url: str) -> bool:
    home = Path(given.home or tempfile.mkdtemp(prefix="huiyin-torture-")) / engine.lower()
    outcome = torture(home=home, database_url=database_url, kills=given.kills, seed=given.seed, port=free_port())
    print(f"{outcome.line(engine)} (seed {given.seed}, home {home})", flush=True)
    for problem in outcome.problems:
        print("  " + problem)
    return not outcome.problems


if __name__ == "__main__":
    sys.exit(main())
