"""Who is drawn: by risk, at random, and so many of everybody. The same seed and frame always give the same sample.

Each candidate has one lot, a number made from the seed and its id. A stratum takes its quota from the lowest lots, so
strata overlap as much as they can, and the lots of the base rate are a simple random sample of the whole frame.
"""

import hashlib
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

BASE, MINIMUM = "base", "minimum"


@dataclass(frozen=True)
class Candidate:
    """Something that could be reviewed: its id, whom it would be about, and the strata it lies in (not `base`)."""

    subject: UUID
    person: UUID
    strata: frozenset[str]


@dataclass(frozen=True)
class Quota:
    """`rate` in percent, `least` a number; the larger counts."""

    rate: int = 0
    least: int = 0

    def of(self, n: int) -> int:
        return min(n, max(math.ceil(self.rate * n / 100), self.least))


@dataclass(frozen=True)
class Drawn:
    """`reasons`: the strata whose quota took it, `base` when it stands for all, `minimum` for its person's sake."""

    subject: UUID
    person: UUID
    reasons: tuple[str, ...]
    double: bool


@dataclass(frozen=True)
class Sample:
    chosen: tuple[Drawn, ...]
    left_out: int


def lot(seed: str, subject: UUID, salt: str = "") -> bytes:
    return hashlib.sha256(f"{seed}:{salt}:{subject}".encode()).digest()


def fingerprint(frame: Sequence[Candidate]) -> str:
    """The frame in one number: who could have been drawn, about whom, in which strata."""
    lines = sorted(f"{one.subject} {one.person} {','.join(sorted(one.strata))}" for one in frame)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def draw(
    frame: Sequence[Candidate],
    quotas: Mapping[str, Quota],
    *,
    minimum: int,
    double: int,
    most: int | None,
    seed: str,
) -> Sample:
    """The sample. `minimum` per person; `double` percent get a second review; `most` is what the reviewers can do.

    Where it is more than they can do, risk groups come first, then what is needed for the minimum, then chance.
    """
    ordered = sorted({one.subject: one for one in frame}.values(), key=lambda one: lot(seed, one.subject))
    reasons: dict[UUID, list[str]] = {}
    for stratum, quota in sorted(quotas.items()):
        inside = [one for one in ordered if stratum == BASE or stratum in one.strata]
        for one in inside[: quota.of(len(inside))]:
            reasons.setdefault(one.subject, []).append(stratum)
    have = Counter(one.person for one in ordered if one.subject in reasons)
    for one in ordered:
        if one.subject not in reasons and have[one.person] < minimum:
            reasons[one.subject] = [MINIMUM]
            have[one.person] += 1
    taken = [one for one in ordered if one.subject in reasons]
    if most is not None and len(taken) > most:
        kept = {one.subject for one in sorted(taken, key=lambda one: _rank(reasons[one.subject]))[:most]}
        taken, dropped = [one for one in taken if one.subject in kept], len(taken) - most
    else:
        dropped = 0
    twice = sorted(taken, key=lambda one: lot(seed, one.subject, "double"))[: math.ceil(double * len(taken) / 100)]
    seconds = {one.subject for one in twice}
    return Sample(
        tuple(
            Drawn(one.subject, one.person, tuple(sorted(reasons[one.subject])), one.subject in seconds) for one in taken
        ),
        dropped,
    )


def _rank(reasons: Sequence[str]) -> int:
    """`sorted` is stable, so within a rank the lowest lots stay."""
    if set(reasons) - {BASE, MINIMUM}:
        return 0
    return 1 if MINIMUM in reasons else 2
