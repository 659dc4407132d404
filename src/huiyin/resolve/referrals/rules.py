"""The files that regulators expect: one row per complaint (domain.md §1.3, §2.1)."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from io import BytesIO, StringIO

from huiyin.kernel.label import Label

ALONE = 100  # SoD13: an export of more persons than this takes a second person
MOST_ROWS = 5000
KEPT_FOR = timedelta(hours=24)
LOST_AFTER = timedelta(minutes=2)  # a job that has not made its file by then is given out again

CN = (
    ("reference", "转办编号"), ("number", "投诉编号"), ("received_on", "转办收到日期"), ("complained_on", "投诉收到日期"),
    ("product", "涉及产品"), ("category", "业务类别"), ("cause", "投诉原因"), ("fact", "投诉事项"), ("answer", "核实情况及处理结果"),
    ("answered_on", "答复日期"), ("extended", "延期情况"), ("satisfaction", "投诉人意见"),
)  # fmt: skip
CFPB = (
    "Date received", "Product", "Sub-product", "Issue", "Sub-issue", "Consumer complaint narrative",
    "Company public response", "Company", "State", "ZIP code", "Tags", "Submitted via", "Date sent to company",
    "Company response to consumer", "Timely response?", "Complaint ID",
)  # fmt: skip
WIDE = ("fact", "answer", "Consumer complaint narrative")
LAYOUTS = {
    label.code: label
    for label in (
        Label("pboc", "人民银行转办反馈表", "Return to the PBoC"),
        Label("nfra", "金融监管总局转办反馈表", "Return to the NFRA"),
        Label("cfpb", "CFPB 16 栏表", "CFPB, 16 columns"),
    )
}


def columns(layout: str) -> list[str]:
    return list(CFPB) if layout == "cfpb" else [title for _code, title in CN]


FORMATS = {
    label.code: label
    for label in (
        Label("xlsx", "Excel 工作簿（.xlsx）", "Excel workbook (.xlsx)"),
        Label("csv", "逗号分隔文本（.csv）", "Comma-separated text (.csv)"),
    )
}
STATES = {
    label.code: label
    for label in (
        Label("waiting", "待第二人放行", "Waits for a second person"),
        Label("making", "正在生成", "Being made"),
        Label("made", "可下载", "Ready"),
        Label("refused", "未放行", "Not released"),
        Label("gone", "已过期", "Expired"),
    )
}


def book(layout: str, rows: Iterable[Mapping[str, str]], stamp: str) -> bytes:
    """An Excel workbook: every cell is text, so that nothing runs and no number loses its zeros; who took it and when
    stands at the foot of every printed page."""
    import xlsxwriter  # here: only a file needs it

    out, keys = BytesIO(), _keys(layout)
    made = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    look = made.add_format({"border": 1, "text_wrap": True, "valign": "top", "num_format": "@"})
    head = made.add_format({"border": 1, "text_wrap": True, "bold": True, "align": "center", "bg_color": "#E2EFEC"})
    page = made.add_worksheet()
    for place, title in enumerate(columns(layout)):
        page.set_column(place, place, 36 if keys[place] in WIDE else 16)
        page.write_string(0, place, title, head)
    for line, row in enumerate(rows, 1):
        for place, key in enumerate(keys):
            page.write_string(line, place, _legal(row.get(key, "")), look)
    page.freeze_panes(1, 0)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.set_footer("&L" + stamp.replace("&", "&&")[:200] + "&R&P / &N")
    made.set_properties({"comments": stamp})
    made.close()
    return out.getvalue()


def _legal(text: str) -> str:
    """Without what XML cannot hold, and no longer than a cell may be."""
    return "".join(c for c in text if c >= " " or c in "\n\t")[:32_000]


def _keys(layout: str) -> Sequence[str]:
    return CFPB if layout == "cfpb" else [code for code, _title in CN]


def sheet(layout: str, rows: Iterable[Mapping[str, str]], stamp: str = "") -> bytes:
    """UTF-8 with the mark that Excel looks for. A cell that a spreadsheet would run as a formula is defused. The stamp
    has no place in it: the regulator reads every line as a complaint."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns(layout))
    for row in rows:
        writer.writerow([_safe(row.get(key, "")) for key in _keys(layout)])
    return out.getvalue().encode("utf-8-sig")


def _safe(text: str) -> str:
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def response(outcome: str, relief: bool) -> str:
    """The CFPB's word for how a complaint ended."""
    if not outcome:
        return "In progress"
    return "Closed with monetary relief" if relief else "Closed with explanation"
