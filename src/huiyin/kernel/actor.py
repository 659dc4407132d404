"""Who acts: a frozen value built once a request and passed down as `by`."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

Kind = Literal["staff", "customer", "machine"]


@dataclass(frozen=True)
class Scope:
    """A role held over one unit and everything below it (`path` is a prefix such as `HO/B01/`)."""

    role: str
    path: str


@dataclass(frozen=True)
class Actor:
    """`ref` is what the ledger keeps: a pseudonym, never a name."""

    kind: Kind
    id: str
    staff: UUID | None = None
    scopes: tuple[Scope, ...] = field(default=())
    step_up_at: datetime | None = None

    @property
    def ref(self) -> str:
        return f"{self.kind}:{self.id}"

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(scope.role for scope in self.scopes)

    def paths(self, *roles: str) -> tuple[str, ...]:
        """The unit paths over which this actor holds any of the roles (all roles if none is named)."""
        return tuple(sorted({s.path for s in self.scopes if not roles or s.role in roles}))


def machine(name: str) -> Actor:
    """A part of the product acting by itself: `tick`, `import`, `portal`, `api`."""
    return Actor(kind="machine", id=name)


def customer(subject: UUID) -> Actor:
    """A customer known only by the pseudonymous id of the matter or the person."""
    return Actor(kind="customer", id=str(subject))
