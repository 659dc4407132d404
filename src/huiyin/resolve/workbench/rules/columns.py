"""The columns that somebody may have in a list of cases; what is left of them (time left, case) always stands there."""

from collections.abc import Iterable

from huiyin.kernel.label import Label

COLUMNS = {
    label.code: label
    for label in (
        Label("state", "状态", "State"),
        Label("category", "类别", "Category"),
        Label("unit", "机构", "Unit"),
        Label("who", "经办人", "Who"),
        Label("owner", "首问责任人", "First-contact owner"),
        Label("product", "产品", "Product"),
        Label("cause", "原因", "Cause"),
        Label("customer", "客户", "Customer"),
        Label("severity", "严重程度", "Severity"),
        Label("complexity", "复杂程度", "Complexity"),
        Label("legal", "监管时限", "Regulator's limit"),
        Label("house", "内部时限", "House limit"),
        Label("answered", "答复时间", "Answered"),
    )
}
USUAL = ("state", "category", "unit", "who")
MOST = 8


def chosen(text: str) -> tuple[str, ...]:
    """The columns that an address or a memory names, in the order of the list; unknown ones are passed over."""
    return in_order(text.split(","))


def in_order(codes: Iterable[str]) -> tuple[str, ...]:
    asked = set(codes)
    return tuple(code for code in COLUMNS if code in asked)[:MOST]
