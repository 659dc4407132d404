"""What is a post, and which two say the same."""

from datetime import UTC, datetime, timedelta

import pytest

from huiyin.listen.social import rules

AT = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)
SOUND = {
    "source": "weibo", "ref": "1", "text": "排队", "author": "", "url": "", "posted_at": AT, "reach": None, "at": AT,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "field", "why"),
    [
        ({"source": "mastodon"}, "source", "unknown_source"),
        ({"ref": " "}, "ref", "no_ref"),
        ({"text": " \n"}, "text", "no_text"),
        ({"text": "长" * 20_001}, "text", "too_long"),
        ({"author": "长" * 121}, "author", "too_long"),
        ({"posted_at": AT + timedelta(minutes=11)}, "posted_at", "in_future"),
        ({"reach": -1}, "reach", "negative"),
    ],
)
def test_what_cannot_be_taken(changes: dict, field: str, why: str) -> None:
    assert rules.wrong(**(SOUND | changes)) == rules.Bad(field=field, why=why)


def test_a_platforms_clock_may_run_a_little_ahead() -> None:
    assert rules.wrong(**(SOUND | {"posted_at": AT + timedelta(minutes=9)})) is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("人民路网点排队两个小时只开一个窗口", "转发微博//@早起的鱼：人民路网点，排队两个小时！只开一个窗口。", True),
        ("人民路网点排队两个小时只开一个窗口", "人民路网点排队两个小时只开一个窗口😡 #银行# https://t.example/x", True),
        ("The app crashes since Monday's update", "RT the app CRASHES, since Mondays update @bank", True),
        ("人民路网点排队两个小时只开一个窗口", "解放路网点排队两个小时只开一个窗口", False),
    ],
)
def test_a_repost_has_the_words_of_the_first(one: str, other: str, same: bool) -> None:
    assert (rules.core(one) == rules.core(other)) is same


def test_short_posts_are_not_the_same_though_their_words_are() -> None:
    assert rules.core("差评！！") == rules.core("垃圾银行") == ""


@pytest.mark.parametrize(
    ("text", "language"), [("排队太久", "zh-hans"), ("APP闪退", "zh-hans"), ("Terrible queue at 人民路", "en")]
)
def test_the_language(text: str, language: str) -> None:
    assert rules.language(text) == language
