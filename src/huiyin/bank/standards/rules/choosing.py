"""The institution's choice of packs as text, and a pack on the calendar chosen for it."""

from collections.abc import Mapping
from dataclasses import replace

from huiyin.kernel.limits import Pack


def parse_choice(text: str) -> dict[str, str]:
    """`code` or `code=calendar` a line."""
    lines = (line.strip() for line in text.splitlines())
    return {code: calendar for code, _, calendar in (line.partition("=") for line in lines if line)}


def write_choice(chosen: Mapping[str, str]) -> str:
    """The same choice as text, always alike."""
    return "\n".join(f"{code}={calendar}" if calendar else code for code, calendar in sorted(chosen.items()))


def on_calendar(pack: Pack, calendar: str) -> Pack:
    """The pack with its own calendar replaced by the chosen one; limits on another calendar keep theirs."""
    own = pack.calendars[0] if pack.calendars else pack.limits[0].calendar if pack.limits else ""
    if not calendar or calendar == own:
        return pack
    limits = tuple(replace(one, calendar=calendar) if one.calendar == own else one for one in pack.limits)
    provisions = tuple(replace(p, calendar=calendar) if p.calendar == own else p for p in pack.provisions)
    return replace(pack, limits=limits, provisions=provisions)
