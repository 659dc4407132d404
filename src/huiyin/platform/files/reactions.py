"""What this room does when it hears a fact from below."""

from huiyin.ledger.news import News, on
from huiyin.platform.files import actions
from huiyin.platform.vault.facts import SubjectErased


@on(SubjectErased)
def the_files_of_an_erased_person_go(news: News[SubjectErased]) -> None:
    actions.forget(subject=news.fact.subject)
