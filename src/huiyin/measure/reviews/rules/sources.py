"""What can be reviewed: one plug per sort (case, call, chat, later visits). Pure values and the contract."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from huiyin.kernel.actor import Actor


@dataclass(frozen=True)
class Found:
    """Something that could be reviewed, who is reviewed by it, when it happened, and its risk strata."""

    subject: UUID
    number: str
    person: UUID
    happened_at: datetime
    strata: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Line:
    """One entry of what the reviewer reads beside the form; times ascending."""

    at: datetime
    title: str
    who: str = ""
    text: str = ""
    extra: str = ""


@dataclass(frozen=True)
class Shown:
    """`link` is empty where this reader may not open the thing itself."""

    number: str
    link: str
    lines: Sequence[Line]


class Source(Protocol):
    """A plug. It reads lower rooms only; numbers that identify a person are hidden in what it shows.

    A new sort (visits, once a room of them stands below) is: one file in `plugs/` with these four answers and `sort`
    equal to a kind that scorecards know (`visit`), one line in `plugs/__init__.py`, its label in `words.SORTS`, and a
    scorecard of that kind. Draws, blind doubles, objections, figures and calibration then work without a change. What
    it must keep: `subject` has a key in the vault (grounds in words are sealed under it), `person` is a member of staff
    at `happened_at`, `number` names the thing for people and has at most 40 characters, and whoever stands in `hands`
    never reviews it.
    """

    sort: str

    def found(self, since: datetime, until: datetime, path: str, high_redress: int) -> list[Found]:
        """Everything that happened in a span under a unit path ("" is the whole bank)."""

    def one(self, number: str) -> Found | None:
        """The thing of that number, for a calibration session."""

    def shown(self, subject: UUID, actor: Actor, at: datetime) -> Shown | None:
        """What the reviewer reads; None if it is no more."""

    def hands(self, subject: UUID) -> set[UUID]:
        """Everybody who had a part in it: none of them reviews it."""
