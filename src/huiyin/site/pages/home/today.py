"""What the first page of the desk says: what is next for this person, and what a new installation still lacks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from huiyin.bank.products import queries as products
from huiyin.bank.staff import queries as staff
from huiyin.bank.standards import queries as standards
from huiyin.bank.units import queries as units
from huiyin.improve.rectifications import queries as rectifications
from huiyin.kernel.actor import Actor
from huiyin.kernel.permit import can
from huiyin.measure.alerts import queries as alerts
from huiyin.platform.messages import queries as messages
from huiyin.resolve.cases import queries as cases
from huiyin.site.keep.drill import last_drill

Text = str | Promise
NEXT_YEAR = timedelta(days=60)


@dataclass(frozen=True)
class Task:
    """One line of today: how many, of what, where. `kind` is that of a chip."""

    count: int
    text: Text
    href: str
    kind: str = "info"


def tasks(actor: Actor, at: datetime) -> list[Task]:
    """What waits for this person, the most urgent first; nothing that is none."""
    return [task for task in _tasks(actor, at) if task.count]


def _tasks(actor: Actor, at: datetime) -> Iterator[Task]:
    if can(actor, "case.read"):
        found = cases.counters(actor, at)
        yield Task(found.late, _("cases of mine are overdue"), "/desk/work/?view=mine&time=late", "bad")
        yield Task(found.due_today, _("cases of mine are due today"), "/desk/work/?view=mine&time=today", "warn")
        yield Task(found.at_risk, _("cases of mine are due soon"), "/desk/work/?view=mine&time=risk", "warn")
        yield Task(found.to_approve, _("replies wait for my approval"), "/desk/work/?view=approve", "warn")
        yield Task(found.to_accept, _("hand-overs wait for my acceptance"), "/desk/work/?view=accept")
        yield Task(found.to_classify, _("cases wait for a person to classify them"), "/desk/work/?view=classify")
        yield Task(found.waiting_on_me, _("cases wait on me"), "/desk/work/?view=mine")
    if actor.staff:
        mine = rectifications.waiting_for(actor.staff).count()
        yield Task(mine, _("rectifications wait for me"), "/desk/rectifications/", "warn")
        yield Task(messages.unread_count(actor.staff, at), _("unread notices"), "/desk/inbox/")
    if can(actor, "alert.accept"):
        live = alerts.queue(actor, at, state="live").filter(Q(owner=None) | Q(owner=actor.staff)).count()
        yield Task(live, _("alerts need an owner or a decision"), "/desk/alerts/?state=live", "warn")


@dataclass(frozen=True)
class Point:
    """One point of the checklist of a new installation."""

    done: bool
    text: Text
    href: str = ""


def checklist(actor: Actor, at: datetime) -> list[Point]:
    """For whoever sets the bank up; empty once everything is done."""
    if not can(actor, "users.manage"):
        return []
    found = list(_points(at))
    return [] if all(point.done for point in found) else found


def _points(at: datetime) -> Iterator[Point]:
    on = at.date()
    yield Point(len(units.all_units(on)) > 1, _("Branches and outlets are imported"), "/desk/imports/new/units/")
    yield Point(staff.active(on).exists(), _("Staff are imported"), "/desk/imports/new/staff/")
    yield Point(bool(products.products()), _("Products are imported"), "/desk/imports/new/products/")
    ends = [known.coverage_to for known in standards.coverage() if known.coverage_to]
    yield Point(bool(ends) and min(ends) > on + NEXT_YEAR, _("Next year's holidays are known"), "/desk/standards/")
    yield Point(bool(settings.HUIYIN_HOTLINE), _("The customer hotline is set (setting hotline)"))
    yield Point(bool(messages.gateways()), _("Mail or SMS can be sent (settings smtp_url, sms_url)"))
    yield Point(settings.HUIYIN_BASE_URL.startswith("https://"), _("The public address is https (setting base_url)"))
    drill = last_drill()
    yield Point(bool(drill and drill.passed), _("A restore drill has passed (command huiyin drill)"))
