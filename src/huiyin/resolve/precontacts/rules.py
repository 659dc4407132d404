"""What may be asked before anybody calls, what may be answered, and when to remind or to hand over. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from huiyin.kernel.calendar import Calendar, Term, due
from huiyin.kernel.label import Label
from huiyin.kernel.pauses import MATERIAL_DAYS

FACTS = (
    Label("product", "所涉产品", "Product"),
    Label("unit", "办理机构或网点", "Branch or outlet"),
    Label("occurred_on", "事情发生日期", "Day it happened"),
    Label("amount", "涉及金额", "Amount"),
)
FACT = {label.code: label for label in FACTS}
PAPER_CHOICES = (
    Label("here", "现在上传", "I attach it now"),
    Label("later", "稍后提供", "I will send it later"),
    Label("none", "我没有这份材料", "I do not have it"),
    Label("held", "银行已有，无需再提供", "The bank has it already"),
)
FACT_CHOICES = (
    Label("right", "正确", "Right"),
    Label("wrong", "不正确", "Wrong"),
    Label("unsure", "不清楚", "I am not sure"),
)
BLANK_CHOICES = (Label("told", "我来填写", "I fill it in"), Label("unsure", "不清楚", "I am not sure"))
CHOICE = {label.code: label for label in (*PAPER_CHOICES, *FACT_CHOICES, *BLANK_CHOICES)}
CORRECTED = frozenset({"wrong", "told"})
STATES = {
    label.code: label
    for label in (
        Label("asked", "待客户答复", "Waiting for the customer"),
        Label("answered", "客户已答复", "Answered"),
        Label("handed", "转人工跟进", "A person takes over"),
        Label("dropped", "不再等待", "Gone on without"),
        Label("overtaken", "工单已答复或办结", "The case was answered or closed"),
    )
}
OPEN = ("asked", "handed")
WHY = {
    label.code: label
    for label in (
        Label("silent", "客户到期未答复", "No answer in time"),
        Label("undelivered", "信息未能送达", "The message did not arrive"),
        Label("in_person", "该客户由人工告知", "This customer is told in person"),
    )
}
WAITED_IN = ("new", "working", "approving")  # states of a case in which an answer still helps
USUAL: Mapping[str, tuple[str, ...]] = {
    "bank_card": ("statement", "card_photo"),
    "loan": ("contract", "repayment"),
    "payment": ("receipt", "chat_record"),
    "wealth_own": ("contract", "sales_record"),
    "agency": ("contract", "sales_record"),
    "savings": ("receipt",),
    "cash": ("receipt",),
    "collection": ("chat_record",),
    "personal_info": ("chat_record", "screenshot"),
}
"""What is usually missing per category; a colleague decides, these are only ticked beforehand."""
REMIND_DAYS = 2  # working days
MOST_DAYS = 30
LONGEST = 2000


def times(calendar: Calendar, at: datetime, last: date | None = None) -> tuple[datetime, datetime]:
    """(when to remind, until when to wait): after two working days, and as long as the pause for missing material lasts by
    itself, to the close of the fifth, or of the day named.

    A day named too near leaves half of the time before the reminder."""
    ends = _close(calendar, at, MATERIAL_DAYS)
    if last is not None:
        ends = datetime.fromtimestamp(calendar.end_of(last), UTC)
    remind = _close(calendar, at, REMIND_DAYS)
    return (remind if remind < ends else at + (ends - at) / 2), ends


def _close(calendar: Calendar, at: datetime, days: int) -> datetime:
    term = Term("business_day", days, end_of_term="close")
    return datetime.fromtimestamp(due(calendar, term, int(at.timestamp())).at or 0, UTC)


def why_not_until(last: date | None, today: date) -> str:
    if last is None:
        return ""
    return "" if today < last <= today + timedelta(days=MOST_DAYS) else "wrong_day"


@dataclass(frozen=True)
class Answered:
    """One item as answered. `value`: the customer's correction, in words; `files`: the names of what was attached."""

    choice: str
    value: str = ""
    files: tuple[str, ...] = field(default=())


def sort_of(item: str) -> tuple[str, str]:
    """`paper:contract` -> (paper, contract)."""
    sort, _colon, code = item.partition(":")
    return sort, code


def choices(item: str, *, known: bool) -> tuple[Label, ...]:
    """What may be answered to an item; `known`: the bank has a value of the fact to be confirmed."""
    if sort_of(item)[0] == "paper":
        return PAPER_CHOICES
    return FACT_CHOICES if known else BLANK_CHOICES


def wrong(items: Iterable[str], known: Iterable[str], answers: Mapping[str, Answered]) -> str:
    """Nothing if the answers fit what was asked: every item one of its choices, a correction where something is wrong."""
    asked, has = list(items), set(known)
    if set(asked) != set(answers):
        return "incomplete"
    for item in asked:
        said = answers[item]
        if said.choice not in {label.code for label in choices(item, known=item in has)}:
            return "incomplete"
        if (said.choice in CORRECTED) != bool(said.value) or (said.choice == "here") != bool(said.files):
            return "incomplete"
    return ""


def settled(answers: Mapping[str, str]) -> bool:
    """Does nothing of what was asked stay open: no paper that comes later, nothing unsure?"""
    return not {"later", "unsure"} & set(answers.values())
