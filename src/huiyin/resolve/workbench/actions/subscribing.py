"""Follow a saved view: be told how many cases it holds, in the inbox and, if one likes, by mail.

The number is counted as the reader may see it at that moment. What is told is the number and the way to the list: no name of
a view, no case, nobody.
"""

from datetime import datetime
from urllib.parse import parse_qsl
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from huiyin.bank.staff import queries as staff
from huiyin.kernel.actor import Actor, machine
from huiyin.kernel.label import Label
from huiyin.kernel.permit import can, must
from huiyin.kernel.refusal import Refusal
from huiyin.platform.messages import actions as messages
from huiyin.platform.messages import queries as gateways
from huiyin.protect.access import queries as access
from huiyin.protect.identity import queries as identity
from huiyin.resolve.cases import queries as cases
from huiyin.resolve.workbench import queries
from huiyin.resolve.workbench.models import Subscription
from huiyin.resolve.workbench.rules import following

BY = machine("workbench")


class NoSuchView(Refusal):
    status = 404
    message = _("There is no such view.")


def follow(*, view: UUID, how: str, threshold: int, mail: bool, by: Actor, at: datetime) -> Subscription:
    """From now on, or from now on differently. A view that one may open, one's own or a shared one."""
    must(by, "case.read")
    if by.staff is None or how not in following.HOW or queries.saved_view(view, by, at) is None:
        raise NoSuchView
    terms = {
        "how": how, "threshold": max(1, min(threshold, 999)), "mail": mail, "language": get_language() or "zh-hans",
    }  # fmt: skip
    row, _made = Subscription.objects.update_or_create(
        staff_id=by.staff, view_id=view, defaults=terms, create_defaults=terms | {"begun_at": at}
    )  # fmt: skip
    return row


def leave(*, view: UUID, by: Actor) -> bool:
    """Leaving twice is harmless."""
    return bool(Subscription.objects.filter(view=view, staff=by.staff).delete()[0])


def tell_counts(*, at: datetime) -> int:
    """Whoever is due is told, each in a transaction of its own; how many were. Nobody in quiet hours."""
    if gateways.is_quiet(at):
        return 0
    now = localtime(at)
    told = 0
    for row in list(Subscription.objects.select_related("view").order_by("id")):
        if following.is_due(row.how, now, localtime(row.told_at) if row.told_at else None):
            with transaction.atomic():
                told += _tell(row, at)
    return told


def _tell(row: Subscription, at: datetime) -> bool:
    """Claimed by what it says of the time before: of two ticks one tells, and a killed one has told nothing."""
    account = identity.user_of(row.staff_id)
    reader = access.actor_for(account, at) if account is not None and account.is_active else None
    if reader is None or not can(reader, "case.read"):
        return False  # on leave of their rights: it goes on when they have them again
    if queries.saved_view(row.view_id, reader, at) is None:
        row.delete()  # no longer shared with them
        return False
    try:
        asked = cases.wanted(dict(parse_qsl(row.view.query)))
    except cases.UnknownFilter:
        return False  # a product or a colleague of the list is no more
    count = cases.counted(cases.queue(asked, reader, at))
    tells = following.is_told(row.how, count, row.count, row.threshold)
    if not tells and row.count is not None:
        return False
    before = Subscription.objects.filter(pk=row.pk, told_at=row.told_at, count=row.count)
    if not before.update(count=count, told_at=at if tells else row.told_at) or not tells:
        return False
    _send(row, count, queries.title_of(asked), at)
    return True


def _send(row: Subscription, count: int, name: Label | str, at: datetime) -> None:
    number = f"{cases.COUNTED}+" if count > cases.COUNTED else str(count)
    link = f"/desk/work/views/{row.view_id}/"
    key = f"list:{row.pk}:{at.isoformat()}"
    zh, en = (name.zh, name.en) if isinstance(name, Label) else (name, name)
    words = {"zh": f"您关注的清单（{zh}）现有 {number} 件", "en": f"A list that you follow ({en}) holds {number} cases"}
    messages.notify(staff=row.staff_id, kind="list_count", matter=None, params=words, link=link, key=key, by=BY, at=at)
    person = staff.person(row.staff_id)
    if row.mail and person is not None and person.email and "smtp" in gateways.gateways():
        messages.send(
            matter=row.pk, subject=row.staff_id, purpose="list_count", language=row.language, title=number, body=number,
            by=BY, at=at, key=key, email=person.email, number=number, link=f"{settings.HUIYIN_BASE_URL}{link}",
        )  # fmt: skip
