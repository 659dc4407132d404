"""What the installation itself says to the ledger."""

from typing import ClassVar

from huiyin.kernel.fact import Fact


class DrillHeld(Fact):
    """A backup was restored into a scratch home and compared with what was copied."""

    type: ClassVar[str] = "drill.held"
    passed: bool
    entries: int
    rows: int
    seconds: int
    problems: int
