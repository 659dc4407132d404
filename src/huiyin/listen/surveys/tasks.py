"""Sending a campaign: an entry point like a view, that may be run twice, late, or die half-way."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count
from django_tasks import task

from huiyin.kernel.actor import machine
from huiyin.ledger import actions as ledger
from huiyin.listen.surveys.facts import SurveyInvited, SurveyReminded, SurveyStepped
from huiyin.listen.surveys.models import Campaign, Invitation, Response, Stratum
from huiyin.listen.surveys.queries import frames, rating
from huiyin.listen.surveys.rules.questions import content_from
from huiyin.platform.messages import actions as messages
from huiyin.platform.present.queries import now

BY = machine("surveys")
BATCH = 100
_LOCK = 0x5375_7276


@task()
def carry_on(campaign: str) -> str:
    """Send what waits and remind whom it is time to remind, a hundred at a time.

    1. Each batch is one transaction: the invitation is marked and its message is in the outbox, or neither is.
    2. The campaign's row is locked, so two workers send different batches; on PostgreSQL one lock for all campaigns
       keeps two of them from asking one customer at the same moment.
    3. Killed anywhere, the next run (the tick starts it) goes on with what still waits; a message has its key.
    """
    return f"{send_waiting(UUID(campaign), None)} batches"


def send_waiting(id: UUID, at: datetime | None) -> int:
    """Batch after batch, each at its own instant or all at the given one; how many there were."""
    batches = 0
    while _batch(id, at or now()):
        batches += 1
    return batches


def _batch(id: UUID, at: datetime) -> bool:
    """Whether there may be more to do."""
    with transaction.atomic():
        row = Campaign.objects.select_for_update().filter(pk=id).first()
        if row is None or row.state not in ("sending", "open") or at >= row.ends_at:
            return False
        _one_sender_at_a_time()
        Campaign.objects.filter(pk=id).update(touched_at=at)
        if row.state == "sending":
            waiting = Invitation.objects.filter(campaign=row, passage="waiting")
            asked = list(waiting.select_related("campaign__edition").order_by("id")[:BATCH])
            if asked:
                _send(row, asked, at)
                return True
            Campaign.objects.filter(pk=id).update(state="open")
            _step(row, "sent", at)
            return True
        due = _due_for_reminder(row, at)
        if due:
            _remind(row, due, at)
        return bool(due)


def _one_sender_at_a_time() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _send(row: Campaign, asked: Sequence[Invitation], at: datetime) -> None:
    """Looked at again at the last moment: who has since declined, been asked elsewhere, or lost their address; and
    whether the stratum has its answers already."""
    people = [one.customer_id for one in asked if one.customer_id]
    known = frames.reach(row, people, at, sending=True)
    full = _full(row)
    sent: list[Invitation] = []
    before = Invitation.objects.filter(
        campaign=row, passage="sent", target__in=[p.blind for p in known.places.values()]
    )
    targets = set(before.values_list("target", flat=True))
    for one in asked:
        assert one.customer_id is not None
        one.why = known.why_not[one.customer_id] or ("quota" if one.stratum_id in full else "")
        place = known.places.get(one.customer_id)
        if not one.why and place and place.blind in targets:
            one.why = "fatigue"  # two customers at one address
        one.target = place.blind if place else ""
        targets.add(one.target)
        one.passage = "left_out" if one.why else "sent"
        one.invited_at = at
        if not one.why:
            sent.append(one)
    Invitation.objects.bulk_update(asked, ["why", "passage", "invited_at", "target"])
    _post(row, sent, known.places, "survey", at)
    told = [
        ledger.Happening(
            SurveyInvited(
                invitation=one.pk, kind="campaign", campaign=row.pk, channel=one.channel, unit=one.unit_id,
                product=one.product or None,
            ),
            f"matter:{one.pk}", BY, at,
        )
        for one in sent
    ]  # fmt: skip
    if told:
        ledger.record_many(happenings=told, recorded_at=at)


def _full(row: Campaign) -> set[UUID]:
    """Strata whose quota of answers is met."""
    done = Response.objects.filter(invitation__campaign=row).exclude(completed_at=None).order_by()
    counts = dict(done.values_list("invitation__stratum").annotate(n=Count("pk")))
    return {one.pk for one in Stratum.objects.filter(campaign=row) if counts.get(one.pk, 0) >= one.quota}


def _due_for_reminder(row: Campaign, at: datetime) -> list[Invitation]:
    """Those who were asked long enough ago, did not finish, and were not reminded; once, and never beyond the quota."""
    if row.remind_after_days is None:
        return []
    done = Response.objects.filter(invitation__campaign=row).exclude(completed_at=None).values("invitation")
    found = Invitation.objects.filter(
        campaign=row, passage="sent", reminded_at=None, invited_at__lte=at - timedelta(days=row.remind_after_days)
    )
    return list(found.exclude(pk__in=done).exclude(stratum__in=_full(row)).order_by("id")[:BATCH])


def _remind(row: Campaign, due: Sequence[Invitation], at: datetime) -> None:
    people = [one.customer_id for one in due if one.customer_id]
    known = frames.reach(row, people, at, sending=True)
    Invitation.objects.filter(pk__in=[one.pk for one in due]).update(reminded_at=at)
    wanted = [one for one in due if one.customer_id and known.why_not[one.customer_id] in ("", "fatigue")]
    wanted = [one for one in wanted if one.customer_id in known.places]
    _post(row, wanted, known.places, "survey_reminder", at)
    told = [
        ledger.Happening(SurveyReminded(invitation=one.pk, campaign=row.pk), f"matter:{one.pk}", BY, at)
        for one in wanted
    ]
    if told:
        ledger.record_many(happenings=told, recorded_at=at)


def _post(
    row: Campaign, asked: Sequence[Invitation], places: Mapping[UUID, frames.Address], purpose: str, at: datetime
) -> None:  # fmt: skip
    title = content_from(row.edition.content).title
    drafts = []
    for one in asked:
        assert one.customer_id is not None
        place = places[one.customer_id]
        drafts.append(
            messages.Draft(
                matter=one.pk, subject=one.customer_id, purpose=purpose, language=one.language,
                title=title.word(one.language), body=title.word(one.language), key=f"{purpose}:{one.pk}", at=at,
                item=one.pk, email=place.email, phone=place.phone, link=rating.survey_link(one.pk),
            )
        )  # fmt: skip
    if drafts:
        messages.send_many(drafts=drafts, by=BY, recorded_at=at)


def _step(row: Campaign, step: str, at: datetime) -> None:
    fact = SurveyStepped(campaign=row.pk, step=step)
    ledger.record(fact=fact, stream=f"campaign:{row.pk}", by=BY, at=at)
