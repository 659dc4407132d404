"""An alert is raised once, explains itself, and is settled by the right people."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from huiyin.kernel.actor import machine
from huiyin.ledger import queries as ledger
from huiyin.measure.alerts import actions, queries
from huiyin.measure.alerts.models import Alert
from huiyin.measure.alerts.queries import Found, Part
from huiyin.platform.messages import queries as messages

pytestmark = pytest.mark.django_db
TICK = machine("tick")
CELL = {"branch": "B01", "outlet": "O0101", "category": "bank_card"}
SEEN = date(2026, 3, 1)


def found(**changes: object) -> Found:
    weeks = [SEEN - timedelta(days=6 + 7 * i) for i in reversed(range(20))]
    base = Found(
        indicator="M12", rule="surge", family="bank", cell=CELL, since=date(2026, 2, 23), seen=SEEN, weeks=1,
        observed=9.0, expected=1.2, upper=4.0, p=2.1e-5, explained_by=(Part(CELL, 9.0, 1.2, 1.0),),
        series=tuple((week.isoformat(), 9.0 if week == weeks[-1] else 1.0, 1.2, 4.0) for week in weeks),
    )  # fmt: skip
    return replace(base, **changes)


def raised(cast, **changes: object) -> Alert:
    (alert,) = actions.raise_many(found=[found(**changes)], by=TICK, at=cast.at)
    return alert


def test_an_episode_is_raised_once_and_recorded(cast):
    alert = raised(cast)
    assert actions.raise_many(found=[found()], by=TICK, at=cast.at) == []
    later = found(since=date(2026, 3, 2), seen=date(2026, 3, 8))
    assert actions.raise_many(found=[later], by=TICK, at=cast.at + timedelta(days=5)) == []
    alert.refresh_from_db()
    assert alert.last_seen == date(2026, 3, 8)
    (entry,) = ledger.entries_of(f"alert:{alert.pk}")
    assert entry.type == "alert.raised"
    assert alert.unit_path == "HO/B01/O0101/"
    assert alert.owner_id == cast.sun.pk
    assert messages.unread_count(cast.sun.pk) == 1


def test_a_cell_of_an_imported_taxonomy_may_be_words(cast, client):
    cell = {"product": "Credit card or prepaid card", "issue": "Fraud or scam", "region": "NV"}
    raised(cast, cell={}, family="cfpb", explained_by=())
    long = {"product": "Credit reporting, " * 8, "issue": "Problem with a company's investigation " * 4}
    raised(cast, cell=long, family="cfpb", explained_by=())
    alert = raised(cast, cell=cell, family="cfpb", explained_by=(Part(cell, 9.0, 1.2, 1.0),))
    assert alert.unit_path == "HO/"
    cast.login(client, "wu")
    assert "Fraud or scam" in client.get(f"/desk/alerts/{alert.pk}/").content.decode()


def test_an_old_finding_is_history_and_no_alert(cast):
    assert actions.raise_many(found=[found(since=date(2025, 1, 6), seen=date(2025, 1, 12))], by=TICK, at=cast.at) == []


def test_whose_units_it_is_sees_it_and_others_do_not(cast):
    alert = raised(cast)
    for name, sees in {"sun": True, "li": True, "wu": True, "zhou": True, "chen": False, "wang": False}.items():
        assert queries.visible_to(cast.actor(name), cast.at).filter(pk=alert.pk).exists() is sees, name


def test_an_ordinary_alert_is_dismissed_by_one_person_elsewhere(cast):
    alert = raised(cast)
    actions.dismiss(alert=alert.pk, reason="chance", text="逐笔核对，无共同原因。", by=cast.actor("wu"), at=cast.at)
    alert.refresh_from_db()
    assert alert.state == "dismissed"
    assert [e.type for e in ledger.entries_of(f"alert:{alert.pk}")] == ["alert.raised", "alert.settled"]
    (record,) = queries.rule_records(cast.actor("wu"), cast.at)
    assert (record.raised, record.settled, record.false, record.rate) == (1, 1, 1, 1.0)
    with pytest.raises(actions.Settled):
        actions.accept(alert=alert.pk, by=cast.actor("sun"), at=cast.at)


def test_a_serious_alert_takes_two_people(cast):
    alert = raised(cast, observed=40.0, expected=8.0, p=1e-9)
    actions.dismiss(alert=alert.pk, reason="known", text="系统升级引起，已恢复。", by=cast.actor("wu"), at=cast.at)
    assert Alert.objects.get(pk=alert.pk).state == "dismissing"
    with pytest.raises(actions.SamePerson):
        actions.second(alert=alert.pk, agree=True, by=cast.actor("wu"), at=cast.at)
    actions.second(alert=alert.pk, agree=False, by=cast.actor("zhou"), at=cast.at)
    assert Alert.objects.get(pk=alert.pk).state == "open"
    actions.dismiss(alert=alert.pk, reason="known", text="附升级公告。", by=cast.actor("wu"), at=cast.at)
    actions.second(alert=alert.pk, agree=True, by=cast.actor("zhou"), at=cast.at)
    assert Alert.objects.get(pk=alert.pk).state == "dismissed"


def test_nobody_dismisses_their_own_alert_or_one_of_their_own_unit(cast):
    cast.person("jiang", unit="O0101", post="handler", roles={"analyst": "O0101"})
    alert = raised(cast)
    with pytest.raises(actions.OwnUnit):
        actions.dismiss(alert=alert.pk, reason="chance", text="没事", by=cast.actor("jiang"), at=cast.at)
    actions.accept(alert=alert.pk, by=cast.actor("wu"), at=cast.at)
    other = raised(cast, cell={**CELL, "category": "loan"})
    Alert.objects.filter(pk=other.pk).update(owner=cast.wu.pk)
    with pytest.raises(actions.OwnUnit):
        actions.dismiss(alert=other.pk, reason="chance", text="没事", by=cast.actor("wu"), at=cast.at)
    assert Alert.objects.get(pk=other.pk).state == "open"


def test_a_dismissal_without_a_reason_is_refused(cast):
    alert = raised(cast)
    with pytest.raises(actions.ReasonNeeded):
        actions.dismiss(alert=alert.pk, reason="chance", text="  ", by=cast.actor("wu"), at=cast.at)


def test_two_alerts_about_one_event_become_one(cast):
    one, other = raised(cast), raised(cast, cell={**CELL, "category": "loan"})
    actions.merge(alert=one.pk, into=other.pk, by=cast.actor("sun"), at=cast.at)
    assert Alert.objects.get(pk=one.pk).state == "merged"
    with pytest.raises(actions.NotThere):
        actions.merge(alert=other.pk, into=other.pk, by=cast.actor("sun"), at=cast.at)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_explains_the_alert(cast, client, language):
    alert = raised(cast)
    cast.login(client, "wu")
    client.cookies["hy_lang"] = language
    page = client.get(f"/desk/alerts/{alert.pk}/")
    assert page.status_code == 200
    text = page.content.decode()
    assert ("滨江人民路支行" if language == "zh-hans" else "Renmin Road Outlet") in text
    assert "<svg" in text and "style=" not in text
    assert client.get("/desk/alerts/").status_code == 200
    assert client.get("/desk/alerts/?state=merged").status_code == 200


def test_a_stranger_to_the_unit_finds_nothing_there(cast, client):
    alert = raised(cast)
    cast.person("he", unit="B02", post="supervisor", roles={"supervisor": "B02"})
    cast.login(client, "he")
    assert client.get(f"/desk/alerts/{alert.pk}/").status_code == 404
    assert client.post(f"/desk/alerts/{alert.pk}/accept/").status_code == 404
    cast.login(client, "wang")
    assert client.get(f"/desk/alerts/{alert.pk}/").status_code == 403


def test_dismissing_on_the_page_without_words_keeps_what_was_chosen(cast, client):
    alert = raised(cast)
    cast.login(client, "wu")
    page = client.post(f"/desk/alerts/{alert.pk}/dismiss/", {"reason": "data", "text": ""})
    assert page.status_code == 200
    assert 'value="data"' in page.content.decode()
    assert Alert.objects.get(pk=alert.pk).state == "open"
    assert client.post(f"/desk/alerts/{alert.pk}/dismiss/", {"reason": "data", "text": "重复导入。"}).status_code == 302
    assert Alert.objects.get(pk=alert.pk).state == "dismissed"
