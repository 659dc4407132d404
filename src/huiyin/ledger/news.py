"""Who listens to which fact. Reactions run depth-first in the transaction that recorded the fact."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

from huiyin.kernel.actor import Actor
from huiyin.kernel.fact import Fact

F = TypeVar("F", bound=Fact)


class News(NamedTuple, Generic[F]):
    """A fact as it is announced: what, in which stream, by whom, when (occurred) and its entry hash."""

    fact: F
    stream: str
    version: int
    by: Actor
    at: datetime
    entry_id: int
    hash: bytes


One = Callable[[News], None]
Many = Callable[[Sequence[News]], None]


@dataclass(frozen=True)
class Reaction:
    fact: type[Fact]
    one: One
    many: Many


REACTIONS: dict[type[Fact], list[Reaction]] = {}


def on(fact: type[Fact], *, many: Many | None = None) -> Callable[[One], One]:
    """Register a reaction. `many` takes a whole batch of `record_many`; without it the batch is walked one by one."""

    def register(one: One) -> One:
        def walk(batch: Sequence[News]) -> None:
            for news in batch:
                one(news)

        known = REACTIONS.setdefault(fact, [])
        if not any(r.one.__module__ == one.__module__ and r.one.__name__ == one.__name__ for r in known):
            known.append(Reaction(fact, one, many or walk))
        return one

    return register


def announce(batch: Sequence[News]) -> None:
    """Tell every reaction, in the order of registration (the order of INSTALLED_APPS)."""
    if len(batch) == 1:
        for reaction in REACTIONS.get(type(batch[0].fact), ()):
            reaction.one(batch[0])
        return
    kinds: dict[type[Fact], list[News]] = {}
    for news in batch:
        kinds.setdefault(type(news.fact), []).append(news)
    for kind, group in kinds.items():
        for reaction in REACTIONS.get(kind, ()):
            reaction.many(group)
