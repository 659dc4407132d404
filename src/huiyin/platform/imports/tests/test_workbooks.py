"""Excel workbooks: read like the CSV beside them, and refused when they are something else."""

import io
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from huiyin.platform.imports import queries
from huiyin.platform.imports.plugs.xlsx import reading
from huiyin.platform.imports.queries import BROWSER, NotASheet, TooLarge
from huiyin.resolve.cases.models import Case


def saved(path: Path, *lines: tuple[Any, ...]) -> Path:
    book = Workbook()
    for line in lines:
        book.worksheets[0].append(line)
    book.save(path)
    return path


HEAD = ("原系统编号", "收到时间", "状态", "受理渠道", "机构编码", "投诉内容")


def test_a_workbook_reads_as_the_sheet_it_shows(tmp_path: Path) -> None:
    file = saved(tmp_path / "a.xlsx", HEAD, ("00123", datetime(2026, 3, 1, 9, 30), "处理中", "网点柜台", "O0101", "排队\n两小时"), (),
                 ("A-2", "2026-03-02 10:00", "处理中", "网点柜台", "O0101", 5))  # fmt: skip
    rows = list(queries.read_sheet(file, queries.mapping("cases"), BROWSER).rows())
    assert rows[0] == (2, ["00123", "2026-03-01 09:30:00", "处理中", "网点柜台", "O0101", "排队\n两小时"])
    assert rows[1][1][-1] == "5" and len(rows) == 2


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5, "5"),
        (5.0, "5"),
        (1.5, "1.5"),
        (None, ""),
        (True, "1"),
        (6222021234561234567, "6.222021235E+18"),
        ("007", "007"),
    ],
)
def test_a_cell_as_text(value: Any, text: str) -> None:
    assert reading.text_of(value) == text


def test_what_is_no_workbook_is_refused(tmp_path: Path) -> None:
    plain = tmp_path / "a.xlsx"
    with zipfile.ZipFile(plain, "w") as packed:
        packed.writestr("word/document.xml", "<x/>")
    bomb = tmp_path / "b.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", "<x/>")
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * 50_000_000)
    macro = tmp_path / "c.xlsx"
    with zipfile.ZipFile(macro, "w") as packed:
        packed.writestr("xl/workbook.xml", "<x/>")
        packed.writestr("xl/vbaProject.bin", "x")
    torn = tmp_path / "d.xlsx"
    torn.write_bytes(saved(tmp_path / "e.xlsx", HEAD).read_bytes()[:500])
    entities = tmp_path / "f.xlsx"
    with zipfile.ZipFile(entities, "w") as packed:
        packed.writestr("xl/workbook.xml", '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>')
    for file in (plain, bomb, macro, torn, entities):
        with pytest.raises(NotASheet):
            queries.read_sheet(file, queries.mapping("cases"), BROWSER)


def test_a_workbook_with_too_many_rows_is_stopped(tmp_path: Path) -> None:
    file = saved(tmp_path / "a.xlsx", HEAD, *[("x", "", "", "", "", "")] * 40)
    with pytest.raises(TooLarge):
        queries.read_sheet(file, queries.mapping("cases"), queries.Limits(rows=10, columns=100, size=20_000_000))


def test_the_template_goes_in_as_it_came_out(cast, client, settings, tmp_path) -> None:
    """Download, keep the example rows with people and units of this bank, upload, look, confirm."""
    settings.HUIYIN_HOME = tmp_path
    admin = cast.login(client, "admin")
    content = admin.get(reverse("imports:template", args=["cases"]) + "?form=xlsx").content
    book = load_workbook(io.BytesIO(content))
    sheet, lists = book.worksheets
    heads = [cell.value for cell in sheet[1]]
    assert "机构编码 Unit code*" in heads and lists["A2"].value == "已办结"
    assert sheet.data_validations.dataValidation
    for line in range(2, 5):
        for name in ("首问责任人工号 Owner's staff number", "经办人工号 Handler's staff number"):
            sheet.cell(line, heads.index(name) + 1, "10003")
    out = io.BytesIO()
    book.save(out)
    sent = admin.post(reverse("imports:upload", args=["cases"]), {"file": SimpleUploadedFile("a.xlsx", out.getvalue())})
    assert sent.status_code == 302, sent.context["form"].errors
    page = admin.get(sent["Location"]).content.decode()
    assert "年费重复收取" in page and not Case.objects.exists()
    admin.post(sent["Location"])
    assert sorted(Case.objects.values_list("state", flat=True)) == ["answered", "closed", "working"]
