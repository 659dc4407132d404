"""Verbs of the standards room."""

from huiyin.bank.standards.actions.adopting import Refused, adopt, adopt_all
from huiyin.bank.standards.actions.proposing import decide, note_moved, propose, withdraw

__all__ = ["Refused", "adopt", "adopt_all", "decide", "note_moved", "propose", "withdraw"]
