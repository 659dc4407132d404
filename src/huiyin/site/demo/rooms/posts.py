"""What the public writes in half a year: the file of a monitoring service every week, and daily while the update fails."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from huiyin.kernel.actor import machine
from huiyin.kernel.refusal import Refusal
from huiyin.listen.social import actions as social
from huiyin.measure.alerts import actions as alerts
from huiyin.measure.alerts import queries as alert_queries
from huiyin.measure.reputation import actions as reputation
from huiyin.measure.reputation import queries as reputations
from huiyin.site.demo.institution import ROADS, SURNAMES
from huiyin.site.demo.rooms.stage import Stage, words

OUTAGE = 150  # days before the end: the day of the update
NAMES = ("爱吃橘子的", "今天也要早起", "城南旧事", "跑步的小", "云上", "阿", "一只", "想去看海的", "路过的", "慢半拍")


def write(stage: Stage) -> None:
    """Weekly files, the days of the update, what is said of card fraud now; then people look at some of it."""
    said = words("posts")
    last = 27 * 7
    for week in range(26):
        begin = last - week * 7
        posts = [
            _post(stage, stage.rng.choice(said["post"]), begin - stage.rng.uniform(0, 6.9))
            for _ in range(_weekly(stage))
        ]
        if week == 25:
            begin_now = 12.0
            posts += [_post(stage, one, begin_now - 2.5 * n, "B01") for n, one in enumerate(said["fraud"])]
        if begin - 7 < OUTAGE <= begin:
            _take(stage, posts, stage.at(OUTAGE + 0.9, 0))
            _outage(stage, said)
        else:
            _take(stage, posts, stage.at(max(begin - 7.2, 0.1), 0))
    _work(stage)


def _weekly(stage: Stage) -> int:
    return stage.rng.randint(3, 6) if stage.plenty else stage.rng.randint(2, 3)


def _outage(stage: Stage, said: dict[str, Any]) -> None:
    """Four days: each text once, many passed on; on the second day the burst is seen and somebody takes it."""
    texts = list(said["outage"])
    for day, fresh, shared in ((0, 7, 4), (1, 4, 5), (2, 1, 2)):
        now = [texts.pop(0) for _ in range(fresh)]
        posts = [_post(stage, one, OUTAGE - day - stage.rng.uniform(0.05, 0.55), "B03", of_day=True) for one in now]
        for n in range(shared if stage.plenty else shared // 2):
            again = dict(stage.rng.choice(now), source="weibo")
            again["text"] = f"转发微博 //@{NAMES[n]}: {again['text']}"
            posts.append(_post(stage, again, OUTAGE - day - 0.62 - 0.02 * n, "B03", of_day=True))
        _take(stage, posts, stage.at(OUTAGE - day - 0.9, 0))
        if day == 1:
            _tell(stage, stage.at(OUTAGE - day - 1, 8))
    _take(
        stage,
        [_post(stage, one, OUTAGE - 4 - n, "B03") for n, one in enumerate(said["after"])],
        stage.at(OUTAGE - 6, 0),
    )


def _tell(stage: Stage, at: datetime) -> None:
    """The tick looks; consumer protection takes the alert, because the complaints say the same."""
    by = stage.protection[0]
    reputation.look(by=machine("tick"), at=at)
    for alert in alert_queries.visible_to(by, at).filter(family=reputation.FAMILY, state="open"):
        alerts.accept(alert=alert.pk, by=by, at=at + timedelta(hours=1))


def _post(stage: Stage, one: dict[str, Any], days: float, unit: str = "", *, of_day: bool = False) -> dict[str, Any]:
    """`days` before the end; `of_day`: from noon of that day on, so that a day's posts are of one day."""
    rng = stage.rng
    region = rng.choice(list(ROADS))
    slots = {"road": rng.choice(ROADS[region]), "minutes": rng.choice([20, 35, 40, 55, 70]), "count": rng.randint(2, 5)}
    number = rng.randrange(10**11, 10**12)
    at = stage.at(days, 0)
    if of_day and days > OUTAGE:  # the update came in the night before
        at = stage.at(OUTAGE, rng.uniform(1, 20))
    return {
        "source": one["source"], "ref": f"{one['source']}-{number}", "text": one["text"].format(**slots), "posted_at": at,
        "author": f"{rng.choice(NAMES)}{rng.choice(SURNAMES)}", "unit": unit, "reach": rng.choice([40, 120, 380, 900, 2600, 14000]),
        "url": f"https://{one['source'].replace('_', '-')}.example/p/{number}",
    }  # fmt: skip


def _take(stage: Stage, posts: list[dict[str, Any]], at: datetime) -> None:
    rows: list[Any] = [
        SimpleNamespace(values=post)
        for post in sorted(posts, key=lambda one: one["posted_at"])
        if post["posted_at"] <= at
    ]
    social.take_posts(rows, by=machine("social"), at=at)


def _work(stage: Stage) -> None:
    """Some readings are put right, one complaint is opened from a post, the update's posts are settled."""
    by = stage.signed_in["protection"]
    for n, row in enumerate(reputations.chosen(by, {"state": "unsure"})[:6]):
        mood = ("negative", "neutral", "positive")[n % 3] if row.sentiment == "neutral" else row.sentiment
        _attempt(reputation.decide, post=row.pk, mood=mood, category=row.category, cause=row.cause, version=row.version,
                 by=by, at=stage.at_work(2, 10 + n / 4))  # fmt: skip
    for row in reputations.chosen(by, {"state": "open"}).filter(post__source="heimao")[:1]:
        _attempt(reputation.open_case, post=row.pk, by=by, at=stage.at_work(2, 15))


def _attempt(verb: Any, **given: Any) -> None:
    try:
        verb(**given)
    except Refusal:
        return
