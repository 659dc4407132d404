"""How often people left what the machine suggested: by label, by confidence, by post. Pure; values in, values out."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from huiyin.kernel.intervals import wilson
from huiyin.resolve.triage.rules.lexicon import THRESHOLD

LEAST_DECISIONS, LEAST_PEOPLE = 5, 3  # of a post that is shown by itself
BANDS = 10


@dataclass(frozen=True)
class Pair:
    """One voice: what was suggested, what a person decided. `confidence` in thousandths, of category and cause
    together; `whole` whether both were left."""

    said: str
    right: str
    confidence: int
    whole: bool
    person: UUID | None = None

    @property
    def kept(self) -> bool:
        return self.said == self.right

    @property
    def sure(self) -> bool:
        return self.confidence >= THRESHOLD


@dataclass(frozen=True)
class Share:
    """`hits` of `n` with the 95 % Wilson interval."""

    hits: int
    n: int

    @property
    def value(self) -> float | None:
        return self.hits / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.hits, self.n)


@dataclass(frozen=True)
class Line:
    """One label. `kept`: of those suggested as it, how many people left so. `found`: of those people decided to be it,
    how many the machine had found. `unsure`: of those, how many it left to a person. `instead`: what it was changed to
    most often."""

    label: str
    kept: Share
    found: Share
    unsure: Share
    instead: str
    instead_n: int


@dataclass(frozen=True)
class Band:
    """Suggestions whose confidence lies from `low` to before `high` (shares of one)."""

    low: float
    high: float
    confidence: float
    right: Share


@dataclass(frozen=True)
class ByPost:
    """`post` is "" for all posts with too few decisions or people to stand alone."""

    post: str
    changed: Share


def whole(pairs: Sequence[Pair]) -> Share:
    return Share(sum(pair.kept for pair in pairs), len(pairs))


def when_sure(pairs: Sequence[Pair]) -> Share:
    """Only what the machine would have let pass without a person."""
    return whole([pair for pair in pairs if pair.sure])


def by_label(pairs: Sequence[Pair]) -> list[Line]:
    """The labels that were decided or suggested most often first."""
    lines = []
    for label in {pair.right for pair in pairs} | {pair.said for pair in pairs if pair.said}:
        told = [pair for pair in pairs if pair.said == label]
        there = [pair for pair in pairs if pair.right == label]
        changed = Counter(pair.right for pair in told if not pair.kept)
        instead, count = max(changed.items(), key=lambda one: (one[1], one[0]), default=("", 0))
        lines.append(
            Line(
                label,
                whole(told),
                Share(sum(pair.kept for pair in there), len(there)),
                Share(sum(not pair.sure for pair in there), len(there)),
                instead,
                count,
            )
        )
    return sorted(lines, key=lambda line: (-line.found.n, -line.kept.n, line.label))


def reliability(pairs: Iterable[Pair]) -> list[Band]:
    """Confidence against truth in ten bands, empty ones left out. A confidence is good if it lies in the interval."""
    places: dict[int, list[Pair]] = {}
    for pair in pairs:
        places.setdefault(min(pair.confidence * BANDS // 1000, BANDS - 1), []).append(pair)
    return [
        Band(
            place / BANDS,
            (place + 1) / BANDS,
            sum(pair.confidence for pair in held) / len(held) / 1000,
            Share(sum(pair.whole for pair in held), len(held)),
        )
        for place, held in sorted(places.items())
    ]


def calibration_error(bands: Sequence[Band]) -> float:
    """Expected calibration error: how far confidence and truth lie apart on average."""
    total = sum(band.right.n for band in bands)
    return sum(band.right.n * abs(band.confidence - band.right.hits / band.right.n) for band in bands) / max(1, total)


def by_post(pairs: Sequence[Pair], post_of: dict[UUID, str]) -> list[ByPost]:
    """How often each post changes a suggestion. A post of few people, or few decisions, is a person: those are summed."""
    groups: dict[str, list[Pair]] = {}
    for pair in pairs:
        groups.setdefault(post_of.get(pair.person, "") if pair.person else "", []).append(pair)
    alone = {
        post: held
        for post, held in groups.items()
        if post and len(held) >= LEAST_DECISIONS and len({pair.person for pair in held}) >= LEAST_PEOPLE
    }
    rest = [pair for post, held in groups.items() if post not in alone for pair in held]
    lines = [
        ByPost(post, _changed(held)) for post, held in sorted(alone.items(), key=lambda one: (-len(one[1]), one[0]))
    ]
    return [*lines, ByPost("", _changed(rest))] if rest else lines


def _changed(pairs: Sequence[Pair]) -> Share:
    return Share(sum(not pair.kept for pair in pairs), len(pairs))


# The diagram


@dataclass(frozen=True)
class Point:
    x: int
    y: int
    low: int
    high: int
    radius: int
    band: Band


SIZE, LEFT, TOP, RIGHT, FOOT = 260, 48, 10, 10, 44


def drawn(bands: Sequence[Band]) -> dict[str, object]:
    """Reliability: confidence to the right, share left as it was upwards; whole pixels."""
    most = max((band.right.n for band in bands), default=1)

    def x(share: float) -> int:
        return round(LEFT + share * SIZE)

    def y(share: float) -> int:
        return round(TOP + (1 - share) * SIZE)

    points = [
        Point(
            x(band.confidence), y(band.right.hits / band.right.n), y(band.right.interval[0]), y(band.right.interval[1]),
            round(3 + 4 * (band.right.n / most) ** 0.5), band,
        )
        for band in bands
    ]  # fmt: skip
    marks = (0, 0.25, 0.5, 0.75, 1)
    return {
        "width": LEFT + SIZE + RIGHT, "height": TOP + SIZE + FOOT, "left": x(0), "right": x(1), "top": y(1),
        "bottom": y(0), "points": points, "across": [(x(m), m) for m in marks], "up": [(y(m), m) for m in marks],
        "label_y": TOP + SIZE + 18, "title_y": TOP + SIZE + 38, "middle": x(0.5), "up_x": LEFT - 6,
    }  # fmt: skip
