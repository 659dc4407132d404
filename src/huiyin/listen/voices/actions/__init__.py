"""Verbs of this room: take what arrives, hear it, add to it, withdraw it."""

from huiyin.listen.voices.actions.adding import (
    AlreadyWithdrawn,
    EnoughForToday,
    NothingSaid,
    add_words,
    failed_trial,
    withdraw,
)  # fmt: skip
from huiyin.listen.voices.actions.drafting import (
    DRAFT_FIELDS,
    attach,
    discard_draft,
    is_draft,
    keep_step,
    purge_drafts,
    sent_draft,
    start_draft,
)  # fmt: skip
from huiyin.listen.voices.actions.filing import add_file
from huiyin.listen.voices.actions.forgetting import forget
from huiyin.listen.voices.actions.hearing import hear, hear_many, next_numbers
from huiyin.listen.voices.actions.importing import import_complaints
from huiyin.listen.voices.actions.taking import (
    KeyReused,
    NotWaiting,
    Resolved,
    SourceReused,
    Taken,
    hear_taken,
    held_texts,
    receive,
    refuse,
    release,
    resolve,
    retry_pending,
    take,
)  # fmt: skip
from huiyin.listen.voices.rules.heard import Heard, Words

__all__ = [
    "DRAFT_FIELDS", "AlreadyWithdrawn", "EnoughForToday", "Heard", "KeyReused", "NotWaiting", "NothingSaid", "Resolved",
    "SourceReused", "Taken", "Words", "add_file", "add_words", "attach", "discard_draft", "failed_trial", "forget", "hear", "hear_many", "hear_taken", "held_texts", "import_complaints", "is_draft", "keep_step", "next_numbers",
    "purge_drafts", "receive", "refuse", "release", "resolve", "retry_pending", "sent_draft", "start_draft", "take",
    "withdraw",
]  # fmt: skip
