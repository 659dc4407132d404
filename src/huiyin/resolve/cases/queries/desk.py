"""The workbench: views of the queue, filters from an allow-list, counters, search."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from huiyin.bank.standards.queries import facet
from huiyin.bank.units import queries as units
from huiyin.customers.profiles import queries as profiles
from huiyin.kernel import permit
from huiyin.kernel.actor import Actor
from huiyin.kernel.label import Label
from huiyin.kernel.refusal import Refusal
from huiyin.resolve.cases.models import Case, Handover
from huiyin.resolve.cases.queries.records import visible_to
from huiyin.resolve.cases.rules import limits, words

STATES, FLAGS, VULNERABLE = words.STATES, words.FLAGS, words.VULNERABLE
SIZE = 50
LAST_PAGE = 200
HOME_ZONE = ZoneInfo("Asia/Shanghai")

VIEWS = {
    label.code: label
    for label in (
        Label("mine", "我的待办", "My work"),
        Label("unit", "本机构", "My unit"),
        Label("classify", "待确认分类", "To classify"),
        Label("approve", "待审批", "Waiting for approval"),
        Label("accept", "待我接收", "Waiting for me to accept"),
        Label("customer", "等客户确认", "Waiting for the customer"),
        Label("all", "全部在办", "All open"),
        Label("done", "已办结", "Closed"),
    )
}
ORDERS = {
    "due": ("rank_at", "id"),
    "newest": ("-received_at", "-id"),
    "oldest": ("received_at", "id"),
    "closed": ("-closed_at", "-id"),
}
ORDER_LABELS = {
    "due": Label("due", "按剩余时间", "Time left"),
    "newest": Label("newest", "最新收到", "Newest first"),
    "oldest": Label("oldest", "最早收到", "Oldest first"),
}
TIMES = {
    "today": Label("today", "今日到期", "Due today"),
    "risk": Label("risk", "临期", "Due soon"),
    "late": Label("late", "已超时", "Overdue"),
}
PARAMETERS = frozenset(
    {
        "view",
        "state",
        "channel",
        "category",
        "unit",
        "time",
        "flag",
        "order",
        "q",
        "page",
        "lang",
        "mode",
        "theme",
        "density",
    }
)


class UnknownFilter(Refusal):
    """A parameter or a value outside the allow-list (reliability §6, 27)."""

    status = 400
    message = _("This list cannot be filtered or sorted like that.")


@dataclass(frozen=True)
class Wanted:
    """What the address asks for, already checked."""

    view: str = "mine"
    state: str = ""
    channel: str = ""
    category: str = ""
    unit: str = ""
    time: str = ""
    flag: str = ""
    order: str = "due"
    q: str = ""
    page: int = 1

    @property
    def filtered(self) -> bool:
        return any((self.state, self.channel, self.category, self.unit, self.time, self.flag, self.q))


def wanted(query: Mapping[str, str]) -> Wanted:
    """Read the address; anything not on the list is refused, a wild page number is capped (28)."""
    if set(query) - PARAMETERS:
        raise UnknownFilter
    choices = {
        "view": VIEWS,
        "state": words.STATES,
        "channel": {label.code for label in facet("channel")},
        "category": {label.code for label in facet("category")},
        "time": TIMES,
        "flag": words.FLAGS,
        "order": ORDERS,
    }
    found = {name: query.get(name, "") for name in (*choices, "unit", "q")}
    for name, known in choices.items():
        if found[name] and found[name] not in known:
            raise UnknownFilter(name=name)
    if found["unit"] and not units.is_code(found["unit"]):
        raise UnknownFilter(name="unit")
    view = found["view"] or "mine"
    return Wanted(
        view=view,
        state=found["state"],
        channel=found["channel"],
        category=found["category"],
        unit=found["unit"],
        time=found["time"],
        flag=found["flag"],
        order=found["order"] or ("closed" if view == "done" else "due"),
        q=found["q"].replace("\x00", "").strip()[:80],
        page=_page(query.get("page", "")),
    )


def _page(raw: str) -> int:
    return min(max(int(raw), 1), LAST_PAGE) if raw.isascii() and raw.isdigit() and len(raw) < 6 else 1


def queue(wanted: Wanted, actor: Actor, at: datetime) -> QuerySet[Case]:
    """The cases of a view, filtered and in order. A search looks through everything the actor may see."""
    found = visible_to(actor, at)
    found = searched(found, wanted.q) if wanted.q else _in_view(found, wanted.view, actor, at)
    if wanted.state:
        found = found.filter(state=wanted.state)
    if wanted.channel:
        found = found.filter(channel=wanted.channel)
    if wanted.category:
        found = found.filter(category=wanted.category)
    if wanted.flag:
        found = found.filter(flags__contains=wanted.flag)
    if wanted.unit:
        unit = units.by_code(wanted.unit)
        here = units.under(units.path_of(unit.pk, localtime(at).date()), localtime(at).date()) if unit else []
        found = found.filter(unit__in=here)
    if wanted.time:
        found = _by_time(found, wanted.time, at)
    return found.select_related("owner", "handler", "unit").order_by(*ORDERS[wanted.order])


def _in_view(found: QuerySet[Case], view: str, actor: Actor, at: datetime) -> QuerySet[Case]:
    if view == "done":
        return found.filter(closed_at__isnull=False)
    found = found.filter(closed_at=None)
    if view == "mine":
        return found.filter(_waits_for(actor, at))
    if view == "unit":
        path = next(iter(sorted(actor.paths(), key=len, reverse=True)), None)
        return found.filter(unit_path__startswith=path) if path is not None else found.none()
    if view == "classify":
        return found.filter(to_classify=True)
    if view == "approve":
        return (
            found.filter(state="approving").exclude(handler=actor.staff).filter(_in_paths(actor, "case.approve_reply"))
        )
    if view == "accept":
        return found.filter(pk__in=Handover.objects.filter(receiver=actor.staff, settled_at=None).values("case"))
    if view == "customer":
        return found.filter(state="answered")
    return found


def _waits_for(actor: Actor, at: datetime) -> Q:
    """Mine: what I handle, and what I own while nobody handles it."""
    return Q(handler=actor.staff) | Q(owner=actor.staff)


def _in_paths(actor: Actor, action: str) -> Q:
    reach = Q(pk__in=())
    for path in permit.paths(actor, action):
        reach |= Q(unit_path__startswith=path)
    return reach


def _by_time(found: QuerySet[Case], time: str, at: datetime) -> QuerySet[Case]:
    if time == "late":
        return found.filter(rank_at__lt=at)
    if time == "today":
        return found.filter(rank_at__gte=at, rank_at__lt=_midnight(at))
    return found.filter(rank_at__gte=at, risk_at__lte=at)


def _midnight(at: datetime) -> datetime:
    """The end of today, home time, with midnight itself counted in: a limit of today ends at 24:00."""
    local = at.astimezone(HOME_ZONE)
    return local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1, seconds=1)


def searched(found: QuerySet[Case], q: str) -> QuerySet[Case]:
    """By number (whole or the end of it), else by telephone, name or identity number through the blind index.

    The words are data: `%` and `_` look for themselves (26).
    """
    text = q.strip()
    people: set[UUID] = set()
    for kind in ("phone", "name", "id", "email"):
        people.update(profiles.who_has(kind, text))
    digits = "".join(letter for letter in text if letter.isdigit())
    match = Q(number=text.upper())
    if len(digits) >= 4:
        match |= Q(number__endswith=text.upper())
    if people:
        match |= Q(customer__in=people)
    return found.filter(match)


@dataclass(frozen=True)
class Counters:
    due_today: int
    at_risk: int
    late: int
    waiting_on_me: int
    to_classify: int
    to_approve: int
    to_accept: int


def counters(actor: Actor, at: datetime) -> Counters:
    """The figures above the queue: of my own work, and what colleagues wait for from me."""
    seen = visible_to(actor, at).filter(closed_at=None)
    mine = seen.filter(_waits_for(actor, at)).order_by().aggregate(
        today=Count("pk", filter=Q(rank_at__gte=at, rank_at__lt=_midnight(at))),
        risk=Count("pk", filter=Q(rank_at__gte=at, risk_at__lte=at)),
        late=Count("pk", filter=Q(rank_at__lt=at)),
        waiting=Count(
            "pk", filter=(Q(handler=actor.staff) | Q(handler=None)) & Q(state__in=("new", "working"))
        ),
    )  # fmt: skip
    accept = _in_view(seen, "accept", actor, at).order_by().count() if actor.staff else 0
    return Counters(
        due_today=mine["today"],
        at_risk=mine["risk"],
        late=mine["late"],
        waiting_on_me=mine["waiting"],
        to_classify=_in_view(seen, "classify", actor, at).order_by().count(),
        to_approve=_in_view(seen, "approve", actor, at).order_by().count(),
        to_accept=accept,
    )


def urgency(case: Case, at: datetime) -> tuple[Label, str]:
    """The word and the kind of the chip: on track, due soon, overdue, or no clock."""
    code = limits.urgency(case.risk_at, case.due_at if case.closed_at is None else None, at)
    return words.URGENCIES[code], code
