"""Pages of this room: the desk's, and the customer's behind a secret link."""

from huiyin.resolve.callbacks.views.desk import (
    ask_first,
    call,
    conclude,
    drawn,
    lists,
    new_list,
    release,
    reveal,
    script,
    take,
    today,
)

__all__ = [
    "ask_first",
    "call",
    "conclude",
    "drawn",
    "lists",
    "new_list",
    "release",
    "reveal",
    "script",
    "take",
    "today",
]
