"""A yearly study of service quality as a gap: what customers expect of an excellent bank, and what they find here.

Five dimensions and twenty-two pairs after Parasuraman, Zeithaml and Berry (1988: reliability 5, responsiveness 4, assurance 4,
empathy 5, tangibles 4); the items are worded for a bank and for this product. Each is scored from 1 to 7 twice; the gap of a
dimension is the mean of perception less expectation over the items answered on both sides.
"""

from collections.abc import Iterable, Mapping

from huiyin.kernel.label import Label

DIMENSIONS = (
    Label("reliability", "可靠性", "Reliability"),
    Label("responsiveness", "响应性", "Responsiveness"),
    Label("assurance", "保证性", "Assurance"),
    Label("empathy", "移情性", "Empathy"),
    Label("tangibles", "有形性", "Tangibles"),
)
_ITEMS = {
    "reliability": (
        ("承诺了时间的事，到时办好", "What is promised by a time is done by that time"),
        ("客户遇到问题，真心想办法解决", "A customer's problem meets a sincere wish to solve it"),
        ("第一次就把业务办对", "Things are done right the first time"),
        ("账务、费用和记录准确无误", "Accounts, fees and records are free of errors"),
        ("答复过的话前后一致", "What is answered once stays the answer"),
    ),
    "responsiveness": (
        ("明确告诉客户什么时候能办好", "Customers are told exactly when it will be done"),
        ("等候时间短，办理及时", "Waits are short and service is prompt"),
        ("员工总是愿意帮忙", "Staff are always willing to help"),
        ("再忙也会回应客户的询问", "Nobody is too busy to answer a question"),
    ),
    "assurance": (
        ("员工的言行让人信任", "The way staff act makes one trust them"),
        ("资金和个人信息让人放心", "Money and personal data are felt to be safe"),
        ("员工始终有礼貌", "Staff are courteous at all times"),
        ("员工有足够的知识回答问题", "Staff know enough to answer questions"),
    ),
    "empathy": (
        ("把每位客户当作个人来关注", "Each customer gets individual attention"),
        ("营业时间和渠道方便客户", "Opening hours and channels suit customers"),
        ("老年人和行动不便的客户得到照顾", "Older customers and those with needs are looked after"),
        ("推荐产品时为客户着想", "What is recommended is in the customer's interest"),
        ("明白客户的具体需要", "A customer's particular needs are understood"),
    ),
    "tangibles": (
        ("网点设施和自助设备好用", "Outlets and machines work well"),
        ("手机银行界面清楚、好操作", "The mobile bank is clear and easy to use"),
        ("员工仪表整洁、专业", "Staff look neat and professional"),
        ("单据和说明材料清楚易懂", "Slips and leaflets are clear and easy to understand"),
    ),
}
ITEMS = {
    dimension: tuple(Label(f"{dimension}-{n}", zh, en) for n, (zh, en) in enumerate(items, 1))
    for dimension, items in _ITEMS.items()
}
ITEM = {label.code: label for labels in ITEMS.values() for label in labels}
STEMS = {
    "expected": Label(
        "expected",
        "您期望的好银行：{of}。下列各项，您认为一家好银行应当做到的程度？",
        "{of}: to what extent should an excellent bank do each of these?",
    ),
    "perceived": Label(
        "perceived",
        "本行实际做得如何：{of}。下列各项，您认为本行做到的程度？",
        "{of}: to what extent does our bank do each of these?",
    ),
}
SIDES = tuple(STEMS)


def dimension_of(item: str) -> str:
    return item.partition("-")[0]


def gaps(expected: Mapping[str, int], perceived: Mapping[str, int]) -> dict[str, float]:
    """dimension -> mean of perception less expectation, over the items that were scored on both sides."""
    found: dict[str, list[int]] = {}
    for item in ITEM:
        if item in expected and item in perceived:
            found.setdefault(dimension_of(item), []).append(perceived[item] - expected[item])
    return {dimension: sum(lines) / len(lines) for dimension, lines in found.items()}


def unpaired(expected: Iterable[str], perceived: Iterable[str]) -> bool:
    """Is an item asked on one side only? It could never give a gap."""
    return set(expected) != set(perceived)
