"""The catalogue: one TOML file per indicator."""

import tomllib
from functools import cache
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from huiyin.kernel.fact import FACTS
from huiyin.kernel.refusal import Refusal
from huiyin.measure.indicators.rules.definitions import Definition, read

FOLDER = Path(__file__).parent.parent / "catalogue"


class UnknownIndicator(Refusal):
    status = 404
    message = _("There is no such indicator.")


@cache
def catalogue() -> tuple[Definition, ...]:
    """All definitions in the order of the dashboard. A faulty file stops the product at start-up (check `indicators.E001`)."""
    found = [read(tomllib.loads(path.read_text("utf-8")), FACTS) for path in sorted(FOLDER.glob("*.toml"))]
    return tuple(sorted(found, key=lambda d: (d.order, d.code)))


def indicator(code: str) -> Definition:
    for definition in catalogue():
        if definition.code == code:
            return definition
    raise UnknownIndicator()
