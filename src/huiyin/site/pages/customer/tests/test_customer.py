"""One customer seen whole, masked, and only by those who may see one of their matters."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from huiyin.customers.profiles import actions, queries
from huiyin.kernel.actor import machine
from huiyin.ledger.models import Entry
from huiyin.resolve.cases import actions as case_actions
from huiyin.resolve.cases import queries as cases
from huiyin.resolve.cases.tests import stories

BY = machine("cast")


def test_matters_promises_and_person_on_one_page(cast: Any, at: datetime) -> None:
    first, second = stories.hear(cast, at - timedelta(days=20)), stories.hear(cast, at)
    client = cast.login(Client(), "sun")
    html = client.get(f"/desk/customers/{first.customer}/").content.decode()
    assert first.number in html and second.number in html and "承诺在此时间前答复" in html
    assert "张桂兰" not in html and "13800138000" not in html and "138****8000" in html


def test_of_a_matter_of_another_branch_only_the_count_is_told(cast: Any, at: datetime) -> None:
    here, there = stories.hear(cast, at), stories.hear(cast, at, unit="O0201")
    accused = stories.hear(cast, at, staff=(cast.wang.pk,))
    assert here.customer == there.customer == accused.customer
    html = cast.login(Client(), "sun").get(f"/desk/customers/{here.customer}/").content.decode()
    assert here.number in html and there.number not in html and "另有 1 件诉求" in html
    case_actions.assign(case=here.id, handler=cast.zhao.pk, by=cast.actor("sun"), at=at)
    assert cases.unseen_of(here.customer, cast.actor("wang"), at) == 2, "what they are recused from is not counted"


@pytest.mark.parametrize(
    "who, status", [("sun", 200), ("zhou", 200), ("chen", 404), ("wang", 404), ("admin", 403), ("li", 403)]
)
def test_who_may_open_it(cast: Any, at: datetime, who: str, status: int) -> None:
    case = stories.hear(cast, at)
    assert cast.login(Client(), who).get(f"/desk/customers/{case.customer}/").status_code == status


def test_somebody_is_found_by_telephone_and_nobody_by_a_pattern(cast: Any, at: datetime) -> None:
    case = stories.hear(cast, at)
    client = cast.login(Client(), "sun")
    assert client.post("/desk/customers/", {"q": "13800138000"})["Location"].endswith(f"/{case.customer}/")
    for q in ("%", "_", "", "' OR 1=1--", "1380013", "\x00", "x" * 500):
        assert client.post("/desk/customers/", {"q": q}).status_code == 200


def test_two_records_are_merged_read_as_one_and_taken_apart_exactly(cast: Any, at: datetime) -> None:
    """T39: compared first, on a ground, by somebody who may see both; nothing is rewritten."""
    one = stories.hear(cast, at, name="张桂兰", phone="13800138000")
    other = stories.hear(cast, at, name="李秀英", phone="13800138000", text="转账失败仍扣手续费")
    assert one.customer != other.customer
    client = cast.login(Client(), "sun")
    page = f"/desk/customers/{one.customer}/"
    html = client.get(page).content.decode()
    assert f"{page}merge/{other.customer}/" in html and "可能是家人共用" in html
    merge = f"{page}merge/{other.customer}/"
    assert client.get(merge).status_code == 200 and not queries.merges(one.customer)
    assert "证件" in client.post(merge, {"ground": "keys"}).content.decode() and not queries.merges(one.customer)
    before = Entry.objects.count()
    for _again in range(2):  # a second click finds it done
        assert client.post(merge, {"ground": "document"}).status_code == 302
    assert Entry.objects.count() == before + 1
    for one_page in (page, f"/desk/customers/{other.customer}/"):
        html = client.get(one_page, follow=True).content.decode()
        assert one.number in html and other.number in html
    assert cast.login(Client(), "zhao").post(f"{page}unmerge/", {"member": str(other.customer)}).status_code in (
        403,
        404,
    )
    assert client.post(f"/desk/customers/{one.customer}/unmerge/", {"member": str(other.customer)}).status_code == 302
    html = client.get(f"/desk/customers/{one.customer}/").content.decode()
    assert one.number in html and other.number not in html
    assert client.post(f"/desk/customers/{one.customer}/apart/", {"other": str(other.customer)}).status_code == 302
    assert merge not in client.get(f"/desk/customers/{one.customer}/").content.decode()


def test_the_list_of_the_bank_suggests_each_pair_once_and_only_strong_details_decide(cast: Any, at: datetime) -> None:
    """One press where two strong details agree; a family's telephone is only a suggestion; other branches' stay theirs."""
    hear = stories.hear
    one, same = (hear(cast, at, name=name, phone="13800138000", email="z@mail.cn", id_number=id)
                 for name, id in (("张桂兰", ""), ("桂兰张", "")))  # fmt: skip
    if one.customer == same.customer:  # two contacts agree: recognised at once, so a second record is made by hand
        same = hear(cast, at, name="张桂蘭", phone="13700137000", email="")
        for kind, value in (("phone", "13800138000"), ("email", "z@mail.cn")):
            actions.verify(customer=same.customer, kind=kind, value=value, how="call", by=cast.actor("sun"), at=at)
    family = hear(cast, at, name="李秀英", phone="13700137000")
    far = hear(cast, at, name="周敏", phone="13700137000", unit="O0201")
    sun = cast.login(Client(), "sun")
    html = sun.get("/desk/customers/doubles/").content.decode()
    strong = [f"{a}/merge/{b}/" for a, b in ((one.customer, same.customer), (same.customer, one.customer))]
    assert sum(html.count(f'action="/desk/customers/{link}"') for link in strong) == 1
    assert html.count('name="ground" value="keys"') == 1 and str(family.customer) in html
    assert str(far.customer) not in html and "张桂兰" not in html and "13800138000" not in html
    pair = next(link for link in strong if link in html)
    assert sun.post(f"/desk/customers/{pair}", {"ground": "keys"}).status_code == 302
    html = sun.get("/desk/customers/doubles/").content.decode()
    assert 'value="keys"' not in html and "unmerge/" in html, "and it can be taken apart again"
    assert cast.login(Client(), "zhao").get("/desk/customers/doubles/").status_code == 403


@pytest.mark.parametrize("who", ["sun", "zhou", "zhao", "duty"])
def test_whoever_reads_the_page_reads_it_masked(cast: Any, at: datetime, who: str) -> None:
    """Also what a customer wrote about themselves: no role sees a name, a number or an address unless with a reason."""
    case = stories.answered(
        cast, at, text="我叫张桂兰，电话13800138000，身份证11010519491231002X", email="guilan@example.com",
        id_number="11010519491231002X",
    )  # fmt: skip
    html = cast.login(Client(), who).get(f"/desk/customers/{case.customer}/").content.decode()
    assert case.number in html and "138****8000" in html and "g***@example.com" in html
    for clear in ("13800138000", "11010519491231002X", "guilan@example.com", "<h1>张桂兰"):
        assert clear not in html, clear


def test_a_record_of_which_no_matter_is_seen_is_neither_suggested_nor_merged(cast: Any, at: datetime) -> None:
    here = stories.hear(cast, at, name="张桂兰", email="z@mail.cn")
    there = stories.hear(cast, at, name="王芳", email="z@mail.cn", unit="O0201", phone="13900139000")
    client = cast.login(Client(), "sun")
    assert str(there.customer) not in client.get(f"/desk/customers/{here.customer}/").content.decode()
    assert (
        client.post(f"/desk/customers/{here.customer}/merge/{there.customer}/", {"ground": "call"}).status_code == 404
    )


def test_what_the_customer_refuses_is_kept_and_no_survey_is_sent(cast: Any, at: datetime) -> None:
    case = stories.answered(cast, at)
    client = cast.login(Client(), "zhao")
    page = f"/desk/customers/{case.customer}/"
    assert client.post(f"{page}consent/", {"purpose": "survey", "given": "no", "source": "sms"}).status_code == 422
    said = {"purpose": "survey", "given": "no", "source": "phone"}
    assert client.post(f"{page}consent/", said).status_code == 302
    stories.grade(cast, case, at)
    case_actions.confirm(case=case.id, by=stories.the_customer(case), at=at)
    assert stories.fresh(case).state == "closed"
    assert not Entry.objects.filter(type="survey.invited", stream=case.stream).exists()
    verified = {"kind": "number", "value": "C 0091 7", "how": "core"}
    assert client.post(f"{page}verify/", verified).status_code == 302
    html = client.get(f"{page}?show=consents").content.decode()
    assert "不允许" in html and "拒绝：满意度调查" in html and "C 0091 7" not in html
    assert queries.who_has("number", "c00917") == [case.customer]
    assert actions.meet(customer_number="C00917", by=BY, at=at) == case.customer


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_pages_speak_one_language(cast: Any, at: datetime, language: str) -> None:
    case = stories.hear(cast, at)
    client = cast.login(Client(HTTP_ACCEPT_LANGUAGE=language), "sun")
    assert client.get(f"/desk/customers/{case.customer}/?show=nonsense").status_code == 200
    assert client.get("/desk/customers/").status_code == 200
