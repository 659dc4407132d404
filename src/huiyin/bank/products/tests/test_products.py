"""What the bank sells, listed, changed and withdrawn."""

import json
from types import SimpleNamespace

import pytest
from django.urls import reverse

from huiyin.bank.products import actions, queries
from huiyin.ledger.models import Entry
from huiyin.platform.imports.actions import NEW, UNCHANGED


@pytest.fixture
def card(cast):
    return actions.add_product(
        code="CARD", name="借记卡", name_en="Debit card", category="bank_card", by=cast.actor("admin"), at=cast.at
    )


def test_saying_the_same_again_says_nothing(cast, card):
    actions.add_product(
        code="CARD", name="借记卡", name_en="Debit card", category="bank_card", by=cast.actor("admin"), at=cast.at
    )
    assert Entry.objects.filter(type="product.listed").count() == 1


def test_a_withdrawn_product_is_offered_no_more_and_keeps_its_name(cast, card):
    actions.withdraw_product(code="CARD", by=cast.actor("admin"), at=cast.at)
    assert queries.choices() == []
    assert queries.label("CARD").zh == "借记卡"
    assert queries.label("OLD-1").en == "OLD-1", "imported history keeps its own code"


@pytest.mark.parametrize("code, name", [("", "x"), ("a b", "x"), ("x" * 33, "x"), ("ok", "")])
def test_a_product_needs_a_code_and_a_name(cast, code, name):
    with pytest.raises(actions.WrongProduct):
        actions.add_product(code=code, name=name, category="loan", by=cast.actor("admin"), at=cast.at)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_pages(client, cast, card, language):
    cast.login(client, "admin")
    assert client.get(reverse("products:add"), {"lang": language}).status_code == 200
    for name in ("edit", "withdraw"):
        assert client.get(reverse(f"products:{name}", args=["CARD"]), {"lang": language}).status_code == 200
        assert client.get(reverse(f"products:{name}", args=["NOSUCH"])).status_code == 404
    page = client.get(reverse("products:products"), {"lang": language}).content.decode()
    assert ("借记卡" in page) == (language == "zh") and "bank_card" not in page


def test_a_sheet_names_the_unit_that_answers_and_one_without_it_takes_none_away(cast):
    line = {"code": "CARD", "name": "借记卡", "name_en": None, "category": "bank_card", "parent_code": None}

    def take(owner):
        row = SimpleNamespace(values=line | {"owner_code": owner})
        return actions.take_products([row], by=cast.actor("admin"), at=cast.at)

    assert take("O0101") == [NEW] and take(None) == [UNCHANGED]
    assert queries.product("CARD").owner_code == "O0101"
    assert take("NOSUCH")[0].code == "unknown_unit" and queries.product("CARD").owner_code == "O0101"
    assert [json.loads(entry.payload)["owner"] for entry in Entry.objects.filter(type="product.listed")] == ["O0101"]


def test_changes_through_the_pages(client, cast, card):
    cast.login(client, "admin")
    new = {"code": "LOAN-1", "name": "房贷", "category": "loan"}
    assert client.post(reverse("products:add"), new).status_code == 302
    assert client.post(reverse("products:add"), new).status_code == 200, "the code is taken"
    assert client.post(reverse("products:edit", args=["LOAN-1"]), new | {"name": "个人住房贷款"}).status_code == 302
    assert queries.product("LOAN-1").name == "个人住房贷款"
    owned = new | {"owner_code": "B01"}
    assert client.post(reverse("products:edit", args=["LOAN-1"]), owned).status_code == 302
    assert cast.unit["B01"].name in client.get(reverse("products:products")).content.decode()
    assert client.post(reverse("products:edit", args=["LOAN-1"]), new | {"owner_code": "X"}).status_code == 200
    assert client.post(reverse("products:withdraw", args=["LOAN-1"])).status_code == 302
    cast.login(client, "wang")
    assert client.get(reverse("products:products")).status_code == 200
    assert client.post(reverse("products:add"), new).status_code == 403
