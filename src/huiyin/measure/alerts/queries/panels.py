"""Cards that rooms above this one put on an alert's page: what they did about it, as far as this person may see."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from huiyin.kernel.actor import Actor
from huiyin.measure.alerts.models import Alert


@dataclass(frozen=True)
class Panel:
    """A template of the room that made it, and what the template needs under `panel.said`."""

    template: str
    said: dict[str, Any] = field(default_factory=dict)


Maker = Callable[[Alert, Actor, datetime], Panel | None]
_MAKERS: list[Maker] = []


def panel(maker: Maker) -> Maker:
    """Ask this function for a card whenever an alert's page is shown."""
    if maker not in _MAKERS:
        _MAKERS.append(maker)
    return maker


def panels_of(alert: Alert, actor: Actor, at: datetime) -> list[Panel]:
    made = (maker(alert, actor, at) for maker in _MAKERS)
    return [card for card in made if card is not None]
