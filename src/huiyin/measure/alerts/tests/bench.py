"""`python -m huiyin.measure.alerts.tests.bench [replicates]`: the detector beside an oracle on the 42 scenarios."""

import sys
import time

import numpy as np
import numpy.typing as npt

from huiyin.measure.alerts.rules import baseline, chance
from huiyin.measure.alerts.tests import simulator
from huiyin.measure.alerts.tests.simulator import TESTED, WEEKS, World

Floats = npt.NDArray[np.float64]
WINDOWS = (1, 2)
HOLD = np.array([0.0, 1.0, 1.0, 1.0, 4.0, 4.0])


def tails(made: World, window: int = baseline.WINDOW) -> Floats:
    """p of every series in each of the last 49 weeks, each fitted on the weeks before it only: windows x series x weeks."""
    found = np.ones((len(WINDOWS), len(made.k), TESTED))
    last = None
    for j, now in enumerate(range(WEEKS - TESTED, WEEKS)):
        span = baseline.span(now, window)
        columns = baseline.terms(span.weeks)
        x = baseline.design(np.arange(span.start, span.stop), columns, span.stop)
        last = baseline.fit(made.counts[:, span.start : span.stop], x, tightness=HOLD[:columns], start=last)
        for i, length in enumerate(WINDOWS):
            rows = baseline.design(np.arange(now - length + 1, now + 1), columns, span.stop)
            mean, variance = baseline.predict(last, rows)
            found[i, :, j] = chance.upper_tail(made.counts[:, now - length + 1 : now + 1].sum(1), mean, variance)
    return found


def combined(p: Floats) -> Floats:
    """The smaller of the two windows, paid for twice."""
    return np.minimum(1.0, 2 * p.min(0))


def level_at(made: World, p: Floats, fpr: float) -> float:
    """The alpha at which the false-alarm rate is just below `fpr`."""
    low, high = 1e-5, 0.2
    for _ in range(30):
        middle = (low * high) ** 0.5
        if simulator.score(made, combined(p) <= middle).fpr > fpr:
            high = middle
        else:
            low = middle
    return low


def discoveries(made: World, p: Floats, q: float) -> tuple[float, float, float]:
    """Benjamini-Hochberg per week over all series: (alarms a week, share of false ones, POD)."""
    alarm = np.stack([chance.discoveries(combined(p)[:, j], np.ones(len(made.k)), q) for j in range(TESTED)], 1)
    surge = made.surge[:, -TESTED:] > 0
    total = max(int(alarm.sum()), 1)
    return float(alarm.sum() / TESTED), float((alarm & ~surge).sum() / total), simulator.score(made, alarm).pod


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


def main(replicates: int) -> None:
    made = simulator.world(replicates, seed=1)
    began = time.process_time()
    ours = tails(made)
    spent = time.process_time() - began
    rivals = {"oracle": simulator.oracle(made), "huiyin": ours}
    _say(
        f"42 scenarios x {replicates}, {len(made.k) * TESTED:,} series-weeks; {len(made.k) * TESTED / spent:,.0f} per CPU-second"
    )
    for name, p in rivals.items():
        for alpha in (0.01, level_at(made, p, 0.01)):
            s = simulator.score(made, combined(p) <= alpha)
            by_k = " ".join(f"{x:.2f}" for x in s.pod_by_k[5:])
            _say(
                f"{name:8} alpha {alpha:.4f}  FPR {s.fpr:.4f}  POD {s.pod:.3f}  first week {s.pod_first:.3f}  "
                f"sens {s.sensitivity:.3f}  PPV {s.ppv:.3f}  F1 {s.f1:.3f}  POD k=6..10 {by_k}"
            )
        for q in (0.02, 0.1, 0.2):
            weekly, false, pod = discoveries(made, p, q)
            _say(f"{name:8} BH q={q:.2f}  {weekly:.1f} alarms a week  false share {false:.3f}  POD {pod:.3f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
