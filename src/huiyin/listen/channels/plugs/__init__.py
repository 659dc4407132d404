"""Every plug by its kind, loaded when first asked for. One line adds a channel."""

import importlib
from functools import cache

from huiyin.listen.channels.rules.contract import Plug

PLUGS = {
    "email": "huiyin.listen.channels.plugs.email",
    "webhook": "huiyin.listen.channels.plugs.webhook",
    "wechat": "huiyin.listen.channels.plugs.wechat",
}
"""kind → module with a `PLUG`."""


@cache
def plug(kind: str) -> Plug:
    """The plug of a kind. KeyError for a kind nobody made."""
    found: Plug = importlib.import_module(PLUGS[kind]).PLUG
    return found
