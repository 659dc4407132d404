"""What this room says upwards. Ids, codes, times and whole numbers only."""

from typing import ClassVar
from uuid import UUID

from huiyin.kernel.fact import Fact


class StandardChanged(Fact):
    """A calendar or rule pack took effect. Stream `standard:<code>`."""

    type: ClassVar[str] = "standard.changed"
    code: str
    version: str
    sha256: str


class StandardProposed(Fact):
    """Somebody proposes another version, another choice of packs, or to move the running time limits."""

    type: ClassVar[str] = "standard.proposed"
    proposal: UUID
    sort: str  # pack | calendar | choice | running
    code: str
    version: str
    base: str
    sha256: str
    running: bool


class StandardDecided(Fact):
    """A second person has decided, or the proposer has taken it back."""

    type: ClassVar[str] = "standard.decided"
    proposal: UUID
    code: str
    version: str
    outcome: str  # approved | rejected | withdrawn


class PacksChosen(Fact):
    """From now on the institution works by these packs: `code` or `code=calendar`. Stream `standard:packs`."""

    type: ClassVar[str] = "standard.packs_chosen"
    packs: tuple[str, ...]


class StandardApplied(Fact):
    """The running time limits stand under the version in use; `clocks` is how many were moved."""

    type: ClassVar[str] = "standard.applied"
    proposal: UUID
    code: str
    version: str
    clocks: int


class TemplateStepped(Fact):
    """proposed | approved | refused | retired. Stream `template:<code>`; the text itself stays in the table."""

    type: ClassVar[str] = "template.stepped"
    code: str
    version: int
    step: str
    sha256: str


class ScorecardStepped(Fact):
    """drafted | published | dropped. Stream `scorecard:<code>`."""

    type: ClassVar[str] = "scorecard.stepped"
    code: str
    version: int
    step: str
    sha256: str
