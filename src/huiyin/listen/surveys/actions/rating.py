"""Ask a customer how we did, and take the answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.actor import Actor
from huiyin.kernel.ids import new_id
from huiyin.kernel.refusal import Refusal
from huiyin.kernel.secret import secret_hash
from huiyin.ledger import actions as ledger
from huiyin.listen.surveys.facts import AnswerGiven, SurveyInvited
from huiyin.listen.surveys.models import Answer, Invitation
from huiyin.listen.surveys.queries.rating import TABLE, secret
from huiyin.listen.surveys.rules import LOW, OPEN_FOR, opens_recovery
from huiyin.listen.surveys.rules import score as sound
from huiyin.listen.voices import actions as voices
from huiyin.listen.voices import queries as heard
from huiyin.platform.tables import actions as tables
from huiyin.platform.vault import actions as vault


class NoSuchInvitation(Refusal):
    status = 404
    message = _("This rating link is not valid.")


class AlreadyAnswered(Refusal):
    message = _("You have already rated this. Thank you.")


class Expired(Refusal):
    status = 410
    message = _("The time to rate this has passed.")


class BadScore(Refusal):
    status = 400
    message = _("Please choose a score from 1 to 5.")


@dataclass(frozen=True, kw_only=True)
class Invite:
    """Whom to ask about what. `id` may be given by a generator."""

    matter: UUID | None
    kind: str = "after_service"
    at: datetime
    cycle: int = 1
    channel: str = "portal"
    language: str = "zh-hans"
    unit: UUID | None = None
    handler: UUID | None = None
    product: str | None = None
    id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Rating:
    """One answer for `answer_many`: to an invitation, or given at a counter without one."""

    score: int
    at: datetime
    kind: str = "counter"
    channel: str = "counter"
    invitation: UUID | None = None
    matter: UUID | None = None
    unit: UUID | None = None
    handler: UUID | None = None
    product: str | None = None
    efficiency: int | None = None
    professionalism: int | None = None
    attitude: int | None = None
    comment: str = ""
    id: UUID | None = None


def invite(
    *, matter: UUID | None, kind: str = "after_service", by: Actor, at: datetime, cycle: int = 1,
    channel: str = "portal", language: str = "zh-hans", unit: UUID | None = None, handler: UUID | None = None,
    product: str | None = None,
) -> str:  # fmt: skip
    """Ask once per matter, kind and cycle; the secret of the rating link is returned (the same when asked again)."""
    if matter is not None:
        before = Invitation.objects.filter(matter=matter, kind=kind, cycle=cycle).values_list("id", flat=True).first()
        if before:
            return secret(before)
    asked = Invite(
        matter=matter, kind=kind, at=at, cycle=cycle, channel=channel, language=language, unit=unit, handler=handler,
        product=product,
    )  # fmt: skip
    (id,) = invite_many(invitations=[asked], by=by, recorded_at=at)
    return secret(id)


def invite_many(*, invitations: Sequence[Invite], by: Actor, recorded_at: datetime) -> list[UUID]:
    """Ask a batch, each at its own time. The caller asks every matter once per cycle."""
    rows = []
    for asked in invitations:
        id = asked.id or new_id()
        rows.append(
            tables.new(
                Invitation, id=id, secret_hash=secret_hash(secret(id)), kind=asked.kind, matter=asked.matter, cycle=asked.cycle,
                language=asked.language, channel=asked.channel, unit_id=asked.unit, handler_id=asked.handler,
                product=asked.product, invited_at=asked.at, open_until=asked.at + OPEN_FOR,
            )
        )  # fmt: skip
    told = [
        ledger.Happening(
            SurveyInvited(invitation=row.id, kind=row.kind, matter=row.matter, channel=row.channel, unit=row.unit_id),
            f"matter:{row.matter}" if row.matter else f"unit:{row.unit_id}",
            by,
            row.invited_at,
        )
        for row in rows
    ]
    with transaction.atomic():
        tables.insert(rows)
        if told:
            ledger.record_many(happenings=told, recorded_at=recorded_at)
    return [row.id for row in rows]


def answer(
    *, secret: str | None = None, invitation: UUID | None = None, score: object, by: Actor, at: datetime,
    efficiency: object = None, professionalism: object = None, attitude: object = None, comment: str = "",
) -> UUID:  # fmt: skip
    """Take the answer to an invitation, once. A low score becomes a matter of its own (decision 6)."""
    with transaction.atomic():
        rows = Invitation.objects.select_for_update().filter(campaign=None)
        key = Q(secret_hash=secret_hash(secret)) if secret else Q(pk=invitation)
        asked = rows.filter(key).first()
        if asked is None:
            raise NoSuchInvitation
        if Answer.objects.filter(invitation=asked).exists():
            raise AlreadyAnswered
        if at > asked.open_until:
            raise Expired
        rating = Rating(
            score=_sound(score), at=at, kind=asked.kind, channel=asked.channel, invitation=asked.id,
            matter=asked.matter, unit=asked.unit_id, handler=asked.handler_id, product=asked.product,
            efficiency=_sound_or_none(efficiency), professionalism=_sound_or_none(professionalism),
            attitude=_sound_or_none(attitude), comment=comment,
        )  # fmt: skip
        (id,) = answer_many(ratings=[rating], by=by, recorded_at=at)
        return id


def answer_many(*, ratings: Sequence[Rating], by: Actor, recorded_at: datetime) -> list[UUID]:
    """Take a batch of answers, each with its own time."""
    ids, rows, sealed, told = [r.id or new_id() for r in ratings], [], [], []
    for id, r in zip(ids, ratings, strict=True):
        _sound(r.score)
        rows.append(
            {
                "id": id, "invitation_id": r.invitation, "kind": r.kind, "matter": r.matter, "channel": r.channel,
                "unit_id": r.unit, "handler_id": r.handler, "product": r.product, "score": r.score,
                "efficiency": r.efficiency, "professionalism": r.professionalism, "attitude": r.attitude,
                "answered_at": r.at,
            }
        )  # fmt: skip
        told.append(ledger.Happening(_fact(id, r), _stream(id, r), by, r.at))
        if r.comment:
            sealed.append((r.matter or id, TABLE, id, {"comment": r.comment}))
    with transaction.atomic():
        tables.insert_values(Answer, rows)
        if sealed:
            vault.keep_many(sealed)
        if told:
            ledger.record_many(happenings=told, recorded_at=recorded_at)
        _recover(ratings, by, recorded_at)
    return ids


def _stream(id: UUID, r: Rating) -> str:
    if r.matter:
        return f"matter:{r.matter}"
    return f"unit:{r.unit}" if r.unit else f"answer:{id}"


def _fact(id: UUID, r: Rating) -> AnswerGiven:
    return AnswerGiven(
        answer=id, kind=r.kind, score=r.score, channel=r.channel, matter=r.matter, unit=r.unit, handler=r.handler,
        product=r.product, efficiency=r.efficiency, professionalism=r.professionalism, attitude=r.attitude,
        invitation=r.invitation,
    )  # fmt: skip


def _recover(ratings: Sequence[Rating], by: Actor, recorded_at: datetime) -> None:
    """Every low score of a closed matter is heard as a matter of its own."""
    low = {r.matter: r for r in ratings if r.matter and r.score <= LOW}
    about = heard.voices(low) if low else {}
    sore = [(low[id], voice) for id, voice in about.items() if opens_recovery(low[id].kind, low[id].score, voice.kind)]
    if not sore:
        return
    words = heard.words_many([voice.id for _r, voice in sore])
    items = []
    for r, voice in sore:
        before = words[voice.id]
        items.append(
            voices.Heard(
                kind="low_score", channel=r.channel, received_at=r.at, language=voice.language,
                words=voices.Words(text=r.comment, name=before.name, phone=before.phone, email=before.email),
                customer=voice.customer, unit=r.unit or voice.unit, product=r.product or voice.product,
                raised_by=voice.id,
            )
        )  # fmt: skip
    voices.hear_many(items=items, by=by, at=recorded_at, recorded_at=recorded_at)


def _sound(value: object) -> int:
    found = sound(value)
    if found is None:
        raise BadScore
    return found


def _sound_or_none(value: object) -> int | None:
    return None if value in (None, "") else _sound(value)
