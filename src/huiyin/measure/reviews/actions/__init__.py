"""Verbs of this room."""

from huiyin.measure.reviews.actions.calibrating import close_session, open_session
from huiyin.measure.reviews.actions.drawing import change_plan, draw, draw_due, make_plan
from huiyin.measure.reviews.actions.ground import Gone, Refused
from huiyin.measure.reviews.actions.objecting import acknowledge, decide_objection, object_to
from huiyin.measure.reviews.actions.reminding import remind
from huiyin.measure.reviews.actions.scoring import hand_in, keep_score, reassign, withdraw

__all__ = [
    "Gone",
    "Refused",
    "acknowledge",
    "change_plan",
    "close_session",
    "decide_objection",
    "draw",
    "draw_due",
    "hand_in",
    "keep_score",
    "make_plan",
    "object_to",
    "open_session",
    "reassign",
    "remind",
    "withdraw",
]
