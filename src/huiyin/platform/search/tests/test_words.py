"""What a text is found by. T47: a Chinese question is never stripped to nothing."""

import pytest

from huiyin.platform.search.rules.folding import fold
from huiyin.platform.search.rules.ranking import matches, number_of, quarter_of, quarters, score, time_of
from huiyin.platform.search.rules.snippets import snippet
from huiyin.platform.search.rules.words import LONGEST_QUERY, terms_of, words_of

TEXT = "我的信用卡昨天被盗刷了5000元，打客服电话没人接。The mortgage fees were WRONG at Café Zürich."

# what is asked, in which text: both sides in every spelling
FOUND = [
    ("盗刷", TEXT),
    ("信用卡", TEXT),
    ("卡", TEXT),
    ("信用卡 盗刷", TEXT),
    ("盜刷", TEXT),
    ("盗刷", "信用卡被盜刷，銀行不理"),
    ("银行", "信用卡被盜刷，銀行不理"),
    ("mortgage", TEXT),
    ("MORTGAGE FEE", TEXT),
    ("ｍｏｒｔｇａｇｅ", TEXT),
    ("cafe zurich", TEXT),
    ("Cafe\u0301", TEXT),
    ("５０００", TEXT),
    ("𠮷田", "吉田先生来访"),
    ("吉田", "𠮷田先生来访"),
    ("𠮷", "姓𠮷"),
    ("䶮", "客户马䶮来电"),
    ("𬎆", "客户𬎆来电"),
    ("APP闪退", "手机app闪退三次"),
    ("app 闪退", "APP一打开就闪退"),
    ("盗\u200b刷", TEXT),
    ("\u202e盗刷\u202c", TEXT),
    ("“盗刷”", TEXT),
    ("branches", "two branch offices"),
    ("ＡＴＭ吞卡", "atm吞卡"),
]


@pytest.mark.parametrize(("query", "text"), FOUND)
def test_t47_a_word_is_found_in_every_spelling(query: str, text: str) -> None:
    words = words_of(query)
    assert words
    assert {term for word in words for term in word.terms} <= terms_of(text)
    assert set(matches((text,), words)) == {word.text for word in words}


@pytest.mark.parametrize("query", ["刷卡机", "盗用", "mort", "apartment", "客服信用卡"])
def test_what_does_not_stand_there_is_not_found(query: str) -> None:
    assert len(matches((TEXT,), words_of(query))) < len(words_of(query))


def test_pairs_that_meet_by_chance_are_not_a_word() -> None:
    text = "信用等级，用卡不便"  # 信用 and 用卡 both stand here, 信用卡 does not
    (word,) = words_of("信用卡")
    assert set(word.terms) <= terms_of(text) and not matches((text,), [word])


@pytest.mark.parametrize(
    "number", ["13800138000", "１３８００１３８０００", "110101199003074518", "6222021234561234", "11010119900307451X"]
)
def test_numbers_of_persons_are_no_terms(number: str) -> None:
    assert terms_of(f"a{number}") == set() and not words_of(number)


@pytest.mark.parametrize("query", ["", "   ", "%", "_", '"', "'", "!!!", "🙂", "👨‍👩‍👧‍👦", "\u202e", "，。、"])
def test_a_question_without_a_letter_has_no_words(query: str) -> None:
    assert words_of(query) == []


@pytest.mark.parametrize("query", ["' OR 1=1--", "100%", "a_b", "\\", '"unbalanced', "NEAR(a b)", "a AND NOT b", "x*"])
def test_signs_are_signs_and_never_operators(query: str) -> None:
    for word in words_of(query):
        assert word.text.isalnum()


def test_a_question_of_10_kb_is_cut_before_it_is_read() -> None:
    assert len(words_of("盗刷" * 5000)) == 1
    assert sum(len(word.terms) for word in words_of("".join(chr(0x4E00 + n) for n in range(9000)))) < LONGEST_QUERY


def test_a_snippet_shows_the_surroundings_and_marks_the_hit_as_it_was_written() -> None:
    parts = snippet("前" * 60 + "我的信用卡被盜刷了，" + "后" * 200, words_of("盗刷"))
    assert [part.text for part in parts if part.hit] == ["盜刷"]
    assert parts[0].text == "…" and parts[-1].text == "…"
    assert sum(len(part.text) for part in parts) < 130


def test_folding_remembers_where_each_letter_came_from() -> None:
    folded = fold("㈱é\u200bA")
    assert folded.text == "(株)ea" and folded.origin == [0, 0, 0, 1, 3]


def test_newer_texts_have_higher_numbers_and_quarters_walk_back(at) -> None:
    from datetime import timedelta
    from uuid import uuid4

    old, new = number_of(at - timedelta(days=400), uuid4()), number_of(at, uuid4())
    assert old < new and abs((time_of(new) - at).total_seconds()) < 1
    names = [name for name, _low, _high in quarters(old, new)]
    assert names[0] == quarter_of(at) == "2026Q1" and names[-1] == "2025Q1" and len(names) == 5
    bounds = [(low, high) for _name, low, high in quarters(old, new)]
    assert all(high == earlier for (_l, high), (earlier, _h) in zip(bounds[1:], bounds, strict=False))


def test_more_matches_and_newer_ones_come_first(at) -> None:
    from datetime import timedelta

    often, once = score({"盗刷": 3}, at, at), score({"盗刷": 1}, at, at)
    assert often > once > score({"盗刷": 1}, at - timedelta(days=90), at)
    assert score({"盗刷": 1, "信用卡": 1}, at, at) > score({"盗刷": 2}, at, at)
