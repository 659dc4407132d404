"""What this room does when it hears a fact from below."""

from huiyin.ledger.news import News, on
from huiyin.platform.messages import actions
from huiyin.platform.vault.facts import SubjectErased


@on(SubjectErased)
def an_erased_person_is_written_to_no_more(news: News[SubjectErased]) -> None:
    actions.forget(subject=news.fact.subject)
