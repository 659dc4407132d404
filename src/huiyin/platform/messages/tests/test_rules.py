"""When to try again, where not to send, and in which words."""

from datetime import timedelta

import pytest

from huiyin.platform.messages.rules.delivery import is_public, wait
from huiyin.platform.messages.rules.wording import NOTICES, notice_text, outside_text


@pytest.mark.parametrize(("attempts", "seconds"), [(1, 30), (2, 60), (3, 120), (8, 3840), (9, 7200), (30, 7200)])
def test_each_failure_waits_twice_as_long_up_to_two_hours(attempts, seconds):
    assert wait(attempts, 0.0) == timedelta(seconds=seconds)
    assert wait(attempts, 1.0) == timedelta(seconds=seconds * 1.5)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("127.0.0.1", False), ("::1", False), ("169.254.169.254", False), ("10.1.2.3", False), ("192.168.1.1", False),
        ("0.0.0.0", False), ("::ffff:127.0.0.1", False), ("fe80::1", False), ("100.64.0.1", False),
        ("224.0.0.1", False), ("8.8.8.8", True), ("2001:4860:4860::8888", True),
    ],
)  # fmt: skip
def test_only_addresses_of_the_open_internet_are_public(address, public):
    assert is_public(address) is public


def test_what_leaves_the_house_is_fixed_wording_with_number_and_link():
    subject, text = outside_text("reply", "zh-hans", "青禾银行", "TS-1", "https://b/track/x/", "400-1")
    assert subject == "青禾银行 · 您的意见已有答复 TS-1"
    assert "https://b/track/x/" in text and "400-1" in text and "密码" in text
    _subject, english = outside_text("something new", "en", "Qinghe Bank", "", "https://b/track/", "")
    assert english.startswith("Qinghe Bank: There is news for you.")


def test_every_notice_can_be_worded_in_both_languages_even_without_its_numbers():
    for kind in [*NOTICES, "unheard_of"]:
        for language in ("zh-hans", "en"):
            assert notice_text(kind, {"number": "TS-1"}, language)
            assert notice_text(kind, {}, language)


def test_a_room_may_word_its_own_notice():
    params = {"zh": "工单 {number} 请补原因", "en": "Case {number} needs a cause", "number": "TS-9"}
    assert notice_text("cause_missing", params, "zh-hans") == "工单 TS-9 请补原因"
    assert notice_text("cause_missing", params, "en") == "Case TS-9 needs a cause"
