"""What this room says upwards. Ids, codes, times and whole numbers only."""

from typing import ClassVar
from uuid import UUID

from huiyin.kernel.fact import Fact


class VoiceClassified(Fact):
    """A suggestion of the machine (`decided` false) or a person's decision. Confidence in thousandths."""

    type: ClassVar[str] = "voice.classified"
    voice: UUID
    category: str | None = None
    cause: str | None = None
    complexity: str | None = None
    severity: str | None = None
    confidence: int | None = None
    decided: bool = False


class TriageLearnt(Fact):
    """A version learnt from people's decisions was compared on the frozen set. Stream `triage:<facet>`; counts."""

    type: ClassVar[str] = "triage.learnt"
    facet: str
    version: str
    before: str | None = None
    mark: str
    texts: int
    held: int
    right: int
    right_before: int
    replaced: bool


class TriageRolledBack(Fact):
    """A person chose the version that answers from now on; why is kept in the vault under `appointment`.
    Stream `triage:<facet>`."""

    type: ClassVar[str] = "triage.rolled_back"
    appointment: UUID
    facet: str
    version: str
    before: str
