"""What this room does when it hears of alerts and deadlines."""

from huiyin.bank.clocks.facts import ClockRung
from huiyin.improve.rectifications import actions
from huiyin.ledger.news import News, on
from huiyin.measure.alerts.facts import AlertRaised, AlertSettled
from huiyin.measure.reviews.facts import QualityCriticalMissed


@on(AlertRaised)
def open_or_reopen_a_rectification_for_every_alert_the_table_names(news: News[AlertRaised]) -> None:
    actions.heard_alert(alert=news.fact.alert, by=news.by, at=news.at)


@on(AlertSettled)
def let_go_of_what_a_dismissed_alert_opened(news: News[AlertSettled]) -> None:
    if news.fact.outcome == "dismissed":
        actions.alert_dismissed(alert=news.fact.alert, by=news.by, at=news.at)


@on(QualityCriticalMissed)
def open_a_rectification_for_a_critical_item_missed_in_a_review(news: News[QualityCriticalMissed]) -> None:
    actions.heard_critical(missed=news.fact, by=news.by, at=news.at)


@on(ClockRung)
def escalate_a_rectification_that_runs_late(news: News[ClockRung]) -> None:
    if news.fact.kind == "rectification":
        actions.escalate(rung=news.fact, by=news.by, at=news.at)
