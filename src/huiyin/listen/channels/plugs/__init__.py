"""Every plug by its kind, loaded when first asked for. One line adds a channel."""

import importlib
from functools import cache

from huiyin.listen.channels.rules.contract import Plug

PLUGS = {
    "calls": "huiyin.listen.channels.plugs.calls",
    "email": "huiyin.listen.channels.plugs.email",
    "posts": "huiyin.listen.channels.plugs.posts",
    "webhook": "huiyin.listen.channels.plugs.webhook",
    "wechat": "huiyin.listen.channels.plugs.wechat",
}
"""kind → module with a `PLUG`."""


@cache
def plug(kind: str) -> Plug:
    """The plug of a kind. KeyError for a kind nobody made."""
    found: Plug = importlib.import_module(PLUGS[kind]).PLUG
    return found
