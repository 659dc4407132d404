"""What this room does when it hears a fact from below."""

from huiyin.ledger.news import News, on
from huiyin.listen.voices import actions
from huiyin.platform.vault.facts import SubjectErased


@on(SubjectErased)
def the_link_of_an_erased_matter_opens_no_more(news: News[SubjectErased]) -> None:
    actions.forget(voice=news.fact.subject)
