"""Rules by tables."""

import time
from datetime import date, timedelta

import pytest

from huiyin.listen.voices.rules.intake import check
from huiyin.listen.voices.rules.limits import address, likeness, network, over_limit, retry_after
from huiyin.listen.voices.rules.numbers import number
from huiyin.listen.voices.rules.problems import WORDS, words
from huiyin.listen.voices.rules.strict_json import BadJson, loads
from huiyin.listen.voices.rules.text import Problem, clean, graphemes

TODAY = date(2026, 3, 5)


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 0), ("abc", 3), ("你好", 2), ("👨‍👩‍👧‍👦", 1), ("👍🏽", 1), ("🇨🇳", 1), ("🇨🇳🇨🇳", 2), ("é", 1), ("e\u0301", 1), ("𠮷", 1),
     ("❤️", 1), ("a" + "\u0301" * 8, 1), ("a" + "\u0301" * 90, 11), ("ཀློ", 1), ("한글", 2)],
)  # fmt: skip
def test_characters_are_counted_as_people_count_them(text, count):
    assert graphemes(text) == count


@pytest.mark.parametrize(
    ("text", "kept"),
    [("a\r\nb\rc", "a\nb\nc"), (" x ", "x"), ("a\u202eb", "ab"), ("a\u200bb", "ab"), ("👨‍👩‍👧", "👨‍👩‍👧"), ("\u2800\u3164", ""),
     ("a\x07b", "ab"), ("<b>", "<b>")],
)  # fmt: skip
def test_what_hides_is_taken_out_and_the_rest_stays(text, kept):
    assert clean("text", text, 100) == kept


def test_a_name_loses_joiners_and_double_spaces():
    assert clean("name", "张\u200d 三\u200c\n", 10, name=True) == "张 三"


@pytest.mark.parametrize(
    ("phone", "kept"),
    [("13800138000", "13800138000"), ("+86 138 0013 8000", "13800138000"), ("１３８００１３８０００", "13800138000"),
     ("0086-13800138000", "13800138000"), ("010-8888 6666", "01088886666"), ("（010）88886666", "01088886666"),
     ("+44 20 7946 0958", "+442079460958"), ("400-810-5188", "4008105188"), ("+852 2345 6789", "+85223456789")],
)  # fmt: skip
def test_one_form_per_telephone_number(phone, kept):
    found = check({"channel": "phone", "text": "x", "customer": {"phone": phone}}, today=TODAY)
    assert not isinstance(found, list) and found.words.phone == kept


def test_hostile_input_costs_little_time():
    body = {"channel": "phone", "text": "a" * 50_000, "customer": {"email": "a" * 240 + "@", "phone": "1" * 50_000},
            "occurred_at": "2" * 50_000, "unit": "(a+)+$" * 5_000}  # fmt: skip
    start = time.process_time()
    assert isinstance(check(body, today=TODAY), list)
    assert time.process_time() - start < 2  # 50 ms on an idle machine


def test_numbers_of_a_day_are_unique_and_do_not_look_alike():
    day = [number(TODAY, n) for n in range(1, 5001)]
    assert len(set(day)) == 5000 and all(n.startswith("TS-20260305-") and len(n) == 18 for n in day)
    assert abs(int(day[0][-6:]) - int(day[1][-6:])) > 1000
    assert number(TODAY, 1_000_001) != number(TODAY, 1) and len(number(TODAY, 1_000_001)) == 19


@pytest.mark.parametrize(
    ("remote", "forwarded", "trusted", "found"),
    [("9.9.9.9", "1.1.1.1", [], "9.9.9.9"), ("10.0.0.1", "1.1.1.1", ["10.0.0.0/8"], "1.1.1.1"),
     ("10.0.0.1", "6.6.6.6, 1.1.1.1", ["10.0.0.0/8"], "1.1.1.1"), ("10.0.0.1", "6.6.6.6, 1.1.1.1, 10.0.0.2", ["10.0.0.0/8"], "1.1.1.1"),
     ("10.0.0.1", "nonsense", ["10.0.0.0/8"], "10.0.0.1"), ("", "", [], "")],
)  # fmt: skip
def test_only_our_own_proxies_are_believed(remote, forwarded, trusted, found):
    assert address(remote, forwarded, trusted) == found


def test_a_network_is_a_street_not_a_city():
    assert network("9.8.7.6") == "9.8.7.0/24" and network("2001:db8:1:2::3") == "2001:db8:1::/48" and network("x") == ""


@pytest.mark.parametrize(
    ("same", "near", "limit", "over"), [(4, 0, 5, False), (5, 0, 5, True), (0, 20, 5, True), (9, 99, 0, False)]
)
def test_the_limit_counts_the_sender_and_the_network(same, near, limit, over):
    assert over_limit(same, near, limit) is over


def test_tries_grow_further_apart():
    assert [retry_after(n) for n in (0, 1, 9)] == [timedelta(seconds=s) for s in (10, 20, 600)]


def test_likeness():
    assert likeness("柜员态度很差，等了一小时", "柜员态度很差，等了一个小时！") > 0.7
    assert likeness("柜员态度很差", "手续费多收") == 0 and likeness("", "") == 0


def test_every_reason_has_words_in_both_languages_and_no_other_fields_leak():
    for code in WORDS:
        assert words(Problem("x", code, 9), "zh-hans") and words(Problem("x", code, 9), "en")
        assert "{" not in words(Problem("x", code, 9), "en")


@pytest.mark.parametrize("body", [b'{"a": 1, "b": [1, 2.5, null, true, "x"]}', b'\xef\xbb\xbf{"a":1}', b'"{[{["'])
def test_good_json_is_read(body):
    loads(body)


def test_brackets_in_strings_are_no_depth():
    assert loads(b'{"a":"' + b"[" * 500 + b'\\"[["}')["a"].count("[") == 502
    with pytest.raises(BadJson):
        loads(b"[" * 21 + b"]" * 21)
