"""Print a fresh API token for the torture and the benchmarks: head office, agent, one day."""

import os
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huiyin.site.settings")
django.setup()

from huiyin.bank.units import actions as units  # noqa: E402
from huiyin.bank.units import queries as unit_queries  # noqa: E402
from huiyin.kernel.actor import machine  # noqa: E402
from huiyin.protect.access import actions as access  # noqa: E402
from huiyin.site.now import now  # noqa: E402

by, at = machine("bench"), now()
head = unit_queries.head_office()
unit = (
    head.id
    if head
    else units.open_unit(
        code="HO",
        name="总行",
        name_en="Head office",
        kind="head",
        parent=None,
        from_date=at.date() - timedelta(days=1),
        by=by,
        at=at,
    ).id
)
_, raw = access.issue_token(
    name="bench", role="agent", unit=unit, until_date=at.date() + timedelta(days=2), by=by, at=at
)
print(raw)
