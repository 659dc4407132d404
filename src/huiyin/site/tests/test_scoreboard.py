"""The public scoreboard on the first page: whole months, n beside every share, nothing about few, no person."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from huiyin.kernel.actor import machine
from huiyin.ledger import actions as ledger
from huiyin.ledger.actions import Happening
from huiyin.measure.history import actions as history
from huiyin.measure.history.tests.conftest import home, tell
from huiyin.measure.history.tests.synthetic import OfTheCast
from huiyin.measure.indicators import queries as indicators
from huiyin.site.pages.home import scoreboard as board

__all__ = ["home", "tell"]

BY = machine("tick")
Tell = Callable[[Iterable[Happening]], int]


@pytest.fixture
def story(cast: Any, tell: Tell, settings: Settings) -> Iterator[Callable[[int], None]]:
    """Two years with so many complaints, the last of them in December 2025; it is March 2026."""
    settings.HUIYIN_NOW = cast.at.isoformat()
    board.forget()

    def told(cases: int) -> None:
        bank = OfTheCast(cast)
        tell([*bank.cases(cases), *bank.ratings(cases)])
        ledger.seal(at=cast.at)
        history.copy(by=BY, at=cast.at)

    yield told
    board.forget()


def portal(client: Client, language: str) -> str:
    response = client.get(f"/?lang={language}")
    assert response.status_code == 200
    return response.content.decode()


def test_every_figure_is_the_indicators_own_or_withheld_in_both_languages(
    cast: Any, story: Callable[[int], None], client: Client
) -> None:
    story(900)
    found = board.scoreboard(cast.at)
    assert found is not None
    assert [month.first for month in found.months] == [date(2025, n, 1) for n in (12, 11, 10, 9)]
    told = 0
    for month in found.months:
        until = date(month.first.year + month.first.month // 12, month.first.month % 12 + 1, 1)
        known: dict[str, Any] = {"actor": BY, "at": cast.at, "from_day": month.first, "until_day": until}
        assert month.received.n == indicators.reading(code="M12", **known).n
        for code, figure in (("M15", month.in_time), ("M05", month.satisfied), ("M18", month.days)):
            reading = indicators.reading(code=code, **known)
            if figure.why:
                assert reading.state != "ok" and figure.value is None and figure.n == 0
            else:
                assert figure.value == pytest.approx(reading.value) and figure.n == reading.n
                told += 1
    assert told
    for language, words in (("zh", ("我们做得怎么样", "2025年12月")), ("en", ("How we are doing", "Dec 2025"))):
        read_by_anybody(cast, portal(client, language), words)


def read_by_anybody(cast: Any, shown: str, words: tuple[str, ...]) -> None:
    assert all(word in shown for word in words)
    assert re.search(r"\d+%", shown)
    assert not any(person.name in shown or person.name_en in shown for person in (cast.zhao, cast.qian, cast.chen))


def test_few_complaints_are_not_counted_in_public(cast: Any, story: Callable[[int], None], client: Client) -> None:
    story(60)  # two or three a month
    found = board.scoreboard(cast.at)
    assert found is not None
    figures = [f for m in found.months for f in (m.received, m.in_time, m.satisfied, m.days)]
    assert all(figure.value is None and figure.n == 0 and figure.why for figure in figures)
    assert "少于 10 件" in portal(client, "zh") and "fewer than 10" in portal(client, "en")


@pytest.mark.django_db
def test_a_bank_without_a_whole_month_says_so(cast: Any, home: Any, client: Client) -> None:
    board.forget()
    assert "满一个自然月后" in portal(client, "zh")
    assert "after the first whole month" in portal(client, "en")


def test_the_way_in_stays_open_when_the_figures_fail(
    cast: Any, home: Any, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(at: object) -> None:
        raise OSError("the columns cannot be read")

    board.forget()
    monkeypatch.setattr(board, "_measured", broken)
    assert "/complain/" in portal(client, "en")
    board.forget()


def test_the_columns_are_asked_once_however_many_look(
    cast: Any, home: Any, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    board.forget()
    monkeypatch.setattr(board, "_measured", lambda at: asked.append(at))
    for _visitor in range(3):
        portal(client, "en")
    assert len(asked) == 1
    board.forget()
