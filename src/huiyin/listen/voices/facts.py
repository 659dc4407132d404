"""What this room says upwards. Ids, codes, times and whole numbers only."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from huiyin.kernel.fact import Fact, Term


class VoiceHeard(Fact):
    """Somebody told us something. Stream `matter:<voice>`. `received_at` is the first arrival at any channel."""

    type: ClassVar[str] = "voice.heard"
    voice: UUID
    number: str
    kind: str  # complaint | suggestion | enquiry | praise | low_score
    channel: str
    received_at: datetime
    language: str
    unit: UUID | None = None
    customer: UUID | None = None
    product: Term | None = None
    represented: bool | None = None
    about_staff: bool | None = None
    # Imported history: where it came from, and the source's own taxonomy beside ours.
    source: str | None = None
    source_ref: str | None = None
    sent_at: datetime | None = None
    company: Term | None = None
    region: Term | None = None
    sub_product: Term | None = None
    issue: Term | None = None
    sub_issue: Term | None = None
    outcome: Term | None = None
    timely: bool | None = None  # attested by the source
    taken_by: UUID | None = None  # the colleague who took it: the first-contact owner
    split_from: UUID | None = None  # the matter of which this one was a part: its time limits run on here


class VoiceAdded(Fact):
    """The customer added words or files to a matter."""

    type: ClassVar[str] = "voice.added"
    voice: UUID
    what: str  # message | file
    item: UUID


class VoiceWithdrawn(Fact):
    type: ClassVar[str] = "voice.withdrawn"
    voice: UUID
