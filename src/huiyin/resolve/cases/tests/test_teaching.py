"""A colleague corrects what a case is about, and the next version of triage knows better."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest

from huiyin.kernel.actor import machine
from huiyin.platform.vault import actions as vault
from huiyin.resolve.cases import actions
from huiyin.resolve.cases.tests import stories
from huiyin.resolve.triage import actions as triage
from huiyin.resolve.triage import tasks
from huiyin.resolve.triage.models import Run, Version
from huiyin.resolve.triage.plugs import shelf
from huiyin.resolve.triage.queries import decided, learnt, quality, seed

NAME = "category" + learnt.WORDS_ONLY
ENDS = ("还没有到账", "份额对不上", "兑换不了", "看不到克数", "回购价算错", "提货要等", "赎回失败", "显示暂停")


def test_a_corrected_category_is_learnt_and_an_erased_person_teaches_no_more(
    cast: Any, at: datetime, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    settings.HUIYIN_HOME = tmp_path
    corpus = seed.seed()
    few = seed.Seed(corpus.texts[::12], {f: labels[::12] for f, labels in corpus.labels.items()}, "few")
    for room in (seed, decided):
        monkeypatch.setattr(room, "seed", lambda: few)
    cases = []
    for n, end in enumerate(ENDS * 2):
        who = "我叫欧阳铁柱，" if n < 2 else ""
        text = f"{who}第{n // 8 + 1}次反映，囡囡豆{end}，手机13800138{n:03}"
        case = stories.hear(cast, at, text=text, phone="13900139000" if n < 2 else f"13700137{n:03}", name=f"客户{n}")
        assert case.category != "precious_metal"
        actions.classify(
            case=case.id, category="precious_metal", cause="process", complexity="simple", severity="ordinary",
            by=cast.actor("sun"), at=at,
        )  # fmt: skip
        cases.append(case)
    asked = "囡囡豆今天打不开"
    before, card = triage_head()
    assert learnt.answers(before, card.facet, [asked], 0.9)[0].label != "precious_metal"
    with django_capture_on_commit_callbacks(execute=True):
        assert triage.learn_again(by=cast.actor("wu"), at=at)
        tasks.learn_from_people.call(str(Run.objects.get().pk))
    run, row = Run.objects.get(), Version.objects.get(facet=NAME)
    assert (run.outcome, run.share, row.decided, row.replaced) == ("learnt", 1000, 16, True), row
    assert row.people_right > row.people_right_before and shelf.current(learnt.root(), NAME) == row.version
    head, card = learnt.head_of(NAME)
    assert learnt.answers(head, card.facet, [asked], 0.9)[0].label == "precious_metal"
    pieces = head.vocabulary.words
    assert "囡囡豆" in pieces and not [piece for piece in pieces if "铁柱" in piece or "欧阳" in piece]
    assert row.dropped > 0
    vault.erase(subject=cases[0].id, by=machine("erasure"), at=at)
    left = decided.examples("category")
    told = left.texts + left.held_texts
    assert sum("囡囡豆" in text for text in told) == 15 and left.mark != row.mark
    assert not [text for text in told if "13800138" in text], "numbers are masked before anything is learnt"


def triage_head() -> Any:
    from huiyin.resolve.triage.actions import learning

    return learning.ready("category", words_only=True)


def test_whoever_closes_a_case_as_it_was_suggested_confirms_the_suggestion(cast: Any, at: datetime) -> None:
    """Once, by a person: the customer's yes and the passing of time decide nothing about a category."""
    later = at + timedelta(days=11)
    mine, agreed, silent = (stories.answered(cast, at, phone=f"1380013800{n}") for n in range(3))
    assert not mine.to_classify and quality.pairs("category", later) == []
    actions.confirm(case=agreed.id, by=stories.the_customer(agreed), at=at)
    for _twice in range(2):
        with suppress(actions.Refused):
            actions.close(case=mine.id, outcome="explained", by=cast.actor("sun"), at=later)
    actions.close_silent(by=stories.TICK, at=later)
    assert {stories.fresh(one).state for one in (mine, agreed, silent)} == {"closed"}
    (pair,) = quality.pairs("category", later)
    assert (pair.said, pair.right, pair.whole) == (mine.category, mine.category, True)
    assert pair.person == cast.sun.pk and decided.count() == 1
