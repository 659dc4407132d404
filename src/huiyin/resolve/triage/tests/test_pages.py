"""The page of triage: figures with intervals, learning asked for and called off, the way back with its reason."""

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from huiyin.kernel.actor import machine
from huiyin.kernel.ids import new_id
from huiyin.resolve.triage import actions
from huiyin.resolve.triage.models import Classification, Run, Version
from huiyin.resolve.triage.plugs import shelf
from huiyin.resolve.triage.queries import learnt, quality, seed
from huiyin.resolve.triage.tasks import appointing, learning

NAME = "category" + learnt.WORDS_ONLY


@pytest.fixture
def decided(cast: Any, at: datetime) -> list[UUID]:
    """Eight suggestions of `savings`, of which 孙洁 leaves six; one that nobody has decided."""
    ids = [new_id() for _ in range(9)]
    for n, id in enumerate(ids):
        Classification.objects.create(
            voice=id, category="savings", cause="service", complexity="simple", severity="ordinary",
            confidence=900 if n else 300, classified_at=at,
        )  # fmt: skip
    items = [
        actions.Decision(id, "payment" if n < 2 else "savings", "service", "simple", "ordinary", at, cast.actor("sun"))
        for n, id in enumerate(ids[:8])
    ]
    actions.decide_many(items=items)
    return ids


def test_what_people_left_is_shown_by_label_and_nobody_stands_alone(
    cast: Any, at: datetime, client: Client, decided: list[UUID]
) -> None:
    found = quality.pairs("category", at)
    assert (len(found), sum(pair.kept for pair in found), sum(pair.sure for pair in found)) == (8, 6, 7)
    assert quality.abstained(at) == quality.Share(1, 9)
    cast.login(client, "wu")
    page = client.get("/desk/triage/?lang=en").content.decode()
    for said in ("75% <", "(41%–93%)", "6/8", "avings", "×2", "All others", "Learn now"):
        assert said in page
    assert "孙洁" not in page and "Sun Jie" not in page and "Supervisor" not in page, "one person is no post"
    assert client.get("/desk/triage/?facet=../../x").status_code == 200
    assert client.get("/desk/triage/?facet=cause").status_code == 200
    cast.login(client, "wang")
    assert client.get("/desk/triage/").status_code == 403


def test_learning_is_asked_for_and_called_off_and_an_earlier_version_answers_again(
    cast: Any, at: datetime, client: Client, settings: Any, tmp_path: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.HUIYIN_HOME = tmp_path
    corpus = seed.seed()
    versions = []
    for every in (20, 21):
        found = learning.fit(NAME, corpus.texts[::every], corpus.labels["category"][::every], encoders=())
        versions.append(learning.keep(NAME, found, origin="seed", mark=str(every)).version)
    old, new = versions
    with django_capture_on_commit_callbacks(execute=True):
        Version.objects.create(
            facet=NAME, version=new, before=old, mark="m", decided=20, texts=1300, held=330, right=200, right_before=190,
            people_held=4, people_right=3, people_right_before=1, replaced=True, learnt_at=at,
        )  # fmt: skip
        appointing.appoint(NAME, new, new, by=machine("triage"), at=at)
    cast.login(client, "wu")
    for _ in range(2):
        client.post("/desk/triage/learn/")
    run = Run.objects.get()
    assert run.asked_by_id == cast.wu.pk
    assert "progress" in client.get("/desk/triage/").content.decode()
    client.post(f"/desk/triage/runs/{run.pk}/stop/")
    page = client.get("/desk/triage/?lang=zh").content.decode()
    assert "已中止" in page and f"{old[:8]}" in page and "200 | 190" in page
    address, data = "/desk/triage/back/", {"facet": "category", "version": old, "before": new}
    assert old in client.get(address, data).content.decode()
    assert client.post(address, data | {"reason": " "}).status_code == 422
    assert client.post(address, data | {"reason": "x", "version": "1" * 16}).status_code == 404
    assert client.post(address, data | {"reason": "x", "before": old}).status_code == 409
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(address, data | {"reason": "误判变多"}).status_code == 302
    assert shelf.current(learnt.root(), NAME) == old
    assert "误判变多" in client.get("/desk/triage/").content.decode()
