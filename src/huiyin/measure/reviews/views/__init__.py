"""Pages of quality reviews. What cannot be seen does not exist."""

from huiyin.measure.reviews.views.figures import calibration, close_session, new_session, results
from huiyin.measure.reviews.views.mine import acknowledge, my_results, my_review, object_to
from huiyin.measure.reviews.views.planning import draw, draw_now, new_plan, plan, plans
from huiyin.measure.reviews.views.scorecards import (
    edit_scorecard,
    new_scorecard,
    scorecard,
    scorecards,
    settle_scorecard,
)
from huiyin.measure.reviews.views.scoring import board, everything, give, objection, sample, score, withdraw

__all__ = [
    "acknowledge",
    "board",
    "calibration",
    "close_session",
    "draw",
    "draw_now",
    "edit_scorecard",
    "everything",
    "give",
    "my_results",
    "my_review",
    "new_plan",
    "new_scorecard",
    "new_session",
    "object_to",
    "objection",
    "plan",
    "plans",
    "results",
    "sample",
    "score",
    "scorecard",
    "scorecards",
    "settle_scorecard",
    "withdraw",
]
