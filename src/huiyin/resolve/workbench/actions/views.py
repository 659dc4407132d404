"""Keep a list under a name; let it go again."""

from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from huiyin.bank.staff import queries as staff
from huiyin.kernel.actor import Actor
from huiyin.kernel.permit import must
from huiyin.kernel.refusal import Refusal
from huiyin.resolve.cases.queries import Wanted
from huiyin.resolve.workbench.models import SavedView

MOST = 30


class NameTaken(Refusal):
    status = 409
    message = _("You already have a view of this name.")


class TooManyViews(Refusal):
    status = 409
    message = _("You have 30 views of your own. Remove one first.")


def keep_view(*, name: str, asked: Wanted, shared: bool, by: Actor, at: datetime, id: UUID | None = None) -> SavedView:
    """`shared`: with one's own unit and everything below it. What was searched for is not kept: it may be a person."""
    must(by, "case.read")
    person = staff.person(by.staff)
    if person is None:
        must(by, "nothing")
        raise Refusal
    query = urlencode({name: value for name, value in asked.query.items() if name != "q"})
    unit = person.unit_id if shared else None
    with transaction.atomic():
        if SavedView.objects.filter(owner=person).count() >= MOST:
            raise TooManyViews
        try:
            with transaction.atomic():
                more = {"id": id} if id else {}
                return SavedView.objects.create(
                    owner=person, unit_id=unit, name=name.replace("\x00", "").strip()[:40], query=query, saved_at=at,
                    **more,
                )  # fmt: skip
        except IntegrityError as error:
            raise NameTaken from error


def drop_view(*, view: UUID, by: Actor, at: datetime) -> bool:
    """One's own only. Dropping twice is harmless."""
    return bool(SavedView.objects.filter(pk=view, owner=by.staff).delete()[0])
