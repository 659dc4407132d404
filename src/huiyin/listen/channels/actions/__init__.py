"""Verbs of this room: set a channel up, take what arrives, understand it, decide on what waits."""

from huiyin.listen.channels.actions.deciding import (
    Decided,
    NoMatter,
    NotThere,
    StillUnreadable,
    assign,
    enter,
    forget,
    hear_as_new,
    leave,
    try_again,
)  # fmt: skip
from huiyin.listen.channels.actions.hearing import retry_pending, understand
from huiyin.listen.channels.actions.keeping import KeyReused, NoChannel, TooLarge, arrive, called
from huiyin.listen.channels.actions.looking import look, look_into
from huiyin.listen.channels.actions.setting_up import (
    BadCode,
    CodeTaken,
    Incomplete,
    NoKind,
    Stale,
    add_channel,
    set_channel,
    test_channel,
)  # fmt: skip

__all__ = [
    "BadCode", "CodeTaken", "Decided", "Incomplete", "KeyReused", "NoChannel", "NoKind", "NoMatter", "NotThere",
    "Stale", "StillUnreadable", "TooLarge", "add_channel", "arrive", "assign", "called", "enter", "forget",
    "hear_as_new", "leave", "look", "look_into", "retry_pending", "set_channel", "test_channel", "try_again",
    "understand",
]  # fmt: skip
