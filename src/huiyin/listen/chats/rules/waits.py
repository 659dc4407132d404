"""How long somebody will probably still wait, told only when there is enough to tell it from."""

from collections.abc import Iterable

FEWEST = 5
Wait = tuple[float, bool]
"""Seconds waited, and whether the wait ended with a person (True) or is only known to have lasted so long (False)."""


def expected(waits: Iterable[Wait], waited: float) -> float | None:
    """Half of those who have waited as long as this customer waited at most so many more seconds; None: cannot tell.

    The product-limit estimate (Kaplan and Meier 1958): people who still wait or who gave up count as having waited at
    least so long, so a jam does not look shorter than it is. Fewer than five answered waits tell nothing.
    """
    known = sorted(waits)
    if sum(answered for _seconds, answered in known) < FEWEST:
        return None
    alive = curve_here = 1.0
    left = len(known)
    for seconds, answered in known:
        if answered:
            alive *= (left - 1) / left
        left -= 1
        if seconds <= waited:
            curve_here = alive
        elif curve_here > 0 and alive <= curve_here / 2 + 1e-12:
            return seconds - waited
    return None
