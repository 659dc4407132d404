"""The letters that a law names and that change what runs: which of them may be sent in a case now, and how they stand."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from huiyin.bank.clocks import queries as clocks
from huiyin.bank.clocks.queries import ClockView
from huiyin.bank.standards import queries as standards
from huiyin.kernel.label import Label
from huiyin.kernel.limits import Communication as Letter
from huiyin.resolve.cases.models import Case, Communication

COMMUNICATION_TABLE = "cases_communication"
OPEN = ("waiting", "sending")


@dataclass(frozen=True)
class Sendable:
    """A letter and the limits that it would meet. `code` is pack/version/id; `until`: when its window closes."""

    code: str
    letter: Letter
    pack: Label
    meets: tuple[ClockView, ...]
    until: datetime | None


def sendable(case: Case, at: datetime, *, answers: bool | None = None) -> list[Sendable]:
    """Of the packs on a case the letters that some running limit waits for and whose window is open; `answers`: only
    those that decide the matter, or only those that do not."""
    found = []
    views = clocks.clocks_of(case.pk)
    running = [view for view in views if view.open]
    for ref in dict.fromkeys([*case.pack_refs, *clocks.pinned(views)]):
        pack = standards.pack_of(ref)
        for letter in pack.communications if pack else ():
            mine = [view for view in running if pack and view.pack == pack.code]
            meets = [view for view in mine if letter.event in standards.limit(view.definition).stop]
            windows = [view for view in meets if view.purpose == letter.window]
            until = clocks.term_ends(windows[0]) if windows else None
            shut = bool(letter.window) and (until is None or at > until)
            if pack and answers in (None, letter.answers) and meets and not shut:
                found.append(Sendable(f"{ref}/{letter.id}", letter, pack.label, tuple(meets), until))
    return found


def letter_of(code: str) -> Letter | None:
    """The letter that `pack/version/id` names."""
    ref, _, id = code.rpartition("/")
    pack = standards.pack_of(ref) if ref else None
    return next((letter for letter in pack.communications if letter.id == id), None) if pack else None


def summary_event(code: str) -> tuple[str, ...]:
    """What the delivery of a deciding letter is besides an answer; nothing for a plain reply."""
    letter = letter_of(code) if code else None
    return (letter.event,) if letter else ()


def communications(case: UUID) -> list[Communication]:
    return list(Communication.objects.filter(case=case).select_related("requester", "approver"))


def open_communication(case: UUID) -> Communication | None:
    return Communication.objects.filter(case=case, state__in=OPEN).first()
