"""Cards that rooms above put on a page of a room below: what they know of the thing and this person may see."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from huiyin.kernel.actor import Actor

T = TypeVar("T")


@dataclass(frozen=True)
class Panel:
    """A template of the room that made it, and what the template needs under `panel.said`."""

    template: str
    said: dict[str, Any] = field(default_factory=dict)


class Panels(Generic[T]):
    """Who is asked for a card whenever the page of a `T` is shown."""

    def __init__(self) -> None:
        self._makers: list[Callable[[T, Actor, datetime], Panel | None]] = []

    def add(self, maker: Callable[[T, Actor, datetime], Panel | None]) -> Callable[[T, Actor, datetime], Panel | None]:
        """Also as a decorator. Asked once, however often it is added."""
        if maker not in self._makers:
            self._makers.append(maker)
        return maker

    def of(self, thing: T, actor: Actor, at: datetime) -> list[Panel]:
        made = (maker(thing, actor, at) for maker in self._makers)
        return [card for card in made if card is not None]
