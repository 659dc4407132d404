"""What every page is given as `hy`: the bank, the visitor's display choices, the menus."""

import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from huiyin.resolve.workbench.queries import keymap, keys_are_on
from huiyin.site import now
from huiyin.site.bank import bank_name
from huiyin.site.navigation import desk_groups, portal_items, unread


def _keys(request: HttpRequest) -> str:
    """Whether single-key shortcuts work for this person (WCAG 2.1.4)."""
    actor = getattr(request, "actor", None)
    return "on" if keys_are_on(actor.staff if actor else None) else "off"


def _keymap(request: HttpRequest) -> str:
    """Which key does what for this person, for the desk's script."""
    actor = getattr(request, "actor", None)
    return json.dumps(keymap(actor.staff if actor else None))


def page(request: HttpRequest) -> dict[str, Any]:
    choices = getattr(request, "choices", {})
    return {
        "hy": {
            "bank": SimpleLazyObject(bank_name),
            "hotline": settings.HUIYIN_HOTLINE,
            "demo": settings.HUIYIN_DEMO,
            "fixed_now": now.now() if settings.HUIYIN_NOW else None,
            "theme": choices.get("theme", "light"),
            "mode": choices.get("mode", "normal"),
            "density": choices.get("density", "comfortable"),
            "portal_nav": SimpleLazyObject(lambda: portal_items(request)),
            "desk_nav": SimpleLazyObject(lambda: desk_groups(request)),
            "unread": SimpleLazyObject(lambda: unread(request)),
            "keys": SimpleLazyObject(lambda: _keys(request)),
            "keymap": SimpleLazyObject(lambda: _keymap(request)),
            "person": SimpleLazyObject(lambda: getattr(request, "user", None)),
        }
    }
