"""Named lists: the official ones, which every bank has, and those that people keep."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from django.db.models import Q
from django.utils.timezone import localdate

from huiyin.bank.staff import queries as staff
from huiyin.bank.units import queries as units
from huiyin.kernel.actor import Actor
from huiyin.kernel.label import Label
from huiyin.resolve.cases import queries as cases
from huiyin.resolve.workbench.models import SavedView

MOST_SHOWN = 99
OFFICIAL: tuple[tuple[Label, dict[str, str]], ...] = (
    (Label("today", "今日到期", "Due today"), {"view": "all", "time": "today"}),
    (Label("risk", "即将超时", "Due soon"), {"view": "all", "time": "risk"}),
    (Label("late", "已超时", "Overdue"), {"view": "all", "time": "late"}),
    (Label("nobody", "无人经办", "Nobody handles it"), {"view": "all", "who": "nobody", "state": "new"}),
    (Label("owned", "我首问的", "I am the owner"), {"view": "all", "who": "owned"}),
    (Label("repeat", "重复投诉", "Repeat complaints"), {"view": "all", "flag": "repeat"}),
    (Label("elderly", "老年客户", "Elderly customers"), {"view": "all", "flag": "elderly"}),
    (Label("major", "重大投诉", "Major complaints"), {"view": "all", "severity": "major"}),
    (Label("media", "舆情", "Public opinion"), {"view": "all", "flag": "media"}),
)


@dataclass(frozen=True)
class Listed:
    """A list with its name and address. `view` is set for those that somebody keeps."""

    key: str
    name: Any
    query: str
    view: SavedView | None = None
    mine: bool = False

    @property
    def href(self) -> str:
        return f"/desk/work/?{self.query}"


def official() -> list[Listed]:
    return [Listed(label.code, label, urlencode(query)) for label, query in OFFICIAL]


def saved_views(actor: Actor, at: datetime) -> list[Listed]:
    """One's own, and those shared with one's unit or a unit above it."""
    if actor.staff is None:
        return []
    found = SavedView.objects.filter(_reach(actor, at)).select_related("owner", "unit").order_by("name", "id")
    return [
        Listed(str(view.pk), view.name, f"{view.query}&saved={view.pk}", view, view.owner_id == actor.staff)
        for view in found[:60]
    ]


def saved_view(id: UUID, actor: Actor, at: datetime) -> SavedView | None:
    if actor.staff is None:
        return None
    return SavedView.objects.filter(_reach(actor, at), pk=id).select_related("owner", "unit").first()


def view_counts(lists: Iterable[Listed], actor: Actor, at: datetime) -> dict[str, int]:
    """How many cases each list holds for this reader, up to one more than MOST_SHOWN."""
    found = {}
    for one in lists:
        try:
            asked = cases.wanted(dict(parse_qsl(one.query)))
        except cases.UnknownFilter:
            continue  # a product or a colleague of the list is no more
        found[one.key] = cases.counted(cases.queue(asked, actor, at), MOST_SHOWN)
    return found


def search_query(q: str) -> str:
    """The address of a search through everything one may see."""
    return urlencode({"q": q})


def _reach(actor: Actor, at: datetime) -> Q:
    person = staff.person(actor.staff)
    above = [view.id for view in units.above(person.unit_id, localdate(at))] if person else []
    own = [person.unit_id] if person else []
    return Q(owner=actor.staff) | Q(unit__in=[*own, *above])
