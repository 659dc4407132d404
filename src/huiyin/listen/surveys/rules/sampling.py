"""Whom to ask: how many in each stratum, how they are shared out, and who is drawn.

The size is that of a finite population, n = N·z²p(1−p) / (e²(N−1) + z²p(1−p)) (Cochran 1977, 4.2). The draw orders the
people of a stratum by a keyed hash of the seed and takes the first: the same seed, the same people, on any machine.
"""

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from huiyin.kernel.label import Label

Z = {90: 1.6448536269514722, 95: 1.959963984540054, 99: 2.5758293035489004}
LEAST = 5
"""Answers of a stratum below which nothing of it is shown; every stratum is asked for at least so many."""

ALLOCATIONS = (
    Label("each", "每层都达到误差要求", "Every stratum meets the margin"),
    Label("proportional", "按各层人数分配", "In proportion to the strata"),
    Label("equal", "各层相同", "The same number in every stratum"),
    Label("neyman", "按人数与评分离散程度分配（内曼）", "By size and spread of past scores (Neyman)"),
)
ALLOCATION = {label.code: label for label in ALLOCATIONS}
STRATA = (
    Label("unit", "机构", "Unit"),
    Label("product", "业务", "Product"),
    Label("channel", "受理渠道", "Channel"),
    Label("segment", "客群", "Segment"),
)
FRAMES = (
    Label("closed", "期间内办结事项的客户", "Customers whose matter was closed in the period"),
    Label("voices", "期间内反映过意见的客户", "Customers who told us something in the period"),
    Label("list", "导入的名单", "An imported list"),
)
FRAME = {label.code: label for label in FRAMES}
WHY_NOT = (
    Label("opted_out", "客户已拒绝接收调查", "asked not to be surveyed"),
    Label("fatigue", "近期已邀请过", "was invited a short while ago"),
    Label("no_address", "没有可用的联系方式", "left no address for this channel"),
)
WHY = {label.code: label for label in WHY_NOT}


@dataclass(frozen=True)
class Plan:
    """Per stratum: `answers` needed and `invited` so that they come back at the expected rate."""

    frame: int
    answers: int
    invited: int


def needed(population: int, margin: float, confidence: int = 95, p: float = 0.5) -> int:
    """Answers needed from a population for a margin of error (0.05 is ±5 points). 385 of very many; all of very few."""
    if population <= 0:
        return 0
    spread = Z[confidence] ** 2 * p * (1 - p)
    return min(population, math.ceil(population * spread / (margin**2 * (population - 1) + spread) - 1e-9))


def margin_of_error(n: int, population: int, confidence: int = 95, p: float = 0.5, deff: float = 1.0) -> float | None:
    """The half-width that n answers of a population give, with the finite-population correction."""
    if n <= 0:
        return None
    rest = (population - n) / (population - 1) if population > 1 and n < population else 0.0
    return Z[confidence] * math.sqrt(deff * p * (1 - p) / n * rest)


def share_out(
    sizes: Sequence[int], *, margin: float, confidence: int, how: str, p: float = 0.5, spreads: Sequence[float] = ()
) -> list[int]:
    """Answers wanted from each stratum. Never more than there are; never fewer than LEAST where there are so many.

    `spreads`: the standard deviation of past scores in each stratum, for Neyman's allocation (n_h ∝ N_h·S_h).
    """
    if how == "each":
        return [needed(size, margin, confidence, p) for size in sizes]
    total = needed(sum(sizes), margin, confidence, p)
    weights: list[float] = [float(size) for size in sizes]
    if how == "equal":
        weights = [1.0 if size else 0.0 for size in sizes]
    elif how == "neyman":
        weights = [size * spread for size, spread in zip(sizes, spreads, strict=True)]
    return _divided(total, weights, sizes)


def _divided(total: int, weights: Sequence[float], sizes: Sequence[int]) -> list[int]:
    """Largest remainders, within what each stratum has; what does not fit goes to the others."""
    floor = [min(size, LEAST) for size in sizes]
    given, open_ = [0] * len(sizes), {i for i, size in enumerate(sizes) if size}
    left = max(total, sum(floor))
    while open_ and left > 0:
        whole = sum(weights[i] for i in open_)
        shares = {i: left * (weights[i] / whole if whole else 1 / len(open_)) for i in open_}
        full = {i for i in open_ if shares[i] >= sizes[i]}
        if not full:
            poor = {i for i in open_ if shares[i] < floor[i]}
            if not poor:
                break
            full, shares = poor, {i: float(floor[i]) for i in poor}
        for i in full:
            given[i] = min(sizes[i], math.ceil(shares[i])) if shares[i] < sizes[i] else sizes[i]
            left -= given[i]
        open_ -= full
    if open_ and left > 0:
        whole = sum(weights[i] for i in open_)
        exact = {i: left * (weights[i] / whole if whole else 1 / len(open_)) for i in open_}
        for i in open_:
            given[i] = int(exact[i])
        for i in sorted(open_, key=lambda i: (given[i] - exact[i], i))[: left - sum(given[i] for i in open_)]:
            given[i] += 1
    return given


def planned(frame: int, answers: int, expected_rate: float) -> Plan:
    """How many to invite so that the answers come back, at most everybody."""
    return Plan(frame, answers, min(frame, math.ceil(answers / expected_rate - 1e-9)))


def drawn(people: Iterable[UUID], wanted: int, seed: int, stratum: str) -> list[UUID]:
    """The people of a stratum in the order of the draw, as many as wanted."""
    key = hashlib.blake2b(f"{seed}|{stratum}".encode(), digest_size=32).digest()
    return sorted(people, key=lambda id: (hashlib.blake2b(id.bytes, key=key, digest_size=16).digest(), id.bytes))[
        :wanted
    ]


def digest(people: Iterable[UUID]) -> str:
    """What the ledger keeps of a frame or a draw: anybody who has the ids can make it again."""
    whole = hashlib.sha256()
    for id in sorted(people, key=lambda id: id.bytes):
        whole.update(id.bytes)
    return whole.hexdigest()


def kept_from(*, barred: bool, tired: bool, reachable: bool) -> str:
    """Why somebody is not asked: opted_out | fatigue | no_address, or ''. Decided by rule, never by staff."""
    if barred:
        return "opted_out"
    if tired:
        return "fatigue"
    return "" if reachable else "no_address"
