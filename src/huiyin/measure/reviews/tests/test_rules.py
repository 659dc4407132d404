"""Sampling, agreement and periods by tables."""

from collections import Counter
from datetime import date
from random import Random
from uuid import UUID

import pytest

from huiyin.measure.reviews.rules.agreement import differs, kappa, mean, student
from huiyin.measure.reviews.rules.periods import last_whole
from huiyin.measure.reviews.rules.sampling import Candidate, Quota, draw, fingerprint

PEOPLE = [UUID(int=900 + n) for n in range(5)]


def frame(n: int = 200) -> list[Candidate]:
    """Forty each; every tenth is late, every twenty-fifth went to a vulnerable customer."""
    return [
        Candidate(
            UUID(int=i + 1), PEOPLE[i % 5],
            frozenset(name for name, every in (("late", 10), ("vulnerable", 25)) if i % every == 0),
        )
        for i in range(n)
    ]  # fmt: skip


def drawn(seed: str = "s", **more: object):
    said: dict[str, object] = {"minimum": 0, "double": 0, "most": None, "quotas": {"base": Quota(10)}} | more
    quotas = said.pop("quotas")
    return draw(frame(), quotas, seed=seed, **said)  # type: ignore[arg-type]


def test_the_same_seed_draws_the_same_in_whatever_order_the_frame_comes() -> None:
    quotas = {"base": Quota(10), "late": Quota(50)}
    mixed = frame()
    Random(4).shuffle(mixed)
    one = draw(frame(), quotas, minimum=2, double=30, most=25, seed="a")
    assert one == draw(mixed, quotas, minimum=2, double=30, most=25, seed="a")
    assert one != draw(frame(), quotas, minimum=2, double=30, most=25, seed="b")
    assert fingerprint(frame()) == fingerprint(mixed) != fingerprint(frame()[1:])


@pytest.mark.parametrize(
    ("quotas", "late", "base"),
    [
        ({"base": Quota(10)}, 0, 20),
        ({"late": Quota(50)}, 10, 0),
        ({"late": Quota(0, 3)}, 3, 0),
        ({"late": Quota(10, 5)}, 5, 0),
        ({"late": Quota(100, 999)}, 20, 0),
        ({"late": Quota(1)}, 1, 0),
        ({"base": Quota(5), "late": Quota(100)}, 20, 10),
    ],
)
def test_each_stratum_gets_its_quota(quotas: dict[str, Quota], late: int, base: int) -> None:
    counted = Counter(reason for one in drawn(quotas=quotas).chosen for reason in one.reasons)
    assert (counted["late"], counted["base"]) == (late, base)


def test_everybody_is_seen_and_nobody_more_than_needed() -> None:
    found = drawn(quotas={"late": Quota(100)}, minimum=3)
    have = Counter(one.person for one in found.chosen)
    assert all(have[person] >= 3 for person in PEOPLE)
    assert all(one.reasons != ("minimum",) for one in found.chosen if have[one.person] > 3)


def test_with_too_few_reviewers_risk_comes_first_and_what_is_left_out_is_told() -> None:
    found = drawn(quotas={"base": Quota(20), "late": Quota(100)}, most=22)
    assert len(found.chosen) == 22 and found.left_out > 0
    assert sum("late" in one.reasons for one in found.chosen) == 20


def test_a_share_of_all_is_reviewed_twice() -> None:
    assert sum(one.double for one in drawn(quotas={"base": Quota(25)}, double=20).chosen) == 10


def test_chance_takes_everybody_alike() -> None:
    """Over many seeds each of the 200 is drawn in about a tenth of the samples."""
    times = Counter(one.subject for seed in range(100) for one in drawn(seed=str(seed)).chosen)
    assert len(times) == 200 and 1 <= min(times.values()) and max(times.values()) <= 24


@pytest.mark.parametrize(
    ("table", "order", "value"),
    [
        ({("y", "y"): 20, ("y", "n"): 5, ("n", "y"): 10, ("n", "n"): 15}, (), 0.4),
        ({("y", "y"): 10, ("n", "n"): 10}, (), 1.0),
        ({("y", "n"): 10, ("n", "y"): 10}, (), -1.0),
        ({("y", "y"): 5, ("y", "n"): 5, ("n", "y"): 5, ("n", "n"): 5}, (), 0.0),
        ({("0", "0"): 10, ("2", "2"): 10, ("0", "1"): 5, ("1", "2"): 5}, ("0", "1", "2"), 25 / 31),
    ],
)
def test_kappa_is_agreement_beyond_chance(
    table: dict[tuple[str, str], int], order: tuple[str, ...], value: float
) -> None:
    found = kappa([pair for pair, n in table.items() for _ in range(n)], order)
    assert found.value == pytest.approx(value, abs=0.0001)
    assert found.low is not None and found.high is not None and found.low <= found.value <= found.high


def test_the_interval_of_kappa_is_the_spread_of_repeated_samples() -> None:
    """Drawn again 600 times from the same table, 95 % of the kappas lie where the formula says."""
    table = {("y", "y"): 40, ("y", "n"): 10, ("n", "y"): 20, ("n", "n"): 30}
    pairs = [pair for pair, n in table.items() for _ in range(n)]
    told, chance = kappa(pairs), Random(7)
    again = sorted(found.value for _ in range(600) if (found := kappa(chance.choices(pairs, k=100))).value is not None)
    assert told.low == pytest.approx(again[15], abs=0.04) and told.high == pytest.approx(again[585], abs=0.04)


def test_where_chance_explains_all_kappa_cannot_be_told() -> None:
    same = kappa([("y", "y")] * 30)
    assert (same.value, same.why, same.level, same.agreed) == (None, "one_mark", "unsure", 30)
    assert kappa([]).why == "none"
    few = kappa([("y", "y")] * 4 + [("n", "n")] * 4)
    assert few.value == 1.0 and few.few and few.level == "unsure"


def test_when_a_third_decides() -> None:
    assert not differs((9000, True, 0), (8600, True, 0), 1000)
    assert differs((9000, True, 0), (7900, True, 0), 1000), "beyond the margin"
    assert differs((8500, True, 0), (8400, False, 0), 1000), "another verdict"
    assert differs((0, False, 1), (0, False, 2), 1000), "another number of critical misses"


@pytest.mark.parametrize(("freedom", "point"), [(1, 12.706), (10, 2.228), (11, 2.201), (29, 2.045), (120, 1.980)])
def test_the_points_of_student(freedom: int, point: float) -> None:
    assert student(freedom) == pytest.approx(point, abs=0.001)


def test_a_mean_of_one_has_no_interval() -> None:
    assert (mean([]).value, mean([90]).low) == (None, None)
    two = mean([80, 90])
    assert two.value == 85 and two.low == pytest.approx(85 - 63.53, abs=0.01)


@pytest.mark.parametrize(
    ("period", "today", "since", "until"),
    [
        ("month", "2026-03-05", "2026-02-01", "2026-03-01"),
        ("month", "2026-01-31", "2025-12-01", "2026-01-01"),
        ("week", "2026-03-05", "2026-02-23", "2026-03-02"),
        ("week", "2026-03-02", "2026-02-23", "2026-03-02"),
    ],
)
def test_the_last_whole_period(period: str, today: str, since: str, until: str) -> None:
    assert last_whole(period, date.fromisoformat(today)) == (date.fromisoformat(since), date.fromisoformat(until))
