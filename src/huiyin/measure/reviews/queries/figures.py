"""Results with how sure they are, and how far reviewers agree. A row is shown to whoever may see all its samples."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from huiyin.bank.staff import queries as staff
from huiyin.bank.standards import queries as standards
from huiyin.kernel.actor import Actor
from huiyin.measure.reviews.models import Sample, Score
from huiyin.measure.reviews.queries.records import card_of, visible_to
from huiyin.measure.reviews.rules.agreement import Kappa, Mean, kappa, mean, wilson


@dataclass(frozen=True)
class Result:
    """`key` is a Staff, a Unit or an Item. Points of 100. Only samples drawn at random speak for all (`random`)."""

    key: object
    all: Mean
    random: Mean
    n: int
    passed: int
    critical: int

    @property
    def critical_range(self) -> tuple[float, float]:
        return wilson(self.critical, self.n)


@dataclass(frozen=True)
class ItemResult:
    item: standards.Item
    scorecard: standards.Scorecard
    n: int
    missed: int

    @property
    def range(self) -> tuple[float, float]:
        return wilson(self.missed, self.n)


def results(actor: Actor, at: datetime, since: datetime) -> tuple[list[Result], list[Result], list[ItemResult]]:
    """By person, by unit, by item, of what was settled since."""
    rows = list(visible_to(actor, at).filter(calibration=False, settled_at__gte=since).exclude(state="withdrawn"))
    people = _by(rows, lambda row: row.person)
    units = _by(rows, lambda row: row.unit)
    return people, units, _by_item(rows)


def _by(rows: Iterable[Sample], key: Callable[[Sample], object]) -> list[Result]:
    groups: dict[object, list[Sample]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    found = [
        Result(
            key=one, all=mean([(row.points or 0) / 100 for row in group]),
            random=mean([(row.points or 0) / 100 for row in group if row.random]), n=len(group),
            passed=sum(bool(row.passed) for row in group), critical=sum(row.criticals > 0 for row in group),
        )
        for one, group in groups.items()
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.all.value or 0, -one.n))


def _by_item(rows: list[Sample]) -> list[ItemResult]:
    seen: dict[tuple[str, str], list[bool]] = defaultdict(list)
    cards: dict[str, standards.Scorecard] = {}
    items: dict[tuple[str, str], standards.Item] = {}
    standing = standing_scores(rows)
    for row in rows:
        score = standing.get(row.pk)
        if score is None:
            continue
        card = card_of(row)
        cards[card.code] = card
        for item in card.items:
            share = item.share(score.marks[item.code])
            if share is not None:
                items[card.code, item.code] = item
                seen[card.code, item.code].append(share < 1)
    found = [ItemResult(items[key], cards[key[0]], len(misses), sum(misses)) for key, misses in seen.items()]
    return sorted(found, key=lambda one: (-one.missed / one.n, -one.n, one.item.code))


ORDER = ("dispute", "third", "first")


def standing_scores(rows: Iterable[Sample]) -> dict[UUID, Score]:
    """The form whose score stands: after an objection the decider's, else the third's, else the first's."""
    ids = [row.pk for row in rows]
    found: dict[UUID, Score] = {}
    for start in range(0, len(ids), 500):
        for score in Score.objects.filter(sample__in=ids[start : start + 500], state="in", place__in=ORDER):
            known = found.get(score.sample_id)
            if known is None or ORDER.index(score.place) < ORDER.index(known.place):
                found[score.sample_id] = score
    return found


@dataclass(frozen=True)
class Reviewer:
    """One reviewer against the others who scored the same: `bias` in points (above 0: milder)."""

    person: staff.Staff
    against_peers: Mean
    against_reference: Mean
    passes: Kappa


@dataclass(frozen=True)
class Calibrated:
    """`items`: per item the agreement on its marks (weighted where they are ordered)."""

    reviewers: list[Reviewer]
    items: list[tuple[standards.Scorecard, standards.Item, Kappa]]
    overall: Kappa
    bands: Kappa
    pairs: int


BANDS = ("below", "near", "pass", "high")


def band(points: int, passing: int) -> str:
    """Four ordered bands around the pass mark, for the weighted agreement of whole scores."""
    if points >= 9500:
        return "high"
    if points >= passing * 100:
        return "pass"
    return "near" if points >= (passing - 15) * 100 else "below"


def calibrated(actor: Actor, at: datetime, since: datetime) -> Calibrated:
    """Every pair of forms about the same thing since an instant: double reviews, and calibration sessions that are over.

    A pair is ordered: first before second, reference before participant. Figures below ten pairs are shown as too few.
    """
    rows = {
        row.pk: row
        for row in visible_to(actor, at).filter(drawn_at__gte=since).exclude(state__in=("open", "withdrawn"))
    }
    forms: dict[UUID, list[Score]] = defaultdict(list)
    given = Score.objects.filter(sample__in=list(rows), state="in").exclude(place="dispute")
    for score in given.select_related("reviewer").order_by("given_at", "id"):
        forms[score.sample_id].append(score)
    pairs: list[tuple[Sample, Score, Score]] = []
    for id, found in forms.items():
        by_place = {score.place: score for score in found}
        master = by_place.get("reference") or by_place.get("third")
        others = [score for score in found if score is not master]
        if master is not None:
            pairs += [(rows[id], master, other) for other in others]
        pairs += [(rows[id], one, two) for i, one in enumerate(others) for two in others[i + 1 :]]
    return Calibrated(
        reviewers=_reviewers(pairs),
        items=_item_kappas(pairs),
        overall=kappa([(bool(one.passed), bool(two.passed)) for _row, one, two in pairs]),
        bands=kappa(
            [
                (band(one.points or 0, card_of(row).passing), band(two.points or 0, card_of(row).passing))
                for row, one, two in pairs
            ],
            BANDS,
        ),
        pairs=len(pairs),
    )


def _reviewers(pairs: list[tuple[Sample, Score, Score]]) -> list[Reviewer]:
    peers: dict[UUID, list[float]] = defaultdict(list)
    master: dict[UUID, list[float]] = defaultdict(list)
    passes: dict[UUID, list[tuple[bool, bool]]] = defaultdict(list)
    people: dict[UUID, staff.Staff] = {}
    for _row, one, two in pairs:
        for me, other in ((one, two), (two, one)):
            if me.reviewer is None or me.place in ("reference", "third"):
                continue
            people[me.reviewer.pk] = me.reviewer
            gap = ((me.points or 0) - (other.points or 0)) / 100
            (master if other.place in ("reference", "third") else peers)[me.reviewer.pk].append(gap)
            passes[me.reviewer.pk].append((bool(me.passed), bool(other.passed)))
    found = [
        Reviewer(person, mean(peers[id]), mean(master[id]), kappa(passes[id])) for id, person in people.items()
    ]  # fmt: skip
    return sorted(found, key=lambda one: one.person.number)


def _item_kappas(
    pairs: list[tuple[Sample, Score, Score]],
) -> list[tuple[standards.Scorecard, standards.Item, Kappa]]:
    marks: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    known: dict[tuple[str, str], tuple[standards.Scorecard, standards.Item]] = {}
    for row, one, two in pairs:
        card = card_of(row)
        for item in card.items:
            key = (card.ref, item.code)
            known[key] = (card, item)
            marks[key].append((one.marks[item.code], two.marks[item.code]))
    return [(card, item, _item_kappa(item, marks[key])) for key, (card, item) in known.items()]


def _item_kappa(item: standards.Item, pairs: list[tuple[str, str]]) -> Kappa:
    """Ordered marks weigh near misses less; where either said it does not apply the order is lost and marks are names."""
    if item.answer == "scale" and not any(standards.NA in pair for pair in pairs):
        return kappa(pairs, tuple(reversed(item.marks)) if not item.na else tuple(reversed(item.marks[:-1])))
    return kappa(pairs)
