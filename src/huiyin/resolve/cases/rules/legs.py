"""Parts of a case in other hands. Who used the time is read from the step clocks (bank/clocks/rules/legs.py) alone."""

SIDE = ("consult", "joint", "escalation")

HOLDS = {
    "case.opened": ("owner",),
    "case.assigned": ("handler",),
    "case.moved": ("owner",),
    "case.reopened": ("owner",),
    "case.leg_opened": ("holder",),
}
"""Per fact of a case who comes to have a part in it."""
