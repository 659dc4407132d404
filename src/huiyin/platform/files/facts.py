"""What this room says upwards. Ids, codes, times and whole numbers only."""

from typing import ClassVar
from uuid import UUID

from huiyin.kernel.fact import Fact


class FileKept(Fact):
    """`sha256` of the stored ciphertext, never of the content."""

    type: ClassVar[str] = "file.kept"
    file: UUID
    matter: UUID
    size: int
    sha256: str
