"""A regulator forwards a complaint: the stricter limit wins, and a file goes back. And customers with particular needs."""

import csv
import hashlib
import json
from datetime import timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from huiyin.bank.clocks import queries as clocks
from huiyin.bank.standards.queries import label
from huiyin.ledger import queries as ledger
from huiyin.resolve.cases import queries as cases
from huiyin.resolve.cases.tests.stories import answered, fresh, taken
from huiyin.resolve.referrals import actions, rules, tasks
from huiyin.resolve.referrals.models import Referral, Return


@pytest.fixture
def sign_in(cast: Any) -> Any:
    return lambda name: cast.login(Client(), name)


FORM = {"body": "pboc", "reference": "转办〔2026〕18号", "received_on": "2026-03-04", "due_on": "2026-03-10"}


def test_the_stricter_limit_of_law_and_letter_leads(cast: Any, at: Any, sign_in: Any) -> None:
    case, sun = taken(cast, at - timedelta(days=1)), sign_in("sun")
    usual = case.legal_due_at
    answer = sun.post("/desk/referrals/new/", FORM | {"number": case.number})
    assert answer.status_code == 302, answer.content.decode()
    strict = fresh(case)
    assert strict.legal_due_at < usual and strict.promised_at <= strict.legal_due_at
    assert strict.legal_due_at.isoformat() == "2026-03-10T16:00:00+00:00"  # the end of the tenth in Shanghai
    assert {view.pack for view in clocks.clocks_of(case.id)} >= {
        "house-referral",
        "cn-pboc-consumer",
        "cn-nfra-complaint",
    }
    assert "regulator" in strict.flag_codes
    assert sun.post("/desk/referrals/new/", FORM | {"number": case.number}).status_code == 422  # once is enough
    looser = taken(cast, at, phone="13911112222", name="李四")
    sun.post("/desk/referrals/new/", FORM | {"number": looser.number, "reference": "19", "due_on": "2026-05-30"})
    assert fresh(looser).legal_due_at <= looser.legal_due_at  # a looser letter loosens nothing


def test_an_unknown_complaint_is_heard_opened_and_referred_at_once(cast: Any, at: Any, sign_in: Any) -> None:
    zhou = sign_in("zhou")
    data = FORM | {"text": "信用卡分期手续费不明", "name": "王五", "phone": "13911113333"}
    answer = zhou.post("/desk/referrals/new/", data)
    assert answer.status_code == 302, answer.content.decode()
    referral = Referral.objects.get()
    case = cases.case(referral.case)
    assert case is not None and case.channel == "regulator" and case.owner_id == cast.zhou.pk
    assert "case.referred" in [entry.type for entry in ledger.entries_of(case.stream)]
    bad = zhou.post("/desk/referrals/new/", data | {"received_on": "2027-01-01", "reference": "20", "due_on": ""})
    assert bad.status_code == 422 and Referral.objects.count() == 1
    for wrong in (
        {"phone": "call me"},
        {"unit": "NOSUCH"},
        {"text": "长" * 5_001},
        {"text": "\u0000"},
        {"name": "x" * 200},
    ):
        bad = zhou.post("/desk/referrals/new/", data | {"reference": "21"} | wrong)
        assert (bad.status_code, Referral.objects.count()) == (422, 1), f"{wrong}: the list would refuse it"


LIST = """转办机构,转办编号,转办收到日期,办理期限,我行编号,投诉事项,投诉人姓名,联系电话
{body},转办1号,2026-03-03,2026-03-10,,信用卡分期手续费不明,王五,13911113333
{body},转办2号,2026-03-03,,{number},,,
{body},转办3号,2026-03-03,,TS-20200101-000001,,,
{body},转办4号,2027-03-03,,,还没到的投诉,,
{body},转办5号,2026-03-03,,,电话写错的投诉,,call me
无此机构,转办6号,2026-03-03,,,x,,
"""


def test_a_list_is_taken_row_by_row_once_and_says_what_it_did_not_take(cast: Any, at: Any, sign_in: Any) -> None:
    case, zhou = taken(cast, at - timedelta(days=1)), sign_in("zhou")
    text = LIST.format(body=label("source", "pboc").zh, number=case.number)

    def send(content: str) -> str:
        file = SimpleUploadedFile("清单.csv", content.encode("gb18030"))
        answer = zhou.post("/desk/referrals/list/", {"file": file})
        assert answer.status_code == 200, answer.content.decode()
        return str(answer.content.decode())

    page = send(text)
    assert Referral.objects.count() == 2 and "TS-2020" not in page and "13911113333" not in page
    rows = {row.reference: cases.case(row.case) for row in Referral.objects.all()}
    made = rows["转办1号"]
    assert (
        made is not None
        and made.channel == "regulator"
        and made.legal_due_at.isoformat() == "2026-03-10T16:00:00+00:00"
    )
    assert rows["转办2号"].id == case.id
    send(text)
    page = send(text.replace("转办1号,2026-03-03", "转办1号,2026-03-04"))
    assert Referral.objects.count() == 2
    bad = zhou.post("/desk/referrals/list/", {"file": SimpleUploadedFile("x.csv", b"a,b\n1,2\n")})
    assert bad.status_code == 422
    assert sign_in("wang").post("/desk/referrals/list/").status_code == 403
    assert zhou.get("/desk/referrals/list/template/").content[:2] == b"PK"


def test_the_return_is_made_by_a_job_and_its_hash_is_in_the_ledger(cast: Any, at: Any, sign_in: Any) -> None:
    zhou, case = sign_in("zhou"), taken(cast, at - timedelta(days=1))
    zhou.post("/desk/referrals/new/", FORM | {"number": case.number, "reference": "=1+1"})
    assert (
        zhou.post(
            "/desk/referrals/returns/new/", {"layout": "pboc", "first": "2026-03-01", "last": "2026-03-31"}
        ).status_code
        == 302
    )
    made = Return.objects.get()
    tasks.make_return.func(str(made.pk))
    first = Return.objects.get()
    assert tasks.make_return.func(str(made.pk)) == "made"  # a job that runs twice makes one file
    content = zhou.get(f"/desk/referrals/returns/{made.pk}/").content
    assert hashlib.sha256(content).hexdigest() == first.sha256
    head, row = list(csv.reader(StringIO(content.decode("utf-8-sig"))))
    assert head[0] == "转办编号" and row[0] == "'=1+1" and row[1] == case.number and "未延期" in row
    _asked, entry, fetched = ledger.entries_of(f"return:{made.pk}")
    assert first.sha256 in str(entry.payload) and '"step":"fetched"' in fetched.payload
    assert sign_in("sun").get(f"/desk/referrals/returns/{made.pk}/").status_code == 404  # it is whose who asked
    actions.keep_up(at=first.made_at + timedelta(hours=25))
    assert zhou.get(f"/desk/referrals/returns/{made.pk}/").status_code == 404  # a day, and it is gone
    assert Return.objects.get().content is None and Return.objects.get().sha256 == first.sha256


def test_sod13_a_file_of_more_than_a_hundred_takes_a_second_person_and_a_lost_job_is_found(
    cast: Any, at: Any, sign_in: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(rules, "ALONE", 1)  # the figure of the rule; a hundred cases would only make the test slow
    zhou = sign_in("zhou")
    for n in (1, 2):
        case = taken(cast, at, phone=f"1391111000{n}")
        zhou.post("/desk/referrals/new/", FORM | {"number": case.number, "reference": f"转办{n}号"})
    asked = {"layout": "pboc", "first": "2026-03-01", "last": "2026-03-31", "format": "xlsx"}
    assert zhou.post("/desk/referrals/returns/new/", asked).status_code == 302
    made = Return.objects.get()
    assert made.state == "waiting" and tasks.make_return.func(str(made.pk)) == "made" and not made.content
    decide = f"/desk/referrals/returns/{made.pk}/decide/"
    assert zhou.post(decide, {"verb": "release"}).status_code == 409, "not the one who asked"
    assert sign_in("wang").post(decide, {"verb": "release"}).status_code == 403
    cast.person("han", unit="HO-CP", post="consumer_protection", roles={"consumer_protection": "HO"})
    han = sign_in("han")
    assert decide in han.get("/desk/referrals/").content.decode()
    assert han.post(decide, {"verb": "release"}).status_code == 302
    assert han.post(decide, {"verb": "release"}).status_code == 409, "once"
    assert Return.objects.get().state == "making", "the job was lost with the process"
    assert actions.keep_up(at=at) == 0, "not at once"
    assert actions.keep_up(at=at + timedelta(minutes=5)) == 1, "the tick gives it out again"
    tasks.make_return.func(str(made.pk))
    answer = zhou.get(f"/desk/referrals/returns/{made.pk}/")
    sheet = load_workbook(BytesIO(answer.content)).active
    assert next(cell.value for cell in sheet[1]) == "转办编号" and sheet.max_row == 3
    assert sheet["A2"].value == "转办1号" and str(cast.actor("han").ref) in sheet.oddFooter.left.text
    steps = [json.loads(e.payload).get("step", "made") for e in ledger.entries_of(f"return:{made.pk}")]
    assert steps == ["asked", "released", "made", "fetched"]


def test_the_cfpb_file_has_its_sixteen_columns(cast: Any, at: Any, sign_in: Any) -> None:
    zhou = sign_in("zhou")
    case = answered(cast, at)
    zhou.post("/desk/referrals/returns/new/", {"layout": "cfpb", "first": "2026-03-01", "last": "2026-03-31"})
    tasks.make_return.func(str(Return.objects.get().pk))
    content = zhou.get(f"/desk/referrals/returns/{Return.objects.get().pk}/").content.decode("utf-8-sig")
    (row,) = list(csv.DictReader(StringIO(content)))
    assert list(row) == list(rules.CFPB) and len(row) == 16
    assert row["Complaint ID"] == case.number and row["Timely response?"] == "Yes" and row["Submitted via"] == "Web"
    none = zhou.post("/desk/referrals/returns/new/", {"layout": "cfpb", "first": "2020-03-01", "last": "2020-03-31"})
    assert none.status_code == 409


def test_particular_needs_change_flags_wording_and_print(cast: Any, at: Any, sign_in: Any) -> None:
    case, zhao = taken(cast, at), sign_in("zhao")
    data = {
        "needs": ["elderly", "speech"],
        "source": "customer",
        "text": "听力不好，请先打电话",
        "version": case.version,
    }
    assert zhao.post(f"/desk/cases/{case.id}/needs/", data).status_code == 302
    marked = fresh(case)
    assert {"elderly", "speech"} <= set(marked.flag_codes) and marked.large_print
    payloads = " ".join(str(entry.payload) for entry in ledger.entries_of(case.stream))
    assert "听力" not in payloads and "elderly" not in payloads.split("case.needs_marked")[-1]
    page = zhao.get(f"/desk/cases/{case.id}/").content.decode()
    assert "老年客户" in page and "听力" not in page.split("办理经过")[0]
    assert zhao.post(f"/desk/cases/{case.id}/needs/", data).status_code == 409  # an old page loses
