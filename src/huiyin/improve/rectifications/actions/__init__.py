"""Open a rectification, carry it through, and prove that it worked."""

from huiyin.improve.rectifications.actions.batches import Done, step_many
from huiyin.improve.rectifications.actions.hearing import alert_dismissed, escalate, heard_alert, heard_critical
from huiyin.improve.rectifications.actions.opening import DAYS, LONGEST, Opening, open_many, open_rectification
from huiyin.improve.rectifications.actions.proving import cancel, check_effects, close, reopen, verify
from huiyin.improve.rectifications.actions.refusals import (
    BadDate,
    Missing,
    NotAllowed,
    NotNow,
    NotProven,
    NotThere,
    SamePerson,
)
from huiyin.improve.rectifications.actions.working import add_evidence, appoint, finish, plan, redate
from huiyin.improve.rectifications.rules.steps import OPEN

__all__ = [
    "DAYS", "LONGEST", "OPEN", "BadDate", "Done", "Missing", "NotAllowed", "NotNow", "NotProven", "NotThere", "Opening",
    "SamePerson", "add_evidence", "alert_dismissed", "appoint", "cancel", "check_effects", "close", "escalate", "finish",
    "heard_alert", "heard_critical", "open_many", "open_rectification", "plan", "redate", "reopen", "step_many", "verify",
]  # fmt: skip
