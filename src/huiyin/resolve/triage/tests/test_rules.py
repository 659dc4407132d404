"""What the baseline makes of texts, in both languages; and how quick it is."""

import time
from typing import Any
from uuid import UUID

import pytest

from huiyin.resolve.triage import rules
from huiyin.resolve.triage.queries import lexicon
from huiyin.resolve.triage.rules import quality

ZH = [
    ("我的信用卡昨晚被盗刷了三笔，打客服电话一直占线，要求退款", "bank_card", "fund_security"),
    ("存折取款等了两个小时，柜员态度恶劣", "savings", "service"),
    ("房贷提前还款要收违约金，合同里没写清楚", "loan", "contract"),
    ("理财经理承诺保本，现在净值下跌亏损五万", "wealth_own", "return"),
    ("手机银行转账时闪退，登录不上", "payment", "facility"),
    ("存单变保险，被误导买了分红险，要求退保", "agency", "marketing"),
    ("催收爆通讯录，骚扰家人，天天威胁", "collection", "collection_manner"),
    ("短信服务费没告诉我就扣，收费不合理", "other_intermediary", "pricing"),
    ("取款机吐钞少了两百，机器故障", "cash", "facility"),
    ("个人信息泄露，天天接到推销电话", "personal_info", "info_security"),
    ("购汇限制太多，手续繁琐跑了三趟", "forex", "process"),
    ("买金条时没有告知回购要手续费，黄金价格也没说明", "precious_metal", "disclosure"),
    ("退税款国库一直没到账，资金未到账", "treasury", "fund_security"),
    ("办贷款强制搭售保险，不买就不给放款", "loan", "choice"),
]
EN = [
    ("I was charged an annual fee twice on my credit card and want a refund", "bank_card", "pricing"),
    ("My mortgage servicer changed the terms of the loan agreement", "loan", "contract"),
    ("There is incorrect information on my credit report from the credit bureau", "personal_info", "info_security"),
    (
        "A debt collector keeps calling my employer, this is harassment and attempts to collect debt not owed",
        "collection",
        "collection_manner",
    ),
    ("An unauthorized wire transfer was made and my money was stolen, a scam", "payment", "fund_security"),
    ("The teller was rude and ignored me while I waited to withdraw from my savings account", "savings", "service"),
    (
        "The mobile banking app crashes with an error message, I am unable to log in to online banking",
        "payment",
        "facility",
    ),
]


@pytest.mark.parametrize("text, category, cause", ZH + EN)
def test_category_and_cause(text: str, category: str, cause: str) -> None:
    found = rules.classify(text, "", lexicon())
    assert (found.category, found.cause) == (category, cause), found.reasons
    assert found.reasons


@pytest.mark.parametrize("text", ["", "你好", "hello", "这样不行", "123456", "！！！", "\u202e\u200b", "的" * 3000])
def test_a_text_that_says_nothing_is_left_to_a_person(text: str) -> None:
    assert not rules.classify(text, "", lexicon()).sure


def test_the_product_tips_the_balance() -> None:
    assert rules.classify("柜员态度恶劣", "loan", lexicon()).category == "loan"


@pytest.mark.parametrize(
    "text, severity, complexity",
    [
        ("排队太久", "ordinary", "simple"),
        ("信用卡盗刷一万元", "serious", "complex"),
        ("再不解决我就跳楼", "major", "complex"),
        ("我要起诉，已经找了律师，法院见", "serious", "exceptional"),
        ("损失 300 万元", "major", "complex"),
        ("已向12378投诉", "serious", "simple"),
        ("identity theft on my account, my attorney will file a lawsuit", "serious", "exceptional"),
    ],
)
def test_severity_and_complexity(text: str, severity: str, complexity: str) -> None:
    found = rules.classify(text, "", lexicon())
    assert (found.severity, found.complexity) == (severity, complexity), found


@pytest.mark.parametrize(
    "text, flag",
    [
        ("我今年78岁", "elderly"),
        ("奶奶看不清屏幕", "elderly"),
        ("坐轮椅进不了门", "disabled"),
        ("村里的惠农卡", "rural"),
        ("我要找记者曝光", "media"),
        ("上访也要讨个说法", "petition"),
        ("I am a disabled veteran in a wheelchair", "disabled"),
        ("a retired pensioner", "elderly"),
    ],
)
def test_people_who_need_care_and_sensitive_matters_are_flagged(text: str, flag: str) -> None:
    assert flag in rules.classify(text, "", lexicon()).flags


def test_thirty_is_not_old() -> None:
    assert rules.classify("我今年30岁", "", lexicon()).flags == ()


@pytest.mark.parametrize(
    "text, demand",
    [
        ("要求退款", "refund"),
        ("please stop calling me", "stop"),
        ("账户解冻", "restore"),
        ("必须赔礼道歉", "apologise"),
    ],
)
def test_what_they_want(text: str, demand: str) -> None:
    assert rules.classify(text, "", lexicon()).demand == demand


def test_confidence_grows_with_the_words() -> None:
    weak, strong = (
        rules.classify(t, "", lexicon()).confidence for t in ("信用卡的事，态度", "信用卡年费乱收费，重复扣费，要退费")
    )
    assert 0 < weak < strong <= 1000


def test_every_label_is_one_of_the_standards() -> None:
    from huiyin.bank.standards.queries import facet
    from huiyin.resolve.triage.queries import FACETS, _read

    for name in ("category", "cause"):
        assert set(_read(name)) <= {label.code for label in facet(name)}
    assert all(_read(name) for name in FACETS)


def test_hostile_text_costs_no_more_than_its_length() -> None:
    """Bad input 29, 101."""
    words = lexicon()
    start = time.process_time()
    for text in ("a" * 50_000, "岁" * 50_000, "1" * 50_000, "信用卡" * 20_000, "9岁" * 20_000, "$1,1,1," * 9_000):
        rules.classify(text, "", words)
    assert time.process_time() - start < 1.0


def test_five_thousand_texts_a_second(record_property: Any) -> None:
    words, texts = lexicon(), [text for text, _, _ in ZH + EN]
    rules.classify(texts[0], "", words)
    start = time.process_time()
    for _ in range(100):
        for text in texts:
            rules.classify(text, "loan", words)
    rate = 100 * len(texts) / (time.process_time() - start)
    record_property("texts_per_second", round(rate))
    assert rate >= 5_000, f"{rate:.0f} texts/s"


def _pair(said: str, right: str, confidence: int = 900, person: int = 1, whole: bool | None = None) -> quality.Pair:
    return quality.Pair(said, right, confidence, said == right if whole is None else whole, UUID(int=person))


def test_labels_show_what_was_left_what_was_found_and_what_it_became() -> None:
    pairs = [_pair("a", "a"), _pair("a", "a", 200), _pair("a", "b"), _pair("", "b", 0), _pair("c", "b")]
    a, b, c = sorted(quality.by_label(pairs), key=lambda line: line.label)
    assert (a.kept, a.found, a.instead, a.instead_n) == (quality.Share(2, 3), quality.Share(2, 2), "b", 1)
    assert (b.kept.value, b.found, b.unsure) == (None, quality.Share(0, 3), quality.Share(1, 3))
    assert (c.kept, c.found.n, c.unsure.n) == (quality.Share(0, 1), 0, 0)
    assert quality.when_sure(pairs) == quality.Share(1, 3) and quality.whole([]).interval == (0.0, 1.0)


def test_confidence_is_compared_with_truth_in_bands() -> None:
    pairs = [_pair("a", "a", 950)] * 3 + [_pair("a", "b", 970), _pair("a", "a", 1000, whole=False), _pair("a", "b", 0)]
    low, high = quality.reliability(pairs)
    assert (low.low, low.right) == (0.0, quality.Share(0, 1)) and (high.low, high.right) == (0.9, quality.Share(3, 5))
    assert quality.calibration_error([low, high]) == pytest.approx(5 * (0.964 - 0.6) / 6)
    chart = quality.drawn([low, high])
    points: Any = chart["points"]
    assert [(p.x, p.y) for p in points] == [(48, 270), (299, 114)] and all(p.high <= p.y <= p.low for p in points)


def test_a_post_of_two_people_does_not_stand_alone() -> None:
    pairs = [_pair("a", "b", person=n) for n in (1, 2, 3, 1, 2)] + [
        _pair("a", "a", person=n) for n in (4, 5, 4, 5, 4, 5)
    ]
    posts = {UUID(int=n): "handler" if n < 4 else "teller" for n in range(1, 6)}
    lines = quality.by_post(pairs, posts)
    assert [(line.post, line.changed) for line in lines] == [
        ("handler", quality.Share(5, 5)),
        ("", quality.Share(0, 6)),
    ]
