"""Making a file for a regulator: an entry point like a view, that may be run twice, late, or die half-way."""

import hashlib
from uuid import UUID

from django.db import transaction
from django_tasks import task

from huiyin.kernel.actor import machine
from huiyin.ledger.actions import record
from huiyin.platform.present.queries import now
from huiyin.platform.vault import actions as vault
from huiyin.resolve.referrals import queries, rules
from huiyin.resolve.referrals.facts import ReturnMade
from huiyin.resolve.referrals.models import Return


@task()
def make_return(file: str) -> str:
    """Build, then seal and record the hash in one short transaction; the second run finds it made."""
    found = Return.objects.filter(pk=UUID(file), state="making").first()
    if found is None:
        return "made"
    rows = queries.rows_of(found)
    write = rules.book if found.format == "xlsx" else rules.sheet
    content = write(found.layout, rows, queries.stamp(found))
    with transaction.atomic():
        found = Return.objects.select_for_update().filter(pk=UUID(file), state="making").first()
        if found is None:
            return "made"
        found.content = vault.seal_bytes(subject=found.pk, table=queries.TABLE, row=found.pk, content=content)
        found.sha256, found.rows = hashlib.sha256(content).hexdigest(), len(rows)
        found.state, found.made_at = "made", now()
        found.save(update_fields=["content", "sha256", "rows", "state", "made_at"])
        fact = ReturnMade(file=found.pk, layout=found.layout, rows=found.rows, sha256=found.sha256)
        record(fact=fact, stream=f"return:{found.pk}", by=machine("returns"), at=found.made_at)
    return found.sha256
