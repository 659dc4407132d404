"""Verbs of this room: open a chat, talk, serve, hand over, file it as a case, end it, rate it."""

from huiyin.listen.chats.actions.ending import AlreadyRated, end, leave_message, rate
from huiyin.listen.chats.actions.filing import AlreadyFiled, NothingSaid, file_chat
from huiyin.listen.chats.actions.handing import (
    NoOffer,
    NotThem,
    accept,
    give_back,
    offer,
    return_offer,
    withdraw_offer,
)  # fmt: skip
from huiyin.listen.chats.actions.opening import Opening, TooManyChats, open_chat
from huiyin.listen.chats.actions.serving import AlreadyTaken, TooManyAtOnce, ask_for_a_person, fetched, sit, take
from huiyin.listen.chats.actions.sweeping import sweep
from huiyin.listen.chats.actions.talking import Ended, Flood, KeyReused, NotYours, say, send_file, sign_of_life

__all__ = [
    "AlreadyFiled", "AlreadyRated", "AlreadyTaken", "Ended", "Flood", "KeyReused", "NoOffer", "NotThem", "NotYours",
    "NothingSaid", "Opening", "TooManyAtOnce", "TooManyChats", "accept", "ask_for_a_person", "end", "fetched",
    "file_chat", "give_back", "leave_message", "offer", "open_chat", "rate", "return_offer", "say", "send_file", "sign_of_life",
    "sit", "sweep", "take", "withdraw_offer",
]  # fmt: skip
