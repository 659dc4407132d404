"""Posts, stand-ins and who is fit to handle a matter."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from uuid import UUID

from huiyin.kernel.label import Label

POSTS = (
    Label("teller", "柜员", "Teller"),
    Label("lobby_manager", "大堂经理", "Lobby manager"),
    Label("account_manager", "客户经理", "Account manager"),
    Label("telephone_agent", "客服坐席", "Telephone agent"),
    Label("outlet_manager", "网点主任", "Outlet manager"),
    Label("handler", "投诉经办", "Complaint handler"),
    Label("supervisor", "投诉处理主管", "Handling supervisor"),
    Label("branch_head", "分行行长", "Branch head"),
    Label("department_head", "部门总经理", "Head of department"),
    Label("consumer_protection", "消费者权益保护岗", "Consumer-protection officer"),
    Label("analyst", "质量分析员", "Quality analyst"),
    Label("inspector", "检查员", "Inspector"),
    Label("trainer", "培训师", "Trainer"),
    Label("hr", "人力资源岗", "Human resources"),
    Label("auditor", "审计员", "Auditor"),
    Label("risk", "风险岗", "Risk officer"),
    Label("security", "信息安全岗", "Security officer"),
    Label("duty_officer", "值班员", "Duty officer"),
    Label("administrator", "系统管理员", "Administrator"),
    Label("president", "行长", "President"),
)
POST = {post.code: post for post in POSTS}
HEAD_POSTS = ("outlet_manager", "branch_head", "department_head", "president")
DUTY_ORDER = (("duty_officer", "handler"), HEAD_POSTS, ("supervisor", "consumer_protection"))
HANDLING_POSTS = ("handler", "supervisor", "duty_officer", "consumer_protection", *HEAD_POSTS)

WHYS = (
    Label("accused", "被投诉人", "Complained about"),
    Label("own", "本人提出的事项", "Raised it as a customer"),
    Label("unit", "所在网点被投诉", "Their whole unit is complained about"),
    Label("manager", "被投诉人的直接主管", "Direct manager of the complained-about"),
    Label("kin", "亲属回避", "Declared kin"),
    Label("first_handler", "首次办理人，不参与核查", "Handled it the first time"),
)
WHY = {why.code: why for why in WHYS}
ENDS_NEVER = ("accused", "own", "kin", "unit")

K = TypeVar("K")


def walk(start: K | None, next_of: Callable[[K], K | None]) -> Iterator[K]:
    """The chain of substitutes from somebody on, everybody once; a cycle or a dead end is its end."""
    seen: set[K] = set()
    here = start
    while here is not None and here not in seen:
        seen.add(here)
        yield here
        here = next_of(here)


LINES = {
    "holder": ("holder", "substitute", "head", "above", "desk"),
    "owner": ("owner", "head", "above", "desk"),
    "head": ("head", "above", "desk"),
    "above": ("above", "desk"),
    "desk": ("desk",),
}
"""Where a call for somebody goes, one level after the other until somebody is there (clock.md §8.13)."""


@dataclass(frozen=True)
class Called:
    """Who is told of a rung. `asked`: whom it names; `level`: where somebody was found, or nobody."""

    staff: UUID | None
    level: str
    asked: str


def called(asked: Iterable[str], at_level: Callable[[str], Iterable[UUID]], barred: Collection[UUID]) -> list[Called]:
    """For each that is asked for, the first along their line who is not barred; nobody is told twice.

    `at_level` gives those of a level who are here, the nearest first. `nobody` is an incident for the caller.
    """
    found: list[Called] = []
    for name in dict.fromkeys(asked):
        line = ((level, person) for level in LINES[name] for person in at_level(level) if person not in barred)
        level, person = next(line, ("nobody", None))
        if person is None or all(person != one.staff for one in found):
            found.append(Called(person, level, name))
    return found


def rota(people: list[UUID], on: date) -> list[UUID]:
    """Everybody takes turns by the day; the order starts with the one whose turn it is."""
    if not people:
        return []
    turn = on.toordinal() % len(people)
    return people[turn:] + people[:turn]


def is_active(active_from: date, active_until: date | None, on: date) -> bool:
    return active_from <= on and (active_until is None or on < active_until)
