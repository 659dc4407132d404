"""What this room says upwards, in the stream of the matter. Values, files' names and words are sealed, never here."""

from typing import ClassVar
from uuid import UUID

from huiyin.kernel.fact import Fact


class PrecontactAsked(Fact):
    """A customer was asked by message for papers (`paper:<kind>`) and whether facts are right (`fact:<kind>`)."""

    type: ClassVar[str] = "precontact.asked"
    precontact: UUID
    matter: UUID
    items: tuple[str, ...]
    template: str  # code/version of the approved text


class PrecontactReminded(Fact):
    type: ClassVar[str] = "precontact.reminded"
    precontact: UUID
    matter: UUID


class PrecontactAnswered(Fact):
    """`answers`: one `item=choice` each; `how`: link (the customer) | person (a colleague wrote it down)."""

    type: ClassVar[str] = "precontact.answered"
    precontact: UUID
    matter: UUID
    answers: tuple[str, ...]
    how: str


class PrecontactHanded(Fact):
    """A person takes over: no answer in time (silent), undelivered, or no link reaches this customer (in_person)."""

    type: ClassVar[str] = "precontact.handed"
    precontact: UUID
    matter: UUID
    why: str
    to: UUID | None


class PrecontactEnded(Fact):
    """Nothing is waited for any more: dropped (a colleague goes on without) | overtaken (answered or closed)."""

    type: ClassVar[str] = "precontact.ended"
    precontact: UUID
    matter: UUID
    why: str
