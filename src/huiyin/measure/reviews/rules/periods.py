"""Weeks and months of sampling."""

from datetime import date, timedelta


def last_whole(period: str, today: date) -> tuple[date, date]:
    """The last period that is over: its first day, and the first day no longer in it."""
    if period == "week":
        until = today - timedelta(days=today.weekday())
        return until - timedelta(days=7), until
    until = today.replace(day=1)
    return (until - timedelta(days=1)).replace(day=1), until
