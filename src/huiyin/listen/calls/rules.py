"""When a call is at hand for its agent, and how it can end."""

from datetime import datetime, timedelta

from huiyin.kernel.label import Label

LONGEST = timedelta(hours=3)
"""A call of which nobody told the end is over by then."""

AFTERWARDS = timedelta(minutes=30)
"""So long after its end a call stays at hand, to be written down."""

OUTCOMES = (
    Label("answered", "已当场解答", "Answered on the spot"),
    Label("again", "客户将再来电", "The customer will call again"),
    Label("dropped", "通话中断", "The line broke off"),
    Label("wrong", "误拨或骚扰", "Wrong number or nuisance"),
)
OUTCOME = {label.code: label for label in (*OUTCOMES, Label("taken", "已登记为工单", "Written down as a matter"))}


PERIOD = timedelta(days=7)
"""What a supervisor looks back on."""


def is_missed(ended_at: datetime | None, agent: object, started_at: datetime, at: datetime) -> bool:
    """It is over and nobody took it up."""
    return agent is None and (ended_at is not None or started_at <= at - LONGEST)


def is_unwrapped(started_at: datetime, ended_at: datetime | None, agent: object, outcome: str, at: datetime) -> bool:
    """Somebody spoke, it is no longer at hand, and nobody wrote down what came of it."""
    return agent is not None and not outcome and not at_hand(started_at, ended_at, outcome, at)


def middle_and_late(seconds: list[float]) -> tuple[float, float] | None:
    """The median and what one in twenty exceeds (nearest rank); None without a value."""
    if not seconds:
        return None
    ranked = sorted(max(one, 0.0) for one in seconds)
    return ranked[(len(ranked) - 1) // 2], ranked[min(len(ranked) - 1, -(-95 * len(ranked) // 100) - 1)]


def at_hand(started_at: datetime, ended_at: datetime | None, outcome: str, at: datetime) -> bool:
    """Whether the agent still has to do with it: on the line, or just over and not settled."""
    if outcome:
        return False
    if ended_at is None:
        return started_at > at - LONGEST
    return ended_at > at - AFTERWARDS
