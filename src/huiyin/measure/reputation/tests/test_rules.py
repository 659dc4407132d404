"""How posts are read, when there are too many, and how weeks are drawn."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from huiyin.measure.reputation.rules import bursts, sentiment, weeks

WEIGHTS = sentiment.kept((Path(sentiment.__file__).parent / "sentiment.tsv").read_text("utf-8"))


@pytest.mark.parametrize(
    ("text", "mood"),
    [
        ("人民路网点的柜员特别耐心，帮我妈把手续都办好了，必须点赞", "positive"),
        ("谢谢保安大哥雨天给我撑伞，暖心", "positive"),
        ("The staff were so patient and kind to my grandmother, thank you", "positive"),
        ("排队两个小时只开一个窗口，经理还不耐烦", "negative"),
        ("信用卡被盗刷，客服踢皮球没人管", "negative"),
        ("Charged twice and nobody answers the phone, worst bank", "negative"),
        ("请问你们周六下午上班吗", "neutral"),
        ("Where can I exchange old coins, please?", "neutral"),
    ],
)
def test_plain_posts_are_read_as_people_read_them(text: str, mood: str) -> None:
    assert WEIGHTS.read(text)[0] == mood


@pytest.mark.parametrize("text", ["", "12345", "ζζζ"])
def test_of_a_text_without_known_words_nothing_is_said(text: str) -> None:
    assert WEIGHTS.read(text) == ("neutral", 333)


def test_what_is_learnt_can_be_kept_and_read_again() -> None:
    told = [("真好谢谢", "positive"), ("太差投诉", "negative"), ("请问几点", "neutral")] * 3
    model = sentiment.learn(told)
    again = sentiment.kept(sentiment.written(model))
    assert [again.read(text)[0] for text, _mood in told] == [mood for _text, mood in told]
    assert abs(again.read("真好")[1] - model.read("真好")[1]) <= 2


@pytest.mark.parametrize(
    ("past", "today", "found"),
    [
        ([0] * 35, 5, True),  # out of silence
        ([0] * 35, 4, False),  # four angry people
        ([3, 2, 4, 3, 1] * 7, 6, False),
        ([3, 2, 4, 3, 1] * 7, 14, True),
        ([0, 0, 0, 12, 0] * 7, 14, False),  # a bank that has such days
        ([0] * 12, 40, False),  # too little history to judge by
    ],
)
def test_a_burst_is_more_than_chance_and_more_than_a_few(past: list[int], today: int, found: bool) -> None:
    assert (bursts.burst([*past, today], len(past)) is not None) is found


def test_the_first_days_of_a_burst_do_not_raise_its_own_measure() -> None:
    one = bursts.burst([1] * 29 + [6, 9, 11, 13, 15, 18, 20], 35)
    assert one is not None and one.expected < 1.1 and one.upper < 8


def test_looking_at_more_cells_asks_for_more() -> None:
    counts = [1] * 35 + [6]
    assert bursts.burst(counts, 35) and not bursts.burst(counts, 35, looks=20)


@pytest.mark.parametrize(
    ("n", "mean", "variance", "chance"), [(0, 2, 2, 1.0), (1, 2, 2, 0.8647), (5, 2, 2, 0.0527), (5, 2, 4, 0.1094)]
)
def test_the_chance_of_so_many(n: int, mean: float, variance: float, chance: float) -> None:
    """Poisson as tables have it; the negative binomial of size 2 and share 1/2: P(X >= 5) = 1 - 57/64 = 0.1094."""
    assert bursts.tail(n, mean, variance) == pytest.approx(chance, abs=1e-4)


def test_wilson_as_published() -> None:
    assert weeks.wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)  # Newcombe 1998, example
    assert weeks.wilson(0, 0) == (0.0, 1.0)


def test_a_week_without_posts_has_no_point_but_a_place() -> None:
    monday = date(2026, 2, 2)
    told = [weeks.Week(monday + timedelta(weeks=n), p, m, p + m) for n, (p, m) in enumerate([(3, 1), (0, 0), (1, 1)])]
    chart = weeks.drawn(told)
    assert len(chart["points"]) == 2 and len(chart["columns"]) == 3
