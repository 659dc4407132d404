"""What this room says upwards. Ids, codes, times and whole numbers only."""

from dataclasses import dataclass
from typing import ClassVar

from huiyin.kernel.fact import Fact


@dataclass(frozen=True, kw_only=True)
class StandardChanged(Fact):
    """A calendar or rule pack took effect. Stream `standard:<code>`."""

    type: ClassVar[str] = "standard.changed"
    code: str
    version: str
    sha256: str


@dataclass(frozen=True, kw_only=True)
class TemplateStepped(Fact):
    """proposed | approved | refused | retired. Stream `template:<code>`; the text itself stays in the table."""

    type: ClassVar[str] = "template.stepped"
    code: str
    version: int
    step: str
    sha256: str
