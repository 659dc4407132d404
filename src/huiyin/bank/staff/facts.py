"""What this room says upwards. Ids, codes, times and whole numbers only."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from huiyin.kernel.fact import Fact


class StaffPosted(Fact):
    """Somebody took up, changed or left a post. Stream `staff:<staff>`."""

    type: ClassVar[str] = "staff.posted"
    staff: UUID
    unit: UUID | None
    post: str
    from_date: date
    until_date: date | None = None


class StaffAbsent(Fact):
    type: ClassVar[str] = "staff.absent"
    staff: UUID
    from_at: datetime
    until_at: datetime
    substitute: UUID | None = None


class StaffRecused(Fact):
    """Recorded in the stream of the matter. `why`: accused | manager | kin | first_handler."""

    type: ClassVar[str] = "staff.recused"
    subject: UUID
    staff: UUID
    why: str


class RecusalEnded(Fact):
    type: ClassVar[str] = "staff.recusal_ended"
    subject: UUID
    staff: UUID
