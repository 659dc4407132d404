"""Verbs of the standards room."""

from huiyin.bank.standards.actions.adopting import Refused, adopt, adopt_all
from huiyin.bank.standards.actions.proposing import decide, note_moved, propose, withdraw
from huiyin.bank.standards.actions.scorecards import draft_scorecard, drop_scorecard, publish_scorecard
from huiyin.bank.standards.actions.templating import (
    NotDecidable,
    OwnProposal,
    TemplateRefused,
    decide_template,
    propose_template,
    retire_template,
)

__all__ = [
    "NotDecidable",
    "OwnProposal",
    "Refused",
    "TemplateRefused",
    "adopt",
    "adopt_all",
    "decide",
    "decide_template",
    "draft_scorecard",
    "drop_scorecard",
    "note_moved",
    "propose",
    "propose_template",
    "publish_scorecard",
    "retire_template",
    "withdraw",
]
