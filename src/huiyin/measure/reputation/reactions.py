"""What this room does when it hears of something below."""

from collections.abc import Sequence

from huiyin.ledger.news import News, on
from huiyin.listen.social.facts import PostHeard
from huiyin.measure.reputation import actions
from huiyin.platform.vault.facts import SubjectErased


def judge_a_batch_of_posts(batch: Sequence[News[PostHeard]]) -> None:
    actions.judge(posts=[(news.fact.post, news.fact.repost_of) for news in batch], at=max(news.at for news in batch))


@on(PostHeard, many=judge_a_batch_of_posts)
def judge_every_post(news: News[PostHeard]) -> None:
    judge_a_batch_of_posts([news])


@on(SubjectErased)
def erase_the_posts_of_an_erased_matter(news: News[SubjectErased]) -> None:
    actions.forget(matter=news.fact.subject, by=news.by, at=news.at)
