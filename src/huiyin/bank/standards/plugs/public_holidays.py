"""Public holidays of other countries, from the Python package `holidays` (MIT)."""

from collections.abc import Mapping
from datetime import date
from typing import Any


def days_off(source: Mapping[str, Any], first: date, last: date) -> dict[date, str]:
    """Observed public holidays between two dates; English names. `source`: country and subdivision, or a market."""
    import holidays  # here, because most banks never ask for another country's days

    years = range(first.year, last.year + 1)
    try:
        if "market" in source:
            found = holidays.financial_holidays(source["market"], years=years)
        else:
            found = holidays.country_holidays(
                source["country"], subdiv=source.get("subdivision"), years=years, language="en_US"
            )
    except NotImplementedError as unknown:
        raise ValueError(str(unknown)) from unknown
    return {day: name for day, name in sorted(found.items()) if first <= day <= last}


def release() -> str:
    """The version of the package, which is part of where the days are from."""
    from importlib.metadata import version

    return version("holidays")
