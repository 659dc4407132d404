"""What a customer allows or refuses: statements that are added, never changed."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from huiyin.customers.profiles import queries
from huiyin.customers.profiles.actions.uniting import Refused, locked
from huiyin.customers.profiles.facts import ConsentGiven, ConsentWithdrawn
from huiyin.customers.profiles.models import Consent
from huiyin.customers.profiles.rules import PURPOSE, SOURCES
from huiyin.kernel.actor import Actor
from huiyin.ledger.actions import record


@transaction.atomic
def say(*, customer: UUID, purpose: str, given: bool, source: str, by: Actor, at: datetime) -> bool:
    """Keep a yes or a no. Saying again what stands already changes nothing; returns whether something changed."""
    if purpose not in PURPOSE or source not in SOURCES:
        raise Refused("unknown")
    locked(customer)
    before = queries.standing(customer).get(purpose)
    if before is not None and before.given == given:
        return False
    Consent.objects.create(
        customer_id=customer, purpose=purpose, given=given, source=source, said_by=by.ref[:80], at=at
    )
    fact = ConsentGiven if given else ConsentWithdrawn
    told = fact(customer=customer, purpose=purpose, source=source)
    record(fact=told, stream=f"customer:{customer}", by=by, at=at)
    return True
