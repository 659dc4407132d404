"""What this room does when it hears of something below."""

from huiyin.ledger.news import News, on
from huiyin.listen.channels import actions
from huiyin.platform.vault.facts import SubjectErased


@on(SubjectErased)
def erase_what_was_said_in_an_erased_matter(news: News[SubjectErased]) -> None:
    actions.forget(subject=news.fact.subject, by=news.by, at=news.at)
