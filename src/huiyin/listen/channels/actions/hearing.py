"""Second commit: what an arrival says becomes a voice, or more words of a matter, or is set aside with its reason."""

import logging
from datetime import datetime, timedelta
from time import monotonic
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.timezone import localdate

from huiyin.bank.staff import queries as staff
from huiyin.kernel.actor import Actor, customer, machine
from huiyin.kernel.ids import new_id
from huiyin.kernel.refusal import Refusal
from huiyin.ledger import actions as ledger
from huiyin.listen.channels.actions.fetching import await_files
from huiyin.listen.channels.facts import ArrivalSettled
from huiyin.listen.channels.models import Arrival, Channel, Sender
from huiyin.listen.channels.plugs import bounded, plug
from huiyin.listen.channels.queries import (
    SENDERS,
    Record,
    address_mark,
    config,
    is_contact,
    matter_of,
    open_now,
    print_of,
    raw,
    registers,
)  # fmt: skip
from huiyin.listen.channels.rules.contract import Config, Parsed, Plug, Unreadable
from huiyin.listen.channels.rules.placing import BURST_WITHIN, TRIES, Known, Place, place, retry_after
from huiyin.listen.channels.rules.wording import Telling, telling
from huiyin.listen.voices import actions as voices
from huiyin.listen.voices import queries as heard
from huiyin.platform.messages import actions as messages
from huiyin.platform.vault import actions as vault

log = logging.getLogger("huiyin.channels")
BUDGET_S = 5.0
"""How long one pass may read: the deadlines of the same tick wait meanwhile."""


class Taken(Exception):
    """Somebody else decided on it meanwhile: what was begun here is undone."""


class NotSaid(Unreadable):
    """The intake checks refuse it; a person enters it by hand."""


def understand(*, arrival: UUID, at: datetime) -> str:
    """Make of one stored arrival what it is, once; returns its state.

    1. The bytes are parsed outside any transaction, in a process that may be ended if the plug says so.
    2. One transaction: the row is claimed by a conditional update, the voice is heard (or the matter added to) with
       everything that follows from it, and the row says so. A crash before its commit leaves the arrival as it was.
    3. Whatever fails is noted on the row with its reason; what may pass is tried again by the tick.
    """
    row = Arrival.objects.select_related("channel").get(id=arrival)
    if row.state not in ("received", "retry"):
        return row.state
    channel = row.channel
    way, known = plug(channel.kind), config(channel)
    content = raw(arrival)
    try:
        if content is None:
            raise Unreadable("empty")
        parsed = parse(way, content, known)
        return _settle(row, channel, way, parsed, at)
    except Unreadable as no:
        return set_aside(row, "unreadable", no.why, at)
    except Taken:
        return Arrival.objects.values_list("state", flat=True).get(id=row.id)
    except Exception as failure:
        # Whatever broke, the sender was told that it arrived: note it, tell the duty desk, try again.
        log.exception("arrival %s could not be heard", arrival)
        return _later(row, type(failure).__name__, at)


def parse(way: Plug, content: bytes, known: Config) -> Parsed:
    return bounded.parse(way.worker, content, known.settings) if way.worker else way.parse(content, known)


def retry_pending(*, by: Actor, at: datetime, limit: int = 200) -> int:
    """Understand what is stored but not decided: after a crash between the commits, or after a failure. For the tick."""
    done, started = 0, monotonic()
    for id in list(open_now(at).values_list("id", flat=True)[:limit]):
        done += understand(arrival=id, at=at) not in ("received", "retry")
        if monotonic() - started > BUDGET_S:
            break
    return done


def set_aside(row: Arrival, state: str, why: str, at: datetime, by: Actor | None = None) -> str:
    """Not heard: unreadable, held for a person, or rejected. It stays where it can be seen, with its reason."""
    with transaction.atomic():
        if claim(row, state, why, at, by):
            tell(row, state, why, None, at, by)
    return Arrival.objects.values_list("state", flat=True).get(id=row.id)


def claim(row: Arrival, state: str, why: str, at: datetime, by: Actor | None = None, **more: object) -> bool:
    """Move the row on if nobody has: the one gate through which an arrival is decided."""
    waits = state in ("unreadable", "held")
    return bool(
        Arrival.objects.filter(id=row.id, state=row.state, attempts=row.attempts).update(
            state=state, why=why[:32], settled_at=None if waits else at, next_try_at=None,
            settled_by=by.ref if by else "", **more,
        )
    )  # fmt: skip


def _later(row: Arrival, error: str, at: datetime) -> str:
    """An error of ours: again soon, and after some tries also in front of a person."""
    Arrival.objects.filter(id=row.id, state=row.state).update(
        state="retry", why="failed", attempts=F("attempts") + 1, next_try_at=at + retry_after(row.attempts + 1)
    )
    if row.attempts + 1 in (1, TRIES):
        notify(row.channel, row.id, at)
    return "retry"


def _settle(row: Arrival, channel: Channel, way: Plug, parsed: Parsed, at: datetime) -> str:
    with transaction.atomic():
        Channel.objects.select_for_update().get(id=channel.id)  # one after the other: two items a moment apart are one
        known, marks = _known(row, channel, way, parsed, at)
        return carry_out(row, channel, way, parsed, place(parsed, known), marks, at)


def carry_out(
    row: Arrival, channel: Channel, way: Plug, parsed: Parsed, found: Place, marks: dict[str, str], at: datetime,
    by: Actor | None = None,
) -> str:  # fmt: skip
    """Do what was decided, in the caller's transaction."""
    about = report(parsed, way, at) if parsed.report is not None else None
    matter = row.id if found.to == "voice" else about or found.matter
    state = {"voice": "heard", "matter": "message"}.get(found.to, found.to)
    if state == "recorded":
        return _record(row, channel, parsed, marks, at, by)
    if matter and parsed.kind in ("bounce", "auto_reply") and state == "rejected":
        state = "message"  # on record at its matter; no words of it are added, so no clock moves (clock.md T26)
    if not claim(row, state, found.why, at, by, matter=matter, kind=parsed.kind, **marks):
        return Arrival.objects.values_list("state", flat=True).get(id=row.id)
    if found.to == "voice":
        _hear(row, channel, way, parsed, at)
    elif found.to == "matter" and found.matter:
        try:
            _add(row, found.matter, parsed, at)
        except voices.EnoughForToday:
            Arrival.objects.filter(id=row.id).update(state="rejected", why="flood")
            state = "rejected"
        except voices.AlreadyWithdrawn:
            Arrival.objects.filter(id=row.id).update(state="heard", why="withdrawn", matter=row.id)
            state, matter = "heard", row.id
            _hear(row, channel, way, parsed, at)
    if state in ("heard", "message") and matter and parsed.kind in ("voice", "reply"):
        _remember(matter, channel, parsed, address_mark(way.kind, parsed.senders[0]) if parsed.senders else "", at)
        await_files(row, matter, parsed, at)
    tell(row, state, found.why, matter, at, by)
    return state


def _record(
    row: Arrival, channel: Channel, parsed: Parsed, marks: dict[str, str], at: datetime, by: Actor | None
) -> str:  # fmt: skip
    """Into the register of the room it is for, in the caller's transaction; what is there already is a duplicate."""
    told = Record(channel=channel.id, unit=channel.unit_id, fields=parsed.fields, text=parsed.text)
    kept, fresh = registers()[parsed.why].take(told, by=machine(channel.kind), at=at)
    state, why = ("recorded", parsed.why) if fresh else ("rejected", "duplicate")
    if not claim(row, state, why, at, by, matter=kept, kind=parsed.kind, **marks):
        raise Taken
    tell(row, state, why, None, at, by)
    return state


def _known(row: Arrival, channel: Channel, way: Plug, parsed: Parsed, at: datetime) -> tuple[Known, dict[str, str]]:
    marks = {
        "sender": address_mark(way.kind, parsed.senders[0]) if parsed.senders else "",
        "fingerprint": print_of(way.kind, parsed.id, f"{parsed.subject}\n{parsed.text}") if parsed.id else "",
    }
    others = Arrival.objects.exclude(id=row.id)
    twin = (
        others.filter(fingerprint=marks["fingerprint"]).exclude(state__in=("received", "retry")).first()
        if parsed.id
        else None
    )
    mine = others.filter(sender=marks["sender"]) if marks["sender"] else others.none()
    matter = matter_of(parsed.token) if parsed.token else None
    source = parsed.fields.get("source_id", "")
    told = heard.told_as(f"channel:{channel.id}", source) if source and parsed.kind == "voice" else None
    known = told or matter
    before = heard.voice(known) if known else None
    latest = _latest(mine, at - BURST_WITHIN)
    return Known(
        own_address=_is_ours(channel, parsed),
        seen=twin is not None,
        twin=twin.matter if twin else None,
        told=told,
        again=heard.words(told).text == telling(parsed).text if told else False,
        matter=matter,
        contact=bool(matter) and is_contact(matter, way.kind, parsed.senders) if matter else False,
        withdrawn=bool(before and before.withdrawn_at),
        joining=_latest(mine, at - timedelta(minutes=way.joins)) if way.joins else None,
        latest=latest,
        recent=mine.filter(received_at__gt=at - BURST_WITHIN, state="heard").count(),
        today=mine.filter(received_at__gt=at - timedelta(days=1)).exclude(kind="noise").count(),
    ), marks


def _latest(mine: object, since: datetime) -> UUID | None:
    found = mine.filter(received_at__gt=since, state__in=("heard", "message")).exclude(matter=None)  # type: ignore[attr-defined]
    matter: UUID | None = found.order_by("-received_at", "-id").values_list("matter", flat=True).first()
    if matter is None:
        return None
    if Sender.objects.filter(matter=matter).exclude(ended_at=None).exists():
        return None  # it is closed: what comes now is a matter of its own
    told = heard.voice(matter)
    return None if told is None or told.withdrawn_at else matter


def _is_ours(channel: Channel, parsed: Parsed) -> bool:
    ours = {str(channel.settings.get(name, "")).strip().casefold() for name in ("address", "user")} - {""}
    return bool(ours & {one.strip().casefold() for one in parsed.senders})


def _hear(row: Arrival, channel: Channel, way: Plug, parsed: Parsed, at: datetime) -> None:
    said = telling(parsed)
    raw_words = {
        "channel": way.speaks(config(channel)), "kind": said.kind, "text": said.text, "subject": said.title,
        "unit": parsed.fields.get("unit", ""), "product": parsed.fields.get("product", ""),
        "want": parsed.fields.get("want", ""), "occurred_at": parsed.fields.get("occurred_at", ""),
        "complained_about": [one for one in parsed.fields.get("complained_about", "").split("\n") if one],
        "source_id": parsed.fields.get("source_id", ""), "customer": said.person(way.kind, parsed),
    }  # fmt: skip
    checked = heard.check(raw_words, today=localdate(at))
    if isinstance(checked, list):
        raise NotSaid("problem")
    resolved = voices.resolve(submission=checked, language=said.language, at=at)
    if isinstance(resolved, list):
        raise NotSaid("problem")
    if resolved.unit is None and channel.unit_id:
        resolved = voices.Resolved(**{**vars(resolved), "unit": channel.unit_id})
    by = customer(row.id)
    taken = voices.take(resolved=resolved, key=row.key, scope=f"channel:{channel.id}", by=by, at=at, id=row.id)
    if taken.id != row.id:
        raise NotSaid("duplicate")
    voices.hear_taken(intake=row.id, by=by, at=at)
    _attach(row.id, parsed, said, by, at)


def _add(row: Arrival, matter: UUID, parsed: Parsed, at: datetime) -> None:
    said, by = telling(parsed), customer(matter)
    if said.text.strip():
        voices.add_words(voice=matter, text=said.text, by=by, at=at)
    _attach(matter, parsed, said, by, at)


def _attach(matter: UUID, parsed: Parsed, said: Telling, by: Actor, at: datetime) -> None:
    """Every file through the same checks as an upload; what is not taken is told to whoever reads the matter."""
    left = []
    for one in (*said.overflow, *parsed.attachments):
        try:
            voices.add_file(voice=matter, name=one.name, content=one.content, by=by, at=at)
        except Refusal as refusal:
            left.append((one.name, str(refusal.message)))
    if left:
        voices.add_words(voice=matter, text=said.left_out(left), by=machine("channels"), at=at)


def _remember(matter: UUID, channel: Channel, parsed: Parsed, mark: str, at: datetime) -> None:
    """From where the customer spoke, so that the answer finds its way back."""
    if not mark:
        return
    one = Sender.objects.filter(matter=matter, channel=channel, address=mark).first()
    if one is None:
        one = Sender.objects.create(id=new_id(), matter=matter, channel=channel, address=mark, at=at)
    else:
        Sender.objects.filter(id=one.id).update(at=at)
    values = {"address": parsed.senders[0], "last": parsed.id, "references": " ".join(parsed.references[-10:])}
    vault.keep(subject=matter, table=SENDERS, row=one.id, values=values)


def report(parsed: Parsed, way: Plug, at: datetime) -> UUID | None:
    """What became of a message of ours is told to the outbox, which alone knows it; the matter it was about."""
    told = parsed.report
    if told is None or not (told.message or told.remote):
        return None
    try:
        message = UUID(told.message) if told.message else None
    except ValueError:
        return None
    return messages.reported(
        outcome=told.outcome, channel="smtp" if way.kind == "email" else way.outbox, message=message,
        remote=told.remote, to=told.to, why=told.why, by=machine(way.kind), at=at,
    )  # fmt: skip


def tell(row: Arrival, state: str, why: str, matter: UUID | None, at: datetime, by: Actor | None) -> None:
    fact = ArrivalSettled(arrival=row.id, channel=row.channel_id, state=state, why=why or None, matter=matter)
    ledger.record(fact=fact, stream=f"arrival:{row.id}", by=by or machine("channels"), at=at)
    if state in ("unreadable", "held"):
        notify(row.channel, row.id, at)


def notify(channel: Channel, arrival: UUID, at: datetime) -> None:
    """The duty desk hears of what waits, once an hour and channel at most."""
    person = staff.duty_desk(at)
    if person is None:
        log.error("nobody is on duty to be told of arrival %s", arrival)
        return
    messages.notify(
        staff=person, kind="arrival_waits", matter=None, params={"code": channel.code},
        link=f"/desk/channels/{channel.code}/waiting/", by=machine("channels"), at=at,
        key=f"arrival:{channel.id}:{at:%Y%m%d%H}",
    )  # fmt: skip
