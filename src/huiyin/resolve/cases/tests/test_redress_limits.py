"""The bank sets how much a role may grant alone: one proposes, another agrees, and it counts from then on."""

import json
from typing import Any

import pytest
from django.test import Client

from huiyin.ledger import queries as ledger
from huiyin.resolve.cases import queries
from huiyin.resolve.cases.models import RedressLimit

HERE = "/desk/cases/redress-limits/"


def test_a_limit_counts_once_a_second_person_agreed(cast: Any) -> None:
    cast.person("lin", unit="HO-CP", post="consumer_protection", roles={"consumer_protection": "HO"})
    zhou, lin = cast.login(Client(), "zhou"), cast.login(Client(), "lin")
    said = {"role": "supervisor", "amount": "3,500.00", "currency": "CNY"}
    assert zhou.post(HERE, said).status_code == 302
    row = RedressLimit.objects.get()
    assert queries.limits()["supervisor"] == 200_000
    assert zhou.post(f"{HERE}{row.pk}/approve/").status_code == 403  # SoD7: not one's own
    assert zhou.post(HERE, said).status_code == 422  # one proposal at a time
    page = lin.get(f"{HERE}?lang=en").content.decode()
    assert "3,500.00 CNY" in page and "waiting for a decision" in page
    assert lin.post(f"{HERE}{row.pk}/approve/").status_code == 302
    assert queries.limits()["supervisor"] == 350_000
    assert lin.post(f"{HERE}{row.pk}/refuse/").status_code == 409  # decided once
    (entry,) = ledger.entries_of("redress_limit:supervisor")
    assert json.loads(entry.payload)["amount"] == 350_000


@pytest.mark.parametrize("amount", ["", "-1", "a lot", "1.234", "1e30", "NaN"])
def test_an_amount_that_is_none_is_refused_and_nothing_is_proposed(cast: Any, client: Client, amount: str) -> None:
    cast.login(client, "zhou")
    answer = client.post(HERE, {"role": "agent", "amount": amount, "currency": "CNY"})
    assert answer.status_code == 422
    assert not RedressLimit.objects.exists()


@pytest.mark.parametrize("name", ["wang", "sun", "admin"])
def test_who_does_not_decide_for_the_bank_cannot_agree(cast: Any, client: Client, name: str) -> None:
    row = RedressLimit.objects.create(role="agent", amount=1, proposed_by=cast.zhou, proposed_at=cast.at)
    assert cast.login(client, name).post(f"{HERE}{row.pk}/approve/").status_code == 403
    assert queries.limits()["agent"] == 20_000
