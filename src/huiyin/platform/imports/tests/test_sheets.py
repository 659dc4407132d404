"""Reliability catalogue, items 65 and 66: whatever people call a CSV."""

import codecs
import gzip
import io
import os
from pathlib import Path
from threading import Thread

import pytest

from huiyin.kernel.refusal import Refusal
from huiyin.platform.imports import queries
from huiyin.platform.imports.queries import BROWSER, Limits, read_sheet
from huiyin.platform.imports.rules import Fault, safe_cell

TEXT = "机构编码,机构名称\r\nB01,滨江分行\r\nB02,云岭分行\r\n"


def cells(content: bytes, **limits) -> list:
    sheet = read_sheet(io.BytesIO(content), None, Limits(**limits))
    return [sheet.header, *(row for _line, row in sheet.rows())]


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode("utf-8"),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("gbk"),
        TEXT.encode("gb18030"),
        TEXT.encode("utf-16"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-16-le"),
        TEXT.replace(",", ";").encode(),
        TEXT.replace(",", "\t").encode(),
        TEXT.replace("\r\n", "\n").encode(),
        TEXT.replace("\r\n", "\r\n\r\n").encode(),
        gzip.compress(TEXT.encode("gbk")),
    ],
    ids=[
        "utf8",
        "bom",
        "gbk",
        "gb18030",
        "utf16",
        "utf16be",
        "utf16le",
        "semicolon",
        "tab",
        "unix",
        "blank-lines",
        "gz",
    ],
)
def test_every_way_to_save_a_sheet_reads_the_same(content):
    assert cells(content) == [["机构编码", "机构名称"], ["B01", "滨江分行"], ["B02", "云岭分行"]]


def test_rare_characters_survive_gb18030():
    text = "姓名,工号\n𠮷田,1\n䶮,2\n𬎆,3\n"
    assert [row[0] for row in cells(text.encode("gb18030"))[1:]] == ["𠮷田", "䶮", "𬎆"]


def test_a_file_that_turns_chinese_late_is_still_gbk():
    text = "code,name\n" + "x,y\n" * 400_000 + "B01,滨江\n"
    assert cells(text.encode("gbk"))[-1] == ["B01", "滨江"]


def test_a_line_break_inside_quotes_is_part_of_the_cell():
    assert cells(b'a,b\n"one\ntwo","say ""hi"""\n')[1] == ["one\ntwo", 'say "hi"']


def test_line_numbers_are_those_of_the_file():
    sheet = read_sheet(io.BytesIO(b'a,b\n"1\n2",x\n\n3,4\n'))
    assert [line for line, _cells in sheet.rows()] == [2, 5]


def test_a_missing_quotation_mark_costs_one_row_and_not_the_file():
    content = b'a,b\n1,"x' + b"y" * 600_000 + b"\n" + b"2,z\n"
    rows = cells(content)
    assert any(isinstance(row, Fault) and row.code == "unreadable" for row in rows)


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode() + b"B03,caf\xe9\r\nB04,\xe6\xb9\x96\r\n",
        TEXT.encode("gb18030") + b"B03,caf\xe9\r\nB04,\xba\xfe\r\n",
    ],
    ids=["utf8", "gb18030"],
)
@pytest.mark.parametrize("limits", [{}, vars(BROWSER)], ids=["here", "apart"])
def test_what_no_encoding_can_read_is_the_fault_of_its_row(content: bytes, limits: dict) -> None:
    """One foreign letter neither garbles the file around it nor comes in as a sign that means nothing."""
    assert cells(content, **limits)[1:] == [
        ["B01", "滨江分行"],
        ["B02", "云岭分行"],
        Fault("", "undecodable"),
        ["B04", "湖"],
    ]


def test_a_pipe_is_read_like_a_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    writer = Thread(target=lambda: (tmp_path / "pipe").write_text(TEXT, "utf-8"))
    writer.start()
    sheet = read_sheet(tmp_path / "pipe")
    assert [row for _line, row in sheet.rows()] == [["B01", "滨江分行"], ["B02", "云岭分行"]]
    writer.join()


def test_nul_bytes_are_read_and_refused_by_the_cell_not_by_a_crash():
    assert cells(b"a,b\n1\x002,x\n")[1] == ["1\x002", "x"]


@pytest.mark.parametrize(
    "content, refusal",
    [
        (b"", queries.EmptySheet),
        (b"\n\n  \n", queries.EmptySheet),
        (b"PK\x03\x04 an xlsx", queries.NotASheet),
        (b"\xd0\xcf\x11\xe0 an xls", queries.NotASheet),
        (gzip.compress(b"PK\x03\x04"), queries.NotASheet),
        (gzip.compress(b"a,b\n1,2\n" * 1000)[:-40], queries.Damaged),
        (b"\x1f\x8b\x08 not really", queries.Damaged),
        (bytes(100), queries.NotASheet),
        ((",".join(f"c{i}" for i in range(1_000_000))).encode(), queries.TooManyColumns),
        (b"a" * 2_000_000, queries.TooManyColumns),
    ],
    ids=[
        "empty",
        "blank",
        "xlsx",
        "xls",
        "zipped-xlsx",
        "cut-gz",
        "false-gz",
        "zeros",
        "million-columns",
        "endless-line",
    ],
)
def test_what_is_no_sheet_is_refused_with_words(content, refusal):
    with pytest.raises(refusal) as no:
        cells(content)
    assert issubclass(refusal, Refusal) and str(no.value)


def test_browser_uploads_are_capped_and_the_command_line_is_not():
    many = b"a,b\n" + b"1,2\n" * 50_001
    with pytest.raises(queries.TooLarge):
        list(read_sheet(io.BytesIO(many), None, BROWSER).rows())
    assert sum(1 for _ in read_sheet(io.BytesIO(many)).rows()) == 50_001
    wide = ",".join(f"c{i}" for i in range(101)).encode()
    with pytest.raises(queries.TooManyColumns):
        read_sheet(io.BytesIO(wide), None, BROWSER)


def test_a_bomb_in_gzip_stops_at_the_cap():
    with pytest.raises(queries.TooLarge):
        read_sheet(io.BytesIO(gzip.compress(b"a,b\n" + b"0,0\n" * 10_000_000, 1)), None, BROWSER)


def test_a_title_may_stand_above_the_header():
    units = queries.mapping("units")
    sheet = read_sheet(io.BytesIO("青禾银行机构表\n机构编码,机构名称,机构类型\nHO,总行,总行\n".encode()), units)
    assert sheet.header == ["机构编码", "机构名称", "机构类型"]
    assert next(sheet.rows())[0] == 3


def test_a_missing_header_names_what_is_missing():
    with pytest.raises(queries.WrongHeader) as no:
        read_sheet(io.BytesIO("B01,滨江分行\nB02,云岭分行\n".encode()), queries.mapping("units"))
    assert "机构编码" in str(no.value)


@pytest.mark.parametrize(
    "text",
    ["=cmd|' /C calc'!A0", "@SUM(1)", "+1", "-1", "\tx", "\rx", "＝1", "＋1", "－1", "＠x", "  =1", "\u3000＝1", "\0="],
)
def test_no_exported_cell_is_a_formula(text):
    assert safe_cell(text) == "'" + text


@pytest.mark.parametrize(
    "value, cell", [("王丽", "王丽"), (-5, "-5"), (None, ""), (True, "TRUE"), ("O'Neil", "O'Neil")]
)
def test_ordinary_cells_leave_as_they_are(value, cell):
    assert safe_cell(value) == cell
