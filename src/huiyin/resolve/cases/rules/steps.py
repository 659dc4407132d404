"""Which verb may follow in which state; the answer to a wrong step is a reason code, never silence."""

from datetime import datetime

OPEN = ("new", "working", "approving", "sending", "answered")
ALLOWED: dict[str, tuple[str, ...]] = {
    "assign": ("new", "working", "approving"),
    "handover": ("new", "working", "approving", "answered"),
    "reply": ("working",),
    "approve": ("approving",),
    "send": ("working",),
    "confirm": ("answered",),
    "dispute": ("answered", "closed"),
    "close": ("answered",),
    "withdraw": OPEN,
    "reclassify": ("new", "working", "approving"),
    "classify": OPEN,
    "extend": ("new", "working", "approving"),
    "law_letter": ("new", "working", "approving"),
    "write": ("working", "approving"),
    "pause": ("new", "working", "approving"),
    "excuse": (*OPEN, "closed"),
    "note": (*OPEN, "closed"),
    "tell": (*OPEN, "closed"),
    "accuse": OPEN,
    "remind": ("new", "working", "approving"),
    "refer": ("new", "working", "approving"),
    "needs": OPEN,
    "tell_in_person": ("answered",),
    "merge": ("new", "working", "approving"),
    "split": ("new", "working", "approving"),
    "unmerge": ("closed",),
    "leg": ("new", "working", "approving"),
    "leg_end": OPEN,
    "bounce": ("working", "approving"),
    "mark": OPEN,
    "find": OPEN,
    "redress": ("working", "approving", "sending", "answered"),
    "redress_on": OPEN,
}
# Why a verb is refused in a state: the first line that fits (verb, state) wins; "*" fits any.
_WHY: tuple[tuple[str, str, str], ...] = (
    ("*", "closed", "case_is_closed"),
    ("reply", "new", "take_it_first"),
    ("send", "new", "take_it_first"),
    ("write", "new", "take_it_first"),
    ("reply", "approving", "waiting_for_approval"),
    ("send", "approving", "waiting_for_approval"),
    ("*", "sending", "reply_on_its_way"),
    ("close", "*", "not_answered_yet"),
    ("confirm", "*", "not_answered_yet"),
    ("dispute", "*", "not_answered_yet"),
    ("approve", "*", "nothing_to_approve"),
    ("*", "answered", "already_answered"),
)


def refusal(verb: str, state: str) -> str | None:
    """None if the verb may be done in this state, else the code of the reason."""
    if state in ALLOWED[verb]:
        return None
    return next(code for v, s, code in (*_WHY, ("*", "*", "wrong_state")) if v in (verb, "*") and s in (state, "*"))


def no_dispute(state: str, outcome: str, until: datetime | None, at: datetime) -> str:
    """ "" if the customer may have an answer examined again, else the code of the reason. `until`: the end of the window,
    None while nothing was answered."""
    if state == "closed" and outcome in ("withdrawn", "imported", "merged"):
        return "case_is_closed" if outcome == "imported" else outcome
    no = refusal("dispute", state)
    if no:
        return no
    return "dispute_too_late" if until is None or at > until else ""


def needs_approval(severity: str) -> bool:
    """Decision 15: from "serious" on a second person reads the reply before it leaves."""
    return severity in ("serious", "major")


def may_approve_major(roles: frozenset[str]) -> bool:
    """Reliability §4: a reply in a major case is approved by consumer protection."""
    return "consumer_protection" in roles
