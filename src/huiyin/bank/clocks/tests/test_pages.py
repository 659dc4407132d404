"""What the standards and clock pages show, and to whom."""

import pytest
from django.test import Client

from conftest import Cast
from huiyin.bank.clocks import actions, queries
from huiyin.bank.clocks.tests.test_loop import armed, clock, local
from huiyin.bank.staff import actions as staff
from huiyin.bank.standards import actions as standards
from huiyin.kernel.actor import machine

pytestmark = pytest.mark.django_db
PAGES = ("", "calendars/cn-office/", "calendars/us-federal/?year=2027", "packs/iso-house/", "packs/cn-nfra-complaint/", "words/", "texts/")  # fmt: skip


@pytest.fixture
def office(cast: Cast) -> Cast:
    standards.adopt_all(by=machine("init"), at=cast.at)
    return cast


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_standards_can_be_read_in_both_languages(office: Cast, page: str, language: str) -> None:
    client = office.login(Client(), "sun")
    client.cookies["hy_lang"] = language
    answer = client.get(f"/desk/standards/{page}")
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "complaint.received" not in text
    assert "natural_day" not in text


@pytest.mark.parametrize("year", ["", "0", "99999", "-1", "２０２６", "abc", "1900", "2026"])
def test_any_year_may_be_asked_for(office: Cast, year: str) -> None:
    assert office.login(Client(), "sun").get("/desk/standards/calendars/cn-office/", {"year": year}).status_code == 200


def test_the_calendar_page_names_its_notices(office: Cast) -> None:
    text = office.login(Client(), "sun").get("/desk/standards/calendars/cn-office/?year=2026").content.decode()
    assert "国办发明电〔2025〕7号" in text


def test_a_missing_standard_is_not_found_and_strangers_stay_out(office: Cast) -> None:
    assert office.login(Client(), "sun").get("/desk/standards/packs/nothing/").status_code == 404
    assert office.login(Client(), "sun").get("/desk/standards/calendars/nothing/").status_code == 404
    assert Client().get("/desk/standards/").status_code in (302, 401, 403)


def test_a_sealed_link_opens_for_its_reader_only(office: Cast) -> None:
    total = clock(armed(), "TOTAL")
    link = queries.link(total.id, office.actor("sun"))
    answer = office.login(Client(), "sun").get(link)
    assert answer.status_code == 200
    assert office.login(Client(), "zhou").get(link).status_code == 404
    assert office.login(Client(), "sun").get(f"/desk/clocks/{total.id}/").status_code == 404


def test_the_page_closes_for_whoever_is_complained_about(office: Cast) -> None:
    subject = armed()
    total = clock(subject, "TOTAL")
    link = queries.link(total.id, office.actor("sun"))
    staff.recuse(subject=subject, staff=office.sun.id, why="accused", by=machine("test"), at=office.at)
    assert office.login(Client(), "sun").get(link).status_code == 404


@pytest.mark.parametrize(("language", "title"), [("zh-hans", "为什么在那时到期"), ("en", "Why is it due then?")])
def test_every_kind_of_clock_explains_itself_without_codes(office: Cast, language: str, title: str) -> None:
    subject = armed("2026-02-12 10:00", complexity="complex")
    actions.happened(subject=subject, event="handover.offered", by=machine("test"), at=local("2026-02-13 16:30"))
    actions.pause(
        subject=subject,
        reason="customer_wait",
        by=machine("test"),
        at=local("2026-02-13 17:00"),
        until=local("2026-06-30 18:00"),
    )
    actions.sweep(by=machine("tick"), at=office.at)
    client = office.login(Client(), "sun")
    client.cookies["hy_lang"] = language
    for view in queries.clocks_of(subject):
        answer = client.get(queries.link(view.id, office.actor("sun")))
        assert answer.status_code == 200
        text = answer.content.decode()
        assert title in text
        for code in ("customer_wait", "natural_day", "business_hour", "received_at", "complaint."):
            assert code not in text.replace("user-content", "")
