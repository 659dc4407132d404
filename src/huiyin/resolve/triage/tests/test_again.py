"""What people decide is learnt from, judged on texts nobody learns from, and can be taken back."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from huiyin.kernel.actor import Actor, Scope, machine
from huiyin.kernel.refusal import Refusal
from huiyin.ledger.models import Entry
from huiyin.platform.vault import queries as vault
from huiyin.resolve.triage import actions, tasks
from huiyin.resolve.triage.models import Appointment, Run, Version
from huiyin.resolve.triage.plugs import shelf
from huiyin.resolve.triage.queries import decided, learnt, seed
from huiyin.resolve.triage.rules.features import vocabulary
from huiyin.resolve.triage.rules.head import Head
from huiyin.resolve.triage.rules.replacing import Score, is_due, is_frozen, replaces
from huiyin.resolve.triage.rules.shared import dropped, shared
from huiyin.resolve.triage.tasks import again, appointing, learning

NAME = "category" + learnt.WORDS_ONLY
AT = datetime.fromisoformat("2026-11-20T10:00:00+08:00")
CLERK = Actor("staff", "1", uuid4(), (Scope("agent", "HO/"),))
ANALYST = Actor("staff", "2", None, (Scope("analyst", "HO/"),))


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


def test_a_head_keeps_only_what_several_people_wrote_or_we_wrote() -> None:
    import numpy as np

    ours, theirs = ["年费收错了", "年费退我"], [(n, "慧盈宝亏了，联系欧阳铁柱") for n in (1, 1, 2)] + [(3, "慧盈宝呢")]
    known = vocabulary([*ours, *(text for _, text in theirs)], least=2)
    rows = np.arange(2 * len(known.words), dtype=np.float32).reshape(-1, 2)
    whole = Head(("a", "b"), known, rows, np.zeros((0, 2), np.float32), np.zeros(0, np.float32), rows[0], 1.0, {})
    kept = shared(whole, ours, theirs, None)
    assert {"年费", "慧盈", "慧盈宝"} <= set(kept.vocabulary.words)
    assert not [piece for piece in kept.vocabulary.words if "铁" in piece or "欧" in piece or "亏" in piece]
    assert dropped(whole, kept) > 0 and len(kept.words) == len(kept.vocabulary.words) == len(kept.vocabulary.rarity)
    place = kept.vocabulary.words.index("慧盈")
    assert (kept.words[place] == rows[known.words.index("慧盈")]).all(), "each piece keeps its own weights"


@pytest.fixture
def few(settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> seed.Seed:
    """A house whose seed corpus is a twelfth of ours."""
    settings.HUIYIN_HOME = tmp_path
    corpus = seed.seed()
    few = seed.Seed(corpus.texts[::12], {f: labels[::12] for f, labels in corpus.labels.items()}, "few")
    monkeypatch.setattr(seed, "seed", lambda: few)
    monkeypatch.setattr(decided, "seed", lambda: few)
    return few


@pytest.mark.django_db
def test_decisions_make_a_version_once_which_a_permitted_person_takes_back(
    few: seed.Seed, django_capture_on_commit_callbacks: Any
) -> None:
    first = learning.ready("category", words_only=True)[1].version
    row = again.learn_again("category", by=machine("triage"), at=AT)
    assert row and row.before == first and row.held + row.texts == len(few.texts) and row.replaced
    assert shelf.current(learnt.root(), NAME) == first, "not before the commit"
    assert learnt.in_use(NAME) == row.version
    actions.prepare(at=AT)  # the process was killed after the commit: the tick finishes what it left
    assert shelf.current(learnt.root(), NAME) == row.version and Appointment.objects.get().done
    assert again.learn_again("category", by=machine("triage"), at=AT) is None, "the same examples are not tried twice"
    back: dict[str, Any] = {
        "facet": "category",
        "version": first,
        "before": row.version,
        "reason": "夜间误判多",
        "at": AT,
    }
    refused = [(CLERK, {}, Refusal), (ANALYST, {"version": "0" * 16}, actions.UnknownVersion),
               (ANALYST, {"before": "1" * 16}, actions.Moved), (ANALYST, {"reason": " "}, actions.NoReason)]  # fmt: skip
    for by, more, refusal in refused:
        with pytest.raises(refusal):
            actions.roll_back(**back | more, by=by)
    with pytest.raises(ZeroDivisionError), django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        actions.roll_back(**back, by=ANALYST)
        raise ZeroDivisionError  # killed inside the transaction: nothing has changed, rows and file
    assert shelf.current(learnt.root(), NAME) == learnt.in_use(NAME) == row.version
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            actions.roll_back(**back, by=ANALYST)
    assert shelf.current(learnt.root(), NAME) == first and Version.objects.count() == 1
    last = appointing.newest(NAME)
    assert last and (last.number, last.done) == (2, True)
    assert vault.reveal(learnt.REASONS, last.pk) == {"reason": "夜间误判多"}
    kinds = list(Entry.objects.filter(stream=f"triage:{NAME}").order_by("pk").values_list("type", flat=True))
    assert kinds == ["triage.learnt", "triage.rolled_back"]
    with pytest.raises(appointing.Overtaken):
        appointing.appoint(NAME, row.version, row.version, by=ANALYST, at=AT)
    (shelf.folder(learnt.root(), NAME) / "current.json").write_text("{")
    actions.prepare(at=AT)
    assert shelf.current(learnt.root(), NAME) == first, "a damaged file is written again from the rows"


@pytest.mark.django_db
def test_a_run_is_asked_for_once_called_off_and_given_up_where_its_worker_died() -> None:
    assert actions.learn_again(by=ANALYST, at=AT) and not actions.learn_again(by=ANALYST, at=AT)
    waiting = Run.objects.get()
    actions.stop_learning(run=waiting.pk, by=ANALYST, at=AT)
    assert tasks.learn_from_people.call(str(waiting.pk)) == "begun already"
    assert actions.learn_again(by=ANALYST, at=AT)
    running = Run.objects.get(is_open=True)
    told = tasks.Running(running.pk, lambda: AT)
    assert told.begin() and not told.begin()
    told.say("category", "learn", 0.5)
    assert Run.objects.get(pk=running.pk).share == 500
    with pytest.raises(Refusal):
        actions.stop_learning(run=running.pk, by=CLERK, at=AT)
    actions.stop_learning(run=running.pk, by=ANALYST, at=AT)
    with pytest.raises(tasks.Stopped):
        told.check()
    assert not actions.learn_again(by=ANALYST, at=AT + timedelta(minutes=29)), "it may still be at work"
    assert actions.learn_again(by=ANALYST, at=AT + timedelta(minutes=31))
    told.end("learnt")
    assert [run.outcome for run in Run.objects.all()] == ["stopped", "lost", ""]
