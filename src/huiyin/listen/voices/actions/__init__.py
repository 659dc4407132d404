"""Verbs of this room: take what arrives, hear it, add to it, withdraw it."""

from huiyin.listen.voices.actions.adding import AlreadyWithdrawn, NothingSaid, add_words, withdraw
from huiyin.listen.voices.actions.hearing import hear, hear_many
from huiyin.listen.voices.rules.heard import Heard, Words

__all__ = [
    "AlreadyWithdrawn", "Heard", "NothingSaid", "Words", "add_words", "hear", "hear_many", "withdraw",
]  # fmt: skip
