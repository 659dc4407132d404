"""The one time source. Everything below a view, a tick or a job is handed `at`."""

from datetime import UTC, datetime

from django.conf import settings


def now() -> datetime:
    """The present instant in UTC, or the fixed one of `HUIYIN_NOW` (tests and rehearsals only; doctor flags it)."""
    fixed = settings.HUIYIN_NOW
    return datetime.fromisoformat(fixed).astimezone(UTC) if fixed else datetime.now(UTC)
