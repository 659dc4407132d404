"""What becomes of the invitations we sent."""

from huiyin.customers.profiles.facts import ConsentGiven
from huiyin.ledger.news import News, on
from huiyin.listen.surveys import actions
from huiyin.platform.messages.facts import MessageDelivered, MessageFailed
from huiyin.platform.vault.facts import SubjectErased


@on(MessageDelivered)
def note_that_an_invitation_arrived(news: News[MessageDelivered]) -> None:
    if news.fact.purpose == "survey" and news.fact.item:
        actions.arrived(invitation=news.fact.item, by=news.by, at=news.at)


@on(MessageFailed)
def note_that_an_invitation_did_not_arrive(news: News[MessageFailed]) -> None:
    if news.fact.purpose == "survey" and news.fact.item:
        actions.lost(invitation=news.fact.item, by=news.by, at=news.at)


@on(SubjectErased)
def an_erased_customer_is_surveyed_no_more(news: News[SubjectErased]) -> None:
    actions.forget(customer=news.fact.subject)


@on(ConsentGiven)
def whoever_allows_surveys_again_may_be_asked_again(news: News[ConsentGiven]) -> None:
    if news.fact.purpose == "survey":
        actions.allow(customer=news.fact.customer, by=news.by, at=news.at)
