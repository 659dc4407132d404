"""What this room says upwards. Ids, codes, times and whole numbers only."""

from typing import ClassVar
from uuid import UUID

from huiyin.kernel.fact import Fact


class Unmasked(Fact):
    """A member of staff looked at personal data. Stream `subject:<subject>`."""

    type: ClassVar[str] = "vault.unmasked"
    subject: UUID
    row: UUID
    reason: str  # code


class SubjectErased(Fact):
    type: ClassVar[str] = "subject.erased"
    subject: UUID
