"""Cards that rooms above this one put on the case page: what they know of the case and this person may see."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from huiyin.kernel.actor import Actor
from huiyin.resolve.cases.models import Case


@dataclass(frozen=True)
class Panel:
    """A template of the room that made it, and what the template needs under `panel.said`."""

    template: str
    said: dict[str, Any] = field(default_factory=dict)


Maker = Callable[[Case, Actor, datetime], Panel | None]
_MAKERS: list[Maker] = []


def panel(maker: Maker) -> Maker:
    """Decorator: ask this function for a card whenever a case page is shown."""
    if maker not in _MAKERS:
        _MAKERS.append(maker)
    return maker


def panels_of(case: Case, actor: Actor, at: datetime) -> list[Panel]:
    made = (maker(case, actor, at) for maker in _MAKERS)
    return [card for card in made if card is not None]
