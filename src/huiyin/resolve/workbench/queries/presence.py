"""Who else has a case open now."""

from datetime import datetime, timedelta
from uuid import UUID

from huiyin.bank.staff.queries import Staff, people
from huiyin.platform.tables.queries import kept
from huiyin.resolve.workbench.models import KeyMap, Keys, Presence
from huiyin.resolve.workbench.rules import keys

FRESH = timedelta(seconds=80)
"""The page asks every half minute; somebody who missed two is gone."""


def others_at(case: UUID, me: UUID | None, at: datetime) -> list[Staff]:
    here = Presence.objects.filter(case=case, seen_at__gt=at - FRESH).exclude(staff=me)
    known = people(here.values_list("staff_id", flat=True)[:5])
    return sorted(known.values(), key=lambda person: person.number)


@kept("workbench_keys")
def keys_are_on(staff: UUID | None) -> bool:
    return staff is None or not Keys.objects.filter(pk=staff).exists()


@kept("workbench_keymap")
def chosen_keys(staff: UUID | None) -> dict[str, str]:
    """Where this person's keys differ from the usual ones: `{action: key}`."""
    found = KeyMap.objects.filter(pk=staff).values_list("keys", flat=True).first() if staff else None
    return dict(found or {})


def keymap(staff: UUID | None) -> dict[str, str]:
    """Which key does what for this person: `{action: key}`."""
    return keys.USUAL | chosen_keys(staff)
