"""What one matter consists of when it is heard, by whatever way it came."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class Words:
    """What the customer said and who they are: everything of a voice that is sealed in the vault."""

    text: str = ""
    want: str = ""
    title: str = ""
    name: str = ""
    phone: str = ""
    email: str = ""
    id_number: str = ""
    representative: str = ""
    mandate: str = ""
    where: str = ""
    about: tuple[str, ...] = ()

    def sealed(self) -> dict[str, str]:
        """As the vault keeps it: texts only, empty ones left out."""
        plain = {name: value for name, value in vars(self).items() if name != "about" and value}
        if self.about:
            plain["about"] = "\n".join(self.about)
        return plain

    @classmethod
    def opened(cls, values: dict[str, str]) -> "Words":
        known = {name: value for name, value in values.items() if name in cls.__dataclass_fields__ and name != "about"}
        about = tuple(filter(None, values.get("about", "").split("\n")))
        return cls(**known, about=about)


class Heard(NamedTuple):
    """One matter to be heard. Codes, ids and times stand here; `words` is what gets sealed.

    `id` and `number` may be given (an intake allotted them; a generator derives them from its seed). `secret` says
    whether the customer can follow it by a link: imported history is nobody's to track.
    """

    kind: str
    channel: str
    received_at: datetime
    language: str
    words: Words = Words()
    id: UUID | None = None
    number: str | None = None
    secret: bool = True
    customer: UUID | None = None
    staff: tuple[UUID, ...] = ()
    unit: UUID | None = None
    product: str | None = None
    occurred_on: date | None = None
    taken_by: UUID | None = None
    split_from: UUID | None = None
    raised_by: UUID | None = None
    source: str | None = None
    source_ref: str | None = None
    sent_at: datetime | None = None
    company: str | None = None
    region: str | None = None
    sub_product: str | None = None
    issue: str | None = None
    sub_issue: str | None = None
    outcome: str | None = None
    timely: bool | None = None
