"""Writing a clock's story: facts are passed through the engine, then rows are saved, then facts recorded."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from huiyin.bank.clocks import facts
from huiyin.bank.clocks.models import Ring, write_clocks
from huiyin.bank.clocks.rules.clock import Clock, seconds_of
from huiyin.bank.clocks.rules.story import told
from huiyin.kernel.actor import Actor
from huiyin.kernel.limits import Book
from huiyin.kernel.refusal import Refusal
from huiyin.ledger.actions import Happening, record_many


class Refused(Refusal):
    """The clock cannot be changed like that."""

    message = _("This time limit cannot be changed in that way.")


class Pen:
    """Collects the facts of one transaction and the clocks they change; `write` puts everything down."""

    def __init__(self, book: Book, by: Actor, at: datetime) -> None:
        self.book, self.by, self.at = book, by, at
        self.happenings: list[Happening] = []
        self.new: dict[UUID, Clock] = {}
        self.changed: dict[UUID, Clock] = {}
        self.last: dict[UUID, Clock] = {}  # what was armed or changed since somebody emptied it
        self.rings: list[Ring] = []

    def arm(self, clock: Clock, fact: facts.ClockArmed, at: datetime) -> None:
        """A clock that was just started; the engine made it together with its fact."""
        self.new[clock.id] = self.last[clock.id] = clock
        self.happenings.append(Happening(fact, clock.stream, self.by, at))

    def tell(self, clock: Clock, fact: facts.ClockFact, at: datetime | None = None) -> Clock:
        """Pass a fact through the engine and keep both."""
        occurred = at or self.at
        after = told(self.book, clock, fact, seconds_of(occurred))
        self.happenings.append(Happening(fact, clock.stream, self.by, occurred))
        if isinstance(fact, facts.ClockRung):
            self._ring(clock, fact.rung, fact.collapsed)
        elif isinstance(fact, facts.ClockBreached):
            self._ring(clock, "breach", True)
        self.last[clock.id] = after
        if clock.id in self.new:
            self.new[clock.id] = after
        else:
            self.changed[clock.id] = after
        return after

    def tell_all(self, clock: Clock, story: Iterable[facts.ClockFact], at: datetime | None = None) -> Clock:
        for fact in story:
            clock = self.tell(clock, fact, at)
        return clock

    def _ring(self, clock: Clock, rung: str, collapsed: bool) -> None:
        self.rings.append((clock.id, clock.cycle, rung, seconds_of(self.at), collapsed))

    def write(self, *, fresh: bool = False) -> None:
        """Rows first, so that reactions to the facts find them; the caller holds the transaction."""
        write_clocks(self.new, self.changed, self.rings)
        if self.happenings:
            record_many(happenings=self.happenings, recorded_at=self.at, fresh=fresh)
