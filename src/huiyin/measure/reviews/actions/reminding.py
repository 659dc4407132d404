"""Reviewers hear of a review before its time is over, and once more when it is."""

from datetime import datetime, timedelta

from huiyin.kernel.actor import Actor
from huiyin.measure.reviews.actions.ground import tell
from huiyin.measure.reviews.models import Objection, Score

AHEAD = timedelta(days=1)
LIMIT = 500


def remind(*, by: Actor, at: datetime) -> int:
    """The tick. Each form and each objection is named once a day ahead and once when it is late, however often this runs."""
    told = 0
    forms = Score.objects.filter(state="open", reviewer__isnull=False, sample__withdrawn="").select_related("sample")
    for form in forms.filter(sample__due_at__lte=at + AHEAD).order_by("sample__due_at", "id")[:LIMIT]:
        told += _tell(form, at, by)
    waiting = Objection.objects.filter(decided_at=None, decider__isnull=False).select_related("sample")
    for one in waiting.filter(made_at__lte=at - AHEAD).order_by("made_at", "id")[:LIMIT]:
        zh, en = "质检 {number} 的异议待您裁定", "An objection to the review of {number} waits for your decision"
        link = f"/desk/reviews/objection/{one.sample_id}/"
        tell(one.sample, [one.decider_id], "quality-objection-waits", zh, en, by, at, link)
        told += 1
    return told


def _tell(form: Score, at: datetime, by: Actor) -> int:
    late = form.sample.due_at <= at
    if late:
        zh, en = "质检 {number} 已超过评分期限", "The review of {number} is overdue"
    else:
        zh, en = "质检 {number} 明日到期，请评分", "The review of {number} is due within a day"
    key = f"quality-{'late' if late else 'due'}:{form.pk}"
    tell(form.sample, [form.reviewer_id], key, zh, en, by, at, f"/desk/reviews/score/{form.pk}/")
    return 1
