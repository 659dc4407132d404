"""The workbench: views of the queue, filters from an allow-list, counters, search."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from huiyin.bank.products import queries as products
from huiyin.bank.staff import queries as staff
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
OWN_FLAGS, SEVERITIES, COMPLEXITIES, OUTCOMES = words.OWN_FLAGS, words.SEVERITIES, words.COMPLEXITIES, words.OUTCOMES
HANDOVER_REASONS = words.HANDOVER_REASONS
SIZE = 50
COUNTED = 1000  # lists are counted no further, so that a long one stays quick
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
WITHIN = {
    "1": Label("1", "24 小时内到期", "Due within 24 hours"),
    "3": Label("3", "3 天内到期", "Due within 3 days"),
    "7": Label("7", "7 天内到期", "Due within 7 days"),
}
WHO = {
    "me": Label("me", "我经办的", "I handle it"),
    "owned": Label("owned", "我首问的", "I am the first-contact owner"),
    "unit": Label("unit", "本机构经办的", "Handled in my unit"),
    "nobody": Label("nobody", "无人经办", "Nobody handles it"),
}
# What names a list: these, and nothing else, make a saved view.
NAMING = (
    "view", "state", "channel", "category", "product", "severity", "unit", "owner", "handler", "who", "time", "within",
    "flag", "since", "until", "order", "q", "cols",
)  # fmt: skip
PARAMETERS = frozenset({*NAMING, "after", "before", "saved", "page", "lang", "mode", "theme", "density"})


class UnknownFilter(Refusal):
    """A parameter or a value outside the allow-list (reliability §6, 27)."""

    status = 400
    message = _("This list cannot be filtered or sorted like that.")


@dataclass(frozen=True)
class Wanted:
    """What the address asks for, already checked. `owner` and `handler` are staff numbers, `since` and `until` days
    of receipt (both included), `cols` the columns to be shown (which of them there are, the page knows), `after` and `before` the places where a page
    begins or ends."""

    view: str = "mine"
    state: str = ""
    channel: str = ""
    category: str = ""
    product: str = ""
    severity: str = ""
    unit: str = ""
    owner: str = ""
    handler: str = ""
    who: str = ""
    time: str = ""
    within: str = ""
    flag: str = ""
    since: str = ""
    until: str = ""
    order: str = "due"
    q: str = ""
    cols: str = ""
    after: str = ""
    before: str = ""

    @property
    def filtered(self) -> bool:
        return any(getattr(self, name) for name in NAMING if name not in ("view", "order", "cols"))

    @property
    def query(self) -> dict[str, str]:
        """The same list as an address: what differs from the plain view, in one order."""
        found = {name: getattr(self, name) for name in NAMING if getattr(self, name)}
        if self.order == _order("", self.view, bool(self.since or self.until)):
            found.pop("order")
        return found

    @property
    def start(self) -> "Wanted":
        return replace(self, after="", before="")


def wanted(query: Mapping[str, str]) -> Wanted:
    """Read the address; anything not on the list is refused, a place in the list that is none is the beginning (28)."""
    if set(query) - PARAMETERS:
        raise UnknownFilter
    choices = {
        "view": VIEWS,
        "state": words.STATES,
        "channel": {label.code for label in facet("channel")},
        "category": {label.code for label in facet("category")},
        "severity": words.SEVERITIES,
        "who": WHO,
        "time": TIMES,
        "within": WITHIN,
        "flag": words.FLAGS,
        "order": ORDERS,
    }
    found = {name: query.get(name, "") for name in NAMING}
    for name, known in choices.items():
        if found[name] and found[name] not in known:
            raise UnknownFilter(name=name)
    checks = {
        "unit": units.is_code,
        "product": lambda code: products.product(code) is not None,
        "owner": lambda number: staff.by_number(number) is not None,
        "handler": lambda number: staff.by_number(number) is not None,
        "since": lambda text: _day(text) is not None,
        "until": lambda text: _day(text) is not None,
    }
    for name, is_known in checks.items():
        if found[name] and (len(found[name]) > 40 or "\x00" in found[name] or not is_known(found[name])):
            raise UnknownFilter(name=name)
    found["view"] = found["view"] or "mine"
    found["order"] = _order(found["order"], found["view"], bool(found["since"] or found["until"]))
    found["cols"] = ",".join(code for code in found["cols"].split(",")[:20] if code.isascii() and code.isalpha())[:120]
    found["q"] = found["q"].replace("\x00", "").strip()[:80]
    place = {name: query.get(name, "") for name in ("after", "before") if _place(query.get(name, "")) is not None}
    return Wanted(**found, **place)


def _order(order: str, view: str, period: bool) -> str:
    """Closed cases stand by the day they were closed (an open case has none); those of a period by the day they came,
    which is what the period is about."""
    if view == "done":
        return "newest" if period and order in ("", "closed") else order or "closed"
    return "due" if order in ("", "closed") else order


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def queue(wanted: Wanted, actor: Actor, at: datetime) -> QuerySet[Case]:
    """The cases of a view, filtered and in order. A search looks through everything the actor may see."""
    found = visible_to(actor, at)
    found = searched(found, wanted.q) if wanted.q else _in_view(found, wanted.view, actor, at)
    for name in ("state", "channel", "category", "product", "severity"):
        if getattr(wanted, name):
            found = found.filter(**{name: getattr(wanted, name)})
    if wanted.flag:
        found = found.exclude(flags="").filter(flags__contains=wanted.flag)  # in the words of the index
    if wanted.state and (wanted.state == "closed") != (wanted.view == "done") and not wanted.q:
        return found.none()  # no need to look for an open case among the closed ones
    if wanted.unit:
        unit = units.by_code(wanted.unit)
        here = units.under(units.path_of(unit.pk, localtime(at).date()), localtime(at).date()) if unit else []
        found = found.filter(unit__in=here)
    if wanted.owner:
        found = found.filter(owner=_number(wanted.owner))
    if wanted.handler:
        found = found.filter(handler=_number(wanted.handler))
    if wanted.who:
        found = found.filter(_held_by(wanted.who, actor))
    if wanted.time:
        found = _by_time(found, wanted.time, at)
    if wanted.within:
        found = found.filter(rank_at__gte=at, rank_at__lt=at + timedelta(days=int(wanted.within)))
    if since := _day(wanted.since):
        found = found.filter(received_at__gte=_morning(since))
    if until := _day(wanted.until):
        found = found.filter(received_at__lt=_morning(until) + timedelta(days=1))
    return found.select_related("owner", "handler", "unit").order_by(*ORDERS[wanted.order])


@dataclass(frozen=True)
class Slice:
    """One page of a list, and where the pages before and after it are (empty: there is none)."""

    rows: list[Case]
    before: str
    after: str


def slice_of(found: QuerySet[Case], wanted: Wanted, size: int = SIZE) -> Slice:
    """A page by place, not by number: the hundredth costs what the first does, and nothing is shown twice or left out
    when somebody answers a case meanwhile."""
    field, key = (name.lstrip("-") for name in ORDERS[wanted.order])
    down = ORDERS[wanted.order][0].startswith("-")
    backwards = bool(wanted.before) and not wanted.after
    place = _place(wanted.before if backwards else wanted.after)
    if place is not None:
        way = "lt" if down != backwards else "gt"
        value, id = place
        found = found.filter(
            Q(**{f"{field}__{way}e": value}) & (Q(**{f"{field}__{way}": value}) | Q(**{f"{key}__{way}": id}))
        )
    if backwards:
        found = found.reverse()
    rows = _read(found, size + 1)
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    if not rows:
        return Slice([], "", "")
    first, last = (f"{_micros(getattr(row, field))}.{row.pk.hex}" for row in (rows[0], rows[-1]))
    if backwards:
        return Slice(rows, first if more else "", last)
    return Slice(rows, first if place is not None else "", last if more else "")


def _read(found: QuerySet[Case], most: int) -> list[Case]:
    """First which they are, which the index of open cases knows by itself, then these and no other."""
    ids = list(found.select_related(None).values_list("pk", flat=True)[:most])
    rows = Case.objects.filter(pk__in=ids).select_related("owner", "handler", "unit").in_bulk()
    return [rows[id] for id in ids if id in rows]


def counted(found: QuerySet[Case], most: int = COUNTED) -> int:
    """How many there are, up to one more than `most`."""
    return found.select_related(None).order_by()[: most + 1].count()


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def _micros(value: datetime) -> int:
    return (value - _EPOCH) // _MICROSECOND


def _place(text: str) -> tuple[datetime, UUID] | None:
    micros, _dot, key = text.partition(".")
    if not (micros.isascii() and micros.isdigit() and len(micros) < 19 and len(key) == 32):
        return None
    try:
        return _EPOCH + int(micros) * _MICROSECOND, UUID(hex=key)
    except (ValueError, OverflowError):
        return None


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=HOME_ZONE)


def _number(number: str) -> UUID | None:
    found = staff.by_number(number)
    return found.pk if found else None


def _held_by(who: str, actor: Actor) -> Q:
    if who == "nobody":
        return Q(handler=None)
    if who == "unit":
        path = next(iter(sorted(actor.paths(), key=len, reverse=True)), None)
        unit = staff.person(actor.staff) if path is not None else None
        return Q(handler__unit=unit.unit_id) if unit else Q(pk__in=())
    return Q(handler=actor.staff) if who == "me" else Q(owner=actor.staff)


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
        return found.filter(rank_at__gte=at, rank_at__lt=midnight(at))
    return found.filter(rank_at__gte=at, risk_at__lte=at)


def midnight(at: datetime) -> datetime:
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
        today=Count("pk", filter=Q(rank_at__gte=at, rank_at__lt=midnight(at))),
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
