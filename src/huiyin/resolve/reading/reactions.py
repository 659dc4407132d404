"""What this room does when it hears a fact from below."""

from huiyin.ledger.news import News, on
from huiyin.platform.vault.facts import SubjectErased
from huiyin.resolve.reading import actions


@on(SubjectErased)
def an_erased_text_is_like_no_other_any_more(news: News[SubjectErased]) -> None:
    actions.forget(matter=news.fact.subject)
