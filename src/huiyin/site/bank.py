"""What the institution is called: the setting, else its head office, else the product's own name."""

import time

from django.conf import settings
from django.db import DatabaseError
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huiyin.bank.units.queries import head_office

_SECONDS = 60
_known: dict[str, tuple[float, tuple[str, str]]] = {}


def bank_name() -> str:
    chinese, english = settings.HUIYIN_BANK_NAME, settings.HUIYIN_BANK_NAME_EN
    if not chinese:
        chinese, english = _of_head_office()
    name = chinese if (get_language() or "zh").startswith("zh") else english or chinese
    return name or _("Huiyin")


def _of_head_office() -> tuple[str, str]:
    """Asked of the database at most once a minute; every page shows it."""
    until, names = _known.get("names", (0.0, ("", "")))
    if time.monotonic() >= until:
        try:
            unit = head_office()
        except DatabaseError:
            return "", ""
        names = (unit.name, unit.name_en) if unit else ("", "")
        _known["names"] = (time.monotonic() + _SECONDS, names)
    return names
