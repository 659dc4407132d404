"""Language, alike texts and the unit, as tables."""

import random
import time
import zlib

import pytest

from huiyin.resolve.reading.rules.alike import bands, likeness, shingles
from huiyin.resolve.reading.rules.language import language_of
from huiyin.resolve.reading.rules.place import Suggested, named, suggested


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("信用卡年费乱收，要求退款", "zh-Hans"),
        ("我的app登不上，WiFi也换过了", "zh-Hans"),
        ("信用卡年費亂收，要求退還款項", "zh-Hant"),
        ("我的帳號無法登入，請盡快處理", "zh-Hant"),
        ("My card was charged twice", "en"),
        ("My card 卡 was charged twice at the counter", "en"),
        ("柜员说我的account被freeze了，no reason given，什么时候能unfreeze，please reply", "mixed"),
        ("12345 ！！！", ""),
        ("", ""),
        ("ok", "en"),
    ],
)
def test_the_language_of_a_text(text: str, language: str) -> None:
    assert language_of(text) == language


LETTER = "贵行理财经理承诺保本保息，到期却亏损两万元，本人多次到网点交涉均被推诿，现要求全额退还本金并书面道歉，否则将向监管部门反映。"


@pytest.mark.parametrize(
    ("other", "low", "high"),
    [
        (LETTER, 1, 1),
        (LETTER.replace("两万", "三万"), 0.7, 0.99),
        (LETTER.replace("，", " , ") + " 2026-03-05", 1, 1),
        ("存折取款排队两个小时，柜员态度恶劣", 0, 0.05),
        ("", 0, 0),
    ],
)
def test_likeness_is_the_share_of_common_shingles(other: str, low: float, high: float) -> None:
    assert low <= likeness(shingles(LETTER), shingles(other)) <= high


def test_alike_texts_share_a_band_and_others_hardly_ever() -> None:
    rng, letters = random.Random(5), [chr(0x4E00 + n) for n in range(2000)]
    near = far = 0
    for _ in range(60):
        text = "".join(rng.choice(letters) for _ in range(150))
        changed = text[:70] + "".join(rng.choice(letters) for _ in range(4)) + text[74:]
        other = "".join(rng.choice(letters) for _ in range(150))
        one, two, three = (bands([zlib.crc32(s.encode()) for s in shingles(t)]) for t in (text, changed, other))
        near += any(a == b for a, b in zip(one, two, strict=True))
        far += any(a == b for a, b in zip(one, three, strict=True))
    assert near >= 57 and far <= 1
    assert bands([1, 2, 3]) == [] and all(-(1 << 31) <= mark < 1 << 31 for mark in one)


NAMES = [
    ("ren", "滨江人民路支行"),
    ("jie", "滨江解放路支行"),
    ("wen", "云岭文昌支行"),
    ("wen2", "南山文昌支行"),
    ("en", "Renmin Road Outlet"),
]


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("在滨江人民路支行排队", "ren"),
        ("人民路支行的取款机坏了", "ren"),
        ("文昌支行态度差", None),  # two of them end so
        ("云岭文昌支行态度差", "wen"),
        ("the Renmin road outlet was closed", "en"),
        ("滨江人民路支行让我去滨江解放路支行", None),  # two are named
        ("支行排队太久", None),
        ("", None),
    ],
)
def test_the_unit_that_a_customer_names(text: str, unit: str | None) -> None:
    assert named(text, NAMES) == unit


def test_past_cases_speak_only_where_they_are_many_and_of_one_mind() -> None:
    told = suggested("卡被吞了", NAMES, {"ren": 16, "jie": 4})
    assert told and (told.unit, told.why, told.hits, told.n) == ("ren", "past", 16, 20) and 0.55 < told.low < 0.65
    assert suggested("卡被吞了", NAMES, {"ren": 9}) is None
    assert suggested("卡被吞了", NAMES, {"ren": 10, "jie": 10}) is None
    assert suggested("解放路支行", NAMES, {"ren": 50}) == Suggested("jie", "named")
    assert suggested("卡被吞了", NAMES, {"ren": 50}, "jie") == Suggested("jie", "owner")
    assert suggested("解放路支行", NAMES, {}, "ren") == Suggested("jie", "named"), "the customer's own word comes first"


def test_hostile_text_costs_no_more_than_its_length() -> None:
    start = time.process_time()
    for text in ("人" * 50_000, "a " * 50_000, "支行" * 30_000):
        language_of(text)
        shingles(text)
        named(text, NAMES)
    bands(list(range(4000)))
    assert time.process_time() - start < 1
