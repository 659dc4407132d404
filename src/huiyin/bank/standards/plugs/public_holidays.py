"""Public holidays of other countries, from the Python package `holidays` (MIT)."""

from datetime import date


def days_off(country: str, first: date, last: date, subdivision: str | None = None) -> dict[date, str]:
    """Observed public holidays between two dates; English names."""
    import holidays  # here, because most banks never ask for another country's days

    found = holidays.country_holidays(
        country, subdiv=subdivision, years=range(first.year, last.year + 1), language="en_US"
    )
    return {day: name for day, name in sorted(found.items()) if first <= day <= last}
