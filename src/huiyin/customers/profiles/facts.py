"""What this room says upwards. Ids, codes, times and whole numbers only."""

from typing import ClassVar
from uuid import UUID

from huiyin.kernel.fact import Fact


class CustomerMet(Fact):
    """A person was recognised (matched by strong keys) or is new to us. Stream `customer:<customer>`."""

    type: ClassVar[str] = "customer.met"
    customer: UUID
    how: str  # new | matched | parted


class CustomerVerified(Fact):
    """A colleague made sure that a detail is this customer's. `kind`: phone | email | id | number."""

    type: ClassVar[str] = "customer.verified"
    customer: UUID
    kind: str
    how: str  # document | core | call


class CustomerMerged(Fact):
    """Two records are one person's: read together from now on, each kept as it was. Stream `customer:<member>`."""

    type: ClassVar[str] = "customer.merged"
    member: UUID
    into: UUID
    ground: str  # keys | document | call
    agreed: str  # the kinds of key that agreed, joined by +


class CustomerUnmerged(Fact):
    """The records are two people's after all. Stream `customer:<member>`."""

    type: ClassVar[str] = "customer.unmerged"
    member: UUID
    into: UUID


class CustomersToldApart(Fact):
    """A colleague decided that two records that look alike are two people. Stream `customer:<one>`."""

    type: ClassVar[str] = "customer.told_apart"
    one: UUID
    other: UUID


class ConsentGiven(Fact):
    """A customer allowed something. Stream `customer:<customer>`."""

    type: ClassVar[str] = "consent.given"
    customer: UUID
    purpose: str  # survey | outreach | callback | marketing
    source: str


class ConsentWithdrawn(Fact):
    """A customer refused something or took their consent back. Stream `customer:<customer>`."""

    type: ClassVar[str] = "consent.withdrawn"
    customer: UUID
    purpose: str
    source: str
