"""Who finds what. Everybody finds only what they may see, also in counts and snippets."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from huiyin.bank.staff import actions as staff
from huiyin.kernel.actor import machine
from huiyin.ledger import actions as ledger
from huiyin.listen.voices import actions as voices
from huiyin.platform.search import queries as index
from huiyin.platform.search.models import Document
from huiyin.platform.vault import actions as vault
from huiyin.resolve.cases import actions as cases
from huiyin.resolve.cases.tests import stories
from huiyin.resolve.finding import actions, queries
from huiyin.resolve.finding.queries import Asked, find


def kept_up() -> int:
    """As the tick does it: the entries are sealed, then read."""
    ledger.seal(at=datetime.now(UTC))
    return actions.keep_up()


def asked(cast: Any, who: str, q: str, **more: Any) -> queries.Results:
    return find(Asked(q, **more), cast.actor(who), cast.at)


def numbers(results: queries.Results) -> list[str]:
    return [line.case.number for line in results.lines]


@pytest.fixture
def told(cast, at) -> dict[str, Any]:
    """Three matters: two at O0101 in B01, one at O0201 in B02."""
    found = {
        "theft": stories.hear(cast, at, "我的信用卡昨天被盜刷了，电话13912345678", phone="13912345678", name="刘洋"),
        "queue": stories.hear(cast, at - timedelta(days=30), "在人民路支行排队两个小时，信用卡窗口没人", name="何静", phone="13700000001"),
        "far": stories.hear(cast, at, "信用卡盗刷，银行不理", unit="O0201", name="周敏", phone="13700000002"),
    }  # fmt: skip
    kept_up()
    return found


def test_t47_two_characters_find_the_matter_in_either_script(cast, told) -> None:
    assert numbers(asked(cast, "zhao", "盗刷")) == [told["theft"].number]
    assert numbers(asked(cast, "zhao", "盜刷")) == [told["theft"].number]
    assert set(numbers(asked(cast, "zhao", "信用卡"))) == {told["theft"].number, told["queue"].number}
    assert numbers(asked(cast, "zhao", "排")) == [told["queue"].number]


def test_each_branch_finds_its_own_and_head_office_both(cast, told) -> None:
    assert numbers(asked(cast, "chen", "盗刷")) == [told["far"].number]
    assert asked(cast, "zhao", "盗刷").total == 1
    assert asked(cast, "zhou", "盗刷").total == 2
    with pytest.raises(Exception, match="roles"):
        asked(cast, "admin", "盗刷")


def test_an_agent_finds_what_is_theirs_alone(cast, told, at) -> None:
    assert asked(cast, "wang", "盗刷").total == 0
    cases.assign(case=told["theft"].id, handler=cast.zhao.pk, by=cast.actor("sun"), at=at)
    mine = stories.hear(cast, at, "盗刷的另一件事", taken_by=cast.wang.pk)
    kept_up()
    assert numbers(asked(cast, "wang", "盗刷")) == [mine.number]


def test_whoever_is_recused_finds_nothing_and_counts_nothing(cast, told, at) -> None:
    staff.accuse(subject=told["theft"].id, staff=cast.zhao.pk, by=machine("cast"), at=at)
    for q in ("盗刷", told["theft"].number, told["theft"].number[-6:], "13912345678", "刘洋"):
        found = asked(cast, "zhao", q)
        assert (found.total, found.lines, found.people, found.counts) == (0, [], [], {}), q
    assert asked(cast, "qian", "盗刷").total == 1


def test_a_number_comes_first_whole_or_by_its_end(cast, told) -> None:
    number = told["queue"].number
    for q in (number, number.lower(), number.replace("-", ""), number[-6:], number[-4:]):
        found = asked(cast, "sun", q)
        assert numbers(found)[0] == number and found.lines[0].why.code == "number", q
    assert asked(cast, "chen", number).total == 0


def test_people_are_found_by_whole_telephone_or_name_and_shown_masked(cast, told) -> None:
    for q in ("13912345678", "+86 139 1234 5678", "１３９１２３４５６７８", "刘洋"):
        found = asked(cast, "sun", q)
        assert numbers(found) == [told["theft"].number]
        assert [(person.name, person.phone) for person in found.people] == [("刘*", "139****5678")]
    assert asked(cast, "chen", "13912345678").people == []
    assert asked(cast, "sun", "1391234567").total == 0


def test_snippets_mark_the_hit_and_hide_numbers(cast, told) -> None:
    (line,) = asked(cast, "zhao", "盗刷").lines
    text = "".join(part.text for part in line.parts)
    assert [part.text for part in line.parts if part.hit] == ["盜刷"]
    assert "13912345678" not in text and "139****5678" in text


def test_messages_and_notes_are_found_after_they_were_written(cast, told, at) -> None:
    case = stories.taken(cast, at, text="网点下雨漏水")
    cases.note(case=case.id, text="已联系物业核查屋顶", by=cast.actor("zhao"), at=at)
    voices.add_words(voice=case.id, text="补充：地毯也湿了", by=stories.the_customer(case), at=at)
    kept_up()
    assert [(line.kind.code, line.case.number) for line in asked(cast, "sun", "屋顶").lines] == [("note", case.number)]
    assert [line.kind.code for line in asked(cast, "sun", "地毯").lines] == ["message"]
    assert asked(cast, "sun", "地毯", kind="note").total == 0
    assert asked(cast, "sun", "地毯", kind="message").counts == {"message": 1}


def test_filters_narrow_and_pages_end(cast, told, at) -> None:
    day = told["queue"].received_at.date()
    assert numbers(asked(cast, "zhou", "信用卡", until=day + timedelta(days=1))) == [told["queue"].number]
    assert asked(cast, "zhou", "信用卡", since=day + timedelta(days=2)).total == 2
    assert asked(cast, "zhou", "信用卡", unit=cast.unit["B02"].pk).total == 1
    assert asked(cast, "zhou", "信用卡", state="closed").total == 0
    assert asked(cast, "zhou", "信用卡", page=99).page == 1


def test_when_nothing_has_all_the_words_those_with_some_are_shown(cast, told) -> None:
    found = asked(cast, "zhao", "盗刷 抵押贷款")
    assert found.some and numbers(found) == [told["theft"].number]


def test_units_and_products_are_found_by_name_in_both_languages(cast, told) -> None:
    assert set(numbers(asked(cast, "sun", "Renmin Road"))) == {told["theft"].number, told["queue"].number}


@pytest.mark.parametrize(
    ("q", "code"),
    [("", "NothingAsked"), ("   ", "NothingAsked"), ("盗" * 201, "TooLong"), ("x" * 10_000, "TooLong"),
     ("a\x00b", "Unstorable"), ("\ud800", "Unstorable")],
)  # fmt: skip
def test_a_bad_question_is_refused_in_words(cast, q, code) -> None:
    with pytest.raises(Exception, match=r".+") as refused:
        asked(cast, "sun", q)
    assert type(refused.value).__name__ == code and refused.value.status == 400


@pytest.mark.parametrize("q", ["%", "_", "' OR 1=1--", '"', "\\", "🙂", "\u202e", "NEAR(", "*", "a AND", "（）"])
def test_signs_find_nothing_and_break_nothing(cast, told, q) -> None:
    assert asked(cast, "zhou", q).total == 0


def test_the_index_holds_no_text_and_the_same_word_differs_by_month(cast, told) -> None:
    kept = " ".join(str(row) for row in Document.objects.values_list("terms", flat=True))
    assert "盗" not in kept and "信用" not in kept
    assert index.hashes(["盗刷"], "2026-03") != index.hashes(["盗刷"], "2026-02")


def test_an_erased_person_is_found_no_more(cast, told, at) -> None:
    vault.erase(subject=told["theft"].id, by=machine("test"), at=at)
    assert not Document.objects.filter(matter=told["theft"].id).exists()
    assert asked(cast, "zhao", "盗刷").total == 0


def test_keeping_up_twice_and_rebuilding_change_nothing(cast, told) -> None:
    before = list(Document.objects.values_list("id", "row", "terms"))
    assert kept_up() == 0
    assert actions.put(matters=[told["theft"].id]) == 0
    assert actions.rebuild() == 3
    assert list(Document.objects.values_list("id", "row", "terms")) == before
    assert actions.rebuild(afresh=True) == 3
    assert sorted(Document.objects.values_list("row", flat=True)) == sorted(row for _id, row, _t in before)


def test_an_interrupted_rebuild_goes_on_where_it_stopped(cast, told, monkeypatch) -> None:
    monkeypatch.setattr(actions, "MATTERS", 1)

    def die(done: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        actions.rebuild(afresh=True, progress=die)
    assert Document.objects.count() == 2
    seen: list[int] = []
    assert actions.rebuild(progress=seen.append) == 3 and seen == [3]
    assert Document.objects.count() == 3


def test_a_crash_between_reading_and_writing_loses_nothing(cast, at, monkeypatch) -> None:
    case = stories.hear(cast, at, "利率算错了")
    real = actions.search.move
    monkeypatch.setattr(actions.search, "move", lambda **_k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        kept_up()
    assert not Document.objects.exists()
    monkeypatch.setattr(actions.search, "move", real)
    kept_up()
    assert numbers(asked(cast, "zhao", "利率")) == [case.number]


def test_texts_of_one_second_whose_hashes_agree_keep_apart(cast, at, monkeypatch) -> None:
    from huiyin.platform.search import actions as search

    monkeypatch.setattr(search, "number_of", lambda at, row: 7 << 31)
    texts = {}
    for _n in range(3):
        id = uuid4()
        texts[id] = [search.Text("case", id, id, id, at, ("盗刷",))]
    assert search.put(matters=texts) == 3
    assert search.put(matters=texts) == 0
    id = uuid4()
    search.put(matters={id: [search.Text("case", id, id, id, at, ("盗刷",))]})
    assert sorted(Document.objects.values_list("id", flat=True)) == [(7 << 31) + n for n in range(4)]


def test_the_snippet_is_of_the_text_and_not_the_title_again(cast, at) -> None:
    words = voices.Words(title="信用卡盗刷", text="昨夜信用卡在境外被刷两千元", name="王芳", phone="13600000009")
    unit = cast.unit["O0101"].pk
    heard = voices.Heard(
        kind="complaint", channel="phone", received_at=at, language="zh-hans", unit=unit, words=words
    )  # fmt: skip
    voices.hear_many(items=[heard], by=machine("api"), at=at)
    kept_up()
    (line,) = asked(cast, "zhao", "信用卡").lines
    assert line.title == "信用卡盗刷" and "境外" in "".join(part.text for part in line.parts)


def test_a_draft_is_found_until_it_has_gone_out(cast, told, at) -> None:
    case = told["queue"]
    cases.assign(case=case.id, handler=cast.zhao.pk, by=cast.actor("sun"), at=at)
    reply = cases.draft_reply(case=case.id, text="经查系伪基站短信所致，我行先行垫付", by=cast.actor("zhao"), at=at)
    kept_up()
    (line,) = asked(cast, "sun", "伪基站").lines
    assert line.kind.code == "reply" and line.case.pk == case.pk
    assert asked(cast, "chen", "伪基站").total == 0
    cases.send_reply(reply=reply.pk, by=cast.actor("zhao"), at=at)
    kept_up()
    assert [line.kind.code for line in asked(cast, "sun", "伪基站").lines] == ["message"]


def test_whom_a_matter_is_about_is_found_only_by_those_who_see_persons_there(cast, told, at) -> None:
    case = stories.hear(cast, at, "办业务慢", name="丁一", phone="13700000009", about=("高个子的王柜员",))
    staff.accuse(subject=case.id, staff=cast.wang.pk, by=machine("cast"), at=at)
    kept_up()
    for q in ("王丽", "高个子", "Wang Li"):
        assert [line.kind.code for line in asked(cast, "sun", q).lines] == ["about"], q
        assert asked(cast, "wu", q).total == 0, q  # an analyst sees cases without persons
        assert asked(cast, "wu", q, kind="about").total == 0, q
        assert asked(cast, "wang", q).total == asked(cast, "li", q).total == 0, q  # the accused, and their manager
    index_size = Document.objects.count()
    actions.rebuild(afresh=True)
    assert Document.objects.count() == index_size and asked(cast, "sun", "王丽").total == 1
