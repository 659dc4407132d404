"""A list as a file: as an office expects it, masked as on the page, harmless to open, and on record."""

import csv
import hashlib
import io
import json
import zipfile
from datetime import datetime
from typing import Any
from uuid import UUID
from xml.etree import ElementTree

import pytest
from django.test import Client

from huiyin.kernel.ids import new_id
from huiyin.ledger import actions as ledger_actions
from huiyin.ledger import queries as ledger
from huiyin.resolve.cases.tests import stories
from huiyin.resolve.papers import tasks
from huiyin.resolve.papers.models import Paper
from huiyin.resolve.workbench import queries
from huiyin.resolve.workbench.rules.cells import harmless

S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def exported(client: Client, format: str = "xlsx", query: str = "view=all", **more: Any) -> bytes:
    answer = client.post("/desk/work/export/", {"format": format, "query": query, **more})
    assert answer.status_code == 200, answer.content[:500]
    content = b"".join(answer.streaming_content)
    assert answer["X-Content-SHA256"] == hashlib.sha256(content).hexdigest()
    return content


def opened(content: bytes) -> tuple[Any, list[str]]:
    """The sheet, and every text in it."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    return sheet, ["".join(cell.itertext()) for cell in sheet.iter(f"{S}c")]


def test_a_sheet_has_title_unit_period_and_prints_on_a4_landscape(cast: Any, at: datetime, client: Client) -> None:
    case = stories.hear(cast, at)
    sheet, cells = opened(exported(cast.login(client, "sun"), query="view=all&since=2026-03-01"))
    assert cells[0] == "投诉工单清单：全部在办" and any("制表单位：滨江分行" in cell for cell in cells)
    assert any("2026-03-01 至 …" in cell for cell in cells) and any("合计 1 件" in cell for cell in cells)
    assert any("制表：孙洁 10005" in cell and "复核" in cell for cell in cells)
    assert case.number in cells and "张*兰" in cells and "138****8000" in cells
    setup = sheet.find(f"{S}pageSetup")
    assert (setup.get("paperSize"), setup.get("orientation"), setup.get("fitToHeight")) == ("9", "landscape", "0")
    assert sheet.find(f".//{S}pane").get("state") == "frozen" and len(list(sheet.iter(f"{S}mergeCell"))) >= 5
    assert not list(sheet.iter(f"{S}f"))


FORMULAS = ("=1+1", "+86", "-2+3", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x")', "  =cmd|' /C calc'!A0")


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_customer_wrote_is_never_a_formula(cast: Any, at: datetime, client: Client, text: str) -> None:
    stories.hear(cast, at, text=text + " 柜员态度恶劣")
    sun = cast.login(client, "sun")
    sheet, _cells = opened(exported(sun))
    assert not list(sheet.iter(f"{S}f"))
    rows = list(csv.reader(io.StringIO(exported(sun, "csv").decode("utf-8-sig"))))
    assert rows[1][5].startswith("'") or not rows[1][5].lstrip().startswith(("=", "+", "-", "@"))


def test_cells_are_text_unless_a_programme_might_run_them() -> None:
    assert harmless("柜员 -态度") == "柜员 -态度" and harmless("-1") == "'-1" and harmless(" =1") == "' =1"
    assert harmless("a\x00b\x07") == "ab" and harmless(None) == ""


def test_an_export_is_on_record_with_rows_and_hash(cast: Any, at: datetime, client: Client) -> None:
    stories.hear(cast, at)
    answer = cast.login(client, "sun").post("/desk/work/export/", {"format": "csv", "query": "view=all"})
    content = b"".join(answer.streaming_content)
    (entry,) = ledger.entries_of(f"export:{answer['X-Huiyin-Export']}")
    assert (entry.type, entry.actor) == ("cases.exported", f"staff:{cast.user['sun'].pk}")
    told = json.loads(entry.payload)
    assert told["rows"] == 1 and told["sha256"] == hashlib.sha256(content).hexdigest()
    assert "张桂兰" not in str(entry.payload)


def test_a_role_that_sees_no_customers_exports_none(cast: Any, at: datetime, client: Client) -> None:
    stories.hear(cast, at)
    _sheet, cells = opened(exported(cast.login(client, "wu")))
    assert "张*兰" not in cells and "138****8000" not in cells


def test_only_what_one_sees_leaves_and_only_the_ticked_if_any(cast: Any, at: datetime, client: Client) -> None:
    here, more, other = (
        stories.hear(cast, at),
        stories.hear(cast, at, phone="13900139001"),
        stories.hear(cast, at, unit="O0201"),
    )
    sun = cast.login(client, "sun")
    text = exported(sun, "csv").decode()
    assert here.number in text and more.number in text and other.number not in text
    text = exported(sun, "csv", case=[str(more.pk), str(other.pk)]).decode()
    assert more.number in text and here.number not in text and other.number not in text


def test_a_wild_request_is_refused(cast: Any, client: Client) -> None:
    sun = cast.login(client, "sun")
    assert sun.post("/desk/work/export/", {"format": "exe"}).status_code == 400
    assert sun.post("/desk/work/export/", {"query": "view=secret"}).status_code == 400
    assert sun.get("/desk/work/export/").status_code == 405
    assert cast.login(Client(), "feng").post("/desk/work/export/", {}).status_code == 403


def test_a_copy_that_turns_up_says_whose_it_is(cast: Any, at: datetime, client: Client) -> None:
    case = stories.hear(cast, at, text="𠮷姓客户柜面叫号，办了两个小时")
    sun = cast.login(client, "sun")
    ledger_actions.seal(at=at)
    raw = exported(sun, "gb18030", query="view=all&unit=B01&since=2026-03-01")
    rows = list(csv.reader(io.StringIO(raw.decode("gb18030"))))
    assert rows[1][1] == case.number and "𠮷姓客户" in rows[1][5] and rows[2] == []
    foot = "".join(row[0] for row in rows[3:])
    assert foot.count("# ") == 4 and "全部在办 · 滨江分行 · ≥ 2026-03-01" in foot and "脱敏" in foot
    size, root = ledger.checkpoint_words()
    assert f"{size:,} 条" in foot and root in foot and "孙洁 10005" in foot
    _sheet, cells = opened(exported(sun, query="q=13800138000"))
    assert not any("13800138000" in cell for cell in cells if "筛选" in cell)


def test_a_long_list_is_a_job_and_the_columns_are_those_of_the_screen(
    cast: Any, at: datetime, client: Client, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    cases = [stories.hear(cast, at, phone=f"1390013900{n}") for n in range(2)]
    sun = cast.login(client, "sun")
    sun.post("/desk/work/columns/", {"query": "view=all", "column": ["customer", "product", "nonsense"], "how": "keep"})
    page = sun.get("/desk/work/?view=all").content.decode()
    assert "张*兰" in page and ">产品</th>" in page and ">机构</th>" not in page
    assert ">机构</th>" in sun.get("/desk/work/?view=all&cols=unit,state").content.decode()  # an address has its own
    there = sun.post("/desk/work/columns/", {"query": "view=all", "column": ["who", "unit"], "how": "here"})
    assert there["Location"] == "/desk/work/?view=all&cols=unit%2Cwho"
    monkeypatch.setattr(queries, "DIRECT", 1)
    key = str(new_id())
    asked = {"format": "csv", "query": "view=all&q=13900139001", "shown": "1", "key": key}
    with django_capture_on_commit_callbacks() as callbacks:
        sun.post("/desk/work/export/", asked | {"query": "view=all"})
        sun.post("/desk/work/export/", asked | {"query": "view=all"})  # a second click is the same wish
    assert len(callbacks) == 1 and Paper.objects.get().params["query"] == {"view": "all"}
    made = tasks.build(UUID(key), at)
    text = sun.get(f"/desk/papers/{key}/").content.decode("utf-8-sig")
    assert text.splitlines()[0] == "序号,工单编号,事由,客户,产品" and all(case.number in text for case in cases)
    (entry,) = ledger.entries_of(f"export:{key}")
    assert json.loads(entry.payload)["rows"] == made.rows == 2
    assert cast.login(Client(), "zhou").get(f"/desk/papers/{key}/").status_code == 404
