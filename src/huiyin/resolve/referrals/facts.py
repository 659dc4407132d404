"""What this room says upwards. A referral stands in the stream of its matter, a return in its own."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from huiyin.kernel.fact import Fact


class CaseReferred(Fact):
    """A regulator forwarded the complaint. Its number stays in the table, not in the ledger."""

    type: ClassVar[str] = "case.referred"
    case: UUID
    referral: UUID
    body: str
    received_on: date
    due_on: date | None = None


class ReturnStepped(Fact):
    """asked | released | refused | fetched. Stream `return:<id>`."""

    type: ClassVar[str] = "return.stepped"
    file: UUID
    layout: str
    step: str
    cases: int


class ReturnMade(Fact):
    """A file for the regulator was made. Stream `return:<id>`; the hash proves which file it was."""

    type: ClassVar[str] = "return.made"
    file: UUID
    layout: str
    rows: int
    sha256: str
