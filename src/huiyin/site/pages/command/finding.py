"""What the command menu finds: steps of the page, pages, lists, cases, colleagues, units; only what may be opened."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import override

from huiyin.bank.units import queries as units
from huiyin.kernel.label import Label
from huiyin.kernel.permit import can
from huiyin.kernel.request import Request
from huiyin.resolve.cases import queries as cases
from huiyin.resolve.workbench import queries as workbench
from huiyin.site.navigation import DESK, open_to

MOST = 20
_FEW = 6


@dataclass(frozen=True)
class Hit:
    """One line. `step`: the place of a step of the page in front; otherwise `href` is where it leads."""

    sort: str
    text: Any
    href: str = ""
    hint: Any = ""
    icon: str = "arrow-right-short"
    step: int | None = None


def found(q: str, steps: list[str], request: Request) -> list[Hit]:
    """The best fits first, steps of the page before pages before people; without a word, what one mostly needs."""
    hits: list[tuple[int, int, Hit]] = []
    for order, source in enumerate((_steps(steps), _pages(request), _lists(request), _units(request, q))):
        for hit, names in source:
            rank = 9 if not q else workbench.fit(q, names)
            if rank is not None:
                hits.append((rank, order, hit))
    hits.sort(key=lambda one: one[:2])
    best = [hit for _rank, _order, hit in hits[:MOST]]
    if q:
        best += [*_cases(q, request), *_people(q, request)]
        if can(request.actor, "case.read"):
            text = _("Search the cases for “%(q)s”") % {"q": q}
            best.append(Hit(_("Search"), text, f"/desk/work/?{workbench.search_query(q)}", icon="search"))
    return best


Named = Iterator[tuple[Hit, list[str]]]


def _steps(steps: list[str]) -> Named:
    for place, text in enumerate(steps):
        yield Hit(_("Step of this page"), text, icon="lightning", step=place), [text]


def _pages(request: Request) -> Named:
    """The entries of the menu by their names in both languages."""
    for _title, entries in DESK:
        for entry in entries:
            if not open_to(request.actor, entry):
                continue
            names = []
            for language in ("zh-hans", "en"):
                with override(language):
                    names.append(str(entry.text))
            yield Hit(_("Page"), entry.text, entry.href, icon=entry.icon or "file-earmark"), names
    for label, href in (_KEYS, _ME):
        yield Hit(_("Page"), label, href, icon="file-earmark"), [label.zh, label.en]


_KEYS = (Label("keys", "快捷键", "Keyboard"), "/desk/keys/")
_ME = (Label("me", "我的设置", "My settings"), "/desk/me/")


def _lists(request: Request) -> Named:
    if not can(request.actor, "case.read"):
        return
    for view in cases.VIEWS.values():
        yield Hit(_("List"), view, f"/desk/work/?view={view.code}", icon="list-check"), [view.zh, view.en]
    for one in workbench.official():
        yield Hit(_("List"), one.name, one.href, icon="list-check"), [one.name.zh, one.name.en]
    for one in workbench.saved_views(request.actor, request.now):
        yield Hit(_("My view"), one.name, f"/desk/work/views/{one.key}/", icon="bookmark"), [one.name]


def _units(request: Request, q: str) -> Named:
    if len(q) < 2 or not can(request.actor, "bank.read"):
        return
    for view in units.visible_to(request.actor, localdate(request.now)):
        yield Hit(_("Unit"), view, f"/desk/units/{view.code}/", view.code, "diagram-3"), [view.zh, view.en, view.code]


def _cases(q: str, request: Request) -> list[Hit]:
    """One's own open cases by number, and any case one may see by its number or the end of it."""
    actor, at = request.actor, request.now
    if not can(actor, "case.read") or not any(letter.isdigit() for letter in q):
        return []
    asked = cases.wanted({"q": q})
    rows = cases.queue(asked, actor, at)[:_FEW]
    return [
        Hit(_("Case"), row.number, f"/desk/cases/{row.pk}/", cases.STATES[row.state], "folder2-open") for row in rows
    ]


def _people(q: str, request: Request) -> list[Hit]:
    if not can(request.actor, "bank.read"):
        return []
    people = workbench.found_people(q, request.actor, request.now, None, _FEW)
    return [Hit(_("Colleague"), one, f"/desk/staff/{one.number}/", one.unit, "person") for one in people]
