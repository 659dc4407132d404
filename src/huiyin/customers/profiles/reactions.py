"""What this room does when it hears a fact from below."""

from huiyin.customers.profiles.models import Key
from huiyin.ledger.news import News, on
from huiyin.platform.vault.facts import SubjectErased


@on(SubjectErased)
def forget_how_an_erased_customer_is_recognised(news: News[SubjectErased]) -> None:
    Key.objects.filter(customer_id=news.fact.subject).delete()
