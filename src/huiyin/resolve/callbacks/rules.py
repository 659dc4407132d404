"""Whom to call back, when to try again, what to ask, and what follows from the answer."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from huiyin.kernel.calendar import Calendar
from huiyin.kernel.label import Label

RULES = (
    Label("dissatisfied", "全部不满意客户", "Everybody who rated 1 or 2"),
    Label("serious", "全部严重、重大投诉", "Every serious or major case"),
    Label("elderly", "全部老年客户", "Every elderly customer"),
    Label("share", "按比例抽取已办结诉求", "A share of the closed cases"),
)
RULE = {label.code: label for label in RULES}
STRATA = (Label("unit", "按机构", "Per unit"), Label("product", "按产品", "Per product"))
FATES = {
    label.code: label
    for label in (
        Label("drawn", "已抽中", "Drawn"),
        Label("not_drawn", "未抽中", "Not drawn"),
        Label("called", "本轮已列入回访", "On a list already"),
        Label("refused", "客户不接受电话回访", "The customer does not want calls"),
        Label("no_phone", "未留电话", "No telephone number"),
        Label("in_writing", "听力不便，不致电", "Does not hear well: not telephoned"),
    )
}
OUTCOMES = (
    Label("reached", "已接通并回访", "Reached"),
    Label("no_answer", "无人接听", "No answer"),
    Label("later", "约定再次致电", "Asks to be called later"),
    Label("refused", "拒绝回访", "Refuses to answer"),
    Label("wrong_number", "号码有误", "Wrong number"),
)
OWN_OUTCOMES = (
    Label("message", "客户已用信息答复", "Answered by message"),
    Label("in_writing", "听力不便，不再致电", "Does not hear well: called no more"),
)
OUTCOME = {label.code: label for label in (*OUTCOMES, *OWN_OUTCOMES)}
STATES = {
    label.code: label
    for label in (
        Label("waiting", "待回访", "Waiting"),
        Label("held", "回访中", "Being called"),
        Label("done", "已完成", "Done"),
    )
}
SOLVED = (
    Label("yes", "已解决", "Yes, it is settled"),
    Label("partly", "部分解决", "In part"),
    Label("no", "未解决", "No"),
)
SATISFIED = (
    Label("5", "非常满意", "Very satisfied"),
    Label("4", "满意", "Satisfied"),
    Label("3", "一般", "Neither satisfied nor dissatisfied"),
    Label("2", "不满意", "Dissatisfied"),
    Label("1", "非常不满意", "Very dissatisfied"),
)
FOLLOWED = {
    label.code: label
    for label in (
        Label("reopened", "已重新办理", "The case was opened again"),
        Label("new_matter", "已作为新诉求受理", "Taken up as a new matter"),
    )
}
PARTS = {
    label.code: label
    for label in (
        Label("morning", "上午", "Morning"),
        Label("afternoon", "下午", "Afternoon"),
        Label("evening", "晚间", "Evening"),
    )
}
TRIES = 3
DUE_DAYS = 5  # working days after the draw
LOW = 2
SATISFACTION_TARGET = 0.85  # feedback satisfaction (policy paper 3)
TIMELINESS_TARGET = 0.80  # feedback timeliness (policy paper 3)
MOST = 5_000
PAUSE = timedelta(hours=2)  # between two tries of the same customer
AGREED_WITHIN = timedelta(days=14)


def drawn(frame: Mapping[str, str], percent: int, seed: str) -> set[str]:
    """The ids that are called back, from id -> stratum: of every stratum the share, rounded up, in an order that only
    the seed decides. The same frame and seed give the same list on any machine, in whatever order the frame comes."""
    strata: dict[str, list[str]] = {}
    for id, stratum in frame.items():
        strata.setdefault(stratum, []).append(id)
    found: set[str] = set()
    for ids in strata.values():
        order = sorted(ids, key=lambda id: (hashlib.sha256(f"{seed}|{id}".encode()).digest(), id))
        found |= set(order[: ceil(len(order) * percent / 100)])
    return found


def part_of_day(at: datetime, zone: str) -> str:
    hour = at.astimezone(ZoneInfo(zone)).hour
    return "morning" if hour < 12 else "afternoon" if hour < 18 else "evening"


def may_call(calendar: Calendar, at: datetime) -> bool:
    """Inside the calling hours of the calendar, holidays and make-up days included."""
    second = int(at.timestamp())
    return calendar.snap(second) == second


def opens_at(calendar: Calendar, at: datetime) -> datetime:
    """This instant if calls may be made now, else the next opening."""
    return datetime.fromtimestamp(calendar.snap(int(at.timestamp())), UTC)


SLOT = timedelta(hours=1)
SLOT_DAYS = 5


def slots(calendar: Calendar, at: datetime) -> list[datetime]:
    """The hours that are offered for a call: of the next five days with calling hours (holidays and make-up days are
    known) every full slot that begins in an hour or later, within the time in which a call may be agreed."""
    today, found, days = calendar.date_of(int(at.timestamp())), list[datetime](), 0
    for ahead in range(AGREED_WITHIN.days):
        begins_on = [
            datetime.fromtimestamp(second, UTC)
            for opens, closes in calendar.spans(today + timedelta(days=ahead))
            for second in range(opens, closes - int(SLOT.total_seconds()) // 2 + 1, int(SLOT.total_seconds()))
        ]
        free = [begins for begins in begins_on if begins >= at + SLOT]
        found += free
        days += bool(free)
        if days == SLOT_DAYS:
            break
    return found


def next_try(calendar: Calendar, at: datetime, tried: Collection[str]) -> datetime:
    """When to try again: the first opening after a pause in a part of the day not tried yet; when all were tried, the
    next opening on another day."""
    today = calendar.date_of(int(at.timestamp()))
    ready = int((at + PAUSE).timestamp())
    another_day: int | None = None
    for ahead in range(15):
        on = today + timedelta(days=ahead)
        for opens, closes in calendar.spans(on):
            begins = max(opens, ready)
            if begins >= closes:
                continue
            if part_of_day(datetime.fromtimestamp(begins, UTC), calendar.zone) not in tried:
                return datetime.fromtimestamp(begins, UTC)
            if ahead and another_day is None:
                another_day = begins
    return datetime.fromtimestamp(another_day if another_day is not None else calendar.snap(ready), UTC)


def is_dissatisfied(solved: str, satisfied: int) -> bool:
    """The case is taken up again: what was promised is not done, or the customer is not content with it."""
    return solved == "no" or satisfied <= LOW


@dataclass(frozen=True)
class Script:
    """What a caller says and asks, in one version. `extra` are questions of the bank's own, answered yes or no."""

    version: int
    opening: Label
    solved: Label
    satisfied: Label
    more: Label
    extra: tuple[Label, ...] = ()


SHIPPED = Script(
    version=0,
    opening=Label(
        "opening",
        "您好，这里是本行客户服务回访。您此前反映的问题我们已答复，想用两分钟听听您的意见。通话不会询问您的密码或验证码。",
        "Good day, this is the bank's service follow-up. We have answered what you told us and would like two minutes"
        " of your time. We never ask for passwords or codes.",
    ),
    solved=Label("solved", "您反映的问题解决了吗？", "Is what you told us about settled?"),
    satisfied=Label(
        "satisfied", "您对办理结果和过程满意吗？", "How satisfied are you with the outcome and the handling?"
    ),
    more=Label("more", "您还有其他意见吗？", "Is there anything else you would like to tell us?"),
)


CHOICES = (
    Label("yes", "已解决", "It is settled"),
    Label("no", "未解决", "It is not settled"),
    Label("call", "请给我打电话", "Please call me"),
)
CHOICE = {label.code: label for label in CHOICES}
CONTACT_STATES = {
    label.code: label
    for label in (
        Label("asked", "已发信息，待客户答复", "Asked by message, no answer yet"),
        Label("answered", "客户已答复", "Answered by message"),
        Label("expired", "信息未获答复", "The message was not answered"),
        Label("skipped", "未发信息", "Not asked by message"),
    )
}
ASK = Label("ask", "您反映的问题解决了吗？", "Is what you told us about settled?")
ASK_BODY = Label(
    "ask_body",
    "请用一分钟告诉我们问题是否解决，也可以约定时间由我们致电。若三日内未答复，我们可能致电回访。",
    "Please take a minute to tell us whether it is settled, or choose a time at which we call you. If we do not hear"
    " from you within three days we may call.",
)
REMIND_AFTER = timedelta(days=1)
OPEN_FOR = timedelta(days=3)
