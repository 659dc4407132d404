"""What intake makes of a text once the seed corpus has been learnt, and what it does without."""

import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django_tasks_db.models import DBTaskResult

from huiyin.resolve.triage import actions, queries
from huiyin.resolve.triage.actions import learning
from huiyin.resolve.triage.plugs import shelf
from huiyin.resolve.triage.queries import learnt, seed

pytestmark = pytest.mark.django_db
UNSURE = "上个月买的那个东西到现在也没见着一分钱回来，当初说得可好听了"


@pytest.fixture(scope="module")
def shelves(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every seventh seed text learnt, once, into a home of its own."""
    from django.conf import settings

    home, before = tmp_path_factory.mktemp("home"), settings.HUIYIN_HOME
    settings.HUIYIN_HOME = home
    corpus = seed.seed()
    try:
        for facet, every in (("category", 7), ("cause", 7), ("urgency", 21), ("sentiment", 21), ("demand", 21)):
            name = facet + learnt.WORDS_ONLY
            found = learning.fit(name, corpus.texts[::every], corpus.labels[facet][::every], encoders=())
            learning.keep(name, found, origin="seed", mark=corpus.mark)
    finally:
        settings.HUIYIN_HOME = before
    return home


def test_where_the_word_lists_are_not_sure_intake_asks_what_was_learnt(
    shelves: Path, settings: Any, tmp_path: Path
) -> None:
    settings.HUIYIN_HOME = tmp_path
    plain = queries.suggestion(UNSURE)
    assert not plain.sure, "nothing learnt: the guess of the word lists stays"
    settings.HUIYIN_HOME = shelves
    found = queries.suggestion(UNSURE)
    assert found.category and found.cause and found.confidence > plain.confidence
    assert (found.severity, found.flags) == (plain.severity, plain.flags)
    sure = "信用卡盗刷，重复扣费，要退费"
    assert queries.suggestion(sure) == queries.suggestions([(sure, "")])[0]


def test_a_damaged_model_does_not_stop_an_intake(shelves: Path, settings: Any, tmp_path: Path) -> None:
    settings.HUIYIN_HOME = tmp_path
    plain = queries.suggestion(UNSURE)
    for facet in ("category", "cause"):
        shelf.appoint(learnt.root(), facet + learnt.WORDS_ONLY, "0" * 16)
    assert queries.suggestion(UNSURE) == plain


def test_a_learnt_guess_costs_an_intake_less_than_ten_milliseconds(shelves: Path, settings: Any) -> None:
    settings.HUIYIN_HOME = shelves
    queries.suggestion(UNSURE)
    start = time.process_time()
    for _ in range(50):
        queries.suggestion(UNSURE)
    assert (time.process_time() - start) / 50 < 0.01


def test_urgency_sentiment_and_demand_are_told_where_they_are_not_in_doubt(
    shelves: Path, settings: Any, tmp_path: Path
) -> None:
    settings.HUIYIN_HOME = tmp_path
    assert queries.outputs("要求退款，态度太差了") == {"demand": ("refund", None)}
    settings.HUIYIN_HOME = shelves
    found = queries.outputs("气死人了，柜员态度恶劣，骂人，马上处理！")
    assert found["sentiment"][0] == "negative" and 0.6 <= (found["sentiment"][1] or 0) <= 1
    assert all(code and (sure is None or sure >= learnt.LIKELY) for code, sure in found.values())


@pytest.mark.django_db
def test_the_tick_asks_once_for_what_is_missing(settings: Any, tmp_path: Path, shelves: Path, at: datetime) -> None:
    settings.HUIYIN_HOME = tmp_path
    assert actions.prepare(at=at) and not actions.prepare(at=at)
    assert DBTaskResult.objects.count() == 1
    settings.HUIYIN_HOME = shelves
    assert not actions.prepare(at=at)


def test_a_version_is_named_by_its_content_and_survives_being_saved_twice(shelves: Path, settings: Any) -> None:
    settings.HUIYIN_HOME = shelves
    name = "category" + learnt.WORDS_ONLY
    head, card = learnt.head_of(name)
    assert card.about["texts"] == len(seed.seed().texts[::7]) and not head.encoders
