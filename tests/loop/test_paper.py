"""Answers on paper and the texts they start from, through HTTP."""

from typing import Any

import pytest
from django.test import Client

from huiyin.bank.standards import actions as standards
from huiyin.bank.standards.models import Template
from huiyin.ledger import queries as ledger
from huiyin.platform.documents.tests.test_printing import docx_text, joined, pdf_text
from huiyin.resolve.cases import queries
from huiyin.resolve.cases.tests.stories import TEXT, answered, drafted, fresh, taken

TEXTS = {
    "code": "waiting", "audience": "plain", "title_zh": "关于等候的答复", "title_en": "About the wait",
    "body_zh": "{customer}，您好！您于{received}反映的问题（{number}）【填写】。",
    "body_en": "{customer}, what you told us on {received} ({number}) [findings].",
}  # fmt: skip


@pytest.fixture
def sign_in(cast: Any) -> Any:
    return lambda name: cast.login(Client(), name)


def test_a_template_is_proposed_approved_by_another_chosen_and_sent(cast: Any, at: Any, sign_in: Any) -> None:
    sun, zhou, zhao = sign_in("sun"), sign_in("zhou"), sign_in("zhao")
    case = taken(cast, at, name="张𠮷兰")
    assert sun.post("/desk/standards/replies/new/", TEXTS).status_code == 302
    assert "关于等候的答复" not in zhao.get(f"/desk/cases/{case.id}/").content.decode()
    assert sun.post("/desk/standards/replies/waiting/approve/", {"version": "1"}).status_code == 403
    assert zhou.post("/desk/standards/replies/waiting/approve/", {"version": "1"}).status_code == 302
    (found,) = zhao.get(f"/desk/cases/{case.id}/templates/?q=等候").json()["results"]
    assert found["text"] == f"尊敬的张𠮷兰，您好！您于2026年3月5日反映的问题（{case.number}）【填写】。"
    assert zhao.get(f"/desk/cases/{case.id}/templates/?q=没有这个").json()["results"] == []
    page = zhao.get(f"/desk/cases/{case.id}/?template=waiting").content.decode()
    assert found["text"] in page
    steps = [entry.type for entry in ledger.entries_of("template:waiting")]
    assert steps == ["template.stepped", "template.stepped"]


def test_the_proposer_does_not_approve(cast: Any, at: Any, sign_in: Any) -> None:
    zhou = sign_in("zhou")
    assert zhou.post("/desk/standards/replies/new/", TEXTS).status_code == 302
    assert zhou.post("/desk/standards/replies/waiting/approve/", {"version": "1"}).status_code == 403
    assert Template.objects.get().state == "proposed"


@pytest.mark.parametrize(
    "change, said",
    [
        ({"body_zh": "{customer}{telephone}{received}{number}"}, "{telephone}"),
        ({"body_en": "{customer} {received}"}, "{number}"),
        ({"body_zh": "{customer}{received}{number}{"}, "花括号"),
        ({"code": "ein Satz"}, "a"),
    ],
)
def test_an_unknown_placeholder_is_refused_with_its_name(
    cast: Any, sign_in: Any, change: dict[str, str], said: str
) -> None:
    answer = sign_in("zhou").post("/desk/standards/replies/new/", TEXTS | change)
    assert answer.status_code == 422 and said in answer.content.decode()
    assert not Template.objects.exists()


@pytest.mark.parametrize("form, read", [("pdf", pdf_text), ("docx", docx_text)])
def test_the_letter_is_the_sent_answer_with_number_and_remedies(
    cast: Any, at: Any, sign_in: Any, form: str, read: Any
) -> None:
    case = answered(cast, at, name="𠮷䶮")
    (reply,) = queries.replies(case.id)
    address = f"/desk/cases/{case.id}/letters/{reply.pk}/{form}/"
    zhao = sign_in("zhao")
    first, again = zhao.post(address), zhao.post(address)
    assert first.status_code == 200 and first.content == again.content
    text = read(first.content)
    assert "尊敬的𠮷䶮：" in text and joined(TEXT) in text and case.number in text
    assert "核查" in text and "12378" in text and "截止" not in text
    printed = [entry.type for entry in ledger.entries_of(case.stream)].count("case.letter_printed")
    assert printed == 2
    assert sign_in("wu").post(address).status_code in (403, 404)  # an analyst sees masked names only
    assert zhao.get(address).status_code == 405


def test_what_was_not_sent_is_not_a_letter(cast: Any, at: Any, sign_in: Any) -> None:
    case = taken(cast, at)
    reply = drafted(cast, case, at)
    answer = sign_in("zhao").post(f"/desk/cases/{case.id}/letters/{reply.pk}/pdf/")
    assert answer.status_code == 409
    other = answered(cast, at, name="李四")
    (sent,) = queries.replies(other.id)
    assert sign_in("zhao").post(f"/desk/cases/{fresh(case).id}/letters/{sent.pk}/pdf/").status_code == 404


def test_two_versions_never_wait_at_once(cast: Any, at: Any, sign_in: Any) -> None:
    zhou = sign_in("zhou")
    assert zhou.post("/desk/standards/replies/new/", TEXTS).status_code == 302
    assert zhou.post("/desk/standards/replies/new/", TEXTS).status_code == 422
    standards.decide_template(code="waiting", version=1, approve=True, by=cast.actor("sun"), at=at)
    assert zhou.post("/desk/standards/replies/new/", TEXTS).status_code == 302
    standards.decide_template(code="waiting", version=2, approve=True, by=cast.actor("sun"), at=at)
    assert list(Template.objects.order_by("version").values_list("state", flat=True)) == ["replaced", "approved"]
