"""Add a channel, change it, switch it on and off. Secrets go to the vault and are never shown again."""

import re
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from huiyin.bank.units import queries as units
from huiyin.kernel.actor import Actor
from huiyin.kernel.ids import new_id
from huiyin.kernel.permit import must
from huiyin.kernel.refusal import Refusal
from huiyin.ledger import actions as ledger
from huiyin.listen.channels.facts import ChannelSet
from huiyin.listen.channels.models import Channel
from huiyin.listen.channels.plugs import PLUGS, plug
from huiyin.listen.channels.queries import SECRETS, config, place_of
from huiyin.platform.vault import actions as vault
from huiyin.platform.vault import queries as vaulted

RESERVED = ("new", "arrivals")


class CodeTaken(Refusal):
    message = _("There is a channel with this code already.")


class BadCode(Refusal):
    status = 400
    message = _("A code has small letters, figures and hyphens, at most 32.")


class NoKind(Refusal):
    status = 400
    message = _("There is no such kind of channel.")


class NoUnit(Refusal):
    status = 400
    message = _("There is no such branch.")


class Incomplete(Refusal):
    status = 400
    message = _("Fill in what is required before you switch the channel on.")


class Unfit(Refusal):
    """`detail["field"]` is the label of the setting that cannot be."""

    status = 400
    message = _("One of these settings cannot be right; the channel was not switched on.")


class Stale(Refusal):
    message = _("Somebody has changed this channel in the meantime. Please look at it again.")


def add_channel(
    *, code: str, kind: str, name: str, by: Actor, at: datetime, name_en: str = "", unit: UUID | None = None,
    settings: Mapping[str, str] | None = None, secrets: Mapping[str, str] | None = None, enabled: bool = False,
) -> Channel:  # fmt: skip
    """A new channel. `settings` and `secrets` by the names of the plug's `fields`; anything else is not kept."""
    _allow(by, _where(unit, at))
    if kind not in PLUGS:
        raise NoKind
    if not re.fullmatch(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?", code) or code in RESERVED:
        raise BadCode
    try:
        with transaction.atomic():
            row = Channel.objects.create(
                id=new_id(), code=code, kind=kind, name=name, name_en=name_en, unit_id=unit, created_at=at
            )
            return _write(row, settings or {}, secrets or {}, enabled, by, at)
    except IntegrityError as taken:
        raise CodeTaken from taken


def set_channel(
    *, channel: UUID, version: int, by: Actor, at: datetime, name: str | None = None, name_en: str | None = None,
    unit: UUID | None = None, settings: Mapping[str, str] | None = None, secrets: Mapping[str, str] | None = None,
    enabled: bool | None = None,
) -> Channel:  # fmt: skip
    """Change what is given. A secret left empty stays as it is."""
    with transaction.atomic():
        row = Channel.objects.select_for_update().get(id=channel)
        _allow(by, place_of(row, at))
        if row.version != version:
            raise Stale
        row.name, row.name_en = name or row.name, row.name_en if name_en is None else name_en
        if unit and unit != row.unit_id:
            _allow(by, _where(unit, at))
            row.unit_id = unit
        return _write(row, settings or {}, secrets or {}, row.enabled if enabled is None else enabled, by, at)


def _write(
    row: Channel, settings: Mapping[str, str], secrets: Mapping[str, str], enabled: bool, by: Actor, at: datetime
) -> Channel:
    fields = plug(row.kind).fields
    plain = {one.name: str(settings[one.name]) for one in fields if one.sort != "secret" and one.name in settings}
    defaults = {one.name: one.default for one in fields if one.sort != "secret" and one.default}
    row.settings = defaults | row.settings | plain
    hidden = {one.name: secrets[one.name] for one in fields if one.sort == "secret" and secrets.get(one.name)}
    before = vaulted.reveal(SECRETS, row.id) if hidden else {}
    for one in fields:
        if one.keeps and hidden.get(one.name) and before.get(one.name, "") not in ("", hidden[one.name]):
            hidden[one.keeps] = before[one.name]
    if hidden:
        vault.keep(subject=row.id, table=SECRETS, row=row.id, values=hidden)
    kept = config(row)
    if enabled and any(one.required and not kept[one.name] for one in fields):
        raise Incomplete
    if enabled and (unfit := plug(row.kind).check(kept)):
        raise Unfit(field=next((one.label for one in fields if one.name == unfit), None))
    row.enabled, row.version, row.next_look_at, row.failures, row.why = enabled, row.version + 1, None, 0, ""
    row.save()
    fact = ChannelSet(channel=row.id, kind=row.kind, code=row.code, enabled=enabled, version=row.version)
    ledger.record(fact=fact, stream=f"channel:{row.id}", by=by, at=at)
    return row


def test_channel(*, channel: UUID, by: Actor, at: datetime) -> None:
    """Try to reach the other side, changing nothing. Raises Unreachable with the reason's code."""
    row = Channel.objects.get(id=channel)
    _allow(by, place_of(row, at))
    plug(row.kind).test(config(row))


def _where(unit: UUID | None, at: datetime) -> units.Place:
    return units.Place(units.path_of(unit, localdate(at)) if unit else units.whole_bank().unit_path)


def _allow(by: Actor, place: units.Place) -> None:
    """A channel of the whole bank is for whoever maintains the whole bank's."""
    if by.kind != "machine":
        must(by, "channels.manage", place)
