from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register


class IndicatorsConfig(AppConfig):
    name = "huiyin.measure.indicators"
    label = "indicators"

    def ready(self) -> None:
        register(the_catalogue_is_sound)


def the_catalogue_is_sound(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """At start-up every catalogue file is read: its fields, and that the facts it names exist."""
    from huiyin.measure.indicators.queries.catalogue import catalogue
    from huiyin.measure.indicators.rules.definitions import Faulty

    try:
        found = catalogue()
    except Faulty as faulty:
        return [Error(str(faulty), id="indicators.E001")]
    codes = [one.code for one in found]
    doubled = {code for code in codes if codes.count(code) > 1}
    return [Error(f"indicators defined twice: {', '.join(sorted(doubled))}", id="indicators.E002")] if doubled else []
