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
    open_raw,
    try_again,
)  # fmt: skip
from huiyin.listen.channels.actions.fetching import fetch_files
from huiyin.listen.channels.actions.following import conversations_ended, conversations_go_on
from huiyin.listen.channels.actions.hearing import retry_pending, understand
from huiyin.listen.channels.actions.keeping import KeyReused, NoChannel, TooFast, TooLarge, arrive, called
from huiyin.listen.channels.actions.leaving import gateway, routes, thread
from huiyin.listen.channels.actions.looking import look, look_into
from huiyin.listen.channels.actions.setting_up import (
    BadCode,
    CodeTaken,
    Incomplete,
    NoKind,
    NoUnit,
    Stale,
    Unfit,
    add_channel,
    set_channel,
    test_channel,
)  # fmt: skip

__all__ = [
    "BadCode", "CodeTaken", "Decided", "Incomplete", "KeyReused", "NoChannel", "NoKind", "NoMatter", "NoUnit",
    "NotThere", "Stale", "StillUnreadable", "TooFast", "TooLarge", "Unfit", "add_channel", "arrive", "assign",
    "called", "conversations_ended", "conversations_go_on", "enter", "fetch_files", "forget", "gateway",
    "hear_as_new", "leave", "look", "look_into", "open_raw", "retry_pending", "routes", "set_channel",
    "test_channel", "thread", "try_again", "understand",
]  # fmt: skip
