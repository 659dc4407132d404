"""The files that regulators expect: one row per complaint (domain.md §1.3, §2.1)."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO

from huiyin.kernel.label import Label

MOST_ROWS = 100  # SoD13: an export of more persons than this takes a second person

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


def sheet(layout: str, rows: Iterable[Mapping[str, str]]) -> bytes:
    """UTF-8 with the mark that Excel looks for. A cell that a spreadsheet would run as a formula is defused."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns(layout))
    keys: Sequence[str] = CFPB if layout == "cfpb" else [code for code, _title in CN]
    for row in rows:
        writer.writerow([_safe(row.get(key, "")) for key in keys])
    return out.getvalue().encode("utf-8-sig")


def _safe(text: str) -> str:
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def response(outcome: str, relief: bool) -> str:
    """The CFPB's word for how a complaint ended."""
    if not outcome:
        return "In progress"
    return "Closed with monetary relief" if relief else "Closed with explanation"
