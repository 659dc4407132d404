"""Kill the product again and again under load, then count: nothing lost, nothing doubled, the ledger whole.

    .venv/bin/python scripts/torture.py --kills 20            # SQLite in a scratch home
    .venv/bin/python scripts/torture.py --kills 500 --database-url postgres://…

Clients post complaints through POST /api/v1/complaints, each with an Idempotency-Key, retrying every request
until it is acknowledged, as a careful client does. Meanwhile web, worker and tick are killed with SIGKILL at
random moments and started again. At the end every acknowledged complaint must be present once, no key may have
made two, every voice must have its case and its ledger entries, and `huiyin verify --ledger` must find nothing.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

ROOT = Path(__file__).resolve().parents[1]
PYTHON = str(ROOT / ".venv" / "bin" / "python")
HUIYIN = str(ROOT / ".venv" / "bin" / "huiyin")


@dataclass
class Outcome:
    kills: int = 0
    acknowledged: dict[str, str] = field(default_factory=dict)
    retries: int = 0
    problems: list[str] = field(default_factory=list)


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
        try:
            os.killpg(part.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        part.wait()

    def wait_until_up(self, seconds: float = 180) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2).read()
                return
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("the web process did not come up; see torture.log")

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
            except (OSError, ValueError):
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
    rng = random.Random(seed)
    outcome = Outcome()
    home.mkdir(parents=True, exist_ok=True)
    product = Product(home, port, database_url)
    made = product.run(HUIYIN, "init", "--yes")
    if made.returncode:
        outcome.problems.append(f"init failed: {made.stdout}{made.stderr}")
        return outcome
    issued = product.run(PYTHON, str(ROOT / "scripts" / "issue_token.py"))
    if issued.returncode:
        outcome.problems.append(f"no token: {issued.stderr}")
        return outcome
    token = issued.stdout.strip().splitlines()[-1]
    for name in product.commands:
        product.start(name)
    product.wait_until_up()
    stop = threading.Event()
    crowd = [threading.Thread(target=client, args=(product, token, outcome, stop, n)) for n in range(clients)]
    for thread in crowd:
        thread.start()
    try:
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
    finally:
        stop.set()
        for thread in crowd:
            thread.join(timeout=60)
        time.sleep(2)
        for name in product.commands:
            product.kill(name)
    product.run(HUIYIN, "tick")
    outcome.problems += judge(product, outcome)
    return outcome


def judge(product: Product, outcome: Outcome) -> list[str]:
    """Compare what the clients were told with what is in the tables and in the ledger."""
    with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False) as kept:
        json.dump(outcome.acknowledged, kept)
    counted = product.run(PYTHON, str(ROOT / "scripts" / "torture_judge.py"), kept.name)
    problems = [line for line in counted.stdout.splitlines() if line]
    if counted.returncode not in (0, 1):
        problems.append(f"the judge failed: {counted.stderr[-800:]}")
    verified = product.run(HUIYIN, "verify", "--ledger")
    if verified.returncode:
        problems.append(f"ledger: {verified.stdout[-800:]}{verified.stderr[-300:]}")
    return problems


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--port", type=int, default=8765)
    parser.add_argument("--database-url", default="")
    parser.add_argument("--home", default="")
    given = parser.parse_args()
    home = Path(given.home or tempfile.mkdtemp(prefix="huiyin-torture-"))
    started = time.monotonic()
    outcome = torture(home=home, database_url=given.database_url, kills=given.kills, seed=given.seed, port=given.port)
    engine = "PostgreSQL" if given.database_url else "SQLite"
    print(
        f"{engine}: {outcome.kills} kills in {time.monotonic() - started:.0f} s, {len(outcome.acknowledged)} complaints "
        f"acknowledged, {outcome.retries} retries, {len(outcome.problems)} problems (seed {given.seed}, home {home})"
    )
    for problem in outcome.problems:
        print("  " + problem)
    return 1 if outcome.problems else 0


if __name__ == "__main__":
    sys.exit(main())
