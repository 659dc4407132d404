"""Whether the parts of a running installation are alive."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection

HEARTBEAT = "tick.heartbeat"
LATE_SECONDS = 120


def look(at: datetime) -> dict[str, Any]:
    """What /healthz says: database, age of the tick's heartbeat in seconds (None before the first)."""
    database = True
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        database = False
    age = heartbeat_age(at)
    return {"ok": database and (age is None or age < LATE_SECONDS), "database": database, "tick_age_seconds": age}


def beat(at: datetime) -> None:
    """The tick lives. A file, so that it says so even while the database does not answer."""
    path = settings.HUIYIN_HOME / HEARTBEAT
    fresh = path.with_suffix(".new")
    fresh.write_text(at.isoformat(), "utf-8")
    fresh.replace(path)


def heartbeat_age(at: datetime) -> int | None:
    path = settings.HUIYIN_HOME / HEARTBEAT
    if not path.exists():
        return None
    return max(0, int((at - datetime.fromisoformat(path.read_text("utf-8"))).total_seconds()))
