"""Two commits (decision 8): first the submission is safe in the inbox, then it is heard."""

import hmac
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from huiyin.bank.products import queries as products
from huiyin.bank.staff import queries as staff
from huiyin.bank.units import queries as units
from huiyin.kernel.actor import Actor, machine
from huiyin.kernel.ids import new_id
from huiyin.kernel.permit import can
from huiyin.kernel.refusal import Refusal
from huiyin.kernel.secret import secret_hash
from huiyin.listen.voices.actions.hearing import hear, next_numbers
from huiyin.listen.voices.models import Intake
from huiyin.listen.voices.queries import TABLE, derived_secret, held, pending
from huiyin.listen.voices.rules.heard import Heard, Words
from huiyin.listen.voices.rules.intake import Submission
from huiyin.listen.voices.rules.limits import retry_after
from huiyin.listen.voices.rules.text import Problem
from huiyin.platform.messages import actions as messages
from huiyin.platform.tables import actions as tables
from huiyin.platform.tables.queries import as_id, as_time, rows
from huiyin.platform.vault import actions as vault
from huiyin.platform.vault import queries as sealed

log = logging.getLogger("huiyin.intake")


class KeyReused(Refusal):
    """Same key, other body."""

    message = _("This Idempotency-Key was used before with another body.")


class SourceReused(Refusal):
    """Same `source_id` of the same sender, other content. `number` is the first's."""

    message = _("This source_id was used before with another content.")

    def __init__(self, number: str) -> None:
        super().__init__(
            _("This source_id was used before with another content: it is matter %s.") % number, number=number
        )
        self.number = number


class NotYours(Refusal):
    """It names another unit, or somebody the reader must keep away from: for them there is no such submission."""

    status = 404
    message = _("There is no such submission.")


class NotWaiting(Refusal):
    message = _("Somebody has dealt with this submission already.")


@dataclass(frozen=True)
class Taken:
    """What the customer can be told once commit (a) is through. `fresh` is False for a repeated key."""

    id: UUID
    number: str
    channel: str
    received_at: datetime
    state: str
    fresh: bool


@dataclass(frozen=True, kw_only=True)
class Resolved:
    """A checked submission whose codes were looked up: the form in which it is stored and heard."""

    submission: Submission
    language: str
    unit: UUID | None = None
    product: str | None = None
    staff: tuple[UUID, ...] = ()
    taken_by: UUID | None = None
    source: str | None = None


def resolve(
    *, submission: Submission, language: str, at: datetime, taken_by: UUID | None = None, source: str | None = None
) -> Resolved | list[Problem]:
    """Look the codes up: the branch, the product, and the people complained about who can be told for certain."""
    problems = []
    unit = units.by_code(submission.unit) if submission.unit else None
    if submission.unit and unit is None:
        problems.append(Problem("unit", "unit"))
    product = products.product(submission.product) if submission.product else None
    if submission.product and product is None:
        problems.append(Problem("product", "product"))
    if problems:
        return problems
    about, people = _identified(submission.words.about, unit.id if unit else None, at)
    words = Words(**{**vars(submission.words), "about": about})
    known = Submission(**{**vars(submission), "words": words})
    return Resolved(
        submission=known, language=language, unit=unit.id if unit else None, product=product.code if product else None,
        staff=people, taken_by=taken_by, source=source,
    )  # fmt: skip


def _identified(about: tuple[str, ...], unit: UUID | None, at: datetime) -> tuple[tuple[str, ...], tuple[UUID, ...]]:
    """Who is meant: by staff number anywhere in the words, or by a name that only one person of that branch bears.

    The known stand first. An uncertain name is left to the person who triages: recusing the wrong one helps nobody.
    """
    if not about:
        return (), ()
    numbers = {word for said in about for word in said.replace("（", " ").replace("）", " ").split() if word.isascii()}
    by_number = staff.by_numbers(numbers)
    here = staff.colleagues(unit, at=at) if unit else []
    known: list[tuple[str, UUID]] = []
    rest: list[str] = []
    for said in about:
        found = [person.pk for number, person in by_number.items() if number in said]
        if not found:
            named = [person.pk for person in here if person.name and person.name in said]
            found = named if len(named) == 1 else []
        if found and found[0] not in [id for _said, id in known]:
            known.append((said, found[0]))
        else:
            rest.append(said)
    return (*(said for said, _id in known), *rest), tuple(id for _said, id in known)


def take(
    *, resolved: Resolved, key: str, scope: str, by: Actor, at: datetime, id: UUID | None = None, body: bytes = b"",
    origin: str = "", network: str = "", hold: bool = False,
) -> Taken:  # fmt: skip
    """Commit (a): the body sealed, its number and tracking code allotted. From here on it cannot be lost.

    The same key of the same sender with the same body is the same submission (decision 12); another body is refused. So is
    the same `source_id` of the same sender with the same content, whatever key it comes with.
    """
    voice, digest = id or new_id(), _digest(resolved, body)
    before = _taken_before(scope, key, digest) or _told_before(scope, resolved)
    if before:
        return before
    try:
        with transaction.atomic():
            (number,) = next_numbers([at])
            row = Intake(
                id=voice, scope=scope, key=key, digest=digest, number=number,
                secret_hash=secret_hash(derived_secret(voice, settings.SECRET_KEY)),
                channel=resolved.submission.channel, source_ref=resolved.submission.source_id or None, by=by.ref, origin=origin, network=network, received_at=at,
                state="held" if hold else "waiting", next_try_at=None if hold else at + retry_after(0),
            )  # fmt: skip
            tables.insert([row])
            vault.keep_many([(voice, TABLE, voice, _packed(resolved))], fresh=id is None)
    except IntegrityError:
        before = _taken_before(scope, key, digest) or _told_before(scope, resolved)  # the same, a moment ago
        if before is None:
            raise
        return before
    if hold:
        _tell_duty_desk("intake_held", row, at)
    return _taken(row, fresh=True)


def hear_taken(*, intake: UUID, by: Actor, at: datetime, item: Heard | None = None) -> bool:
    """Commit (b): make the voice of a submission, once. False if that was done (or decided) already.

    `item` is the submission where it is still in hand; otherwise it is unsealed.
    """
    with transaction.atomic():
        mine = "UPDATE voices_intake SET state = 'heard', settled_at = %s, next_try_at = NULL, why = ''"
        if not tables.write(f"{mine} WHERE id = %s AND state = 'waiting'", [at, intake]):
            return False
        item = item or _unpacked(Intake.objects.get(id=intake), sealed.reveal(TABLE, intake))
        hear(item=item, by=by, at=at, sealed=True)
    return True


def receive(
    *, resolved: Resolved, key: str, scope: str, by: Actor, at: datetime, id: UUID | None = None, body: bytes = b"",
    origin: str = "", network: str = "", hold: bool = False,
) -> Taken:  # fmt: skip
    """Take a submission and hear it at once. If hearing fails the customer keeps their number and the tick goes on.

    Must not run inside another transaction: commit (a) has to stand by itself.
    """
    taken = take(
        resolved=resolved, key=key, scope=scope, by=by, at=at, id=id, body=body, origin=origin, network=network,
        hold=hold,
    )  # fmt: skip
    if taken.state == "waiting":
        item = _heard(taken, _packed(resolved)) if taken.fresh else None
        heard = _try(taken.id, by, at, item)
        return Taken(taken.id, taken.number, taken.channel, taken.received_at, heard, taken.fresh)
    return taken


def retry_pending(*, by: Actor, at: datetime, limit: int = 200) -> int:
    """Hear what is safe but not heard yet: after a crash between the commits, or after a failure. For the tick."""
    done = 0
    for row in list(pending(at)[:limit]):
        kind, _sep, id = row.by.partition(":")
        who = Actor(kind=kind, id=id) if kind in ("machine", "customer", "staff") else by  # type: ignore[arg-type]
        done += _try(row.id, who, at) == "heard"
    return done


def release(*, intake: UUID, by: Actor, at: datetime) -> str:
    """A person lets a held submission through (decision 27). It counts from its first arrival."""
    _must_be_theirs(intake, by, at)
    if not Intake.objects.filter(id=intake, state="held").update(state="waiting", next_try_at=at):
        raise NotWaiting
    return _try(intake, by, at)


def refuse(*, intake: UUID, by: Actor, at: datetime) -> None:
    """A person finds a held submission to be a flood of the same or no message at all. It is kept, not heard."""
    _must_be_theirs(intake, by, at)
    with transaction.atomic():
        if not Intake.objects.filter(id=intake, state="held").update(state="refused", settled_at=at):
            raise NotWaiting


def held_texts(*, by: Actor, at: datetime, limit: int = 50) -> list[tuple[Intake, Words]]:
    """The queue for release with its words, for the person who decides: what names their units and not themselves.

    What names no unit is for those who answer for the whole bank (the duty desk is told of it).
    """
    waiting = list(held()[: limit * 10])
    values = sealed.reveal_many(TABLE, [row.id for row in waiting])
    theirs = [row for row in waiting if can(by, "case.assign", _place(values.get(row.id, {}), at))]
    return [(row, Words.opened(values.get(row.id, {}))) for row in theirs[:limit]]


def _place(values: Mapping[str, str], at: datetime) -> units.Place:
    """A submission that is not a case yet, as the permission matrix looks at it."""
    rest = json.loads(values.get("_rest", "{}"))
    path = units.path_of(UUID(rest["unit"]), localdate(at)) if rest.get("unit") else ""
    away = {one for person in rest.get("staff", ()) for one, _why in staff.kept_away_by(UUID(person), at)}
    return units.Place(path or units.whole_bank().unit_path, frozenset(away))


def _must_be_theirs(intake: UUID, by: Actor, at: datetime) -> None:
    if by.kind == "staff" and not can(by, "case.assign", _place(sealed.reveal(TABLE, intake), at)):
        raise NotYours


def _try(intake: UUID, by: Actor, at: datetime, item: Heard | None = None) -> str:
    """Hear, and if that fails for whatever reason, keep the submission and say so to a person."""
    try:
        hear_taken(intake=intake, by=by, at=at, item=item)
        return "heard"
    except Exception as failure:
        # Whatever broke, the customer was promised that nothing is lost: note it, tell the duty desk, try again.
        log.exception("submission %s could not be heard", intake)
        row = Intake.objects.get(id=intake)
        attempts = row.attempts + 1
        Intake.objects.filter(id=intake, state="waiting").update(
            attempts=attempts, next_try_at=at + retry_after(attempts), why=type(failure).__name__[:80]
        )
        _tell_duty_desk("intake_failed", row, at)
        return "waiting"


def _tell_duty_desk(kind: str, row: Intake, at: datetime) -> None:
    person = staff.duty_desk(at)
    if person is None:
        log.error("nobody is on duty to be told of submission %s (%s)", row.id, kind)
        return
    key = f"{kind}:{row.id}" if kind == "intake_failed" else f"{kind}:{at:%Y%m%d%H}"
    messages.notify(
        staff=person, kind=kind, matter=row.id, params={"number": row.number}, link="/desk/new/held/",
        by=machine("intake"), at=at, key=key,
    )  # fmt: skip


def _taken_before(scope: str, key: str, digest: str) -> Taken | None:
    found = rows(
        "SELECT digest, id, number, channel, received_at, state FROM voices_intake WHERE scope = %s AND key = %s",
        [scope, key],
    )
    if not found:
        return None
    ((known, id, number, channel, received_at, state),) = found
    if not hmac.compare_digest(known, digest):
        raise KeyReused
    return Taken(as_id(id), number, channel, as_time(received_at), state, False)


def _told_before(scope: str, resolved: Resolved) -> Taken | None:
    """What this sender told under its own id of it before; SourceReused if it says something else now. Of a person who was
    erased only the id is known."""
    if not resolved.submission.source_id:
        return None
    row = Intake.objects.filter(scope=scope, source_ref=resolved.submission.source_id).first()
    if row is None:
        return None
    before = sealed.reveal(TABLE, row.id)
    if before and before != _packed(resolved):
        raise SourceReused(row.number)
    return _taken(row, fresh=False)


def _taken(row: Intake, *, fresh: bool) -> Taken:
    return Taken(row.id, row.number, row.channel, row.received_at, row.state, fresh)


def _digest(resolved: Resolved, body: bytes) -> str:
    """A keyed hash, so that a leaked table cannot be searched for a guessed text."""
    content = body or json.dumps(_packed(resolved), sort_keys=True).encode()
    return hmac.digest(settings.SECRET_KEY.encode(), b"huiyin.intake" + content, "sha256").hex()


def _packed(resolved: Resolved) -> dict[str, str]:
    """Everything of a submission as sealed texts; what is not words stands under `_rest`."""
    s = resolved.submission
    rest = {
        "kind": s.kind,
        "channel": s.channel,
        "language": resolved.language,
        "unit": str(resolved.unit or ""),
        "product": resolved.product or "",
        "occurred_on": s.occurred_on.isoformat() if s.occurred_on else "",
        "source": resolved.source or "",
        "source_ref": s.source_id,
        "staff": [str(id) for id in resolved.staff],
        "taken_by": str(resolved.taken_by or ""),
    }
    return s.words.sealed() | {"_rest": json.dumps(rest)}


def _unpacked(row: Intake, values: dict[str, str]) -> Heard:
    return _heard(_taken(row, fresh=False), values)


def _heard(row: Taken, values: dict[str, str]) -> Heard:
    """One way to make a voice of a submission, whether it comes from the inbox or is still in hand."""
    rest = json.loads(values["_rest"])
    return Heard(
        id=row.id, number=row.number, kind=rest["kind"], channel=rest["channel"], received_at=row.received_at,
        language=rest["language"], words=Words.opened(values), staff=tuple(UUID(id) for id in rest["staff"]),
        unit=UUID(rest["unit"]) if rest["unit"] else None, product=rest["product"] or None,
        occurred_on=date.fromisoformat(rest["occurred_on"]) if rest["occurred_on"] else None,
        taken_by=UUID(rest["taken_by"]) if rest["taken_by"] else None,
        source=rest["source"] or None, source_ref=rest["source_ref"] or None,
    )  # fmt: skip
