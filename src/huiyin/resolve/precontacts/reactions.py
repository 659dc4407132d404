"""What this room does when its message is lost."""

from huiyin.ledger.news import News, on
from huiyin.platform.messages.facts import MessageFailed
from huiyin.resolve.precontacts import actions


@on(MessageFailed)
def hand_over_when_the_questions_did_not_arrive(news: News[MessageFailed]) -> None:
    if news.fact.purpose == "material" and news.fact.item:
        actions.message_lost(precontact=news.fact.item, by=news.by, at=news.at)
