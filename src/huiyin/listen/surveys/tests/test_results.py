"""What a wave says: figures with intervals, weights, drivers, words; nothing of few; files without names."""

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from huiyin.kernel.actor import machine
from huiyin.kernel.ids import new_id
from huiyin.ledger.models import Entry
from huiyin.listen.surveys import actions
from huiyin.listen.surveys.models import Campaign, Edition, Invitation, Response, Stratum, Survey
from huiyin.listen.surveys.queries import results as reading
from huiyin.listen.surveys.queries.analysis import analyse
from huiyin.listen.surveys.rules import questions
from huiyin.listen.surveys.rules.chart import chart
from huiyin.listen.surveys.rules.drivers import drivers
from huiyin.listen.surveys.rules.words import masked
from huiyin.listen.surveys.tests.test_campaigns import CONTENT
from huiyin.platform.vault import actions as vault

BY = machine("test")
DATA = Path("/work/shared/data/csat_bank_survey")


def test_shares_of_explained_variance_add_up_to_it():
    rng = np.random.default_rng(3)
    common = rng.normal(size=600)
    scores = np.column_stack([common + rng.normal(size=600), common + rng.normal(size=600), rng.normal(size=600)])
    outcome = scores @ np.array([1.0, 0.5, 0.0]) + rng.normal(size=600)
    told = drivers("abc", scores, outcome, (-4, 4), seed=1, draws=100)
    fit = np.column_stack([np.ones(600), scores])
    rest = outcome - fit @ np.linalg.lstsq(fit, outcome, rcond=None)[0]
    assert told.r2 == pytest.approx(1 - rest.var() / outcome.var(), abs=1e-6)
    assert sum(one.share for one in told.drivers) == pytest.approx(1)
    a, b, c = told.drivers
    assert a.share > b.share > c.share and c.high < 0.02 and a.low < a.share < a.high and told.low < told.r2 < told.high
    # Two aspects: the mean of the two orders, by hand.
    ab = drivers("ab", scores[:, :2], outcome, (-4, 4), seed=1, draws=100)
    r = np.corrcoef(np.column_stack([scores[:, :2], outcome]).T)
    alone = r[0, 2] ** 2
    after = ab.r2 - r[1, 2] ** 2
    assert ab.drivers[0].share * ab.r2 == pytest.approx((alone + after) / 2, abs=1e-6)
    twin = drivers("ab", np.column_stack([scores[:, 0], scores[:, 0]]), outcome, (-4, 4), seed=1, draws=100)
    assert twin.drivers[0].share == pytest.approx(0.5, abs=1e-4)
    assert drivers("ab", scores[:20, :2], outcome[:20], (-4, 4), seed=1) is None
    assert drivers("ab", scores[:, :2], outcome * 0, (-4, 4), seed=1) is None


def test_the_chart_marks_what_matters_and_lags():
    drawn = chart([(0.5, 0.6, 0.5, 0.7), (0.8, 0.3, 0.2, 0.4), (0.9, 0.1, 0.0, 0.2)])
    assert [point.urgent for point in drawn.points] == [True, False, False]
    assert drawn.points[0].x < drawn.points[1].x and drawn.points[0].y < drawn.points[1].y


@pytest.mark.parametrize(
    ("text", "shown"),
    [("打 13800138000 找我", "打 ***找我"), ("卡号6222 0212 3456 7890。", "卡号***。"), ("a.b@example.com 见", "*** 见"),
     ("我叫张三，很慢", "我叫**，很慢"), ("等了 120 分钟", "等了 120 分钟")],
)  # fmt: skip
def test_words_for_a_reader_without_names(text, shown):
    assert masked(text).replace(" ", "") == shown.replace(" ", "")


def answered(cast, groups):
    """A wave of a bank-wide survey. `groups`: per unit its people, and (csat, nps, efficiency, attitude) of each answer."""
    at = cast.at
    survey = Survey.objects.create(unit=cast.unit["HO"], made_at=at)
    edition = Edition.objects.create(survey=survey, number=1, content=questions.as_plain(CONTENT), published_at=at)
    wave = Campaign.objects.create(
        edition=edition, unit=cast.unit["HO"], title="春季", frame="list", strata=["unit"], margin="0.05", allocation="each",
        expected_rate="0.2", channel="email", ends_at=at + timedelta(days=9), state="open", seed=5, drawn_at=at,
        started_at=at, made_at=at,
    )  # fmt: skip
    for place, (code, people, said) in enumerate(groups):
        unit = cast.unit[code]
        stratum = Stratum.objects.create(campaign=wave, key=[str(unit.pk)], place=place, frame=people, quota=people)
        for csat, nps, efficiency, attitude in said:
            id = new_id()
            asked = Invitation.objects.create(
                id=id, secret_hash=id.hex, kind="campaign", channel="email", unit=unit, invited_at=at, open_until=at,
                campaign=wave, stratum=stratum, delivered_at=at,
            )  # fmt: skip
            aspects = {"efficiency": efficiency, "professionalism": 4 if nps % 2 else 3, "attitude": attitude}
            Response.objects.create(
                invitation=asked, edition=edition, language="en", started_at=at, changed_at=at, completed_at=at,
                answers={"q1": csat, "q3": aspects, "q4": nps},
            )  # fmt: skip
    return wave


def test_a_wave_is_weighted_explained_and_read_by_scope(cast, client):
    happy = [(5, 9 + n % 2, 5 - n % 2, 3 + n % 3) for n in range(20)]
    sad = [(1 + n % 3, n % 6, 1 + n % 3, 2 + n % 4) for n in range(20)]
    wave = answered(cast, [("O0101", 300, happy), ("O0201", 900, sad), ("O0102", 50, happy[:3])])
    on = cast.at.date()
    told = reading.results(wave, cast.actor("zhou"), on)
    assert told.n == 43 and told.csat.value == pytest.approx(23 / 43) and told.csat.standing == "careful"
    # 300 of 1,250 at 1, 900 at 0, 50 at 1: far below the plain share, and the price of it is said
    assert told.weighted.value == pytest.approx(350 / 1250) and told.weighted.deff > 1.1 and told.how == "stratified"
    assert told.nps.value == pytest.approx(100 * (23 - 20) / 43) and told.margin > 0.14
    assert {part.csat.standing for part in told.parts} == {"hidden", "unsure"}
    assert told.drivers.lines[0][1].code == "efficiency" and told.drivers.r2 > 0.5
    again = reading.results(wave, cast.actor("zhou"), on)
    assert again.drivers is told.drivers, "nothing is computed twice while nobody answers"
    Response.objects.filter(pk=Response.objects.order_by("pk").last().pk).update(completed_at=None)
    assert reading.results(wave, cast.actor("zhou"), on).n == 42
    Response.objects.filter(completed_at=None).update(completed_at=cast.at)
    mine = reading.results(wave, cast.actor("sun"), on)  # B01: two outlets of it
    assert mine.n == 23 and not mine.whole and mine.parts == [] and mine.weighted is None
    for person in ("zhou", "sun", "feng"):
        page = cast.login(client, person).get(f"/desk/surveys/campaigns/{wave.pk}/results/")
        assert page.status_code == 200, person
    english = client.get(f"/desk/surveys/campaigns/{wave.pk}/results/", headers={"accept-language": "en"})
    assert english.status_code == 200


def test_words_are_read_by_right_and_files_hold_no_person(cast, client):
    wave = answered(cast, [("O0101", 300, [(5, 9, 5, 5)] * 5), ("O0201", 9, [(4, 8, 5, 5)] * 2)])
    row = Response.objects.order_by("pk").first()
    row.answers |= {"q2": True}
    row.save()
    vault.keep(subject=new_id(), table="surveys_response", row=row.pk, values={"q2": "我叫张三，电话 13800138000"})
    address = f"/desk/surveys/campaigns/{wave.pk}/"
    clear = cast.login(client, "zhou").get(f"{address}results/").content.decode()
    assert "13800138000" in clear
    hidden = cast.login(client, "wu").get(f"{address}results/").content.decode()
    assert "13800138000" not in hidden and "我叫**" in hidden
    file = client.post(f"{address}export/", {"format": "csv"})
    lines = file.content.decode("utf-8-sig").splitlines()
    assert (
        len(lines) == 8 and "人民路" in lines[1] and "文昌" not in file.content.decode()
    )  # two of an outlet: not named
    assert "13800138000" not in file.content.decode()
    assert client.post(f"{address}export/", {"format": "xlsx"}).content.startswith(b"PK")
    assert Entry.objects.filter(type="survey.exported").count() == 2
    Response.objects.exclude(pk=row.pk).delete()
    with pytest.raises(actions.TooFew):
        actions.export(campaign=wave.pk, format="csv", language="en", by=cast.actor("wu"), at=cast.at)
    few = cast.login(client, "zhou").get(f"{address}results/").content.decode()
    assert "13800138000" not in few  # one answer: nothing is shown, not even to those who may read


@pytest.mark.skipif(not DATA.exists(), reason="the shared survey of bank customers is not on this machine")
def test_the_survey_of_bank_customers_says_what_the_docs_say():
    told = analyse(
        DATA / "bank_satisfaction_plspm.csv.gz", outcome=["sat1", "sat2", "sat3", "sat4"], scale=(0, 10), nps="loy3",
        drivers={
            "image": ["imag1", "imag2", "imag3", "imag4", "imag5"], "value": ["val1", "val2", "val3", "val4"],
            "expectations": ["expe1", "expe2", "expe3", "expe4", "expe5"],
            "quality": ["qual1", "qual2", "qual3", "qual4", "qual5"],
        }, draws=200, satisfied=8,
    )  # fmt: skip
    assert told["rows"] == 250 and told["nps"]["value"] == pytest.approx(-8.4)
    assert told["outcome"]["mean"]["value"] == pytest.approx(6.833) and told["satisfied"]["value"] == 0.256
    shares = {one["name"]: one["share"] for one in told["drivers"]["drivers"]}
    assert told["drivers"]["r2"] == pytest.approx(0.6839, abs=1e-4) and shares["value"] == pytest.approx(
        0.4168, abs=1e-4
    )
