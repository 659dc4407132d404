"""What this room says upwards. Ids, codes, times and whole numbers only."""

from typing import ClassVar
from uuid import UUID

from huiyin.kernel.fact import Fact


class ImportFinished(Fact):
    """Stream `import:<run>`."""

    type: ClassVar[str] = "import.finished"
    run: UUID
    mapping: str
    sha256: str
    read: int
    new: int
    unchanged: int
    rejected: int
    changed: int | None = None
    stopped: bool | None = None  # called off: what was taken until then stays
