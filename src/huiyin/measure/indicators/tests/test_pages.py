"""The dashboard, the page of an indicator and the rows behind a number, as people meet them."""

import importlib.util
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape
from pytest_django import Settings

from huiyin.bank.staff import actions as staff
from huiyin.kernel.actor import machine
from huiyin.ledger import actions as ledger
from huiyin.ledger.actions import Happening
from huiyin.measure.history import actions as history
from huiyin.measure.history.tests.synthetic import OfTheCast
from huiyin.measure.indicators import actions, queries
from huiyin.measure.indicators.models import Published, Rebase

pytestmark = pytest.mark.once  # what the pages show comes from columns, whatever the database
Tell = Callable[[Iterable[Happening]], int]
BY = machine("tick")


@pytest.fixture
def told(cast: Any, tell: Tell, settings: Settings) -> Iterator[Any]:
    settings.HUIYIN_NOW = cast.at.isoformat()
    bank = OfTheCast(cast)
    tell([*bank.cases(120), *bank.ratings(200), *bank.rectifications(12)])
    ledger.seal(at=cast.at)
    history.copy(by=BY, at=cast.at)
    yield cast


def page(client: Client, address: str, language: str = "zh-hans") -> str:
    client.cookies["hy_lang"] = language
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return response.content.decode()


def test_the_dashboard_says_one_sentence_for_each_measure(told: Any, client: Client) -> None:
    shown = page(told.login(client, "feng"), "/desk/indicators/")
    for one in queries.catalogue():
        assert one.name.zh in shown
    assert shown.count('<svg class="hy-chart') == len(queries.catalogue())
    assert "数据截至" in shown
    english = page(client, "/desk/indicators/", "en")
    assert "Customer satisfaction" in english and "Data as of" in english


def test_charts_carry_no_style_and_no_script(told: Any, client: Client) -> None:
    shown = page(told.login(client, "feng"), "/desk/indicators/M15/")
    charts = "".join(re.findall(r'<svg class="hy-chart.*?</svg>', shown, re.DOTALL))
    assert 'role="img"' in charts and "<title" in charts and "<desc" in charts
    assert "style=" not in charts and "<script" not in charts and " on" not in charts.replace(" one", "")


def test_every_indicator_has_a_page_in_two_languages(told: Any, client: Client) -> None:
    told.login(client, "feng")
    for one in queries.catalogue():
        assert escape(one.text.zh) in page(client, f"/desk/indicators/{one.code}/")
        assert escape(one.text.en) in page(client, f"/desk/indicators/{one.code}/", "en")


def test_every_number_leads_to_its_rows(told: Any, client: Client) -> None:
    told.login(client, "zhou")
    shown = page(client, "/desk/indicators/M15/")
    links = re.findall(r'href="(/desk/indicators/M15/rows/\?[^"]+)"', shown)
    assert links
    for link in set(links):
        page(client, link.replace("&amp;", "&"))


def test_filters_stand_in_the_address_and_odd_ones_are_left_out(told: Any, client: Client) -> None:
    told.login(client, "feng")
    shown = page(client, "/desk/indicators/?unit=HO/B01/&channel=phone&grain=week")
    assert re.search(r'<option value="phone" selected', shown)
    for odd in ("grain=eon", "from_day=yesterday", "unit=HO/XX/", "from_day=2026-01-01&until_day=2025-01-01", "page=x"):
        page(client, f"/desk/indicators/M15/?{odd}")
        page(client, f"/desk/indicators/M15/rows/?{odd}")
    assert client.get("/desk/indicators/M99/").status_code == 404
    assert "截止日期不得早于起始日期" in page(client, "/desk/indicators/M15/?from_day=2026-01-01&until_day=2025-01-01")


def test_two_centuries_of_days_are_cut_to_those_that_a_chart_can_show(told: Any) -> None:
    asked = {"code": "M12", "actor": told.actor("feng"), "at": told.at, "grain": "day"}
    points = queries.series(**asked, from_day=date(1990, 1, 1), until_day=date(2200, 1, 1)).points
    assert len(points) == 400 and points[-1].period.start == queries.span().as_of_day
    assert len(queries.series(**asked, from_day=date(2026, 1, 1), until_day=date(2026, 2, 1)).points) == 31


def test_a_branch_supervisor_sees_the_branch_only(told: Any, client: Client) -> None:
    told.login(client, "sun")
    page(client, "/desk/indicators/M12/")
    span = {"from_day": date(2024, 1, 1), "until_day": date(2026, 3, 1)}
    own = queries.reading(code="M12", actor=told.actor("sun"), at=told.at, **span).n
    whole = queries.reading(code="M12", actor=told.actor("feng"), at=told.at, **span).n
    assert 0 < own < whole == 120


def test_who_may_not_see_figures_is_refused(told: Any, client: Client) -> None:
    assert told.login(client, "admin").get("/desk/indicators/").status_code == 403


def test_a_recused_person_sees_live_figures_without_that_matter(told: Any) -> None:
    span = {"from_day": date(2024, 1, 1), "until_day": date(2026, 3, 1)}
    asked = {"code": "M12", "at": told.at, **span}
    before = queries.rows(actor=told.actor("sun"), **asked, limit=500)
    subject = before.rows[0].subject
    from uuid import UUID

    staff.recuse(subject=UUID(subject), staff=told.sun.pk, why="manager", by=BY, at=told.at)
    after = queries.rows(actor=told.actor("sun"), **asked, limit=500)
    assert after.total == before.total - 1
    assert subject not in {row.subject for row in after.rows}


def test_a_published_month_never_changes(told: Any, tell: Tell) -> None:
    month = date(2025, 6, 1)
    assert actions.publish(month=month, by=told.actor("zhou"), at=told.at) == len(queries.catalogue())
    assert actions.publish(month=month, by=told.actor("zhou"), at=told.at) == 0
    frozen = Published.objects.get(indicator="M12", month=month, unit_path="")
    live = queries.reading(code="M12", actor=BY, at=told.at, from_day=month, until_day=date(2025, 7, 1))
    assert (frozen.num, frozen.den) == (live.numerator, live.denominator)
    with pytest.raises(actions.MonthNotOver):
        actions.publish(month=told.at.date(), by=told.actor("zhou"), at=told.at)
    assert next(f.month for f in queries.published(code="M12", actor=told.actor("feng"), at=told.at)) == month


def test_limits_begin_anew_by_a_recorded_decision(told: Any, client: Client) -> None:
    told.login(client, "zhou")
    day = date(2025, 6, 1)
    answer = client.post("/desk/indicators/M01/rebase/", {"from_day": day.isoformat(), "reason": "新的叫号机"})
    assert answer.status_code == 302
    assert Rebase.objects.get().reason == "新的叫号机"
    with pytest.raises(actions.AlreadyRebased):
        actions.rebase(code="M01", from_day=day, reason="again", by=told.actor("zhou"), at=told.at)
    assert told.login(Client(), "feng").post("/desk/indicators/M01/rebase/", {}).status_code == 403


def test_an_empty_bank_has_a_designed_page(cast: Any, home: Path, client: Client) -> None:
    assert "还没有可供统计的数据" in page(cast.login(client, "feng"), "/desk/indicators/")


def test_the_pages_of_the_indicators_are_up_to_date() -> None:
    path = Path(__file__).parents[5] / "scripts" / "indicator_docs.py"
    spec = importlib.util.spec_from_file_location("indicator_docs", path)
    assert spec and spec.loader
    docs = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(docs)
    for name, text in docs.pages().items():
        assert (docs.FOLDER / name).read_text("utf-8") == text, f"run make docs: {name} is out of date"
