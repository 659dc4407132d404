"""What people decide is learnt from, judged on texts nobody learns from, and can be taken back."""

from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from huiyin.kernel.actor import Actor, Scope, machine
from huiyin.kernel.refusal import Refusal
from huiyin.ledger.models import Entry
from huiyin.resolve.triage import actions
from huiyin.resolve.triage.actions import learning
from huiyin.resolve.triage.models import Version
from huiyin.resolve.triage.plugs import shelf
from huiyin.resolve.triage.queries import decided, learnt, seed
from huiyin.resolve.triage.rules.replacing import Score, is_due, is_frozen, replaces
from huiyin.resolve.triage.tasks import again

NAME = "category" + learnt.WORDS_ONLY


@pytest.mark.parametrize(
    ("now", "new", "may"),
    [
        (Score(200, 0), Score(200, 0), True),
        (Score(200, 0), Score(199, 0), False),
        (Score(200, 5), Score(196, 9), True),
        (Score(200, 5), Score(195, 9), False),
        (Score(200, 5), Score(210, 4), False),
    ],
)
def test_a_version_replaces_another_only_where_it_is_not_worse(now: Score, new: Score, may: bool) -> None:
    assert replaces(now, new) is may


def test_a_fifth_is_frozen_for_good_and_twenty_decisions_are_worth_a_job() -> None:
    keys = [f"text {n}" for n in range(1000)]
    assert 160 < sum(map(is_frozen, keys)) < 240 and list(map(is_frozen, keys)) == list(map(is_frozen, keys))
    assert [is_due(19, None), is_due(20, None), is_due(39, 20), is_due(40, 20)] == [False, True, False, True]


@pytest.mark.django_db
def test_decisions_make_a_version_once_which_a_permitted_person_takes_back(
    settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.HUIYIN_HOME, at = tmp_path, datetime.fromisoformat("2026-11-20T10:00:00+08:00")
    corpus = seed.seed()
    few = seed.Seed(corpus.texts[::9], {f: labels[::9] for f, labels in corpus.labels.items()}, "few")
    monkeypatch.setattr(seed, "seed", lambda: few)
    monkeypatch.setattr(decided, "seed", lambda: few)
    first = learning.ready("category", words_only=True)[1].version
    row = again.learn_again("category", by=machine("triage"), at=at)
    assert row and row.before == first and row.held + row.texts == len(few.texts)
    assert row.version != first and row.replaced and shelf.current(learnt.root(), NAME) == row.version
    assert again.learn_again("category", by=machine("triage"), at=at) is None, "the same examples are not tried twice"
    clerk = Actor("staff", "1", uuid4(), (Scope("agent", "HO/"),))
    analyst = Actor("staff", "2", uuid4(), (Scope("analyst", "HO/"),))
    back: dict[str, Any] = {"facet": "category", "version": first, "before": row.version, "at": at}
    with pytest.raises(Refusal):
        actions.roll_back(**back, by=clerk)
    with pytest.raises(actions.UnknownVersion):
        actions.roll_back(**back | {"version": "0" * 16}, by=analyst)
    with pytest.raises(actions.Moved):
        actions.roll_back(**back | {"before": "1" * 16}, by=analyst)
    assert shelf.current(learnt.root(), NAME) == row.version
    for _ in range(2):
        actions.roll_back(**back, by=analyst)
    assert shelf.current(learnt.root(), NAME) == first and Version.objects.count() == 1
    kinds = list(Entry.objects.filter(stream=f"triage:{NAME}").order_by("pk").values_list("type", flat=True))
    assert kinds == ["triage.learnt", "triage.rolled_back"]
