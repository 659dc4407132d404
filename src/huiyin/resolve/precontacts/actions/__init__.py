"""Verbs of this room: ask a customer by message, take the answer, remind, hand over to a person."""

from huiyin.resolve.precontacts.actions.answering import answer, drop
from huiyin.resolve.precontacts.actions.asking import ask
from huiyin.resolve.precontacts.actions.ground import Gone, Refused
from huiyin.resolve.precontacts.actions.waiting import keep_up, message_lost

__all__ = ["Gone", "Refused", "answer", "ask", "drop", "keep_up", "message_lost"]
