"""The menus: one list for the portal, one for the desk, each entry with the permission that shows it."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from huiyin.kernel.actor import Actor
from huiyin.kernel.permit import can
from huiyin.platform.messages.queries import unread_count


@dataclass(frozen=True)
class Entry:
    href: str
    text: str | Promise
    icon: str = ""
    action: str = ""


PORTAL = (
    Entry("/complain/", pgettext_lazy("menu", "Make a complaint")),
    Entry("/chat/", pgettext_lazy("menu", "Chat")),
    Entry("/track/", pgettext_lazy("menu", "Follow my complaint")),
    Entry("/verify/", pgettext_lazy("menu", "Check a receipt")),
)
DESK: tuple[tuple[str | Promise, tuple[Entry, ...]], ...] = (
    (
        "",
        (
            Entry("/desk/", pgettext_lazy("menu", "Today"), "house"),
            Entry("/desk/inbox/", pgettext_lazy("menu", "Inbox"), "bell", "inbox.read"),
        ),
    ),
    (
        pgettext_lazy("menu", "Resolve"),
        (
            Entry("/desk/work/", pgettext_lazy("menu", "My work"), "list-check", "case.read"),
            Entry("/desk/board/", pgettext_lazy("menu", "Supervisor board"), "speedometer2", "case.assign"),
            Entry("/desk/shifts/", pgettext_lazy("menu", "Shift hand-over"), "journal-arrow-down", "case.note"),
            Entry("/desk/cases/", pgettext_lazy("menu", "Cases"), "folder2-open", "case.read"),
            Entry("/desk/groups/", pgettext_lazy("menu", "Groups and events"), "people", "case.read"),
            Entry("/desk/referrals/", pgettext_lazy("menu", "Forwarded by regulators"), "patch-check", "case.assign"),
            Entry("/desk/search/", pgettext_lazy("menu", "Search"), "search", "case.read"),
            Entry("/desk/papers/", pgettext_lazy("menu", "My files"), "file-earmark-arrow-up", "case.export"),
            Entry("/desk/appeals/", pgettext_lazy("menu", "Reviews"), "arrow-up-right-square", "review.read"),
            Entry("/desk/chats/", pgettext_lazy("menu", "Chats"), "chat-left-quote", "chat.read"),
            Entry("/desk/channels/", pgettext_lazy("menu", "Channels"), "signpost-split", "channels.read"),
            Entry("/desk/calls/", pgettext_lazy("menu", "Calls"), "telephone", "case.create"),
            Entry("/desk/callbacks/", pgettext_lazy("menu", "Call-backs"), "telephone", "callback.read"),
            Entry("/desk/precontacts/", pgettext_lazy("menu", "Asked of customers"), "ui-checks", "case.read"),
            Entry("/desk/new/", pgettext_lazy("menu", "Record a complaint"), "pencil-square", "case.create"),
            Entry("/desk/customers/", pgettext_lazy("menu", "Customers"), "person-vcard", "customer.read"),
        ),
    ),
    (
        pgettext_lazy("menu", "Measure and improve"),
        (
            Entry("/desk/surveys/", pgettext_lazy("menu", "Surveys"), "ui-checks", "survey.read"),
            Entry("/desk/indicators/", pgettext_lazy("menu", "Indicators"), "graph-up", "dashboard.read"),
            Entry("/desk/counters/", pgettext_lazy("menu", "Counter ratings"), "speedometer2", "counter.read"),
            Entry("/desk/reputation/", pgettext_lazy("menu", "What the public says"), "chat-quote", "post.read"),
            Entry("/desk/alerts/", pgettext_lazy("menu", "Alerts"), "broadcast", "alert.read"),
            Entry("/desk/triage/", pgettext_lazy("menu", "Triage"), "signpost", "triage.read"),
            Entry("/desk/reviews/todo/", pgettext_lazy("menu", "Quality reviews"), "clipboard-check", "quality.review"),
            Entry("/desk/reviews/mine/", pgettext_lazy("menu", "My quality results"), "person-check", "quality.own"),
            Entry("/desk/reviews/results/", pgettext_lazy("menu", "Quality results"), "bar-chart", "quality.read"),
            Entry(
                "/desk/rectifications/", pgettext_lazy("menu", "Rectifications"), "arrow-repeat", "rectification.read"
            ),
        ),
    ),
    (
        pgettext_lazy("menu", "The bank"),
        (
            Entry("/desk/units/", pgettext_lazy("menu", "Units"), "diagram-3", "bank.read"),
            Entry("/desk/staff/", pgettext_lazy("menu", "Staff"), "people", "bank.read"),
            Entry("/desk/products/", pgettext_lazy("menu", "Products"), "box-seam", "bank.read"),
            Entry("/desk/standards/", pgettext_lazy("menu", "Standards"), "calendar-check", "standards.read"),
            Entry("/desk/imports/", pgettext_lazy("menu", "Imports"), "file-earmark-arrow-up", "import.run"),
        ),
    ),
    (
        pgettext_lazy("menu", "Protection"),
        (
            Entry("/desk/erasures/", pgettext_lazy("menu", "Erasing personal data"), "eraser", "erasure.read"),
            Entry("/desk/users/", pgettext_lazy("menu", "Users"), "person-lock", "users.manage"),
            Entry("/desk/access/", pgettext_lazy("menu", "Roles and grants"), "key", "grants.manage"),
            Entry("/verify/", pgettext_lazy("menu", "Check the ledger"), "patch-check", "ledger.verify"),
        ),
    ),
)


def portal_items(request: HttpRequest) -> list[dict[str, Any]]:
    return [_item(entry, request.path) for entry in PORTAL if exists(entry.href)]


def desk_groups(request: HttpRequest) -> list[dict[str, Any]]:
    """The groups of the desk's menu in which this actor may open at least one page."""
    if not request.user.is_authenticated:
        return []
    actor: Actor = request.actor  # type: ignore[attr-defined]
    groups = []
    for title, entries in DESK:
        items = [_item(entry, request.path) for entry in entries if open_to(actor, entry)]
        if items:
            groups.append({"title": title, "items": items})
    return groups


def unread(request: HttpRequest) -> int:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    at: datetime = request.now  # type: ignore[attr-defined]
    return unread_count(actor.staff, at) if actor.staff else 0


def open_to(actor: Actor, entry: Entry) -> bool:
    return exists(entry.href) and (not entry.action or bool(can(actor, entry.action)))


@lru_cache(maxsize=256)
def exists(href: str) -> bool:
    try:
        resolve(href)
    except Resolver404:
        return False
    return True


def _item(entry: Entry, path: str) -> dict[str, Any]:
    exact = entry.href in ("/desk/", "/")
    return {
        "href": entry.href,
        "text": entry.text,
        "icon": entry.icon,
        "current": path == entry.href if exact else path.startswith(entry.href),
    }
