"""What takes rows, and what becomes of each: rooms register their sinks, and the words of their lists, here."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from django.utils.translation import gettext_lazy as _

from huiyin.kernel.actor import Actor
from huiyin.kernel.label import Label
from huiyin.kernel.refusal import Refusal
from huiyin.platform.imports.rules import LISTS, Fault, Row

NEW, CHANGED, UNCHANGED = "new", "changed", "unchanged"
Outcome = str | Fault


class Sink(Protocol):
    """Takes a batch of rows into its room and says for each what became of it."""

    def __call__(self, rows: Sequence[Row], *, by: Actor, at: datetime) -> Sequence[Outcome]: ...


SINKS: dict[str, Sink] = {}
READY: dict[str, Callable[[Sequence[Row]], None]] = {}  # of sinks that another process may work rows out for


class NoSink(Refusal):
    status = 400
    message = _("Nobody takes this kind of import.")


def takes(name: str, *, ready: Callable[[Sequence[Row]], None] | None = None) -> Callable[[Sink], Sink]:
    """Register the sink that mappings name.

    `ready` says that a second process may work batches out, and gives the rows beforehand what only a writer can give
    out (numbers). Such a sink must not read what it has itself written.
    """

    def register(sink: Sink) -> Sink:
        SINKS[name] = sink
        if ready is not None:
            READY[name] = ready
        return sink

    return register


def lists(name: str) -> Callable[[Callable[[], Sequence[Label]]], Callable[[], Sequence[Label]]]:
    """Register the words of a list that columns of kind `listed` name: the bank's own, in both languages."""

    def register(words: Callable[[], Sequence[Label]]) -> Callable[[], Sequence[Label]]:
        LISTS[name] = words
        return words

    return register
