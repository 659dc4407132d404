"""What this room says upwards. Who took a case out of the house on paper, and why."""

from typing import ClassVar
from uuid import UUID

from huiyin.kernel.fact import Fact


class DossierPrinted(Fact):
    """A case left the house as a numbered dossier. `sha256` is of the file, so that a copy that turns up can be told;
    `notes`: with the internal notes, `full`: with the customer's particulars unmasked."""

    type: ClassVar[str] = "case.dossier_printed"
    case: UUID
    paper: UUID
    reason: str
    pieces: int
    notes: bool
    full: bool
    sha256: str
