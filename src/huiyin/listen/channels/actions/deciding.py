"""What a person does with an arrival that waits: try again, enter it by hand, put it where it belongs, or leave it."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.actor import Actor
from huiyin.kernel.permit import can
from huiyin.kernel.refusal import Refusal
from huiyin.ledger import actions as ledger
from huiyin.listen.channels.actions.hearing import carry_out, claim, parse, set_aside, tell, understand
from huiyin.listen.channels.facts import ArrivalOpened
from huiyin.listen.channels.models import Arrival, Raw, Sender
from huiyin.listen.channels.plugs import plug
from huiyin.listen.channels.queries import config, raw, readable_by, sight_of
from huiyin.listen.channels.rules.contract import Parsed, Unreadable
from huiyin.listen.channels.rules.placing import Place
from huiyin.listen.channels.rules.wording import language_of
from huiyin.listen.voices import actions as voices
from huiyin.listen.voices import queries as heard
from huiyin.platform.vault import actions as vault


class NotThere(Refusal):
    status = 404
    message = _("There is no such item.")


class Decided(Refusal):
    message = _("Somebody has dealt with this item already.")


class NoMatter(Refusal):
    status = 400
    message = _("There is no matter with this number.")


class StillUnreadable(Refusal):
    message = _("It still cannot be read. You can enter it by hand.")


def try_again(*, arrival: UUID, by: Actor, at: datetime) -> str:
    """Read it once more, as if it had just come."""
    row = _mine(arrival, by, at)
    if not Arrival.objects.filter(id=row.id, state__in=("unreadable", "held", "retry", "rejected"), matter=None).update(
        state="retry", next_try_at=at, attempts=row.attempts + 1
    ):
        raise Decided
    return understand(arrival=arrival, at=at)


def leave(*, arrival: UUID, by: Actor, at: datetime) -> None:
    """A person finds nothing in it to act on. It is kept."""
    row = _mine(arrival, by, at)
    if row.state not in ("unreadable", "held", "retry") or set_aside(row, "rejected", "by_hand", at, by) != "rejected":
        raise Decided


def assign(*, arrival: UUID, number: str, by: Actor, at: datetime) -> UUID:
    """It belongs to this matter ("" : to the one its reference names), whoever sent it."""
    row = _mine(arrival, by, at)
    matter = (
        heard.by_number(number.strip().upper()) if number.strip() else heard.voice(row.matter) if row.matter else None
    )
    if matter is None or matter.withdrawn_at or not can(by, "case.note", sight_of(matter, at)):
        raise NoMatter
    _decide(row, Place("matter", "", matter.id), by, at)
    return matter.id


def hear_as_new(*, arrival: UUID, by: Actor, at: datetime) -> UUID:
    """It is a matter of its own."""
    row = _mine(arrival, by, at)
    _decide(row, Place("voice"), by, at)
    return row.id


def enter(*, arrival: UUID, raw_words: dict[str, object], by: Actor, at: datetime) -> UUID | list[heard.Problem]:
    """What a person read in the bytes, through the same check as any submission; it counts from its first arrival."""
    row = _mine(arrival, by, at)
    if not _is_open(row):
        raise Decided
    checked = heard.check(
        raw_words | {"channel": plug(row.channel.kind).speaks(config(row.channel))}, today=localdate(at)
    )
    if isinstance(checked, list):
        return checked
    resolved = voices.resolve(submission=checked, language=language_of(checked.words.text), at=at, taken_by=by.staff)
    if isinstance(resolved, list):
        return resolved
    with transaction.atomic():
        if not claim(row, "heard", "", at, by, matter=row.id, kind="voice"):
            raise Decided
        voices.take(
            resolved=resolved, key=row.key, scope=f"channel:{row.channel_id}", by=by, at=row.received_at, id=row.id
        )
        voices.hear_taken(intake=row.id, by=by, at=at)
        tell(row, "heard", "", row.id, at, by)
    return row.id


def open_raw(*, arrival: UUID, by: Actor, at: datetime) -> bytes:
    """The bytes as they came, for a person who decides on them; that they were opened is on record."""
    row = _mine(arrival, by, at)
    content = raw(row.id)
    if content is None:
        raise NotThere
    fact = ArrivalOpened(arrival=row.id, channel=row.channel_id)
    ledger.record(fact=fact, stream=f"arrival:{row.id}", by=by, at=at)
    return content


def forget(*, subject: UUID, by: Actor, at: datetime) -> None:
    """The person of a matter was erased: what they sent to it goes with them."""
    Raw.objects.filter(arrival=subject).delete()
    for arrival in list(Arrival.objects.filter(matter=subject).exclude(id=subject).values_list("id", flat=True)):
        vault.erase(subject=arrival, by=by, at=at)
        Raw.objects.filter(arrival=arrival).delete()
    Sender.objects.filter(matter=subject).delete()


def _decide(row: Arrival, found: Place, by: Actor, at: datetime) -> None:
    if not _is_open(row):
        raise Decided
    channel, content = row.channel, raw(row.id)
    way = plug(channel.kind)
    try:
        parsed: Parsed | None = parse(way, content, config(channel)) if content else None
    except Unreadable:
        parsed = None
    if parsed is None:
        raise StillUnreadable
    try:
        with transaction.atomic():
            if carry_out(row, channel, way, parsed, found, {}, at, by) not in ("heard", "message"):
                raise Decided
    except Unreadable as no:  # its words were read, and the intake checks refuse them
        raise StillUnreadable from no


def _is_open(row: Arrival) -> bool:
    """Nobody has decided; or it was set aside and belongs to no matter, and a person knows better."""
    return row.state in ("unreadable", "held", "retry") or (row.state == "rejected" and row.matter is None)


def _mine(arrival: UUID, by: Actor, at: datetime) -> Arrival:
    row = Arrival.objects.select_related("channel").filter(id=arrival).first()
    if row is None or not can(by, "case.assign") or row.channel_id not in readable_by(by, at):
        raise NotThere
    return row
