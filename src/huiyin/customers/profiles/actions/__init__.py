"""Verbs of this room: meet a person, say that two records are one person's (or are not), keep what they consent to."""

from huiyin.customers.profiles.actions.consenting import say
from huiyin.customers.profiles.actions.meeting import Person, meet, meet_many
from huiyin.customers.profiles.actions.uniting import (
    Gone,
    Refused,
    erase,
    lock,
    merge,
    tell_apart,
    unmerge,
    verify,
)

__all__ = [
    "Gone",
    "Person",
    "Refused",
    "erase",
    "lock",
    "meet",
    "meet_many",
    "merge",
    "say",
    "tell_apart",
    "unmerge",
    "verify",
]
