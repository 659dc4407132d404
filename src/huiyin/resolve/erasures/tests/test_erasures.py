"""Nothing of an erased person can be read anywhere, the ledger still verifies, and nobody does it alone or too early."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from huiyin.customers.profiles import queries as profiles
from huiyin.kernel.actor import machine
from huiyin.kernel.permit import Denied
from huiyin.ledger import actions as ledger_actions
from huiyin.ledger import queries as ledger
from huiyin.ledger.models import Entry
from huiyin.listen.voices import queries as heard
from huiyin.platform.messages.models import Delivery
from huiyin.platform.search.models import Document
from huiyin.platform.vault import queries as sealed
from huiyin.platform.vault.models import DataKey, Sealed
from huiyin.protect.access import actions as access
from huiyin.resolve.cases import actions as case_actions
from huiyin.resolve.cases.tests import stories
from huiyin.resolve.erasures import actions, queries
from huiyin.resolve.erasures.models import Erasure
from huiyin.resolve.finding import actions as finding
from huiyin.resolve.finding import queries as search

WORDS = "存折办了两个小时，柜员王某态度恶劣"
FOUR_YEARS = timedelta(days=4 * 366)


def ended(cast: Any, at: datetime, **more: Any) -> Any:
    """A complaint that was answered, accepted and closed."""
    case = stories.grade(cast, stories.answered(cast, at, **more), at)
    case_actions.confirm(case=case.id, by=stories.the_customer(case), at=at)
    return stories.fresh(case)


def test_what_must_be_kept_says_until_when_and_nobody_does_it_alone(cast: Any, at: datetime) -> None:
    recent = ended(cast, at - timedelta(days=30))
    person = recent.customer
    page = f"/desk/erasures/{person}/"
    sun, zhou = cast.login(Client(), "sun"), cast.login(Client(), "zhou")
    html = sun.get(page).content.decode()
    assert recent.number in html and "法定保存期未满" in html and "2029年2月" in html
    no = sun.post(f"{page}ask/", {"reason": "request"})
    assert no.status_code == 409 and not Erasure.objects.exists()
    with pytest.raises(actions.Refused) as barred:
        actions.ask(customer=person, reason="request", by=cast.actor("sun"), at=at)
    assert barred.value.reasons["free_on"].isoformat() == "2029-02-03"
    later = at + timedelta(days=3 * 366)
    row = actions.ask(customer=person, reason="request", by=cast.actor("zhou"), at=later)
    with pytest.raises(Denied) as alone:
        actions.carry_out(erasure=row.pk, by=cast.actor("zhou"), at=later)
    assert alone.value.verdict.rule == "SoD19"
    with pytest.raises(Denied):
        actions.carry_out(erasure=row.pk, by=cast.actor("sun"), at=later)  # a supervisor may ask, not decide
    actions.withdraw(erasure=row.pk, by=cast.actor("zhou"), at=later)
    held = actions.hold(customer=person, ground="court", by=cast.actor("zheng"), at=later)
    with pytest.raises(actions.Refused, match="不得删除"):
        actions.ask(customer=person, reason="request", by=cast.actor("sun"), at=later)
    actions.lift(hold=held.pk, by=cast.actor("zheng"), at=later)
    row = actions.ask(customer=person, reason="request", by=cast.actor("sun"), at=later)
    actions.hold(customer=person, ground="regulator", by=cast.actor("zheng"), at=later)
    with pytest.raises(actions.Refused, match="不得删除"):
        actions.carry_out(erasure=row.pk, by=cast.actor("zhou"), at=later)  # it came between asking and deciding
    assert not sealed.is_erased(person) and zhou.get(page).status_code == 200
    assert cast.login(Client(), "chen").get(page).status_code == 403
    elsewhere = stories.hear(cast, at, unit="O0201", name="周敏", phone="13700000002")
    assert sun.get(f"/desk/erasures/{elsewhere.customer}/").status_code == 404, "a branch decides about its own people"


def test_afterwards_no_page_search_export_or_api_shows_the_person(cast: Any, at: datetime) -> None:
    then = at - FOUR_YEARS
    case = ended(cast, then, text=WORDS, email="guilan@example.com")
    other = stories.hear(cast, at, text="别人的诉求", name="李秀英", phone="13900139000")
    person, number = case.customer, case.number
    tracked = f"/track/{heard.tracking_code(case.id)}/"
    ledger_actions.seal(at=datetime.now(UTC))
    finding.keep_up()
    _row, key = access.issue_token(
        name="reader", role="supervisor", unit=cast.unit["HO"].pk, until_date=at.date() + timedelta(days=30),
        by=cast.actor("admin"), at=at,
    )  # fmt: skip
    sun, zhou = cast.login(Client(), "sun"), cast.login(Client(), "zhou")

    def everything() -> str:
        """All that anybody could open about the person, as one text."""
        found = []
        for client in (sun, zhou):
            for page in (
                f"/desk/customers/{person}/", f"/desk/cases/{case.id}/", f"/desk/cases/{case.id}/dossier/",
                "/desk/work/?view=all", "/desk/erasures/", f"/desk/erasures/{person}/",
            ):  # fmt: skip
                found.append(client.get(page, follow=True).content.decode())
            listed = client.post("/desk/work/export/", {"format": "csv", "whole": "1", "query": "view=closed"})
            found.append(b"".join(listed.streaming_content).decode() if listed.streaming else listed.content.decode())
            found.append(client.post("/desk/customers/", {"q": "13800138000"}).get("Location", ""))
        for who in ("sun", "zhou"):
            for q in ("张桂兰", "13800138000", "两个小时"):
                found.append(repr(search.find(search.Asked(q), cast.actor(who), at)))
            me = "sun" if client is sun else "zhou"
            for link in (sealed.unmask_link(one, one, cast.actor(me)) for one in (person, case.id)):
                found.append(client.post(link, {"reason": "contact"}).content.decode())
        found.append(Client().get(tracked).content.decode())
        said = Client().post(
            "/api/v1/search",
            {"q": "两个小时"},
            content_type="application/json",
            headers={"Authorization": f"Bearer {key}"},
        )
        return "\n".join([*found, said.content.decode()])

    before = everything()
    for shown in (
        f"/desk/customers/{person}/",
        "张桂兰",
        "138****8000",
        "两个小时",
        "guilan@example.com",
        "13800138000",
    ):
        assert shown in before, f"{shown} was never shown: the test would prove nothing"
    row = actions.ask(customer=person, reason="request", by=cast.actor("sun"), at=at)
    answer = zhou.post(f"/desk/erasures/{person}/agree/", {"sure": "on"}, follow=True)
    assert answer.status_code == 200 and "已彻底删除" in answer.content.decode()
    row.refresh_from_db()
    assert (row.state, row.subjects) == ("done", 2)
    after = everything()
    assert zhou.post("/desk/customers/", {"q": "13800138000"}).status_code == 200, "nobody was found"
    for gone in ("张桂兰", "张*兰", "138****8000", "两个小时", "guilan", "13800138000", stories.TEXT[:12]):
        assert gone not in after, gone
    assert Client().get(tracked).status_code == 404
    assert profiles.who_has("phone", "13800138000") == [] and not Document.objects.filter(matter=case.id).exists()
    assert not Sealed.objects.filter(subject__in=[person, case.id]).exists()
    assert all(not bytes(key.wrapped) for key in DataKey.objects.filter(subject__in=[person, case.id]))
    assert not Delivery.objects.filter(message__subject=case.id).exclude(target="").exists()
    # The number, the times and the ledger stay; the other customer is as before.
    assert stories.fresh(case).number == number and "李秀英" not in after and heard.words(other.id).name == "李秀英"
    told = Entry.objects.filter(stream=f"customer:{person}").order_by("version").values_list("type", flat=True)
    assert list(told)[-2:] == ["erasure.asked", "erasure.settled"]
    ledger_actions.seal(at=datetime.now(UTC))
    assert ledger.verify_ledger().ok
    with pytest.raises(actions.Refused, match="已经删除"):
        actions.ask(customer=person, reason="request", by=cast.actor("sun"), at=at)
    # Whoever comes again is somebody new, and after a restore of an old backup it is done again, once.
    assert stories.hear(cast, at).customer != person
    assert actions.erase_again(subjects=[person, case.id], by=machine("restore"), at=at) == 0


def test_the_requests_of_others_are_read_by_scope_only(cast: Any, at: datetime) -> None:
    case = ended(cast, at - FOUR_YEARS)
    actions.ask(customer=case.customer, reason="expired", by=cast.actor("sun"), at=at)
    for who, n in (("zhou", 1), ("sun", 1), ("zheng", 1), ("zhao", 0), ("admin", 0)):
        assert queries.visible_to(cast.actor(who), at).count() == n, who
    assert cast.login(Client(), "admin").get(reverse("erasures:board")).status_code == 403
    assert "张*兰" in cast.login(Client(), "zheng").get(reverse("erasures:board")).content.decode()
