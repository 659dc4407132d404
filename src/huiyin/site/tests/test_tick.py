from datetime import timedelta
from typing import Any

import pytest

from huiyin.site import health, ticker
from huiyin.site.now import now
from huiyin.site.ticker import STEPS, Step, _resolve, lease, one_pass, read_record

done: list[str] = []


def works(*, at: Any) -> int:
    done.append("works")
    return 3


def breaks() -> None:
    done.append("breaks")
    raise RuntimeError("boom")


@pytest.fixture
def home(settings: Any, tmp_path: Any) -> Any:
    settings.HUIYIN_HOME = tmp_path
    done.clear()
    return tmp_path


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_every_step_is_a_verb_that_exists(step: Step) -> None:
    assert callable(_resolve(step))


@pytest.mark.django_db(transaction=True)
def test_a_step_that_fails_does_not_stop_the_next(home: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    here = "huiyin.site.tests.test_tick"
    monkeypatch.setattr(ticker, "STEPS", (Step("bad", f"{here}.breaks", 1), Step("good", f"{here}.works", 1)))
    assert one_pass() == 1
    assert one_pass() == 1
    assert done == ["breaks", "works", "breaks", "works"]
    record = read_record()
    assert (record["bad"]["failures"], record["bad"]["failure"]) == (2, "RuntimeError")
    assert (record["good"]["failures"], record["good"]["done"]) == (0, 3)


@pytest.mark.django_db
def test_two_ticks_never_do_the_same_step_at_once(home: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import connection

    if connection.vendor == "postgresql":
        pytest.skip("an advisory lock is held by the session, and a test has one session")
    monkeypatch.setattr(ticker, "STEPS", (Step("good", "huiyin.site.tests.test_tick.works", 1),))
    with lease("good") as mine:
        assert mine
        assert one_pass() == 0
        assert done == []
    assert one_pass() == 0
    assert done == ["works"]


@pytest.mark.django_db
def test_health_tells_a_living_tick_from_a_silent_one(home: Any) -> None:
    assert health.look(now()) == {"ok": True, "database": True, "tick_age_seconds": None}
    health.beat(now())
    assert health.look(now() + timedelta(seconds=30))["ok"]
    late = health.look(now() + timedelta(hours=1))
    assert (late["ok"], late["tick_age_seconds"]) == (False, 3600)


@pytest.mark.django_db
def test_healthz_needs_nobody_to_be_signed_in(client: Any, home: Any) -> None:
    assert client.get("/healthz").json()["database"] is True
