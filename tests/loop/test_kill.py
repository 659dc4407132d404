"""Killed ten times under load: what was acknowledged is there once, whole, and the ledger verifies.

Each of the two passes of `make test` proves it on its own database, twenty kills in all; `make torture` does it 500 times on
both.
"""

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
import machine
import torture

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]
KILLS, SEED = 10, 20261122  # on each database: twenty in the gate


def test_ten_kills_lose_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    if not os.environ.get("HUIYIN_DATABASE_URL"):
        outcome, engine = killed(tmp_path / "home", ""), "SQLite"
    else:
        with machine.postgresql() as address:
            if address is None:
                pytest.skip("NO POSTGRESQL COULD BE STARTED: kill -9 is not proven on it here")
            outcome, engine = killed(tmp_path / "home", address), "PostgreSQL"
    with capfd.disabled():
        sys.stdout.write(f"\n{outcome.line(engine)}\n")
    assert not outcome.problems, "\n".join(outcome.problems)
    assert outcome.kills == KILLS
    assert outcome.mailed and outcome.called and outcome.posted
    assert len(outcome.acknowledged) >= KILLS  # there was a load to lose


def killed(home: Path, database_url: str) -> torture.Outcome:
    return torture.torture(home=home, database_url=database_url, kills=KILLS, seed=SEED, port=torture.free_port())
