"""Proposing, seeing the effect, approving: through the pages, as two people do it."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from huiyin.bank.clocks import queries as clock_queries
from huiyin.bank.standards import queries as standards
from huiyin.bank.standards.models import Proposal
from huiyin.resolve.cases import actions
from huiyin.resolve.cases.tests import stories
from huiyin.resolve.cases.tests.test_packing import ALL, newer

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(cast: Any) -> tuple[Client, Client]:
    cast.person("han", unit="HO", post="consumer_protection", roles={"consumer_protection": "HO"})
    return cast.login(Client(), "zhou"), cast.login(Client(), "han")


def proposed(client: Client, body: str, **more: str) -> Any:
    return client.post("/desk/changes/new/", {"body": body, **more}, follow=True)


def test_a_stricter_limit_is_proposed_previewed_approved_and_carried_out(
    cast: Any, at: datetime, two: tuple[Client, Client]
) -> None:
    case = stories.taken(cast, at)
    first, second = two
    page = proposed(first, newer("cn-nfra-complaint", at, (15, 4)), running="on")
    assert page.status_code == 200
    text = page.content.decode()
    assert "15个自然日" in text and "4个自然日" in text  # the difference in words
    assert case.number in text and "1 项会变动" in text  # the effect, with the case behind it
    row = Proposal.objects.get()
    assert first.post(f"/desk/changes/{row.id}/approve/").status_code == 403  # not the proposer
    assert second.post(f"/desk/changes/{row.id}/approve/", follow=True).status_code == 200
    assert second.post(f"/desk/changes/{row.id}/approve/").status_code == 409  # decided already
    assert actions.carry_out(by=stories.TICK, at=at) == 1
    (reg,) = [v for v in clock_queries.clocks_of(case.id) if v.family == "REG"]
    assert reg.definition == "cn-nfra-complaint/2099.1/reg"
    assert "已调整" in second.get(f"/desk/changes/{row.id}/").content.decode()


def test_a_pack_with_a_gap_is_refused_with_the_matter_that_shows_it(
    at: datetime, two: tuple[Client, Client], cast: Any
) -> None:
    body = newer("iso-house", at, (5, 4)).replace('["complex"]', '["simple"]')
    page = proposed(two[0], body)
    assert page.status_code == 422
    assert "complexity = complex" in page.content.decode()
    assert not Proposal.objects.exists()


@pytest.mark.parametrize("body", ["", "code = ", "[week]\nmon = 3", "\x00"])
def test_a_text_that_cannot_be_read_is_a_clear_error(body: str, two: tuple[Client, Client], cast: Any) -> None:
    assert proposed(two[0], body).status_code == 422
    assert not Proposal.objects.exists()


def test_next_year_s_holidays_are_proposed_and_approved(cast: Any, at: datetime, two: tuple[Client, Client]) -> None:
    from huiyin.bank.clocks.tests.test_life import office_of_2027

    page = proposed(two[0], office_of_2027(), running="on")
    assert page.status_code == 200
    row = Proposal.objects.get()
    two[1].post(f"/desk/changes/{row.id}/approve/")
    assert standards.calendar("cn-office").version == "2027.1"
    stories.hear(cast, at)
    actions.carry_out(by=stories.TICK, at=at)
    row.refresh_from_db()
    assert row.done_at == at


def test_the_packs_in_use_are_chosen_on_a_page(cast: Any, two: tuple[Client, Client]) -> None:
    first, second = two
    assert first.get("/desk/changes/packs/").status_code == 200
    chosen = dict.fromkeys(ALL.split("\n"), "on")
    page = first.post("/desk/changes/packs/", {**chosen, "iso-house:calendar": "cn-office"}, follow=True)
    assert page.status_code == 200
    row = Proposal.objects.get()
    second.post(f"/desk/changes/{row.id}/approve/")
    assert set(standards.choice()) == set(ALL.split("\n"))
    assert first.post("/desk/changes/packs/", {}).status_code == 422  # not without any


def test_another_limit_is_tried_on_a_page(cast: Any, at: datetime, two: tuple[Client, Client]) -> None:
    case = stories.taken(cast, at)
    address = "/desk/changes/what-if/"
    asked = {
        "limit": "cn-nfra-complaint/REG/decide", "amount": "0", "unit": "natural_day",
        "from_day": f"{at.date()}", "to_day": f"{at.date()}",
    }  # fmt: skip
    page = two[0].get(address, asked)
    assert page.status_code == 200
    assert "1 项时限" in page.content.decode()
    assert case.number not in page.content.decode()  # its last day is not over
    for wrong in (
        {"amount": "-1"},
        {"amount": "many"},
        {"to_day": "2020-01-01"},
        {"from_day": "1900-01-01"},
        {"limit": "x"},
    ):
        page = two[0].get(address, asked | wrong)
        assert page.status_code == 200 and "hy-field-bad" in page.content.decode()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_pages_speak_one_language(cast: Any, at: datetime, two: tuple[Client, Client], language: str) -> None:
    first = two[0]
    first.cookies["lang"] = language
    proposed(first, newer("cn-nfra-complaint", at, (15, 10)))
    row = Proposal.objects.get()
    for address in ("", "new/?from=au-rg271", "packs/", "what-if/", f"{row.id}/"):
        assert first.get(f"/desk/changes/{address}").status_code == 200


def test_only_a_post_settles_and_only_known_verbs(two: tuple[Client, Client], at: datetime, cast: Any) -> None:
    proposed(two[0], newer("cn-nfra-complaint", at, (15, 10)))
    row = Proposal.objects.get()
    assert two[1].get(f"/desk/changes/{row.id}/approve/").status_code == 405
    assert two[1].post(f"/desk/changes/{row.id}/dance/").status_code == 404
    assert two[1].post(f"/desk/changes/{row.id}/withdraw/").status_code == 409  # not theirs to take back
    assert cast.login(Client(), "wang").post(f"/desk/changes/{row.id}/approve/").status_code == 403
    row.refresh_from_db()
    assert row.state == "open"
