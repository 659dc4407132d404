"""What this room does when it hears of something below."""

from collections.abc import Sequence

from huiyin.ledger.news import News, on
from huiyin.listen.calls import actions
from huiyin.listen.channels.facts import ArrivalSettled
from huiyin.listen.voices.facts import VoiceHeard

AT_ONCE = 500  # matters in one question


@on(ArrivalSettled)
def note_the_call_of_an_event(news: News[ArrivalSettled]) -> None:
    if news.fact.why == "call":
        actions.note(arrival=news.fact.arrival, channel=news.fact.channel, by=news.by, at=news.at)


def settle_the_calls_of_a_batch(batch: Sequence[News[VoiceHeard]]) -> None:
    taken = [news for news in batch if news.fact.channel == "phone" and news.fact.taken_by]
    for start in range(0, len(taken), AT_ONCE):
        actions.taken_many(
            heard={news.fact.voice: (news.by, news.at) for news in taken[start : start + AT_ONCE]}
        )  # fmt: skip


@on(VoiceHeard, many=settle_the_calls_of_a_batch)
def settle_the_call_in_which_a_voice_was_heard(news: News[VoiceHeard]) -> None:
    settle_the_calls_of_a_batch([news])
