"""What every page is given as `hy`: the bank, the visitor's display choices, the menus."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from huiyin.site import now
from huiyin.site.bank import bank_name
from huiyin.site.navigation import desk_groups, portal_items, unread


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
            "person": SimpleLazyObject(lambda: getattr(request, "user", None)),
        }
    }
