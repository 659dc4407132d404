"""What the machine reads stands on the case page, as far as the reader may see it."""

from datetime import datetime, timedelta
from typing import Any

from django.test import Client

from huiyin.bank.products import actions as products
from huiyin.kernel.actor import machine
from huiyin.ledger import actions as ledger
from huiyin.platform.vault import actions as vault
from huiyin.resolve.cases.tests import stories
from huiyin.resolve.reading import actions, queries
from huiyin.resolve.reading.models import Band

LETTER = (
    "解放路支行的理财经理承诺保本保息，到期却亏损两万元，本人多次到网点交涉均被推诿，现要求全额退还本金并道歉。"
    "手机一三八零零一三八零零零，车牌京A12345。"
)


def test_a_text_told_twice_and_by_others_is_found_again(cast: Any, at: datetime, client: Client) -> None:
    first = stories.hear(cast, at - timedelta(days=3), text=LETTER)
    old = stories.hear(cast, at - timedelta(days=80), text=LETTER, name="旧客", phone="13900139009")
    other = stories.hear(cast, at - timedelta(days=1), text="您好！" + LETTER, name="李四", phone="13900139000")
    hidden = stories.hear(cast, at - timedelta(days=1), text=LETTER, name="王五", phone="13900139001", unit="O0201")
    case = stories.hear(cast, at, text=LETTER.replace("两万", "三万"))
    ledger.seal(at=at)
    assert actions.keep_up(at=at) == 4 and actions.keep_up(at=at) == 0
    assert not Band.objects.filter(matter=old.pk).exists(), "older than 60 days"
    found = queries.reading(case, cast.actor("zhao"), at)
    assert found and found.language and found.language.code == "zh-Hans"
    assert [label.code for label in found.personal] == ["mobile", "plate"]
    assert [twin.case.pk for twin in found.twins] == [first.pk]
    assert [twin.case.pk for twin in found.others] == [other.pk], "another branch's is not shown"
    assert {twin.case.pk for twin in (queries.reading(case, cast.actor("zhou"), at) or found).others} == {
        other.pk, hidden.pk,
    }  # fmt: skip
    assert found.place and (found.place.why, found.unit and found.unit.code) == ("named", "O0102")
    cast.login(client, "zhao")
    page = client.get(f"/desk/cases/{case.pk}/?lang=en").content.decode()
    card = page[page.index('id="reading"') :].split("</section>")[0]
    for said in ("Simplified Chinese", "A refund", "Number plate", first.number, other.number, "Jiefang Road Outlet"):
        assert said in card
    assert hidden.number not in card
    assert "一三八零零一三八零零零" not in page and "A12345" not in page, "spelled figures and plates are hidden too"
    vault.erase(subject=other.pk, by=machine("erasure"), at=at)
    assert not Band.objects.filter(matter=other.pk).exists()
    left = queries.reading(case, cast.actor("zhao"), at)
    assert left and left.others == []
    actions.keep_up(at=at + timedelta(days=90))
    assert not Band.objects.exists()


def test_the_unit_that_answers_for_the_product_is_suggested(cast: Any, at: datetime) -> None:
    by = cast.actor("admin")
    products.add_product(code="CARD", name="银行卡", category="bank_card", owner_code="B02", by=by, at=at)
    products.add_product(code="CARD-1", name="白金卡", category="bank_card", parent_code="CARD", by=by, at=at)
    case = stories.hear(cast, at, text="卡被吞了，客服电话一直打不通，要求尽快退卡。", product="CARD-1")
    found = queries.reading(case, cast.actor("zhao"), at)
    assert found and found.place and (found.place.why, found.unit and found.unit.code) == ("owner", "B02")
