"""Somebody has a case open; somebody wants other columns, or no single-key shortcuts."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from huiyin.kernel.actor import Actor
from huiyin.kernel.refusal import Refusal
from huiyin.resolve.workbench.models import Columns, KeyMap, Keys, Presence
from huiyin.resolve.workbench.rules import columns, keys

FORGOTTEN = timedelta(minutes=10)


def look(*, case: UUID, by: Actor, at: datetime) -> None:
    """A sign of life, half a minute apart. Old signs of the same case go as new ones come."""
    if by.staff is None:
        return
    Presence.objects.update_or_create(case=case, staff_id=by.staff, defaults={"seen_at": at})
    Presence.objects.filter(case=case, seen_at__lt=at - FORGOTTEN).delete()


def switch_keys(*, on: bool, by: Actor, at: datetime) -> None:
    if by.staff is None:
        return
    if on:
        Keys.objects.filter(pk=by.staff).delete()
    else:
        Keys.objects.get_or_create(pk=by.staff, defaults={"off_at": at})


class NoSuchKeys(Refusal):
    """`faults` say what is wrong with which action (rules.keys.wrong)."""

    status = 422
    message = _("Some keys cannot be taken. Nothing was changed.")

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__()
        self.faults = faults


def choose_keys(*, chosen: Mapping[str, str], by: Actor) -> None:
    """One's own single keys from now on; those as usual are not kept, so that a better usual key reaches everybody else."""
    faults = keys.wrong(chosen)
    if faults:
        raise NoSuchKeys(faults)
    if by.staff is None:
        return
    kept = keys.different(chosen)
    if kept:
        KeyMap.objects.update_or_create(pk=by.staff, defaults={"keys": kept})
    else:
        KeyMap.objects.filter(pk=by.staff).delete()


def keep_columns(*, codes: Iterable[str], by: Actor) -> tuple[str, ...]:
    """One's own columns from now on; none, or the usual ones, forget them."""
    wanted = columns.in_order(codes)
    if by.staff is None:
        return columns.USUAL
    if not wanted or wanted == columns.USUAL:
        Columns.objects.filter(pk=by.staff).delete()
        return columns.USUAL
    Columns.objects.update_or_create(pk=by.staff, defaults={"codes": ",".join(wanted)})
    return wanted
