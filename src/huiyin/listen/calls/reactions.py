"""What this room does when it hears of something below."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from huiyin.kernel.actor import Actor
from huiyin.ledger.news import News, on
from huiyin.listen.calls import actions
from huiyin.listen.calls.queries import rows
from huiyin.listen.channels import queries as channels
from huiyin.listen.voices.facts import VoiceHeard
from huiyin.platform.vault.facts import SubjectErased

AT_ONCE = 500  # matters in one question


@channels.keeps("call", rows=rows)
def note_the_call_of_an_event(told: channels.Record, *, by: Actor, at: datetime) -> tuple[UUID, bool]:
    return actions.note(said=told, by=by, at=at), True


def settle_the_calls_of_a_batch(batch: Sequence[News[VoiceHeard]]) -> None:
    taken = [news for news in batch if news.fact.channel == "phone" and news.fact.taken_by]
    for start in range(0, len(taken), AT_ONCE):
        actions.taken_many(
            heard={news.fact.voice: (news.by, news.at) for news in taken[start : start + AT_ONCE]}
        )  # fmt: skip


@on(VoiceHeard, many=settle_the_calls_of_a_batch)
def settle_the_call_in_which_a_voice_was_heard(news: News[VoiceHeard]) -> None:
    settle_the_calls_of_a_batch([news])


@on(SubjectErased)
def erase_the_calls_of_an_erased_matter(news: News[SubjectErased]) -> None:
    actions.forget(matter=news.fact.subject, by=news.by, at=news.at)
