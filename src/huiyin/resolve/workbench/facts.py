"""What this room says upwards. Who took what out of the house, and who took over from whom."""

from typing import ClassVar
from uuid import UUID

from huiyin.kernel.fact import Fact


class CasesExported(Fact):
    """A list left the house as a file. `sha256` is of the file, so that a copy that turns up can be told. Stream
    `export:<export>`."""

    type: ClassVar[str] = "cases.exported"
    export: UUID
    format: str  # xlsx | csv
    rows: int
    view: str
    sha256: str


class ShiftHandedOver(Fact):
    """The note at the end of a shift, with how things stood. Stream `shift:<note>`."""

    type: ClassVar[str] = "shift.handed_over"
    note: UUID
    unit: UUID
    open: int
    due_today: int
    late: int
    watched: int


class ShiftTakenOver(Fact):
    """The next one has read it and takes over."""

    type: ClassVar[str] = "shift.taken_over"
    note: UUID
    unit: UUID
