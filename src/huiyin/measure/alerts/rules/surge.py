"""Surges, looked for week by week as they would have been: test, sieve, explain, follow.

A finding is one event. Cells that signal only because they contain, share or are contained in the cell that
surged are part of its explanation, and weeks that go on signalling are part of its episode.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from huiyin.measure.alerts.rules import chance
from huiyin.measure.alerts.rules.expected import Expected, Forecaster
from huiyin.measure.alerts.rules.lattice import ANY, Lattice

Floats = npt.NDArray[np.float64]

Q = 0.02  # share of chance among the cells found in a week; of the events, about one in ten: docs/alerts.md
CEILING = 0.001  # and no finding is less sure than this, however busy the week
LEAST = 5.0  # no count below this is ever reported
FIRST_WEEK = 12  # weeks of history before anything is said
WEEKLY, MONTHLY = (1, 2), (1, 2, 4)
MONTHS_FROM = 104
MOST = 0.7  # "explains most of the excess"
BREAKOUT = 1e-4
WIDE = 0.01  # what is left of a cell without its loudest parts is still unusual
QUIET = 6  # weeks without a signal that end an episode
LONGEST = 26  # weeks after which what still goes on is told again
ECHO = 52  # weeks for which the parts of what has risen are no news of their own
RECENT = 3
NOTABLE = 1.645  # a week this many deviations high belongs to the run that led to the signal
LONGEST_RUN = 8
CONTRIBUTORS = 5
SHOWN = 60  # weeks on a chart


@dataclass(frozen=True)
class Part:
    """A cell that carries a share of the excess."""

    cell: dict[str, str]
    observed: float
    expected: float
    share: float


@dataclass(frozen=True)
class Finding:
    """One event, as it stood in the week it was first seen."""

    cell: dict[str, str]
    since: date
    seen: date  # the Sunday after which it could be known
    weeks: int  # length of the window that signalled
    observed: float
    expected: float
    upper: float  # the highest count that would still have been ordinary (99 %)
    p: float
    explained_by: tuple[Part, ...]
    series: tuple["Bar", ...]


@dataclass(frozen=True)
class Bar:
    """One week of a finding's chart: what was counted, what was expected, what would still have been ordinary."""

    monday: date
    observed: float
    expected: float | None
    upper: float | None


@dataclass
class Episode:
    core: int
    last: int
    began: int
    rises: list[float]  # observed / expected of the core in each week with a signal
    members: set[int] = field(default_factory=set)


def surges(cells: Lattice, monday: date, first: int, last: int, q: float = Q) -> Iterator[tuple[int, list[Finding]]]:
    """(week, what was newly found) for each week first..last; week 0 begins on `monday`."""
    forecaster = Forecaster(cells)
    phase = monday.timetuple().tm_yday / 7
    episodes: list[Episode] = []
    past: list[Episode] = []
    total = np.cumsum(cells.counts, axis=1)
    begin = max(FIRST_WEEK, first - LONGEST_RUN - 52)  # a year of forecasts makes the record
    walked = _Walked(cells, monday)
    for now in range(begin, last + 1):
        ends_month = (monday + timedelta(7 * now + 13)).month != (monday + timedelta(7 * now + 6)).month
        windows = MONTHLY if ends_month and now >= MONTHS_FROM else WEEKLY
        expected = forecaster.week(now, windows, phase)
        walked.keep(now, expected)
        past = [e for e in past if e.last > now - ECHO] + [e for e in episodes if not _goes_on(e, now)]
        episodes = [e for e in episodes if _goes_on(e, now)]
        found = []
        for core, window, p, parts in _events(cells, expected, total[:, now] >= LEAST, q, episodes, past, now):
            i = windows.index(window)
            found.append(
                Finding(
                    cell=cells.name(core),
                    since=monday + timedelta(7 * walked.began(core, now, window)),
                    seen=monday + timedelta(7 * now + 6),
                    weeks=window,
                    observed=float(expected.observed[i, core]),
                    expected=round(float(expected.mean[i, core]), 2),
                    upper=ordinary(float(expected.mean[i, core]), float(expected.variance[i, core])),
                    p=p,
                    explained_by=parts,
                    series=walked.bars(core, now),
                )
            )
        if now >= first:
            yield now, found


def _goes_on(episode: Episode, now: int) -> bool:
    return episode.last >= now - QUIET and episode.began > now - LONGEST


def ordinary(mean: float, variance: float, level: float = 0.01) -> float:
    """The highest count that chance still reaches in one of a hundred cases."""
    count = np.arange(1, int(mean + 12 * np.sqrt(variance) + 12), dtype=float)
    tail = chance.upper_tail(count, np.full_like(count, mean), np.full_like(count, variance))
    return float(count[int(np.argmax(tail < level))] - 1)


class _Walked:
    """The weekly forecasts made so far, for the charts and for the beginning of an event."""

    def __init__(self, cells: Lattice, monday: date) -> None:
        self.cells, self.monday = cells, monday
        self.mean = np.full(cells.counts.shape, np.nan)
        self.variance = np.full(cells.counts.shape, np.nan)

    def keep(self, now: int, expected: Expected) -> None:
        self.mean[:, now], self.variance[:, now] = expected.mean[0], expected.variance[0]

    def began(self, cell: int, now: int, window: int) -> int:
        """The first week of the run of notable weeks that led to the signal."""
        spread = np.sqrt(np.maximum(self.variance[cell, : now + 1], 0.5))
        deviation = (self.cells.counts[cell, : now + 1] - self.mean[cell, : now + 1]) / spread
        began = now
        while began > 0 and now - began < LONGEST_RUN and deviation[began - 1] >= NOTABLE:
            began -= 1
        if window > 1 and began == now and deviation[now - 1] > 0:
            began = now - window + 1
        return began

    def bars(self, cell: int, now: int) -> tuple[Bar, ...]:
        found = []
        for week in range(max(0, now - SHOWN + 1), now + 1):
            mean, variance = float(self.mean[cell, week]), float(self.variance[cell, week])
            known = not np.isnan(mean)
            found.append(
                Bar(
                    self.monday + timedelta(7 * week),
                    float(self.cells.counts[cell, week]),
                    round(mean, 2) if known else None,
                    ordinary(mean, variance) if known else None,
                )
            )
        return tuple(found)


@dataclass(frozen=True)
class _Week:
    """One week's tests over all cells; the smallest p over the windows, corrected for their number."""

    cells: Lattice
    expected: Expected
    p: Floats
    best: npt.NDArray[np.int64]
    level: float

    def excess(self, cell: int, window: int) -> float:
        return float(self.expected.observed[window, cell] - self.expected.mean[window, cell])

    def tail(self, cell: int, observed: float, mean: float) -> float:
        window = self.best[cell]
        variance = self.expected.variance[window, cell] * (mean / max(float(self.expected.mean[window, cell]), 1e-9))
        raw = chance.upper_tail(np.array([observed]), np.array([mean]), np.array([variance]))
        return min(1.0, float(raw[0]) * len(self.expected.windows))

    def rise(self, cell: int) -> float:
        """Observed over expected, in the window that speaks loudest."""
        window = self.best[cell]
        return float(self.expected.observed[window, cell] / max(float(self.expected.mean[window, cell]), 1e-9))

    def broke_out(self, episode: Episode) -> bool:
        """Has an event grown far beyond what it had been when told, and on average since? Then it is news again."""
        core = episode.core
        settled = episode.rises[:-RECENT] or episode.rises[:1]
        known = max(1.0, episode.rises[0], sum(settled) / len(settled))
        observed = float(self.expected.observed[self.best[core], core])
        mean = float(self.expected.mean[self.best[core], core])
        return self.tail(core, observed, mean * known) <= BREAKOUT

    def echoes(self, cell: int, episode: Episode) -> bool:
        """Is `cell` only a part of what rose then? A sparse part learns the new level later than the whole."""
        if cell == episode.core or not self.cells.contains(episode.core, cell):
            return False
        window = int(self.best[cell])
        observed, mean = float(self.expected.observed[window, cell]), float(self.expected.mean[window, cell])
        rose = max(1.0, sum(episode.rises) / len(episode.rises))
        return self.tail(cell, observed, mean * rose) > self.level

    def explained(self, cell: int, core: int) -> bool:
        """Would `cell` be unremarkable but for what happened in `core`?"""
        window = int(self.best[cell])
        observed, mean = float(self.expected.observed[window, cell]), float(self.expected.mean[window, cell])
        if self.cells.contains(core, cell):
            rise = self.expected.observed[window, core] / max(float(self.expected.mean[window, core]), 1e-9)
            return self.tail(cell, observed, mean * max(1.0, float(rise))) > self.level
        shared = self.cells.meet(cell, core)
        if shared is None:
            return False
        return self.tail(cell, observed - max(0.0, self.excess(shared, window)), mean) > self.level


def _events(
    cells: Lattice,
    expected: Expected,
    active: npt.NDArray[np.bool_],
    q: float,
    episodes: list[Episode],
    past: list[Episode],
    now: int,
) -> Iterator[tuple[int, int, float, tuple[Part, ...]]]:
    """New events of this week: (cell, window, p, parts). Open episodes take what belongs to them first."""
    tails = chance.upper_tail(expected.observed, expected.mean, expected.variance)
    tails = np.where(expected.observed >= LEAST, tails, 1.0)
    p = np.minimum(1.0, tails.min(0) * len(expected.windows))
    best = tails.argmin(0)
    reach = chance.upper_tail(np.full(len(p), LEAST), expected.mean[-1], expected.variance[-1])
    reach = np.minimum(1.0, reach * len(expected.windows))
    tested = np.nonzero(active)[0]
    chosen = tested[chance.discoveries(p[tested], reach[tested], q)]
    chosen = chosen[p[chosen] <= CEILING]
    if not len(chosen):
        return
    week = _Week(cells, expected, p, best, float(p[chosen].max()))
    strength = (expected.observed[best[chosen], chosen] - expected.mean[best[chosen], chosen]) / np.sqrt(
        expected.variance[best[chosen], chosen]
    )
    left = [int(c) for c in chosen[np.lexsort((-strength, p[chosen]))]]
    for episode in [e for e in episodes if not week.broke_out(e)]:
        mine = {c for c in left if c in episode.members or week.explained(c, episode.core)}
        if mine:
            episode.last = now
            episode.rises.append(week.rise(episode.core))
            left = [c for c in left if c not in mine]
    episodes[:] = [e for e in episodes if not week.broke_out(e)]
    left = [c for c in left if not any(week.echoes(c, e) for e in past)]
    while left:
        head = _widest(week, left[0], left)
        core = _smallest(week, head, left)
        inside = cells.inside(core)
        members = {c for c in left if c in (head, core) or inside[c] or week.explained(c, core)}
        left = [c for c in left if c not in members]
        window = expected.windows[best[core]]
        bigger = _bigger_sibling(week, core, episodes)
        if bigger is not None:
            bigger.last = now
            bigger.members |= members
            continue
        episodes.append(Episode(core, now, now, [week.rise(core)], members))
        yield core, window, float(p[core]), _parts(week, core, inside)


def _widest(week: _Week, head: int, significant: list[int]) -> int:
    """A cell above `head` that stands out even without its three loudest parts of that kind: the event is that wide."""
    fixed = week.cells.codes[head] != ANY
    alike = [c for c in significant if (week.cells.codes[c][fixed] != ANY).all()]
    for above in significant:
        if above == head or not week.cells.contains(above, head):
            continue
        window = int(week.best[above])
        loudest = _loudest(week, above, window, alike, 3)
        rest = float(week.expected.observed[window, above]) - sum(week.excess(c, window) for c in loudest)
        if week.tail(above, rest, float(week.expected.mean[window, above])) <= WIDE:
            return above
    return head


def _loudest(week: _Week, core: int, window: int, among: list[int], most: int) -> list[int]:
    """Cells inside `core` with the largest excess that do not overlap."""
    chosen: list[int] = []
    inside = [c for c in among if week.cells.contains(core, c) and week.excess(c, window) > 0]
    for cell in sorted(inside, key=lambda c: (-week.excess(c, window), c)):
        if len(chosen) < most and all(week.cells.meet(cell, other) is None for other in chosen):
            chosen.append(cell)
    return chosen


def _smallest(week: _Week, head: int, significant: list[int]) -> int:
    """The smallest significant cell inside `head` that carries most of its excess."""
    window = int(week.best[head])
    whole = week.excess(head, window)
    within = week.cells.inside(head)
    fixed = (week.cells.codes != ANY).sum(1)
    rivals = [c for c in significant if within[c] and week.excess(c, window) >= MOST * whole]
    return max(rivals, key=lambda c: (fixed[c], week.excess(c, window), -c), default=head)


def _bigger_sibling(week: _Week, core: int, episodes: list[Episode]) -> Episode | None:
    """The open episode of a sibling with a larger excess, where the cell above both stands out as well."""
    window = int(week.best[core])
    for episode in episodes:
        above = week.cells.join(core, episode.core)
        if (
            above is not None
            and week.p[above] <= week.level
            and week.excess(episode.core, window) >= week.excess(core, window)
        ):
            return episode
    return None


def _parts(week: _Week, core: int, inside: npt.NDArray[np.bool_]) -> tuple[Part, ...]:
    """The cells below that carry the excess, largest first and not overlapping; the cell itself if it is spread."""
    window = int(week.best[core])
    observed, mean = week.expected.observed[window], week.expected.mean[window]
    excess = observed - mean
    whole = max(float(excess[core]), 1e-9)
    below = np.nonzero(inside & (observed >= 3) & (excess >= 0.1 * whole) & (week.p <= 0.01))[0]
    chosen = _loudest(week, core, window, [int(c) for c in below if c != core], CONTRIBUTORS)
    return tuple(
        Part(
            week.cells.name(c),
            float(observed[c]),
            round(float(mean[c]), 2),
            round(min(1.0, float(excess[c]) / whole), 3),
        )
        for c in chosen or [core]
    )
