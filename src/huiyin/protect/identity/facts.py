"""What this room says upwards. Ids, codes, times and whole numbers only."""

from typing import ClassVar
from uuid import UUID

from huiyin.kernel.fact import Fact


class UserAdded(Fact):
    """Stream `user:<user>`; the user is a number, never a name."""

    type: ClassVar[str] = "user.added"
    user: str
    staff: UUID | None = None


class UserSwitched(Fact):
    """Enabled or disabled; sessions end at once."""

    type: ClassVar[str] = "user.switched"
    user: str
    active: bool


class FactorsReset(Fact):
    type: ClassVar[str] = "user.factors_reset"
    user: str


class LinkIssued(Fact):
    """A link to set a password was handed out."""

    type: ClassVar[str] = "user.link_issued"
    user: str
