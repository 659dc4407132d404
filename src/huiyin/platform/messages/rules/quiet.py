"""Quiet hours: a colleague is not called at night for what can wait until morning (clock.md §8.13)."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo


@dataclass(frozen=True)
class Quiet:
    """From `start` to `end` by the wall clock, every day; over midnight where the start is the later one."""

    start: time
    end: time

    def holds(self, wall: time) -> bool:
        if self.start <= self.end:
            return self.start <= wall < self.end
        return wall >= self.start or wall < self.end


def parse_quiet(text: str) -> Quiet | None:
    """`22:00-07:00`; empty means none. Raises ValueError for anything else."""
    if not text.strip():
        return None
    start, dash, end = text.partition("-")
    if not dash:
        raise ValueError(f"not quiet hours: {text}")
    found = Quiet(*(time.fromisoformat(part.strip()) for part in (start, end)))
    if found.start.tzinfo or found.end.tzinfo:
        raise ValueError(f"quiet hours are by the wall clock: {text}")
    return found


def told_at(at: datetime, quiet: Quiet | None, zone: tzinfo) -> datetime:
    """The instant itself, or the end of the quiet hours it falls into (UTC)."""
    wall = at.astimezone(zone)
    if quiet is None or not quiet.holds(wall.time()):
        return at
    day = wall.date() if wall.time() < quiet.end else wall.date() + timedelta(days=1)
    return datetime.combine(day, quiet.end, tzinfo=zone).replace(fold=wall.fold).astimezone(UTC)
