"""Steps of many rectifications at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from huiyin.improve.rectifications.actions.proving import close, reopen, verify
from huiyin.improve.rectifications.actions.working import add_evidence, finish, plan
from huiyin.kernel.actor import Actor


@dataclass(frozen=True, kw_only=True)
class Done:
    """One step of a batch: `what` is plan | evidence | finish | verify | return | close | reopen."""

    rectification: UUID
    what: str
    by: Actor
    at: datetime
    text: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)


def step_many(*, steps: Iterable[Done]) -> int:
    """Steps of many rectifications, each by its own person at its own time (bulk paths)."""
    count = 0
    for one in steps:
        known: dict[str, Any] = {"rectification": one.rectification, "by": one.by, "at": one.at}
        if one.what == "plan":
            plan(**known, plan=one.text, **one.more)
        elif one.what == "evidence":
            add_evidence(**known, text=one.text, **one.more)
        elif one.what == "finish":
            finish(**known, text=one.text)
        elif one.what in ("verify", "return"):
            verify(**known, agree=one.what == "verify", text=one.text)
        elif one.what == "close":
            close(**known, text=one.text)
        else:
            reopen(**known, text=one.text)
        count += 1
    return count
