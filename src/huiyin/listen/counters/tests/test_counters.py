"""Two taps at the counter: looking counts for nothing, tapping twice counts once, and a low score can be called back."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from huiyin.kernel.permit import Denied
from huiyin.ledger.models import Entry
from huiyin.listen.counters import actions, queries
from huiyin.listen.counters.models import Press, Spot, Turned
from huiyin.listen.surveys.models import Answer
from huiyin.listen.voices import queries as voices
from huiyin.listen.voices.models import Voice
from huiyin.resolve.cases.models import Case


@pytest.fixture
def spot(cast: Any) -> Spot:
    return actions.open_spot(unit=cast.unit["O0101"].pk, label="3号窗口", by=cast.actor("li"), at=cast.at)


def first_tap(client: Client, spot: Spot, score: int = 5, tablet: str = "") -> dict[str, str]:
    page = client.get(f"/rate-us/{queries.token(spot)}/?score={score}{tablet}").content.decode()
    return {"ticket": re.search(r'name="ticket" value="([^"]+)"', page)[1], "score": str(score)}


def second_tap(client: Client, spot: Spot, said: dict[str, Any], tablet: str = "") -> Any:
    return client.post(f"/rate-us/{queries.token(spot)}/send/{tablet}", said)


def test_two_taps_count_once_and_a_scanner_counts_for_nothing(client, spot, cast):
    for _scan in range(3):
        assert client.get(f"/rate-us/{queries.token(spot)}/").status_code == 200
        said = first_tap(client, spot)
        assert client.get(f"/rate-us/{queries.token(spot)}/send/").status_code == 405
    assert Answer.objects.count() == 0 and not client.cookies.get("hy_rater")
    for _twice in range(2):
        done = second_tap(client, spot, said | {"reasons": ["quick", "wait", "nonsense"][:1], "text": "谢谢"})
        assert done.status_code == 302 and "谢谢" in client.get(done["Location"]).content.decode()
    press, answer = Press.objects.get(), Answer.objects.get()
    assert press.pk == answer.pk and (answer.score, answer.kind, answer.channel) == (5, "counter", "counter")
    assert answer.unit_id == press.unit_id == cast.unit["O0101"].pk and press.reasons == "quick"
    told = Entry.objects.get(type="spot.rated").payload
    assert "谢谢" not in told and str(press.pk) in told
    assert not Voice.objects.exists()


def test_a_ticket_is_good_for_one_code_and_half_an_hour(client, spot, cast):
    other = actions.open_spot(unit=cast.unit["O0101"].pk, label="", by=cast.actor("li"), at=cast.at)
    said = first_tap(client, other)
    assert second_tap(client, spot, said)["Location"] == f"/rate-us/{queries.token(spot)}/"
    assert second_tap(client, spot, said | {"ticket": "made-up"}).status_code == 302
    assert second_tap(client, spot, first_tap(client, spot) | {"score": "9"}).status_code == 302
    assert Answer.objects.count() == 0
    old, said = queries.token(spot), first_tap(client, spot)
    spot = actions.renew_spot(spot=spot.pk, is_open=True, by=cast.actor("li"), at=cast.at)
    assert queries.token(spot) != old
    assert client.get(f"/rate-us/{old}/").status_code == 404  # every printed code is worthless at once
    assert client.post(f"/rate-us/{old}/send/", said).status_code == 404
    assert client.get("/rate-us/made-up/").status_code == 404
    actions.renew_spot(spot=spot.pk, is_open=False, by=cast.actor("li"), at=cast.at)
    assert client.get(f"/rate-us/{queries.token(spot)}/").status_code == 404


def test_one_telephone_rates_three_times_a_day_and_what_is_turned_away_is_counted(client, spot, later):
    codes = [second_tap(client, spot, first_tap(client, spot)).status_code for _n in range(5)]
    assert codes == [302, 302, 302, 429, 429]
    assert (Press.objects.count(), Turned.objects.get().count) == (3, 2)
    another = Client()
    assert second_tap(another, spot, first_tap(another, spot)).status_code == 302
    tablet = Client()
    codes = [
        second_tap(tablet, spot, first_tap(tablet, spot, tablet="&tablet=1"), "?tablet=1").status_code
        for _n in range(5)
    ]
    assert codes == [302] * 5  # everybody who stands before it
    for n in range(60):
        Press.objects.create(id=f"00000000-0000-7000-8000-{n:012d}", spot=spot, unit=spot.unit, score=5, at=later())
    third = Client()
    assert second_tap(third, spot, first_tap(third, spot)).status_code == 429


def test_a_low_score_with_a_number_is_called_back(client, spot, cast):
    page = client.get(f"/rate-us/{queries.token(spot)}/?score=4").content.decode()
    assert 'name="phone"' not in page
    said = first_tap(client, spot, 1) | {"reasons": ["wait"], "text": "等了两小时", "name": "李四"}
    wrong = second_tap(client, spot, said | {"phone": "12"})
    assert wrong.status_code == 422 and "等了两小时" in wrong.content.decode() and not Press.objects.exists()
    done = second_tap(client, spot, said | {"phone": "13800138000"})
    voice = Voice.objects.get()
    assert (voice.kind, voice.channel, voice.unit_id) == ("low_score", "counter", cast.unit["O0101"].pk)
    assert voices.words(voice.pk).phone == "13800138000" and "等候太久" in voices.words(voice.pk).text
    assert Case.objects.filter(pk=voice.pk).exists()
    thanks = client.get(done["Location"]).content.decode()
    assert voice.number in thanks and voices.tracking_code(voice.pk) in thanks
    shared = client.get(f"{done['Location']}&tablet=1")
    assert voices.tracking_code(voice.pk) not in shared.content.decode()  # never on a shared screen
    assert shared["Refresh"] == f"8; url=/rate-us/{queries.token(spot)}/?tablet=1"
    assert "13800138000" not in " ".join(Entry.objects.values_list("payload", flat=True))


def test_the_outlet_manager_sees_the_share_and_settles_what_was_low(client, spot, cast, later):
    for n, score in enumerate((5, 5, 4, 1)):
        visitor = Client()
        second_tap(visitor, spot, first_tap(visitor, spot, score) | ({"text": "排队太久"} if n == 3 else {}))
    manager = cast.login(client, "li")
    page = manager.get("/desk/counters/").content.decode()
    assert "75.0%" in page and "30.1% – 95.4%" in page and "暂不能判断" in page
    assert "排队太久" not in page, "what somebody wrote is read for a reason only, and that is on record"
    (link,) = re.findall(r'href="(/desk/vault/unmask/[^"]+)"', page)
    assert "排队太久" not in manager.get(link).content.decode()
    assert "排队太久" in manager.post(link, {"reason": "investigate"}).content.decode()
    assert Entry.objects.filter(type="vault.unmasked").count() == 1
    low = Press.objects.get(score=1)
    stranger = cast.login(Client(), "chen")
    assert stranger.get("/desk/counters/").status_code == 403
    with pytest.raises(actions.NoSuchPlace):
        actions.settle(press=low.pk, what="fixed", by=cast.actor("chen"), at=cast.at)
    assert manager.post(f"/desk/counters/{low.pk}/settle/", {"what": "fixed"}).status_code == 302
    low.refresh_from_db()
    assert (low.settled, low.settled_by_id) == ("fixed", cast.li.pk)
    sheet = manager.get(f"/desk/counters/{spot.pk}/code/").content.decode()
    assert queries.address(spot) in sheet and "<svg" in sheet
    assert queries.results(cast.actor("li"), later(days=29))[0].before.n == 4


def test_codes_are_made_by_whoever_answers_for_the_outlet(cast, spot, client):
    with pytest.raises(actions.AlreadyThere):
        actions.open_spot(unit=cast.unit["O0101"].pk, label="3号窗口", by=cast.actor("li"), at=cast.at)
    with pytest.raises(Denied):
        actions.open_spot(unit=cast.unit["O0201"].pk, label="", by=cast.actor("li"), at=cast.at)
    manager = cast.login(client, "li")
    assert manager.post("/desk/counters/new/", {"unit": str(cast.unit["O0201"].pk)}).status_code == 422
    assert manager.post("/desk/counters/new/", {"unit": str(cast.unit["O0101"].pk)}).status_code == 302
    actions.rate(id=spot.pk, spot=spot.pk, score=5, reasons=(), by=cast.actor("li"), at=cast.at - timedelta(days=1))
    assert queries.weeks(cast.actor("li"), cast.at)[-1][1].n == 1
