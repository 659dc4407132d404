"""What appeals do when a letter arrives or fails and when a clock rings."""

from collections.abc import Sequence

from huiyin.bank.clocks.facts import ClockRung
from huiyin.ledger.news import News, on
from huiyin.platform.messages.facts import MessageDelivered, MessageFailed
from huiyin.resolve.appeals import actions


def stop_the_clocks_of_a_batch(batch: Sequence[News[MessageDelivered]]) -> None:
    for news in batch:
        if news.fact.purpose == "review_decision" and news.fact.item:
            actions.decision_arrived(review=news.fact.item, by=news.by, at=news.at)


@on(MessageDelivered, many=stop_the_clocks_of_a_batch)
def stop_the_clock_when_the_decision_of_a_review_arrives(news: News[MessageDelivered]) -> None:
    stop_the_clocks_of_a_batch([news])


@on(MessageFailed)
def let_the_clock_run_on_when_the_decision_of_a_review_is_lost(news: News[MessageFailed]) -> None:
    if news.fact.purpose == "review_decision" and news.fact.item:
        actions.decision_lost(review=news.fact.item, by=news.by, at=news.at)


@on(ClockRung)
def tell_the_reviewer_when_a_clock_rings(news: News[ClockRung]) -> None:
    if news.fact.kind == "review":
        actions.clock_rang(rung=news.fact, by=news.by, at=news.at)
